"""`cnrs-kg harvest`"""

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from cnrs_kg.cli.session import AS, FORMAT, agent, graph
from cnrs_kg.federation.harvest import REGISTRIES
from cnrs_kg.federation.registries import Wanted
from cnrs_kg.validation.text import print_verdict


def _place(context: click.Context, option: click.Parameter, text: str | None) -> Path | str | None:
    """A URL as it is, or a file that is there."""
    if text is None or text.startswith(("http://", "https://")):
        return text
    return Path(str(click.Path(exists=True, dir_okay=False).convert(text, option, context)))


@click.command()
@click.argument("source", type=click.Choice(sorted(REGISTRIES)))
@click.option("--from", "place", callback=_place, metavar="FILE or URL",
              help="Where the records are, also compressed; default: the registry's own address.")  # fmt: skip
@click.option("--partial", is_flag=True, help="These are some records only: the others stay as they are.")
@click.option("--label", help="What to call one of several sources of a kind (openaire, rdf).")
@click.option("--private", is_flag=True, help="The URL may lead into a private network, also without https.")
@AS
@FORMAT
def harvest(source: str, as_: str | None, format_: str, **wanted: Any) -> None:
    """Publish a registry's records as a new version, in a named graph of the registry's own.

    Print the version's number; exit 1 if the records do not conform. A connection that breaks off is no loss: the same
    command goes on where it ended.
    """
    talk = Console(stderr=True)
    with graph() as kg, talk.status(f"harvesting {source}") as status:
        asked = Wanted(**wanted, agent=agent(kg, as_).name)
        found = kg.registries.harvest(source, asked, progress=status.update)
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
