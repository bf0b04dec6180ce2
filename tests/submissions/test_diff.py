"""A change by the things that it is about, with labels."""

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, GRAPH, ID, RDFS
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.statements import Stored
from cnrs_kg.submissions.diff import by_thing, said, text
from cnrs_kg.submissions.intake import claim

from ..test_schemas import validator

ONE, TWO, LABEL, PARTNER, G = ID("unit/one"), ID("unit/two"), RDFS("label"), CNRS("partner"), GRAPH("steward")


def published() -> Stored:
    store = ox.Store()
    store.extend(
        [
            ox.Quad(ONE, LABEL, ox.Literal("One", language="en")),
            ox.Quad(ONE, LABEL, ox.Literal("Un", language="fr")),
            ox.Quad(PARTNER, LABEL, ox.Literal("partner", language="en")),
        ]
    )
    return Stored(store)


PATCH = Patch(
    (ox.Quad(TWO, LABEL, ox.Literal("Two", language="en"), G), ox.Quad(TWO, PARTNER, ONE, G)),
    (ox.Quad(ONE, PARTNER, TWO, G),),
)


def test_statements_are_grouped_and_named_also_by_the_change_itself() -> None:
    one, two = by_thing(PATCH, published())
    assert (one.node, dict(one.label), dict(two.label)) == (ONE, {"en": "One", "fr": "Un"}, {"en": "Two"})
    assert list(text([one, two], "fr")) == [
        f"Un  {ONE}",
        f"  - partner: Two  [{G.value}]",
        f"Two  {TWO}",
        f'  + rdfs:label: "Two"@en  [{G.value}]',
        f"  + partner: Un  [{G.value}]",
    ]


def test_its_json_keeps_to_its_schema() -> None:
    things = [thing.to_json() for thing in by_thing(PATCH, published())]
    document = {"number": 1, "basedOn": 3, "added": 2, "withdrawn": 1, "things": things}
    validator("diff").validate(document)
    assert [len(thing["added"]) for thing in things] == [0, 2]


def test_a_claim_is_called_after_what_it_says() -> None:
    made = claim(ox.Quad(ONE, PARTNER, TWO, G))
    (thing,) = by_thing(Patch(tuple(made)), published())
    assert said(thing.label, thing.node, "fr") == f"Un · partner · {said({}, TWO, 'fr')}"


def test_inferences_are_no_part_of_it() -> None:
    assert by_thing(Patch((ox.Quad(ONE, PARTNER, TWO),)), published()) == []


def test_what_has_a_name_stands_first_and_the_record_of_the_change_last() -> None:
    record = ox.Quad(ID("activity/a"), LABEL, ox.Literal("A"), GRAPH("provenance"))
    nameless = ox.Quad(ID("a"), PARTNER, ONE, G)
    named = ox.Quad(ID("z"), LABEL, ox.Literal("zone"), G)
    things = by_thing(Patch((record, nameless, named)), published())
    assert [thing.node for thing in things] == [named.subject, nameless.subject, record.subject]
