"""`cnrs-kg users`"""

import json
from datetime import UTC, datetime

import click
from rich.table import Table

from cnrs_kg.accounts import ROLES
from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import graph


@click.group()
def users() -> None:
    """Tokens and roles."""


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="The day from which the token is refused (UTC).")
def add(name: str, role: str, expires: datetime | None) -> None:
    """Make a token for NAME; it is printed once, alone, and kept nowhere."""
    with graph() as kg:
        token = kg.accounts.add(name, role, expires=expires.replace(tzinfo=UTC) if expires else None)
    click.echo(token)
    click.echo(f"{name} is a {role}. Send it as: Authorization: Bearer TOKEN. It is not shown again.", err=True)


@users.command("list")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(format_: str) -> None:
    """Who holds a token."""
    with graph() as kg:
        accounts = kg.accounts.list()
    rows = [
        {
            "id": account.id,
            "name": account.name,
            "role": account.role,
            "created": account.created.isoformat(timespec="seconds"),
            "state": "active" if account.active else "revoked" if account.revoked else "expired",
        }
        for account in accounts
    ]
    if format_ == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table("id", "name", "role", "created", "state")
    for row in rows:
        table.add_row(*row.values())
    printer().print(table)


@users.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Refuse every token of NAME (or the token with this id) from now on."""
    with graph() as kg:
        count = kg.accounts.revoke(name)
    click.echo(f"{count} token{'s' if count > 1 else ''} revoked", err=True)
