"""`cnrs-kg validate`"""

import json
import sys
from pathlib import Path

import click
import pyoxigraph as ox
from rich.console import Console

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.session import Telling, documents, graph
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.submissions.proposal import SHEETS, Document, propose
from cnrs_kg.validation.forms import to_csv, to_rdf, to_sarif
from cnrs_kg.validation.report import Verdict
from cnrs_kg.validation.text import print_verdict, summary

FORMATS = ["text", "json", "turtle", "html", "csv", "sarif"]


@click.command(cls=Telling)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--graph", "graph_", help="The graph that the files are for (default: the stewards' one).")
@click.option("--replace", is_flag=True, help="The files become the graph's whole content.")
@click.option(
    "--marked",
    "copy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the spreadsheet with its faulty cells coloured and commented to this .xlsx file.",
)
@click.option("--complete", is_flag=True, help="Name the value of every fault, however many; may take minutes.")
@click.option("--alone", is_flag=True, help="Judge the files beside ontology and shapes only.")
def validate(
    files: tuple[Path, ...],
    format_: str,
    lang: str,
    graph_: str | None,
    replace: bool,
    copy: Path | None,
    complete: bool,
    alone: bool,
) -> None:
    """What would happen if the files were submitted; nothing is stored. Exit 1 if they would be refused.

    RDF files and spreadsheets (.xlsx, .csv) add; an RDF patch (.rdfp) and a SPARQL update (.ru) also withdraw.
    """
    sent = documents(files)
    with graph(workers=1) as kg, Console(stderr=True).status("judging"):
        verdict = kg.validate(propose(sent, graph_, replaces=replace), alone=alone, complete=complete)
        if copy is not None:
            copy.write_bytes(kg.sheets.marked(verdict, _spreadsheet(sent), lang))
    _print(verdict, {document.name: document.data for document in sent}, format_, lang)
    if not verdict.conforms:
        sys.exit(1)


def _spreadsheet(sent: list[Document]) -> Document:
    found = [document for document in sent if document.media_type in SHEETS]
    if len(found) != 1:
        raise click.UsageError("--marked takes one spreadsheet (.xlsx or .csv).")
    return found[0]


def _print(verdict: Verdict, sources: dict[str, bytes], format_: str, lang: str) -> None:
    if format_ == "json":
        click.echo(json.dumps(verdict.to_json(), ensure_ascii=False, indent=2))
    elif format_ == "csv":
        click.echo(to_csv(verdict, lang), nl=False)
    elif format_ == "sarif":
        click.echo(json.dumps(to_sarif(verdict, lang), ensure_ascii=False, indent=2))
    elif format_ == "turtle":
        ox.serialize(to_rdf(verdict), sys.stdout.buffer, ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    elif format_ == "html":
        from cnrs_kg.web.reports import page  # what the other forms need not wait for

        click.echo(page(verdict, sources, lang))
    else:
        console = printer()
        print_verdict(verdict, console, lang=lang, sources=sources)
        console.print(summary(verdict, lang))
