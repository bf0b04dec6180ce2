"""`cnrs-kg link`"""

import csv
import json
import sys
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import graph
from cnrs_kg.federation.harvest import REGISTRIES
from cnrs_kg.federation.linking import own
from cnrs_kg.federation.linking.links import Standing
from cnrs_kg.federation.linking.matching import Match
from cnrs_kg.validation.text import print_verdict

_FIELDS = ("left", "right", "outcome", "score")


@click.command()
@click.argument("source", type=click.Choice([own.NAME, *sorted(REGISTRIES)]))
@click.option("--to", "--target", "target", type=click.Choice(sorted(REGISTRIES)),
              help="The registry to link to.  [default: ror, for ror itself rnsr]")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print what was found, and store nothing.")
@click.option("--sure", is_flag=True, help="With --dry-run: only the links that are sure.")
@click.option("--format", "format_", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def link(source: str, target: str | None, dry_run: bool, sure: bool, format_: str) -> None:
    """Link the records of SOURCE (a harvested registry, or `own` for our things) to those of another registry.

    Sure links are accepted, others wait for a curator (`cnrs-kg links`, or the page /links); what somebody decided
    stays. Publishes a new version and prints its number; exit 1 if it does not conform.
    """
    target = target or ("rnsr" if source == "ror" else "ror")
    if target == source:
        raise click.UsageError("A registry is linked to another one.")
    talk = Console(stderr=True)
    names = (source if source == own.NAME else REGISTRIES[source].name), REGISTRIES[target].name
    with graph() as kg, talk.status("comparing the records"):
        if dry_run:
            _print([one for one in kg.registries.links.proposals(*names) if one.outcome == "sure" or not sure],
                   format_, talk)  # fmt: skip
            return
        found = kg.registries.links.compare(*names)
    print_verdict(found.outcome.verdict, talk)
    counts = {standing.value: found.count(standing) for standing in Standing}
    if format_ == "json":
        click.echo(json.dumps(found.outcome.to_json() | {"links": counts, "changed": found.outcome.changed}))
    if not found.outcome.conforms or found.outcome.version is None:
        sys.exit(1)
    told = ", ".join(f"{count:,} {standing}" for standing, count in counts.items())
    talk.print(f"version {found.outcome.version.number}: links from {source} to {target}: {told}")
    if format_ != "json":
        click.echo(found.outcome.version.number)


def _print(matches: Sequence[Match], format_: str, talk: Console) -> None:
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
    if format_ == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif format_ == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow((*_FIELDS, "features"))
        for row in rows:
            said = " ".join(f"{name}={level}" for name, level in row["features"].items())
            writer.writerow((*(row[name] for name in _FIELDS), said))
    else:
        table = Table(*_FIELDS)
        for row in rows:
            table.add_row(*(str(row[name]) for name in _FIELDS))
        printer().print(table)
    counts = {name: sum(row["outcome"] == name for row in rows) for name in ("sure", "review")}
    talk.print(f"{counts['sure']:,} sure, {counts['review']:,} to look at")
