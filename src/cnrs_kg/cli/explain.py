"""`cnrs-kg explain`"""

import json
import sys

import click
import pyoxigraph as ox
from rich.console import Console

from cnrs_kg.cli.printer import printer
from cnrs_kg.cli.proofs import statement as told
from cnrs_kg.cli.proofs import tree
from cnrs_kg.cli.session import Telling, graph
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.rdf.reading import read_predicate, read_term
from cnrs_kg.reasoning.proof_rdf import to_rdf
from cnrs_kg.submissions.explaining import Explanation

NOT_HELD = {
    "en": ("This does not hold:", "What does hold:"),
    "fr": ("Cela n'est pas publié :", "Ce qui l'est :"),
}


@click.command(cls=Telling)
@click.argument("subject")
@click.argument("predicate")
@click.argument("value", metavar="OBJECT")
@click.option("--format", "format_", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--proofs", type=click.IntRange(1, 100), default=1, show_default=True, help="How many proofs at most.")
@click.option("--version", "number", type=int, help="Ask an earlier version.")
def explain(subject: str, predicate: str, value: str, format_: str, lang: str, proofs: int, number: int | None) -> None:
    """Prove a statement: IRIs, names such as org:memberOf, literals as in Turtle. Exit 1 if it does not hold."""
    asked = (read_term(subject), read_predicate(predicate), read_term(value))
    with graph(workers=1) as kg:
        found = kg.explain(asked, version=None if number is None else kg.version(number), proofs=proofs)
    if not found.derivations:
        _say_no(found, lang)
        sys.exit(1)
    shown = found.proofs()
    if format_ == "json":
        documents = [proof.to_json() for proof in shown]
        click.echo(json.dumps(documents[0] if proofs == 1 else documents, ensure_ascii=False, indent=2))
    elif format_ == "turtle":
        triples = dict.fromkeys(triple for proof in shown for triple in to_rdf(proof))
        ox.serialize(triples, sys.stdout.buffer, ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    else:
        console = printer()
        for proof in shown:
            console.print(tree(proof, found.labels, lang))


def _say_no(found: Explanation, lang: str) -> None:
    talk = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    no, near = NOT_HELD[lang]
    talk.print(no, told(found.statement, found.labels, lang))
    if found.near:
        talk.print(near)
    for one in found.near:
        talk.print("  ", told(one, found.labels, lang))
