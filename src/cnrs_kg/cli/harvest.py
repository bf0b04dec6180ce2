"""`cnrs-kg harvest`"""

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from cnrs_kg.cli.report import print_verdict
from cnrs_kg.cli.session import FORMAT, graph
from cnrs_kg.federation.harvest import REGISTRIES


@click.command()
@click.argument("source", type=click.Choice(sorted(REGISTRIES)))
@click.option("--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="The registry's file, also compressed by gzip.")  # fmt: skip
@click.option("--partial", is_flag=True, help="The file has some records only: the others stay as they are.")
@FORMAT
def harvest(source: str, file: Path, partial: bool, format_: str) -> None:
    """Publish a registry's records as a new version, in a named graph of the registry's own.

    Print the version's number; exit 1 if the records do not conform.
    """
    talk = Console(stderr=True)
    with graph() as kg, talk.status(f"harvesting {source}") as status:
        found = kg.registries.harvest(source, file, partial=partial, progress=status.update)
    outcome = found.outcome
    for note in found.notes:
        talk.print(f"left out: {note}", highlight=False, markup=False)
    print_verdict(outcome.verdict, talk)
    if format_ == "json":
        told = {"records": found.records, "notes": list(found.notes), "changed": outcome.changed}
        click.echo(json.dumps(outcome.to_json() | told, ensure_ascii=False))
    if not outcome.conforms or outcome.version is None:
        sys.exit(1)
    state = "published" if outcome.changed else "unchanged"
    talk.print(f"[bold]version {outcome.version.number}[/bold] {state}: {found.records:,} records")
    if format_ != "json":
        click.echo(outcome.version.number)
