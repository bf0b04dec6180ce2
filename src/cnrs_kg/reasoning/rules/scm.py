"""The semantics of the schema vocabulary.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 9

`scm-cls`, `scm-op` and `scm-dp` say that each class and property is below and equivalent to itself, above `owl:Nothing`
and below `owl:Thing`: other rules build on that, and it is not written (see `closure`).
"""

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDFS
from cnrs_kg.reasoning.rules.model import (
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    ON_PROPERTY,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
    TYPE,
    Atom,
    Condition,
    Member,
    Rule,
    Var,
)

C, C1, C2, C3, CI, L, V = Var("c"), Var("c1"), Var("c2"), Var("c3"), Var("ci"), Var("l"), Var("v")
P, P1, P2, P3, Y, Y1, Y2 = Var("p"), Var("p1"), Var("p2"), Var("p3"), Var("y"), Var("y1"), Var("y2")
DOMAIN, RANGE, CLASS = RDFS("domain"), RDFS("range"), OWL("Class")
HAS_VALUE, SOME, ALL = OWL("hasValue"), OWL("someValuesFrom"), OWL("allValuesFrom")


def _transitive(name: str, predicate: ox.NamedNode) -> Rule:
    return Rule(name, (Atom(C1, predicate, C2), Atom(C2, predicate, C3)), (Atom(C1, predicate, C3),))


def _restrictions(kind: ox.NamedNode, first: tuple[Var, Var], second: tuple[Var, Var]) -> tuple[Condition, ...]:
    """Two restrictions `c1` and `c2` of one kind, each with its filler and its property."""
    return (
        Atom(C1, kind, first[0]),
        Atom(C1, ON_PROPERTY, first[1]),
        Atom(C2, kind, second[0]),
        Atom(C2, ON_PROPERTY, second[1]),
    )


_BELOW = (Atom(C1, SUB_CLASS_OF, C2),)
_SUB_FILLER = Atom(Y1, SUB_CLASS_OF, Y2)
_SUB_PROPERTY = Atom(P1, SUB_PROPERTY_OF, P2)

RULES = (
    Rule(
        "scm-cls",
        (Atom(C, TYPE, CLASS),),
        (
            Atom(C, SUB_CLASS_OF, C),
            Atom(C, EQUIVALENT_CLASS, C),
            Atom(C, SUB_CLASS_OF, OWL("Thing")),
            Atom(OWL("Nothing"), SUB_CLASS_OF, C),
        ),
    ),
    _transitive("scm-sco", SUB_CLASS_OF),
    Rule("scm-eqc1", (Atom(C1, EQUIVALENT_CLASS, C2),), (Atom(C1, SUB_CLASS_OF, C2), Atom(C2, SUB_CLASS_OF, C1))),
    Rule(
        "scm-eqc2",
        (Atom(C1, SUB_CLASS_OF, C2), Atom(C2, SUB_CLASS_OF, C1)),
        (Atom(C1, EQUIVALENT_CLASS, C2),),
    ),
    *(
        Rule(
            name,
            (Atom(P, TYPE, OWL(kind)),),
            (Atom(P, SUB_PROPERTY_OF, P), Atom(P, EQUIVALENT_PROPERTY, P)),
        )
        for name, kind in (("scm-op", "ObjectProperty"), ("scm-dp", "DatatypeProperty"))
    ),
    _transitive("scm-spo", SUB_PROPERTY_OF),
    Rule(
        "scm-eqp1",
        (Atom(P1, EQUIVALENT_PROPERTY, P2),),
        (Atom(P1, SUB_PROPERTY_OF, P2), Atom(P2, SUB_PROPERTY_OF, P1)),
    ),
    Rule(
        "scm-eqp2",
        (Atom(P1, SUB_PROPERTY_OF, P2), Atom(P2, SUB_PROPERTY_OF, P1)),
        (Atom(P1, EQUIVALENT_PROPERTY, P2),),
    ),
    Rule("scm-dom1", (Atom(P, DOMAIN, C1), Atom(C1, SUB_CLASS_OF, C2)), (Atom(P, DOMAIN, C2),)),
    Rule("scm-dom2", (Atom(P2, DOMAIN, C), Atom(P1, SUB_PROPERTY_OF, P2)), (Atom(P1, DOMAIN, C),)),
    Rule("scm-rng1", (Atom(P, RANGE, C1), Atom(C1, SUB_CLASS_OF, C2)), (Atom(P, RANGE, C2),)),
    Rule("scm-rng2", (Atom(P2, RANGE, C), Atom(P1, SUB_PROPERTY_OF, P2)), (Atom(P1, RANGE, C),)),
    Rule("scm-hv", (*_restrictions(HAS_VALUE, (V, P1), (V, P2)), _SUB_PROPERTY), _BELOW),
    Rule("scm-svf1", (*_restrictions(SOME, (Y1, P), (Y2, P)), _SUB_FILLER), _BELOW),
    Rule("scm-svf2", (*_restrictions(SOME, (Y, P1), (Y, P2)), _SUB_PROPERTY), _BELOW),
    Rule("scm-avf1", (*_restrictions(ALL, (Y1, P), (Y2, P)), _SUB_FILLER), _BELOW),
    Rule(
        "scm-avf2",
        (*_restrictions(ALL, (Y, P1), (Y, P2)), _SUB_PROPERTY),
        (Atom(C2, SUB_CLASS_OF, C1),),
    ),
    Rule("scm-int", (Atom(C, OWL("intersectionOf"), L), Member(L, CI)), (Atom(C, SUB_CLASS_OF, CI),)),
    Rule("scm-uni", (Atom(C, OWL("unionOf"), L), Member(L, CI)), (Atom(CI, SUB_CLASS_OF, C),)),
)
