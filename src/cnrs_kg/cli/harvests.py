"""`cnrs-kg harvests`"""

import json
from dataclasses import asdict

import click
from rich.table import Table

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import FORMAT, graph

_COLUMNS = ("registry", "at", "outcome", "version", "records", "place", "error")


@click.command()
@FORMAT
def harvests(format_: str) -> None:
    """What came of the last harvest of each registry, latest first."""
    with graph() as kg:
        found = [asdict(one) for one in kg.registries.attempts.list()]
    if format_ == "json":
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    table = Table(*_COLUMNS)
    for one in found:
        table.add_row(*("" if one[name] is None else str(one[name]) for name in _COLUMNS))
    printer().print(table)
