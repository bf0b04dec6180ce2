"""`cnrs-kg link`"""

import csv
import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cnrs_kg.cli.session import graph
from cnrs_kg.federation.harvest import REGISTRIES

_NAMES = click.Choice(sorted(REGISTRIES))


@click.command()
@click.argument("source", type=_NAMES)
@click.option("--to", "target", type=_NAMES, help="The registry to link to.  [default: ror, for ror itself rnsr]")
@click.option("--format", "format_", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option("--sure", is_flag=True, help="Only the links that are sure.")
def link(source: str, target: str | None, format_: str, sure: bool) -> None:
    """Propose links between the harvested records of SOURCE and those of another registry.

    Each with its score and what agrees: sure ones, and those that somebody should look at. Nothing is stored.
    """
    target = target or ("rnsr" if source == "ror" else "ror")
    if target == source:
        raise click.UsageError("A registry is linked to another one.")
    talk = Console(stderr=True)
    with graph() as kg, talk.status("comparing the records"):
        matches = [one for one in kg.registries.links(source, target) if one.outcome == "sure" or not sure]
    rows: list[dict[str, Any]] = [
        {
            "left": one.left,
            "right": one.right,
            "outcome": one.outcome.value,
            "score": round(one.score, 4),
            "features": {name: level for name, level in one.levels.items() if level != "unknown"},
        }
        for one in matches
    ]
    counts = {name: sum(row["outcome"] == name for row in rows) for name in ("sure", "review")}
    if format_ == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif format_ == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("left", "right", "outcome", "score", "features"))
        for row in rows:
            said = " ".join(f"{name}={level}" for name, level in row["features"].items())
            writer.writerow((row["left"], row["right"], row["outcome"], row["score"], said))
    else:
        table = Table("left", "right", "outcome", "score")
        for row in rows:
            table.add_row(*(str(row[name]) for name in ("left", "right", "outcome", "score")))
        Console().print(table)
    talk.print(f"{counts['sure']:,} sure, {counts['review']:,} to look at")
