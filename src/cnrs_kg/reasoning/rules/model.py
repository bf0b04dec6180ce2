"""What a rule is: a spec id, conditions, and a conclusion, as plain data.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from dataclasses import dataclass
from enum import Enum

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDF, RDFS

TYPE = RDF("type")
REPLACING = ("eq-rep-s", "eq-rep-p", "eq-rep-o")
"""The rules that put one of two same terms in the place of the other, by that place."""
SAME_AS = OWL("sameAs")
SUB_CLASS_OF = RDFS("subClassOf")
SUB_PROPERTY_OF = RDFS("subPropertyOf")
EQUIVALENT_CLASS = OWL("equivalentClass")
EQUIVALENT_PROPERTY = OWL("equivalentProperty")
ON_PROPERTY = OWL("onProperty")


@dataclass(frozen=True, slots=True)
class Var:
    """A variable of a rule, named as the spec names it."""

    name: str

    def __hash__(self) -> int:
        return hash(self.name)


Term = Var | ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Atom:
    """A triple pattern: `T(s, p, o)` of the spec."""

    s: Term
    p: Term
    o: Term


@dataclass(frozen=True, slots=True)
class Member:
    """`item` is some member of the RDF list `list`."""

    list: Var
    item: Var


@dataclass(frozen=True, slots=True)
class Pair:
    """`first` and `second` are members of the RDF list `list` at two positions, in this order."""

    list: Var
    first: Var
    second: Var


@dataclass(frozen=True, slots=True)
class Every:
    """The atoms hold for each member `item` of the RDF list `list`; `fresh` variables are the member's own."""

    list: Var
    item: Var
    atoms: tuple[Atom, ...]
    fresh: tuple[Var, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """The members of the RDF list `list`, taken as properties, lead one after the other from `start` to `end`."""

    list: Var
    start: Var
    end: Var


@dataclass(frozen=True, slots=True)
class Different:
    """Two terms differ: leaves out conclusions that say nothing, and what another rule concludes from less."""

    first: Var
    second: Term


@dataclass(frozen=True, slots=True)
class Holds:
    """The claim holds at the closure's `as_of`, by its own asserted statements (see `rules.project`)."""

    claim: Var


@dataclass(frozen=True, slots=True)
class HasValue:
    """`literal` is a literal of the graph whose value lies, or does not lie, in the value space of `datatype`."""

    literal: Var
    datatype: Var
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Values:
    """Two literals of the graph have the same value, or two different values."""

    first: Var
    second: Var
    equal: bool = True


ListCondition = Member | Pair | Every | Path
Condition = Atom | Member | Pair | Every | Path | Different | Holds | HasValue | Values


class Run(Enum):
    """How the engine serves a rule."""

    JOIN = "joined with the graph"
    SAMENESS = "kept as classes of equal terms (joined when classes are switched off)"
    VALUES = "computed from the values of literals"
    NEVER = "not materialised: its conclusions say nothing"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the two languages; variables of the rule stand in braces."""

    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule under its spec id; without a head it concludes false and says so in `says`.

    Several rules may share an id: a rule of the spec with several conclusions, or the case that the spec reaches
    through a reflexive statement, which is not materialised.
    """

    name: str
    body: tuple[Condition, ...]
    head: tuple[Atom, ...] = ()
    says: Text | None = None
    run: Run = Run.JOIN
    case: str = ""


# Predicates whose statements are axioms, or parts of one: small in number, whatever the size of the data.
SCHEMA_PREDICATES = frozenset(
    [RDFS(name) for name in ("subClassOf", "subPropertyOf", "domain", "range")]
    + [
        OWL(name)
        for name in (
            "equivalentClass equivalentProperty disjointWith propertyDisjointWith complementOf inverseOf intersectionOf"
            " unionOf oneOf hasKey propertyChainAxiom onProperty someValuesFrom allValuesFrom hasValue maxCardinality"
            " maxQualifiedCardinality onClass members distinctMembers sourceIndividual assertionProperty"
            " targetIndividual targetValue"
        ).split()
    ]
)
_SCHEMA_TYPES = (OWL.iri, RDFS.iri)


def is_axiom(predicate: object, value: object) -> bool:
    """Whether a statement with this predicate and object is an axiom, or a part of one."""
    if predicate == TYPE:
        return isinstance(value, ox.NamedNode) and value.value.startswith(_SCHEMA_TYPES) and value != OWL("Nothing")
    return predicate in SCHEMA_PREDICATES


def is_schema(condition: Condition) -> bool:
    """Whether the condition speaks of axioms only, so that it can be matched before any data are seen."""
    if isinstance(condition, ListCondition):
        return not isinstance(condition, (Every, Path))
    return isinstance(condition, Atom) and is_axiom(condition.p, condition.o)
