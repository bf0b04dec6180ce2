"""The semantics of class axioms.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 7
"""

from cnrs_kg.rdf.namespaces import OWL
from cnrs_kg.reasoning.rules.model import EQUIVALENT_CLASS, SUB_CLASS_OF, TYPE, Atom, Pair, Rule, Text, Var

C1, C2, X, Y, L = Var("c1"), Var("c2"), Var("x"), Var("y"), Var("l")

_DISJOINT = Text(
    "{x} belongs to {c1} and to {c2}, which are disjoint.",
    "{x} appartient à {c1} et à {c2}, qui sont disjointes.",
)

RULES = (
    Rule("cax-sco", (Atom(C1, SUB_CLASS_OF, C2), Atom(X, TYPE, C1)), (Atom(X, TYPE, C2),)),
    Rule("cax-eqc1", (Atom(C1, EQUIVALENT_CLASS, C2), Atom(X, TYPE, C1)), (Atom(X, TYPE, C2),)),
    Rule("cax-eqc2", (Atom(C1, EQUIVALENT_CLASS, C2), Atom(X, TYPE, C2)), (Atom(X, TYPE, C1),)),
    Rule("cax-dw", (Atom(C1, OWL("disjointWith"), C2), Atom(X, TYPE, C1), Atom(X, TYPE, C2)), says=_DISJOINT),
    Rule(
        "cax-adc",
        (
            Atom(Y, TYPE, OWL("AllDisjointClasses")),
            Atom(Y, OWL("members"), L),
            Pair(L, C1, C2),
            Atom(X, TYPE, C1),
            Atom(X, TYPE, C2),
        ),
        says=_DISJOINT,
    ),
)
