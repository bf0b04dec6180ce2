"""`cnrs-kg build`"""

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from cnrs_kg.cli.session import graph
from cnrs_kg.validation.text import print_verdict


@click.command()
@click.option(
    "--data",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Directory of data files (repeatable; default: data).",
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which claims are to hold (default: today)."
)
@click.option("--force", is_flag=True, help="Reason and judge again although the files did not change.")
def build(data: tuple[Path, ...], as_of: datetime | None, force: bool) -> None:
    """Load, validate, reason and publish as a new version; exit 1 if the files do not conform."""
    talk = Console(stderr=True)
    with graph() as kg, talk.status("building") as status:
        outcome = kg.build(data, as_of=as_of.date() if as_of else None, force=force, progress=status.update)
    print_verdict(outcome.verdict, talk)
    if not outcome.conforms or outcome.version is None:
        sys.exit(1)
    state = "published" if outcome.changed else "unchanged"
    talk.print(
        f"[bold]version {outcome.version.number}[/bold] {state}: {outcome.version.statements:,} statements, "
        f"{outcome.version.inferred:,} of them inferred"
    )
    click.echo(outcome.version.number)
