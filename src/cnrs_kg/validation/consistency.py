"""What the ontology's logic objects to, in the same form as violations of shapes: with the proof."""

from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from cnrs_kg.rdf.terms import Term
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.proof import Sources, contradiction, proof
from cnrs_kg.reasoning.reasons import Derivations, Statement, statement_of
from cnrs_kg.reasoning.rules.model import SAME_AS
from cnrs_kg.validation.report import Result

Explain = Callable[[Iterable[Statement]], Derivations]


def objections(
    inconsistencies: Iterable[Inconsistency], ties: Iterable[ox.Triple], explain: Explain, sources: Sources
) -> Iterator[Result]:
    """Each inconsistency, and each pair of things that inference made the same.

    `ties` are the `owl:sameAs` statements that rules concluded; `explain` tells how statements were inferred,
    `sources` who asserts them.
    """
    for found in inconsistencies:
        shown = contradiction(found, explain(map(statement_of, found.premises)), sources)
        literal = _ill_typed(found)
        yield Result(
            "Violation",
            "inconsistency",
            found.message,
            focus_node=_term(found.focus_node),
            constraint=found.rule,
            path=None if literal is None else str(literal.predicate),
            value=None if literal is None else literal.object,
            proof=shown.to_json(),
        )
    for tie in ties:
        if isinstance(tie.subject, ox.NamedNode) and isinstance(tie.object, ox.NamedNode):
            yield _merged(tie.subject, tie.object, explain, sources)


def _ill_typed(found: Inconsistency) -> ox.Triple | None:
    """The premise with the literal that is not of its datatype, if that is the contradiction."""
    stated = (one for one in reversed(found.premises) if isinstance(one.object, ox.Literal))
    return next(stated, None) if found.rule == "dt-not-type" else None


def _merged(one: ox.NamedNode, other: ox.NamedNode, explain: Explain, sources: Sources) -> Result:
    """Only a curator's asserted `owl:sameAs` merges two things; what follows from other statements is a fault."""
    tie = (one, SAME_AS, other)
    shown = proof(tie, explain([tie]), sources)
    return Result(
        "Violation",
        "inconsistency",
        {
            "en": f"{one.value} and {other.value} would become the same thing.",
            "fr": f"{one.value} et {other.value} deviendraient une seule et même chose.",
        },
        focus_node=one,
        constraint=shown.rule,
        path=str(SAME_AS),
        value=other,
        proof=shown.to_json(),
    )


def _term(node: object) -> Term | None:
    return node if isinstance(node, ox.NamedNode | ox.BlankNode | ox.Literal) else None
