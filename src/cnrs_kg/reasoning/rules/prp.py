"""The semantics of axioms about properties.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 5

`prp-ap` types the built-in annotation properties: it depends on no data and is not materialised. `prp-key` compares
every property of the key. `prp-fp`, `prp-ifp` and `prp-key` leave out that a thing is the same as itself.
"""

from cnrs_kg.rdf.namespaces import OWL, RDFS
from cnrs_kg.reasoning.rules.model import (
    EQUIVALENT_PROPERTY,
    SAME_AS,
    SUB_PROPERTY_OF,
    TYPE,
    Atom,
    Different,
    Every,
    Pair,
    Path,
    Rule,
    Run,
    Text,
    Var,
)

P, P1, P2, C, L = Var("p"), Var("p1"), Var("p2"), Var("c"), Var("l")
X, Y, Z, X1, X2, Y1, Y2 = Var("x"), Var("y"), Var("z"), Var("x1"), Var("x2"), Var("y1"), Var("y2")
I1, I2, V = Var("i1"), Var("i2"), Var("v")

_BOTH = Text(
    "{x} is linked to {y} by {p1} and by {p2}, which are disjoint.",
    "{x} est lié à {y} par {p1} et par {p2}, qui sont disjointes.",
)
_DENIED = Text(
    "{i1} {p} {v} is stated, and its contrary as well.", "{i1} {p} {v} est déclaré, et son contraire également."
)

RULES = (
    Rule("prp-ap", (), (Atom(RDFS("label"), TYPE, OWL("AnnotationProperty")),), run=Run.NEVER),
    Rule("prp-dom", (Atom(P, RDFS("domain"), C), Atom(X, P, Y)), (Atom(X, TYPE, C),)),
    Rule("prp-rng", (Atom(P, RDFS("range"), C), Atom(X, P, Y)), (Atom(Y, TYPE, C),)),
    Rule(
        "prp-fp",
        (Atom(P, TYPE, OWL("FunctionalProperty")), Atom(X, P, Y1), Atom(X, P, Y2), Different(Y1, Y2)),
        (Atom(Y1, SAME_AS, Y2),),
    ),
    Rule(
        "prp-ifp",
        (Atom(P, TYPE, OWL("InverseFunctionalProperty")), Atom(X1, P, Y), Atom(X2, P, Y), Different(X1, X2)),
        (Atom(X1, SAME_AS, X2),),
    ),
    Rule(
        "prp-irp",
        (Atom(P, TYPE, OWL("IrreflexiveProperty")), Atom(X, P, X)),
        says=Text(
            "{x} is linked to itself by {p}, which is irreflexive.", "{x} est lié à lui-même par {p}, irréflexive."
        ),
    ),
    Rule("prp-symp", (Atom(P, TYPE, OWL("SymmetricProperty")), Atom(X, P, Y)), (Atom(Y, P, X),)),
    Rule(
        "prp-asyp",
        (Atom(P, TYPE, OWL("AsymmetricProperty")), Atom(X, P, Y), Atom(Y, P, X)),
        says=Text(
            "{x} and {y} are linked by {p} in both directions, though it is asymmetric.",
            "{x} et {y} sont liés par {p} dans les deux sens, alors qu'elle est asymétrique.",
        ),
    ),
    Rule("prp-trp", (Atom(P, TYPE, OWL("TransitiveProperty")), Atom(X, P, Y), Atom(Y, P, Z)), (Atom(X, P, Z),)),
    Rule("prp-spo1", (Atom(P1, SUB_PROPERTY_OF, P2), Atom(X, P1, Y)), (Atom(X, P2, Y),)),
    Rule("prp-spo2", (Atom(P, OWL("propertyChainAxiom"), L), Path(L, X, Y)), (Atom(X, P, Y),)),
    Rule("prp-eqp1", (Atom(P1, EQUIVALENT_PROPERTY, P2), Atom(X, P1, Y)), (Atom(X, P2, Y),)),
    Rule("prp-eqp2", (Atom(P1, EQUIVALENT_PROPERTY, P2), Atom(X, P2, Y)), (Atom(X, P1, Y),)),
    Rule("prp-pdw", (Atom(P1, OWL("propertyDisjointWith"), P2), Atom(X, P1, Y), Atom(X, P2, Y)), says=_BOTH),
    Rule(
        "prp-adp",
        (
            Atom(Z, TYPE, OWL("AllDisjointProperties")),
            Atom(Z, OWL("members"), L),
            Pair(L, P1, P2),
            Atom(X, P1, Y),
            Atom(X, P2, Y),
        ),
        says=_BOTH,
    ),
    Rule("prp-inv1", (Atom(P1, OWL("inverseOf"), P2), Atom(X, P1, Y)), (Atom(Y, P2, X),)),
    Rule("prp-inv2", (Atom(P1, OWL("inverseOf"), P2), Atom(X, P2, Y)), (Atom(Y, P1, X),)),
    Rule(
        "prp-key",
        (
            Atom(C, OWL("hasKey"), L),
            Atom(X, TYPE, C),
            Atom(Y, TYPE, C),
            Every(L, P, (Atom(X, P, V), Atom(Y, P, V)), fresh=(V,)),
            Different(X, Y),
        ),
        (Atom(X, SAME_AS, Y),),
    ),
    Rule(
        "prp-npa1",
        (
            Atom(Z, OWL("sourceIndividual"), I1),
            Atom(Z, OWL("assertionProperty"), P),
            Atom(Z, OWL("targetIndividual"), V),
            Atom(I1, P, V),
        ),
        says=_DENIED,
    ),
    Rule(
        "prp-npa2",
        (
            Atom(Z, OWL("sourceIndividual"), I1),
            Atom(Z, OWL("assertionProperty"), P),
            Atom(Z, OWL("targetValue"), V),
            Atom(I1, P, V),
        ),
        says=_DENIED,
    ),
)
