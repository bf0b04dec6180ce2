"""`cnrs-kg submit`"""

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from cnrs_kg.cli.session import AS, FORMAT, agent, documents, graph
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import propose
from cnrs_kg.submissions.submission import Submission
from cnrs_kg.validation.report import verdict_of_json
from cnrs_kg.validation.text import print_verdict


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--title", help="What it is, in a line (default: the files' names).")
@click.option("--message", help="Why.")
@click.option("--source", help="Where it is written: a page, a document.")
@click.option("--graph", "graph_", help="The graph that the files are for (default: the stewards' one).")
@click.option("--replace", is_flag=True, help="The files become the graph's whole content.")
@AS
@FORMAT
def submit(
    files: tuple[Path, ...], graph_: str | None, replace: bool, as_: str | None, format_: str, **about: str
) -> None:
    """Submit the files: they are judged and kept, for a curator to decide. Exit 1 if they do not conform.

    RDF files add; an RDF patch (.rdfp) and a SPARQL update (.ru) also withdraw. Prints the submission's number.
    """
    sent = documents(files, short=True)
    with graph(workers=1) as kg, Console(stderr=True).status("judging"):
        found = kg.stewards.submit(propose(sent, graph_, replaces=replace), About(**about), agent(kg, as_))
    told(found, {document.name: document.data for document in sent}, format_)


def told(found: Submission, sources: dict[str, bytes], format_: str) -> None:
    """Print what became of a submission, with its verdict; exit 1 if that is no."""
    verdict = verdict_of_json(found.content.verdict)
    print_verdict(verdict, Console(stderr=True), sources=sources)
    click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2) if format_ == "json" else found.number)
    if not verdict.conforms:
        sys.exit(1)
