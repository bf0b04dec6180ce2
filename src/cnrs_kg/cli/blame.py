"""`cnrs-kg blame`"""

import json
import sys
from collections.abc import Iterator

import click
import pyoxigraph as ox

from cnrs_kg.cli.proofs import statement as told
from cnrs_kg.cli.session import FORMAT, graph
from cnrs_kg.rdf.reading import read_predicate, read_term
from cnrs_kg.reasoning.terms import shown
from cnrs_kg.submissions.blame import Blame, Origin
from cnrs_kg.submissions.states import Action
from cnrs_kg.validation.excerpts import place_name


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("value", metavar="OBJECT")
@FORMAT
@click.option("--version", "number", type=int, help="Ask an earlier version.")
def blame(subject: str, predicate: str, value: str, format_: str, number: int | None) -> None:
    """Who published a statement: submission, who, when, file and line or cell. Exit 1 if it does not hold.

    IRIs, names such as org:memberOf, literals as in Turtle.
    """
    asked = (read_term(subject), read_predicate(predicate), read_term(value))
    with graph(workers=1) as kg:
        found = kg.blame(asked, version=None if number is None else kg.version(number))
    if format_ == "json":
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        for line in _lines(found):
            click.echo(line)
    if not found.holds:
        sys.exit(1)


def _lines(found: Blame) -> Iterator[str]:
    if found.inferred:
        yield "inferred from:"
    elif not found.holds:
        yield "withdrawn:" if found.withdrawn else "never published"
    for origin in (*found.origins, *found.withdrawn):
        yield from _origin(origin)


def _origin(origin: Origin) -> Iterator[str]:
    version, submission = origin.version, origin.submission
    graph_name = "–" if origin.graph is None else shown(ox.NamedNode(origin.graph))
    yield f"{told((*origin.statement,), {}, 'en')}  [{graph_name}]"
    said = f"{version.agent or '–'}: {version.message or '–'}"
    yield f"  version {version.number}, {version.created:%Y-%m-%d %H:%M}, {said}"
    if submission is not None:
        yield f"  submission {submission.number} by {submission.submitter or '–'}: {submission.content.title}"
        decision = submission.decision(Action.ACCEPT)
        if decision is not None and decision.reason:
            yield f"  accepted by {decision.agent}: {decision.reason}"
    if origin.place is not None:
        yield f"  {place_name(origin.place)}"
