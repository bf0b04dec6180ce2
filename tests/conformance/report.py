"""What a run of the suites said, as a table and as EARL (https://www.w3.org/TR/EARL10-Schema/)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import DCTERMS, RDF, XSD, Namespace

EARL = Namespace("earl", "http://www.w3.org/ns/earl#")
DOAP = Namespace("doap", "http://usefulinc.com/ns/doap#")
SOFTWARE = ox.NamedNode("https://w3id.org/cnrs-kg/software")
COLUMNS = ("passed", "xfailed", "not applicable", "failed")
_EARL_OUTCOMES = {"passed": "passed", "xfailed": "failed", "failed": "failed", "not applicable": "inapplicable"}


@dataclass(frozen=True)
class Outcome:
    """What became of one entry: one of COLUMNS, and why where it did not simply pass."""

    suite: str
    result: str
    reason: str = ""


def table(outcomes: Iterable[Outcome]) -> str:
    """One line a suite, one column an outcome, as Markdown."""
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        counts.setdefault(outcome.suite, Counter())[outcome.result] += 1
    counts["all"] = sum(counts.values(), Counter[str]())
    width = max(map(len, counts))
    lines = [f"| {'suite':{width}} | {' | '.join(COLUMNS)} |", f"|{'-' * (width + 2)}|{'---:|' * len(COLUMNS)}"]
    for suite, row in counts.items():
        cells = " | ".join(f"{row[column]:{len(column)}}" for column in COLUMNS)
        lines.append(f"| {suite:{width}} | {cells} |")
    return "\n".join(lines)


def earl(outcomes: Mapping[str, Outcome], when: datetime) -> bytes:
    """The outcomes as EARL assertions in Turtle."""
    triples = [
        ox.Triple(SOFTWARE, RDF("type"), kind) for kind in (EARL("Software"), EARL("TestSubject"), DOAP("Project"))
    ]
    triples.append(ox.Triple(SOFTWARE, DOAP("name"), ox.Literal("cnrs-kg")))
    stamp = ox.Literal(when.isoformat(timespec="seconds"), datatype=XSD("dateTime"))
    for iri, outcome in outcomes.items():
        assertion, result = ox.BlankNode(), ox.BlankNode()
        triples += [
            ox.Triple(assertion, RDF("type"), EARL("Assertion")),
            ox.Triple(assertion, EARL("assertedBy"), SOFTWARE),
            ox.Triple(assertion, EARL("subject"), SOFTWARE),
            ox.Triple(assertion, EARL("test"), ox.NamedNode(iri)),
            ox.Triple(assertion, EARL("mode"), EARL("automatic")),
            ox.Triple(assertion, EARL("result"), result),
            ox.Triple(result, RDF("type"), EARL("TestResult")),
            ox.Triple(result, EARL("outcome"), EARL(_EARL_OUTCOMES[outcome.result])),
            ox.Triple(result, DCTERMS("date"), stamp),
        ]
        if outcome.reason:
            triples.append(ox.Triple(result, EARL("info"), ox.Literal(outcome.reason)))
    prefixes = {one.prefix: one.iri for one in (EARL, DOAP, DCTERMS, XSD)}
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
