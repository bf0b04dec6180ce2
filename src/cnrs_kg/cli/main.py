"""`cnrs-kg`: exit 0 is yes, 1 a negative answer, 2 a failure."""

import logging
import sqlite3
import sys

import click

from cnrs_kg.cli.bench import bench
from cnrs_kg.cli.blame import blame
from cnrs_kg.cli.build import build
from cnrs_kg.cli.explain import explain as explain_
from cnrs_kg.cli.export import export
from cnrs_kg.cli.harvest import harvest
from cnrs_kg.cli.harvests import harvests
from cnrs_kg.cli.link import link
from cnrs_kg.cli.links import links
from cnrs_kg.cli.query import query
from cnrs_kg.cli.reason import reason
from cnrs_kg.cli.serve import serve
from cnrs_kg.cli.submissions import submissions
from cnrs_kg.cli.submit import submit
from cnrs_kg.cli.template import template
from cnrs_kg.cli.users import users
from cnrs_kg.cli.validate import validate
from cnrs_kg.cli.versions import versions
from cnrs_kg.errors import CnrsKgError

FAILURE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cnrs-kg", prog_name="cnrs-kg")
def cnrs_kg() -> None:
    """The knowledge graph of the CNRS's international cooperation."""


COMMANDS = (
    *(build, serve, query, template, validate, submit, submissions, harvest, harvests, link, links),
    *(explain_, blame, reason, versions, export, users, bench),
)
for command in COMMANDS:
    cnrs_kg.add_command(command)


def explain(error: CnrsKgError) -> str:
    """What a person reads of a failure: what, where, which limit, what to do."""
    where = "" if error.position is None else f" (line {error.position[0]}, column {error.position[1]})"
    limit = "" if error.limit is None else f"\n  limit: {error.limit}"
    advice = "" if error.advice is None else f"\n  {error.advice}"
    return f"cnrs-kg: {error.detail}{where}{limit}{advice}"


def main() -> None:
    """Run the command line and exit."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        cnrs_kg(prog_name="cnrs-kg")
    except CnrsKgError as error:
        click.echo(explain(error), err=True)
        sys.exit(FAILURE)
    except BrokenPipeError:
        sys.exit(FAILURE)
    except (OSError, sqlite3.Error) as error:
        click.echo(f"cnrs-kg: {error}", err=True)
        sys.exit(FAILURE)
