"""What would happen if documents were submitted: read, reasoned with and judged, nothing stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import ProtectedGraph, RdfError
from cnrs_kg.rdf.positions import Span
from cnrs_kg.rdf.skolem import skolemise
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.store.graphs import role
from cnrs_kg.submissions.change import Change, Outcome, Trial
from cnrs_kg.submissions.intake import claim, take_in
from cnrs_kg.validation.report import Result, Verdict

Placed = tuple[ox.Quad, Span | None]
Spans = Mapping[ox.Triple, tuple[str, Span]]


@dataclass(frozen=True)
class Document:
    """A document that was sent: the name that reports give it, its bytes, its media type."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True)
class Validation:
    """How documents are judged: `read` gives a document's statements with places, `judge` the verdict of a trial."""

    read: Callable[[Document], Iterable[Placed]]
    judge: Callable[[Trial], Outcome]
    claimable: frozenset[ox.NamedNode]

    def validate(
        self, documents: Iterable[Document], graph: ox.NamedNode, *, replaces: bool = False, alone: bool = False
    ) -> Verdict:
        """The verdict on adding the documents to a graph (or on their replacing it), each result with its places.

        A document that cannot be read gives a result of kind `syntax`.
        """
        if not role(graph).writable:
            raise ProtectedGraph(f"{graph} is not written this way", graph=graph.value)
        quads: set[ox.Quad] = set()
        spans: dict[ox.Triple, tuple[str, Span]] = {}
        faults: list[Result] = []
        notes: list[str] = []
        for document in documents:
            try:
                placed = list(self.read(document))
                taken = take_in((quad for quad, _ in placed), graph, self.claimable)
            except RdfError as error:
                faults.append(_syntax(document, error))
                continue
            quads |= taken.quads
            spans |= {triple: (document.name, span) for triple, span in spans_of(placed, graph).items()}
            notes += [f"became an undated claim: {quad}" for quad in taken.claimed]
        if faults:
            return Verdict(tuple(faults))
        change = Change(frozenset(quads), notes=tuple(notes))
        verdict = self.judge(Trial(change, graph if replaces else None, alone)).verdict
        return replace(verdict, results=tuple(_located(result, spans) for result in verdict.results))


def spans_of(placed: Iterable[Placed], graph: ox.NamedNode) -> dict[ox.Triple, Span]:
    """The place of each statement that a graph keeps of a document: in stored form, claims for direct statements."""
    found = list(placed)
    spans: dict[ox.Triple, Span] = {}
    for quad, (_, span) in zip(map(stored_quad, skolemise(quad for quad, _ in found)), found, strict=True):
        if span is None:
            continue
        spans.setdefault(quad.triple, span)
        home = graph if quad.graph_name == DEFAULT_GRAPH else quad.graph_name
        for part in claim(ox.Quad(quad.subject, quad.predicate, quad.object, home)):
            spans.setdefault(part.triple, span)
    return spans


def place(name: str, span: Span) -> dict[str, Any]:
    """PLACE of the contract."""
    found = {"file": name, "line": span.line, "column": span.column}
    return found | ({"endColumn": span.end_column} if span.end_line == span.line else {})


def _syntax(document: Document, error: RdfError) -> Result:
    where: dict[str, Any] = {"file": document.name, "line": 1}
    if error.position is not None:
        where |= {"line": error.position[0], "column": error.position[1]}
    said = error.detail if error.advice is None else f"{error.detail}. {error.advice}"
    message = {"en": said, "fr": f"Ce document ne peut être lu : {error.detail}"}
    return Result("Violation", "syntax", message, places=(where,))


def _located(result: Result, spans: Spans) -> Result:
    """The result with the places that made it: of the value, else of the property, else of the focus node.

    A value may have been inferred for this property from another one that says the same.
    """
    proof = None if result.proof is None else _placed_proof(result.proof, spans)
    found = list(_leaves(proof)) if proof else []
    found = found or [place(name, span) for name, span in _of_shape(result, spans)]
    return replace(result, places=tuple(found), proof=proof)


def _of_shape(result: Result, spans: Spans) -> list[tuple[str, Span]]:
    about = {triple: where for triple, where in spans.items() if triple.subject == result.focus_node}
    path = result.path.strip("<>") if result.path else None
    of_path = {triple: where for triple, where in about.items() if triple.predicate.value == path}
    of_value = [where for triple, where in of_path.items() if triple.object == result.value]
    of_value = of_value or [where for triple, where in about.items() if triple.object == result.value]
    as_object = [where for triple, where in spans.items() if triple.object == result.focus_node]
    return of_value or list(of_path.values()) or list(about.values())[:1] or as_object[:1]


def _placed_proof(proof: Mapping[str, Any], spans: Spans) -> dict[str, Any]:
    """The proof with the places of what the documents say."""
    made = {**proof, "premises": [_placed_proof(premise, spans) for premise in proof["premises"]]}
    if proof["rule"] == "asserted":
        where = next((where for triple, where in spans.items() if _text(proof["statement"]) == _said(triple)), None)
        if where is not None:
            made["place"] = place(*where)
    return made


def _said(triple: ox.Triple) -> str:
    return f"{triple.subject} {triple.predicate} {triple.object}"


def _text(statement: Mapping[str, Any]) -> str:
    return " ".join(str(_term(statement[name])) for name in ("subject", "predicate", "object"))


def _term(term: Mapping[str, str]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if term["type"] == "uri":
        return ox.NamedNode(term["value"])
    if term["type"] == "bnode":
        return ox.BlankNode(term["value"])
    if "xml:lang" in term:
        return ox.Literal(term["value"], language=term["xml:lang"])
    datatype = term.get("datatype")
    return ox.Literal(term["value"], datatype=ox.NamedNode(datatype) if datatype else None)


def _leaves(proof: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if proof.get("place"):
        yield proof["place"]
    for premise in proof["premises"]:
        yield from _leaves(premise)
