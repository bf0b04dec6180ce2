"""Random small ontologies and graphs.

Names are few, so that axioms and data meet; restrictions and list cells have IRIs, so that closures compare exactly.
"""

import pyoxigraph as ox
from hypothesis import strategies as st

from cnrs_kg.rdf.namespaces import CNRS, OWL, RDF, RDFS, XSD

from .turtle import HERE

Triples = list[ox.Triple]
TYPE = RDF("type")


def _names(letters: str) -> list[ox.NamedNode]:
    return [ox.NamedNode(HERE + letter) for letter in letters]


CLASSES, PROPERTIES, THINGS = _names("ABCD"), _names("pqrs"), _names("abcde")
RESTRICTIONS = [ox.NamedNode(f"{HERE}R{number}") for number in range(2)]
LITERALS = [ox.Literal("one"), ox.Literal("two"), ox.Literal("1", datatype=XSD("integer"))]
classes = st.sampled_from([*CLASSES, *RESTRICTIONS])
properties, things = st.sampled_from(PROPERTIES), st.sampled_from(THINGS)


def _one(s: object, p: ox.NamedNode, o: object) -> st.SearchStrategy[Triples]:
    return st.builds(lambda subject, value: [ox.Triple(subject, p, value)], s, o)  # type: ignore[arg-type]


def _typed(s: object, *kinds: str) -> st.SearchStrategy[Triples]:
    return st.builds(lambda subject, kind: [ox.Triple(subject, TYPE, OWL(kind))], s, st.sampled_from(kinds))  # type: ignore[arg-type]


def rdf_list(head: str, members: list[ox.NamedNode]) -> Triples:
    """An RDF list whose cells have IRIs."""
    made = []
    for number, member in enumerate(members):
        cell = ox.NamedNode(f"{HERE}{head}.{number}")
        last = number + 1 == len(members)
        made.append(ox.Triple(cell, RDF("first"), member))
        made.append(ox.Triple(cell, RDF("rest"), RDF("nil") if last else ox.NamedNode(f"{HERE}{head}.{number + 1}")))
    return made


@st.composite
def listed(draw: st.DrawFn, subject: st.SearchStrategy[ox.NamedNode], name: str, of: object, low: int = 1) -> Triples:
    """An axiom whose object is a list."""
    members = draw(st.lists(of, min_size=low, max_size=3, unique=True))  # type: ignore[arg-type]
    head = "list." + "".join(member.value.removeprefix(HERE).removeprefix(OWL.iri) for member in members)
    return [ox.Triple(draw(subject), OWL(name), ox.NamedNode(f"{HERE}{head}.0")), *rdf_list(head, members)]


@st.composite
def restriction(draw: st.DrawFn) -> Triples:
    """A restriction, on a property, of one kind or several."""
    made = draw(st.sampled_from(RESTRICTIONS))
    found = [ox.Triple(made, OWL("onProperty"), draw(properties))]
    kind = draw(st.sampled_from(["some", "all", "value", "max", "qualified"]))
    number = ox.Literal(draw(st.sampled_from("01")), datatype=XSD("nonNegativeInteger"))
    if kind == "some":
        found.append(ox.Triple(made, OWL("someValuesFrom"), draw(st.sampled_from([*CLASSES, OWL("Thing")]))))
    elif kind == "all":
        found.append(ox.Triple(made, OWL("allValuesFrom"), draw(classes)))
    elif kind == "value":
        found.append(ox.Triple(made, OWL("hasValue"), draw(things)))
    elif kind == "max":
        found.append(ox.Triple(made, OWL("maxCardinality"), number))
    else:
        found.append(ox.Triple(made, OWL("maxQualifiedCardinality"), number))
        found.append(ox.Triple(made, OWL("onClass"), draw(st.sampled_from([*CLASSES, OWL("Thing")]))))
    return found


axioms = st.one_of(
    _one(classes, RDFS("subClassOf"), classes),
    _one(classes, OWL("equivalentClass"), classes),
    _one(properties, RDFS("subPropertyOf"), properties),
    _one(properties, OWL("equivalentProperty"), properties),
    _one(properties, OWL("inverseOf"), properties),
    _one(properties, RDFS("domain"), classes),
    _one(properties, RDFS("range"), classes),
    _one(classes, OWL("disjointWith"), classes),
    _one(classes, OWL("complementOf"), classes),
    _one(properties, OWL("propertyDisjointWith"), properties),
    _typed(properties, "SymmetricProperty", "TransitiveProperty", "FunctionalProperty", "InverseFunctionalProperty"),
    _typed(properties, "IrreflexiveProperty", "AsymmetricProperty", "ObjectProperty"),
    _typed(classes, "Class"),
    restriction(),
    listed(classes, "intersectionOf", classes),
    listed(classes, "unionOf", classes),
    listed(classes, "oneOf", things),
    listed(properties, "propertyChainAxiom", properties),
)
# What is above all classes, and below them.
ENDS = [OWL("Thing"), OWL("Nothing")]
_kinds = st.one_of(classes, st.sampled_from(ENDS))
about_ends = st.one_of(
    _one(st.sampled_from(ENDS), RDFS("subClassOf"), classes),
    _one(classes, RDFS("subClassOf"), st.sampled_from(ENDS)),
    _one(classes, OWL("equivalentClass"), st.sampled_from(ENDS)),
    _one(properties, RDFS("domain"), st.sampled_from(ENDS)),
    _one(st.sampled_from(ENDS), OWL("disjointWith"), classes),
    listed(classes, "intersectionOf", _kinds),
    listed(classes, "unionOf", _kinds),
    _typed(classes, "Class"),
)
own_axioms = st.one_of(axioms, listed(classes, "hasKey", properties))
statements = st.one_of(
    st.builds(lambda s, p, o: [ox.Triple(s, p, o)], things, properties, things),
    st.builds(lambda s, p, o: [ox.Triple(s, p, o)], things, properties, things),
    st.builds(lambda s, p, o: [ox.Triple(s, p, o)], things, properties, st.sampled_from(LITERALS)),
    _one(things, TYPE, classes),
    _one(things, OWL("differentFrom"), things),
)
same = _one(things, OWL("sameAs"), things)
same_anything = _one(
    st.sampled_from([*THINGS, *PROPERTIES, *CLASSES]),
    OWL("sameAs"),
    st.sampled_from([*THINGS, *PROPERTIES, *CLASSES]),
)
# Axioms about the vocabulary of RDF and OWL itself.
_TERMS = [TYPE, RDFS("subClassOf"), RDFS("subPropertyOf"), OWL("sameAs"), OWL("inverseOf"), *PROPERTIES, *CLASSES]
about_vocabulary = st.one_of(
    _one(st.sampled_from(_TERMS), RDFS("subPropertyOf"), st.sampled_from(_TERMS)),
    _one(st.sampled_from(_TERMS), OWL("inverseOf"), st.sampled_from(_TERMS)),
    _one(st.sampled_from([*CLASSES, OWL("TransitiveProperty")]), RDFS("subClassOf"), st.sampled_from(CLASSES)),
    _one(classes, RDFS("subClassOf"), st.sampled_from([OWL("TransitiveProperty"), OWL("SymmetricProperty")])),
    _one(properties, TYPE, classes),
)


def graphs(*parts: st.SearchStrategy[Triples], most: int = 14) -> st.SearchStrategy[Triples]:
    """Graphs put together from parts, each statement once."""
    return st.lists(st.one_of(*parts), min_size=1, max_size=most).map(
        lambda many: list(dict.fromkeys(statement for part in many for statement in part))
    )


def _typed_literals(*pairs: tuple[str, str]) -> list[ox.Literal]:
    return [ox.Literal(text, datatype=XSD(kind)) for text, kind in pairs]


# Claims, with bounds that are right, wrong, or of another kind.
CLAIMS = [ox.NamedNode(f"{HERE}claim{number}") for number in range(2)]
BOUNDS = _typed_literals(
    ("2026", "gYear"),
    ("2025-12", "gYearMonth"),
    ("2026-01", "gYearMonth"),
    ("2026-01-01", "date"),
    ("2026-01-02", "date"),
    ("2027", "gYear"),
    ("x", "string"),
)
claims = st.sampled_from(CLAIMS)


@st.composite
def claim(draw: st.DrawFn) -> Triples:
    """A claim without dates."""
    node = draw(claims)
    parts = (
        (RDF("subject"), draw(things)),
        (RDF("predicate"), draw(properties)),
        (RDF("object"), draw(st.one_of(things, st.sampled_from(LITERALS)))),
    )
    return [ox.Triple(node, TYPE, CNRS("Claim")), *(ox.Triple(node, predicate, value) for predicate, value in parts)]


claim_parts = st.one_of(
    claim(),
    claim(),
    _one(claims, RDF("subject"), things),
    _one(claims, RDF("predicate"), properties),
    _one(claims, RDF("object"), things),
    _one(claims, CNRS("validFrom"), st.sampled_from(BOUNDS)),
    _one(claims, CNRS("validUntil"), st.sampled_from(BOUNDS)),
    _one(claims, CNRS("rank"), st.sampled_from(list(map(CNRS, ("deprecatedRank", "proposedRank", "preferredRank"))))),
    _one(claims, OWL("sameAs"), claims),
    _one(claims, TYPE, st.sampled_from([CNRS("Claim"), *CLASSES])),
)
# Literals of equal value in several forms, ill-typed ones, and those of a datatype that nobody knows.
MINE = ox.NamedNode(f"{HERE}mine")
FORMS = [
    *_typed_literals(
        ("1", "integer"),
        ("1.0", "decimal"),
        ("01", "integer"),
        ("1", "int"),
        ("2", "integer"),
        ("x", "integer"),
        ("1", "double"),
        ("true", "boolean"),
        ("1", "boolean"),
        ("a", "string"),
        ("a", "token"),
        ("2020-01-01T00:00:00Z", "dateTime"),
        ("2020-01-01T00:00:00+00:00", "dateTimeStamp"),
        ("-1", "negativeInteger"),
    ),
    ox.Literal("a", language="en"),
    ox.Literal("q", datatype=MINE),
]
literals = st.sampled_from(FORMS)
literal_statements = st.one_of(
    st.builds(lambda s, p, o: [ox.Triple(s, p, o)], things, properties, literals), _one(things, TYPE, classes)
)
_datatypes = st.sampled_from([XSD("integer"), XSD("string"), XSD("decimal"), XSD("token"), RDFS("Literal"), MINE])


def _restricted(kind: str, fillers: st.SearchStrategy[object]) -> st.SearchStrategy[Triples]:
    return st.builds(
        lambda node, property_, filler: [
            ox.Triple(node, OWL("onProperty"), property_),
            ox.Triple(node, OWL(kind), filler),  # type: ignore[arg-type]
        ],
        st.sampled_from(RESTRICTIONS),
        properties,
        fillers,
    )


literal_axioms = st.one_of(
    own_axioms,
    _one(properties, RDFS("range"), _datatypes),
    _restricted("hasValue", literals),
    _restricted("someValuesFrom", st.one_of(_datatypes, classes)),
    _restricted("allValuesFrom", st.one_of(_datatypes, classes)),
    _typed(properties, "FunctionalProperty", "InverseFunctionalProperty"),
)
