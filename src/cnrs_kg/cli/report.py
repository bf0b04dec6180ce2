"""A verdict for the terminal."""

from rich.console import Console
from rich.text import Text

from cnrs_kg.validation.report import Result, Verdict

STYLES = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan"}
MOST = 50


def print_verdict(verdict: Verdict, console: Console, *, lang: str = "en") -> None:
    """Every result, worst first; past the fiftieth only how many more there are."""
    for result in verdict.results[:MOST]:
        console.print(_row(result, lang))
    if len(verdict.results) > MOST:
        console.print(f"… and {len(verdict.results) - MOST} more results")


def _row(result: Result, lang: str) -> Text:
    row = Text()
    row.append(result.severity, STYLES[result.severity])
    row.append(f" {result.message.get(lang) or next(iter(result.message.values()), result.constraint)}")
    for name, value in (
        ("on", result.focus_node),
        ("path", result.path),
        ("value", result.value),
        ("by", result.shape),
    ):
        if value is not None:
            row.append(f"\n    {name}: {value}")
    return row
