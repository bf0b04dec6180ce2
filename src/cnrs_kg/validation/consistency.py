"""What the ontology's logic objects to, in the same form as violations of shapes: with the proof."""

from collections.abc import Iterator

import pyoxigraph as ox

from cnrs_kg.rdf.terms import Term
from cnrs_kg.reasoning.closure import Closure, SameClass
from cnrs_kg.reasoning.proof import Graphs, contradictions, proof
from cnrs_kg.validation.report import Result


def objections(closure: Closure, graph: Graphs) -> Iterator[Result]:
    """Each inconsistency, and each pair of things made the same by inference; `graph` tells who asserts a statement."""
    for found, shown in zip(closure.inconsistencies, contradictions(closure, graph=graph), strict=True):
        yield Result(
            "Violation",
            "inconsistency",
            found.message,
            focus_node=_term(found.focus_node),
            constraint=found.rule,
            proof=shown.to_json(),
        )
    for same in closure.same:
        yield from _merged(closure, same, graph)


def _merged(closure: Closure, same: SameClass, graph: Graphs) -> Iterator[Result]:
    """Only a curator's asserted `owl:sameAs` merges two things; what follows from other statements is a fault."""
    for tie in same.ties:
        if tie in closure.inferred and isinstance(tie.subject, ox.NamedNode) and isinstance(tie.object, ox.NamedNode):
            shown = proof(closure, tie, graph=graph)
            yield Result(
                "Violation",
                "inconsistency",
                {
                    "en": f"{tie.subject.value} and {tie.object.value} would become the same thing.",
                    "fr": f"{tie.subject.value} et {tie.object.value} deviendraient une seule et même chose.",
                },
                focus_node=tie.subject,
                constraint=shown.rule if shown else None,
                path="<http://www.w3.org/2002/07/owl#sameAs>",
                value=tie.object,
                proof=shown.to_json() if shown else None,
            )


def _term(node: object) -> Term | None:
    return node if isinstance(node, ox.NamedNode | ox.BlankNode | ox.Literal) else None
