"""A verdict for the terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from cnrs_kg.rdf.namespaces import prefixed
from cnrs_kg.validation.excerpts import Excerpt, Excerpts
from cnrs_kg.validation.forms import expected, said
from cnrs_kg.validation.labels import in_language
from cnrs_kg.validation.report import Result, Verdict

STYLES = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan"}
MOST = 50
_BACKGROUND = {
    "en": "{} faults on the same nodes were there before; they refuse nothing",
    "fr": "{} défauts des mêmes nœuds existaient déjà ; ils ne font rien refuser",
}
_ADVICE = {
    "en": {"expected": "expected:", "found": "found:", "example": "for example:"},
    "fr": {"expected": "attendu :", "found": "trouvé :", "example": "par exemple :"},
}
EXCERPTS = 3


def print_verdict(
    verdict: Verdict, console: Console, *, lang: str = "en", sources: Mapping[str, bytes] | None = None
) -> None:
    """Every result, worst first; past the fiftieth only how many more there are.

    `sources` are the files that were judged: the lines in which a result is written are shown, the object marked.
    """
    excerpts = Excerpts(sources or {})
    for result in verdict.results[:MOST]:
        console.print(_row(result, lang))
        for place in result.places[:EXCERPTS]:
            console.print(_shown(excerpts.of(place)))
        console.print(_advice(result, lang), end="")
    if len(verdict.results) > MOST:
        console.print(f"… and {len(verdict.results) - MOST} more results")
    if verdict.background:
        console.print(_BACKGROUND.get(lang, _BACKGROUND["en"]).format(len(verdict.background)), style="dim")


def _advice(result: Result, lang: str) -> Text:
    """What was expected and found, how to mend it, and an example, as far as they are known."""
    words, text = _ADVICE.get(lang, _ADVICE["en"]), Text()
    wanted = expected(result, lang)
    if wanted:
        found = "" if result.found is None else f" ({words['found']} {result.found})"
        text.append(f"    {words['expected']} {wanted}{found}\n")
    for fix in result.fixes:
        text.append(f"    {in_language(fix['message'], lang)}\n", "green")
    if result.example and not result.fixes:
        lines = result.example.splitlines()
        text.append(f"    {words['example']} {lines[0]}\n" + "".join(f"      {line}\n" for line in lines[1:]), "dim")
    return text


def _shown(excerpt: Excerpt) -> Text:
    """The place, and the line with the column marked."""
    shown = Text(f"    {excerpt.name}", "cyan")
    if excerpt.marked.strip() or excerpt.before.strip():
        before = excerpt.before[-60:]
        shown.append(f"\n      {before}{excerpt.marked}{excerpt.after[:60]}", "dim")
        shown.append(f"\n      {' ' * len(before)}{'^' * len(excerpt.marked)}", "bold red")
    return shown


def _row(result: Result, lang: str) -> Text:
    row = Text()
    row.append(result.severity, STYLES[result.severity])
    row.append(f" {said(result, lang)}")
    label = in_language(result.label, lang)
    for name, value in (
        ("on", f"{label}, {result.focus_node}" if label else result.focus_node),
        ("path", result.path),
        ("value", result.value),
        ("by", None if result.shape is None else f"<{result.shape}>"),
    ):
        if value is not None:
            row.append(f"\n    {name}: {prefixed(str(value))}")
    return row
