"""A verdict as text, for the terminal and for whoever asks for text/plain."""

import io
from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from cnrs_kg.rdf.namespaces import prefixed
from cnrs_kg.validation.excerpts import Excerpt, Excerpts
from cnrs_kg.validation.forms import expected, said
from cnrs_kg.validation.labels import in_language
from cnrs_kg.validation.report import Result, Verdict

STYLES = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan"}
MOST = 50
EXCERPTS = 3
_INDENT = " " * 6
_NARROWEST, _WITHOUT_TERMINAL = 60, 80
_WORDS = {
    "en": {
        "Violation": "Violation",
        "Warning": "Warning",
        "Info": "Info",
        "on": "on:",
        "path": "path:",
        "value": "value:",
        "by": "by:",
        "expected": "expected:",
        "found": "found:",
        "example": "for example:",
        "more": "… and {} more results",
        "background": "{} faults on the same nodes were there before; they refuse nothing",
        "note": "note:",
        "notes": "… and {} more notes",
    },
    "fr": {
        "Violation": "Violation",
        "Warning": "Avertissement",
        "Info": "Remarque",
        "on": "sur :",
        "path": "chemin :",
        "value": "valeur :",
        "by": "selon :",
        "expected": "attendu :",
        "found": "trouvé :",
        "example": "par exemple :",
        "more": "… et {} autres résultats",
        "background": "{} défauts des mêmes nœuds existaient déjà ; ils ne font rien refuser",
        "note": "note :",
        "notes": "… et {} autres notes",
    },
}
_SUMMARY = {
    "en": ("conforms", "does not conform", "added", "withdrawn", "inferred"),
    "fr": ("conforme", "non conforme", "ajoutés", "retirés", "déduits"),
}
_WIDTH = 120


def print_verdict(
    verdict: Verdict, console: Console, *, lang: str = "en", sources: Mapping[str, bytes] | None = None
) -> None:
    """Every result, worst first, and the notes; past the fiftieth only how many more there are.

    `sources` are the files that were judged: the lines in which a result is written are shown, the object marked.
    """
    excerpts, words = Excerpts(sources or {}), _WORDS[lang]
    room = max(_NARROWEST, console.width if console.is_terminal else _WITHOUT_TERMINAL) - len(_INDENT)
    for result in verdict.results[:MOST]:
        console.print(_row(result, lang))
        for place in result.places[:EXCERPTS]:
            console.print(_shown(excerpts.of(place), room), no_wrap=True, overflow="ignore", crop=False)
        console.print(_advice(result, lang), end="")
    if len(verdict.results) > MOST:
        console.print(words["more"].format(len(verdict.results) - MOST))
    if verdict.background:
        console.print(words["background"].format(len(verdict.background)), style="dim")
    for note in verdict.told()[:MOST]:
        console.print(Text(f"{words['note']} {_plain(note[lang])}", "dim"))
    if len(verdict.notes) > MOST:
        console.print(words["notes"].format(len(verdict.notes) - MOST), style="dim")


def summary(verdict: Verdict, lang: str) -> str:
    """Whether it conforms and what it changes, in a line with rich's markup."""
    said = _SUMMARY.get(lang, _SUMMARY["en"])
    state = f"[bold green]{said[0]}[/]" if verdict.conforms else f"[bold red]{said[1]}[/]"
    return f"{state}: {verdict.added} {said[2]}, {verdict.withdrawn} {said[3]}, {verdict.inferred} {said[4]}"


def to_text(verdict: Verdict, lang: str, sources: Mapping[str, bytes]) -> str:
    """What the terminal shows of a verdict, without colours."""
    console = Console(file=io.StringIO(), width=_WIDTH, highlight=False, color_system=None)
    print_verdict(verdict, console, lang=lang, sources=sources)
    console.print(summary(verdict, lang))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _advice(result: Result, lang: str) -> Text:
    """What was expected and found, how to mend it, and an example, as far as they are known."""
    words, text = _WORDS[lang], Text()
    wanted = expected(result, lang)
    if wanted:
        found = "" if result.found is None else f" ({words['found']} {result.found})"
        text.append(f"    {words['expected']} {_plain(wanted + found)}\n")
    for fix in result.fixes:
        text.append(f"    {_plain(in_language(fix['message'], lang) or '')}\n", "green")
    if result.example and not result.fixes:
        lines = result.example.splitlines()
        text.append(f"    {words['example']} {lines[0]}\n" + "".join(f"      {line}\n" for line in lines[1:]), "dim")
    return text


def _shown(excerpt: Excerpt, room: int) -> Text:
    """The place, and as much of the line as there is room for, with the column marked."""
    shown = Text(f"    {_plain(excerpt.name)}", "cyan")
    before, marked, after = (_plain(part) for part in (excerpt.before, excerpt.marked, excerpt.after))
    if marked.strip() or before.strip():
        marked = set_cell_size(marked, min(cell_len(marked), room // 2))
        before = before[-((room - cell_len(marked)) // 2) :]
        while cell_len(before) + cell_len(marked) > room:
            before = before[1:]
        after = set_cell_size(after, min(cell_len(after), room - cell_len(before) - cell_len(marked)))
        shown.append(f"\n{_INDENT}{before}{marked}{after}", "dim")
        shown.append(f"\n{_INDENT}{' ' * cell_len(before)}{'^' * cell_len(marked)}", "bold red")
    return shown


def _plain(text: str) -> str:
    """The text without what would move the cursor or change the terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\ufffd" for character in text.replace("\t", " ")
    )


def _row(result: Result, lang: str) -> Text:
    row, words = Text(), _WORDS[lang]
    row.append(words[result.severity], STYLES[result.severity])
    row.append(f" {_plain(said(result, lang))}")
    label = in_language(result.label, lang)
    for name, value in (
        ("on", f"{label}, {result.focus_node}" if label else result.focus_node),
        ("path", result.path),
        ("value", result.value),
        ("by", None if result.shape is None else f"<{result.shape}>"),
    ):
        if value is not None:
            row.append(f"\n    {words[name]} {_plain(prefixed(str(value)))}")
    return row
