"""`cnrs-kg export`"""

import sys

import click

from cnrs_kg.cli.session import graph
from cnrs_kg.rdf.formats import rdf_syntax


@click.command()
@click.option("--format", "format_", default="nquads", show_default=True, help="A media type or short name.")
@click.option("--version", "number", type=int, help="An earlier version.")
@click.option("--graph", "iri", help="Only this named graph ('default' for the default graph).")
def export(format_: str, number: int | None, iri: str | None) -> None:
    """Write a version, whole, to standard output: named graphs and inferences.

    A format that holds one graph (turtle, ntriples, rdfxml, n3) has the default graph: every statement once.
    """
    syntax = rdf_syntax(format_)
    if iri is None and not syntax.datasets:
        iri = "default"
    with graph() as kg:
        kg.export(sys.stdout.buffer, syntax, graph=iri, version=None if number is None else kg.version(number))
