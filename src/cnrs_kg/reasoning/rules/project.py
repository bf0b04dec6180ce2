"""The project's own rule: the direct statement of a claim that holds.

A `cnrs:Claim` holds at `as_of` iff its rank is neither `cnrs:deprecatedRank` nor `cnrs:proposedRank` and
`cnrs:validFrom` <= `as_of` < `cnrs:validUntil`, a missing bound being open. A bound is an `xsd:gYear`, `xsd:gYearMonth`
or `xsd:date`; a year or a month stands for its first day. A claim without exactly one subject, predicate and object,
with two values for a bound or with a bound of another kind is malformed and derives nothing. The claim's own asserted
statements alone decide, so that the rule stays monotonic.
"""

from cnrs_kg.rdf.namespaces import CNRS, RDF
from cnrs_kg.reasoning.rules.model import TYPE, Atom, Holds, Rule, Var

C, S, P, V = Var("c"), Var("s"), Var("p"), Var("o")
CLAIM, RANK = CNRS("Claim"), CNRS("rank")
IDLE = (CNRS("deprecatedRank"), CNRS("proposedRank"))
"""The ranks of claims that do not hold."""
VALID_FROM, VALID_UNTIL = CNRS("validFrom"), CNRS("validUntil")
SUBJECT, PREDICATE, OBJECT = RDF("subject"), RDF("predicate"), RDF("object")

RULES = (
    Rule(
        "cnrs-claim",
        (Atom(C, TYPE, CLAIM), Atom(C, SUBJECT, S), Atom(C, PREDICATE, P), Atom(C, OBJECT, V), Holds(C)),
        (Atom(S, P, V),),
    ),
)
