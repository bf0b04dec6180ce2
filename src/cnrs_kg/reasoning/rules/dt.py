"""The semantics of datatypes.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, table 8

The engine computes these rules from the values of literals (see `reasoning.values`). `dt-type1` depends on no data and
is not materialised. Statements about literals (`dt-type2`, `dt-eq`, `dt-diff`) stay inside the engine. Literals of
equal value are one thing to every rule, but a statement is not repeated in each form that its value has in the graph.
"""

from cnrs_kg.rdf.namespaces import OWL, RDFS, XSD
from cnrs_kg.reasoning.rules.model import SAME_AS, TYPE, Atom, HasValue, Rule, Run, Text, Values, Var

LT, LT1, LT2, DT = Var("lt"), Var("lt1"), Var("lt2"), Var("dt")

RULES = (
    Rule("dt-type1", (), (Atom(XSD("string"), TYPE, RDFS("Datatype")),), run=Run.NEVER),
    Rule("dt-type2", (HasValue(LT, DT),), (Atom(LT, TYPE, DT),), run=Run.VALUES),
    Rule("dt-eq", (Values(LT1, LT2),), (Atom(LT1, SAME_AS, LT2),), run=Run.VALUES),
    Rule("dt-diff", (Values(LT1, LT2, equal=False),), (Atom(LT1, OWL("differentFrom"), LT2),), run=Run.VALUES),
    Rule(
        "eq-diff1",
        (Atom(LT1, SAME_AS, LT2), Values(LT1, LT2, equal=False)),
        says=Text(
            "{lt1} and {lt2} would have to be one value, yet they differ.",
            "{lt1} et {lt2} devraient être une seule valeur, alors qu'elles diffèrent.",
        ),
        run=Run.VALUES,
        case="with dt-diff",
    ),
    Rule(
        "dt-not-type",
        (Atom(LT, TYPE, DT), HasValue(LT, DT, inside=False)),
        says=Text("{lt} is not a value of {dt}.", "{lt} n'est pas une valeur de {dt}."),
        run=Run.VALUES,
    ),
)
