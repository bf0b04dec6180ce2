"""`cnrs-kg versions`"""

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import FORMAT, graph
from cnrs_kg.rdf.patch import rows
from cnrs_kg.store.meta import Version
from cnrs_kg.store.versions import Versions
from cnrs_kg.validation.text import print_verdict


@click.group()
def versions() -> None:
    """The history of the graph."""


@versions.command("list")
@FORMAT
def list_(format_: str) -> None:
    """Every version, oldest first: the current one, those whose store is pinned, those whose store was pruned."""
    with graph() as kg:
        found, current = kg.versions(), kg.current()
        states = {version.number: _state(version, current, kg.store) for version in found}
    if format_ == "json":
        click.echo(json.dumps([version.to_json() for version in found], indent=2))
        return
    table = Table("number", "created", "statements", "inferred", "message", "")
    for version in found:
        created = version.created.isoformat(timespec="seconds")
        table.add_row(
            *(
                str(version.number),
                created,
                f"{version.statements:,}",
                f"{version.inferred:,}",
                version.message or "",
                states[version.number],
            )
        )
    printer().print(table)


def _state(version: Version, current: Version | None, store: Versions) -> str:
    states = {
        "current": current is not None and version.number == current.number,
        "pinned": store.pinned(version.number),
        "pruned": not version.kept,
    }
    return ", ".join(name for name, holds in states.items() if holds)


@versions.command()
@click.argument("number", type=int)
@FORMAT
def show(number: int, format_: str) -> None:
    """One version: when, how many statements, digest."""
    with graph() as kg:
        record = kg.version(number).to_json()
    if format_ == "json":
        click.echo(json.dumps(record, indent=2))
    else:
        for name, value in record.items():
            click.echo(f"{name}: {value}")


@versions.command()
@click.argument("first", type=int)
@click.argument("second", type=int)
def diff(first: int, second: int) -> None:
    """What changed between two versions, as an RDF patch; a row without a graph is an inferred statement."""
    with graph() as kg:
        for row in rows(kg.diff(first, second)):
            click.echo(row, nl=False)


@versions.command()
@click.argument("number", type=int)
@click.option("--message", help="Why.")
def rollback(number: int, message: str | None) -> None:
    """Publish what NUMBER stated as a new version, judged like any change."""
    with graph() as kg:
        outcome = kg.rollback(number, message=message)
    print_verdict(outcome.verdict, Console(stderr=True))
    if not outcome.conforms or outcome.version is None:
        sys.exit(1)
    click.echo(outcome.version.number)


@versions.command()
@click.argument("number", type=int, required=False)
def verify(number: int | None) -> None:
    """Recount and re-digest a version (default: all); exit 1 if something does not agree."""
    with graph() as kg:
        problems = kg.store.verify(number)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        sys.exit(1)
    click.echo("every version agrees with its record" if number is None else f"version {number} agrees", err=True)


@versions.command()
@click.argument("number", type=int)
@click.option("--undo", is_flag=True, help="Let the version be pruned again.")
def pin(number: int, undo: bool) -> None:
    """Keep a version's store whatever the policy says."""
    with graph() as kg:
        (kg.store.unpin if undo else kg.store.pin)(number)


@versions.command()
@click.argument("number", type=int)
def restore(number: int) -> None:
    """Bring a pruned version's store back from the patches, and pin it."""
    with graph() as kg:
        kg.store.restore(number)
    click.echo(
        f"version {number} can be asked again and is pinned; `versions pin {number} --undo` leaves it to the policy",
        err=True,
    )


@versions.command()
def prune() -> None:
    """Remove the stores that the policy no longer keeps; print their numbers."""
    with graph() as kg:
        for number in kg.store.prune():
            click.echo(number)
