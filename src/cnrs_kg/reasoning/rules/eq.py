"""The semantics of equality.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 4

`eq-ref` is not materialised: every term would be the same as itself. The cases marked "with eq-ref" stand for what the
spec reaches through it. The rules that multiply statements are kept as classes of equal terms and expanded at the end.
"""

from cnrs_kg.rdf.namespaces import OWL
from cnrs_kg.reasoning.rules.model import SAME_AS, TYPE, Atom, Pair, Rule, Run, Text, Var

S, P, V, S2, P2, V2 = Var("s"), Var("p"), Var("o"), Var("s2"), Var("p2"), Var("o2")
X, Y, Z, L = Var("x"), Var("y"), Var("z"), Var("l")
DIFFERENT, ALL_DIFFERENT = OWL("differentFrom"), OWL("AllDifferent")

CLASH = Text(
    "{x} and {y} are stated to be different, yet they are the same.",
    "{x} et {y} sont déclarés différents, alors qu'ils sont identiques.",
)
_CLASH_SELF = Text("{x} is stated to be different from itself.", "{x} est déclaré différent de lui-même.")
_CLASH_LIST_SELF = Text(
    "{x} stands twice in a list of different things.", "{x} figure deux fois dans une liste de choses différentes."
)

RULES = (
    Rule("eq-ref", (Atom(S, P, V),), (Atom(S, SAME_AS, S), Atom(P, SAME_AS, P), Atom(V, SAME_AS, V)), run=Run.NEVER),
    Rule("eq-sym", (Atom(X, SAME_AS, Y),), (Atom(Y, SAME_AS, X),), run=Run.SAMENESS),
    Rule("eq-trans", (Atom(X, SAME_AS, Y), Atom(Y, SAME_AS, Z)), (Atom(X, SAME_AS, Z),), run=Run.SAMENESS),
    Rule("eq-rep-s", (Atom(S, SAME_AS, S2), Atom(S, P, V)), (Atom(S2, P, V),), run=Run.SAMENESS),
    Rule("eq-rep-p", (Atom(P, SAME_AS, P2), Atom(S, P, V)), (Atom(S, P2, V),), run=Run.SAMENESS),
    Rule("eq-rep-o", (Atom(V, SAME_AS, V2), Atom(S, P, V)), (Atom(S, P, V2),), run=Run.SAMENESS),
    Rule("eq-diff1", (Atom(X, SAME_AS, Y), Atom(X, DIFFERENT, Y)), says=CLASH, run=Run.SAMENESS),
    Rule("eq-diff1", (Atom(X, DIFFERENT, X),), says=_CLASH_SELF, case="with eq-ref"),
    Rule(
        "eq-diff2",
        (Atom(Z, TYPE, ALL_DIFFERENT), Atom(Z, OWL("members"), L), Pair(L, X, Y), Atom(X, SAME_AS, Y)),
        says=CLASH,
        run=Run.SAMENESS,
    ),
    Rule(
        "eq-diff2",
        (Atom(Z, TYPE, ALL_DIFFERENT), Atom(Z, OWL("members"), L), Pair(L, X, X)),
        says=_CLASH_LIST_SELF,
        case="with eq-ref",
    ),
    Rule(
        "eq-diff3",
        (Atom(Z, TYPE, ALL_DIFFERENT), Atom(Z, OWL("distinctMembers"), L), Pair(L, X, Y), Atom(X, SAME_AS, Y)),
        says=CLASH,
        run=Run.SAMENESS,
    ),
    Rule(
        "eq-diff3",
        (Atom(Z, TYPE, ALL_DIFFERENT), Atom(Z, OWL("distinctMembers"), L), Pair(L, X, X)),
        says=_CLASH_LIST_SELF,
        case="with eq-ref",
    ),
)
