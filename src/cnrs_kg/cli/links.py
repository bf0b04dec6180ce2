"""`cnrs-kg links`"""

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import AS, FORMAT, agent, graph
from cnrs_kg.federation.linking.links import Link, Standing
from cnrs_kg.validation.text import print_verdict

REASON = click.option("--reason", help="Why.")


@click.group()
def links() -> None:
    """Links between records, and what is decided on them."""


@links.command("list")
@click.option("--standing", type=click.Choice([one.value for one in Standing]), help="Only these.")
@FORMAT
def list_(standing: str | None, format_: str) -> None:
    """The links: those to review first, the likeliest before the others."""
    with graph() as kg:
        found = [one for one in kg.registries.links.all().values() if standing in (None, one.standing)]
    if format_ == "json":
        click.echo(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
        return
    table = Table("link", "standing", "score", "subject", "object", "by")
    for one in found:
        score = "" if one.score is None else f"{one.score:.2f}"
        table.add_row(one.slug, one.standing, score, one.subject, one.object, one.decider)
    printer().print(table)


@links.command()
@click.argument("link")
@FORMAT
def show(link: str, format_: str) -> None:
    """A link with its evidence and what was decided."""
    with graph() as kg:
        found = kg.registries.links.get(link)
    if format_ == "json":
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
        return
    for name, value in found.to_json().items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


@links.command()
@click.argument("link")
@click.option("--close", is_flag=True, help="Nearly the same, not exactly (skos:closeMatch).")
@REASON
@AS
def accept(link: str, close: bool, reason: str | None, as_: str | None) -> None:
    """Accept a link; prints the version. Needs a curator."""
    _decide(link, Standing.ACCEPTED, as_, reason, close=close)


@links.command()
@click.argument("link")
@REASON
@AS
def reject(link: str, reason: str | None, as_: str | None) -> None:
    """Reject a link for ever; prints the version. Needs a curator."""
    _decide(link, Standing.REJECTED, as_, reason)


def _decide(link: str, standing: Standing, as_: str | None, reason: str | None, *, close: bool = False) -> None:
    with graph(workers=1) as kg:
        found = kg.registries.links.decide(link, standing, agent(kg, as_), reason, close=close)
    print_verdict(found.outcome.verdict, Console(stderr=True))
    if not found.outcome.conforms or found.outcome.version is None:
        sys.exit(1)
    click.echo(found.outcome.version.number)
    for one in found.links:
        click.echo(_told(one), err=True)


def _told(one: Link) -> str:
    return f"{one.subject} and {one.object}: {one.standing} by {one.decider}"
