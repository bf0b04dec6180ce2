"""The semantics of classes.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 6

What `cls-thing` and `cls-nothing1` say is not written (see `closure`). Where `cls-svf1`, `cls-maxqc1` and `cls-maxqc3`
ask for an `owl:Thing`, the rules after them ask for less.
"""

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, XSD
from cnrs_kg.reasoning.rules.model import (
    ON_PROPERTY,
    SAME_AS,
    TYPE,
    Atom,
    Condition,
    Different,
    Every,
    Member,
    Rule,
    Text,
    Var,
)

C, CI, C1, C2, L = Var("c"), Var("ci"), Var("c1"), Var("c2"), Var("l")
X, Y, P, Q, U, V = Var("x"), Var("y"), Var("p"), Var("q"), Var("u"), Var("v")
Y1, Y2 = Var("y1"), Var("y2")
THING, NOTHING, CLASS = OWL("Thing"), OWL("Nothing"), OWL("Class")
ZERO = ox.Literal("0", datatype=XSD("nonNegativeInteger"))
ONE = ox.Literal("1", datatype=XSD("nonNegativeInteger"))
MAX, MAX_QUALIFIED, ON_CLASS = OWL("maxCardinality"), OWL("maxQualifiedCardinality"), OWL("onClass")


def _at_most(predicate: ox.NamedNode, number: ox.Literal, *more: Condition) -> tuple[Condition, ...]:
    """A restriction `x` on `p` to at most `number` values, and a thing `u` under it."""
    return (Atom(X, predicate, number), Atom(X, ON_PROPERTY, P), *more, Atom(U, TYPE, X))


_NONE_ALLOWED = Text(
    "{u} has the value {y} for {p}, of which it may have none.",
    "{u} a la valeur {y} pour {p}, dont aucune n'est permise.",
)

RULES = (
    Rule("cls-thing", (), (Atom(THING, TYPE, CLASS),)),
    Rule("cls-nothing1", (), (Atom(NOTHING, TYPE, CLASS),)),
    Rule(
        "cls-nothing2",
        (Atom(X, TYPE, NOTHING),),
        says=Text("{x} belongs to the empty class.", "{x} appartient à la classe vide."),
    ),
    Rule("cls-int1", (Atom(C, OWL("intersectionOf"), L), Every(L, CI, (Atom(Y, TYPE, CI),))), (Atom(Y, TYPE, C),)),
    Rule("cls-int2", (Atom(C, OWL("intersectionOf"), L), Member(L, CI), Atom(Y, TYPE, C)), (Atom(Y, TYPE, CI),)),
    Rule("cls-uni", (Atom(C, OWL("unionOf"), L), Member(L, CI), Atom(Y, TYPE, CI)), (Atom(Y, TYPE, C),)),
    Rule(
        "cls-com",
        (Atom(C1, OWL("complementOf"), C2), Atom(X, TYPE, C1), Atom(X, TYPE, C2)),
        says=Text("{x} belongs to {c1} and to its complement {c2}.", "{x} appartient à {c1} et à son complément {c2}."),
    ),
    Rule(
        "cls-svf1",
        (
            Atom(X, OWL("someValuesFrom"), Y),
            Atom(X, ON_PROPERTY, P),
            Atom(U, P, V),
            Atom(V, TYPE, Y),
            Different(Y, THING),
        ),
        (Atom(U, TYPE, X),),
    ),
    Rule(
        "cls-svf2",
        (Atom(X, OWL("someValuesFrom"), THING), Atom(X, ON_PROPERTY, P), Atom(U, P, V)),
        (Atom(U, TYPE, X),),
    ),
    Rule(
        "cls-avf",
        (Atom(X, OWL("allValuesFrom"), Y), Atom(X, ON_PROPERTY, P), Atom(U, TYPE, X), Atom(U, P, V)),
        (Atom(V, TYPE, Y),),
    ),
    Rule(
        "cls-hv1",
        (Atom(X, OWL("hasValue"), Y), Atom(X, ON_PROPERTY, P), Atom(U, TYPE, X)),
        (Atom(U, P, Y),),
    ),
    Rule(
        "cls-hv2",
        (Atom(X, OWL("hasValue"), Y), Atom(X, ON_PROPERTY, P), Atom(U, P, Y)),
        (Atom(U, TYPE, X),),
    ),
    Rule("cls-maxc1", (*_at_most(MAX, ZERO), Atom(U, P, Y)), says=_NONE_ALLOWED),
    Rule(
        "cls-maxc2",
        (*_at_most(MAX, ONE), Atom(U, P, Y1), Atom(U, P, Y2), Different(Y1, Y2)),
        (Atom(Y1, SAME_AS, Y2),),
    ),
    Rule(
        "cls-maxqc1",
        (
            *_at_most(MAX_QUALIFIED, ZERO, Atom(X, ON_CLASS, C)),
            Atom(U, P, Y),
            Atom(Y, TYPE, C),
            Different(C, THING),
        ),
        says=_NONE_ALLOWED,
    ),
    Rule(
        "cls-maxqc2",
        (*_at_most(MAX_QUALIFIED, ZERO, Atom(X, ON_CLASS, THING)), Atom(U, P, Y)),
        says=_NONE_ALLOWED,
    ),
    Rule(
        "cls-maxqc3",
        (
            *_at_most(MAX_QUALIFIED, ONE, Atom(X, ON_CLASS, C)),
            Atom(U, P, Y1),
            Atom(Y1, TYPE, C),
            Atom(U, P, Y2),
            Atom(Y2, TYPE, C),
            Different(C, THING),
            Different(Y1, Y2),
        ),
        (Atom(Y1, SAME_AS, Y2),),
    ),
    Rule(
        "cls-maxqc4",
        (
            *_at_most(MAX_QUALIFIED, ONE, Atom(X, ON_CLASS, THING)),
            Atom(U, P, Y1),
            Atom(U, P, Y2),
            Different(Y1, Y2),
        ),
        (Atom(Y1, SAME_AS, Y2),),
    ),
    Rule("cls-oo", (Atom(C, OWL("oneOf"), L), Member(L, Y)), (Atom(Y, TYPE, C),)),
)
