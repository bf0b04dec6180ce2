"""`cnrs-kg query`"""

import json
import sys
from typing import BinaryIO

import click
from rich.table import Table

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import graph
from cnrs_kg.engine.kind import query_form
from cnrs_kg.engine.requests import Answer
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS, XLSX, rdf_syntax, result_syntax

TABLE = "table"
NAMES = [TABLE, "xlsx", *(syntax.name for syntax in RESULT_FORMATS), *(syntax.name for syntax in RDF_FORMATS)]


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@click.option("-e", "text", help="The query itself, instead of a file (or - for standard input).")
@click.option("--format", "format_", metavar="NAME", help=f"A media type, or one of: {', '.join(NAMES)}.")
@click.option("--version", "number", type=int, help="Ask an earlier version.")
@click.option("--pin", metavar="NAME", help="Instead of a query: one with SERVICE, with what was answered to it then.")
def query(file: BinaryIO | None, text: str | None, format_: str | None, number: int | None, pin: str | None) -> None:
    """Ask the published graph a SPARQL query; the complete answer goes to standard output."""
    if [file, text, pin].count(None) != 2:
        raise click.UsageError("Give a file, a query with -e, or --pin.")
    with graph(workers=1) as kg:
        kept = kg.services.pins.find(pin) if pin is not None else None
        sparql = kept.query if kept else text if text is not None else _read(file) if file else ""
        number = kept.version if kept else number
        graph_form = query_form(sparql) in {"CONSTRUCT", "DESCRIBE"}
        wanted = format_ or (TABLE if sys.stdout.isatty() and not graph_form else "turtle" if graph_form else "csv")
        answer = kg.query(
            sparql,
            default_graphs=kept.default_graphs if kept else None,
            named_graphs=kept.named_graphs if kept else None,
            result_format=None if graph_form else _result_format(wanted),
            graph_format=_graph_format(wanted) if graph_form else None,
            version=None if number is None else kg.version(number),
        )
        _print(answer, table=wanted == TABLE)
        if answer.pin is not None:
            click.echo(f"The same answer again: cnrs-kg query --pin {answer.pin}", err=True)


def _read(file: BinaryIO) -> str:
    """What is not UTF-8 stays in it, for the worker to refuse with its place."""
    return file.read().decode(errors="surrogateescape")


def _result_format(name: str) -> str:
    return XLSX if name == "xlsx" else result_syntax("json" if name == TABLE else name).media_type


def _graph_format(name: str) -> str:
    return XLSX if name == "xlsx" else rdf_syntax(name).media_type


def _print(answer: Answer, *, table: bool) -> None:
    if not table:
        for chunk in answer.chunks():
            sys.stdout.buffer.write(chunk)
        if answer.form == "ASK" and answer.media_type.startswith("text/"):
            click.echo()
        return
    found = json.loads(answer.read())
    if "boolean" in found:
        click.echo(str(found["boolean"]).lower())
        return
    rows = Table(*found["head"]["vars"])
    for binding in found["results"]["bindings"]:
        rows.add_row(*(binding[name]["value"] if name in binding else "" for name in found["head"]["vars"]))
    printer().print(rows)
