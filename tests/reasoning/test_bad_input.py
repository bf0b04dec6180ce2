"""Malformed and strange axioms: handled as the spec says, or named; never a hang."""

from datetime import date

import pytest

from cnrs_kg.reasoning.closure import close

from .turtle import triple, triples

DAY = date(2026, 1, 1)
both = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "plain"])


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (":l rdf:first :A ; rdf:rest :l .", "circle"),
        (":l rdf:first :A ; rdf:rest :m . :m rdf:first :B ; rdf:rest :l .", "circle"),
        (":l rdf:first :A .", "lacks"),
        (":l rdf:rest rdf:nil .", "lacks"),
        ("", "lacks"),
    ],
)
@both
def test_a_list_without_an_end_says_nothing_and_is_named(cells: str, note: str, compiled: bool) -> None:
    stated = triples(f":C owl:unionOf :l . {cells} :x a :A .")
    closure = close(stated, [], as_of=DAY, compiled=compiled)
    assert closure.inferred == frozenset()
    assert [note in told and told.startswith("<urn:t:l>") for told in closure.notes] == [True]


@pytest.mark.parametrize("axiom", ["owl:hasKey", "owl:intersectionOf", "owl:propertyChainAxiom", "owl:unionOf"])
@both
def test_an_empty_list_says_nothing(axiom: str, compiled: bool) -> None:
    closure = close(triples(f":C {axiom} () . :x a :C . :y a :C ."), [], as_of=DAY, compiled=compiled)
    assert closure.inferred == frozenset()
    assert closure.notes == ("rdf:nil: the list is empty",)


@both
def test_a_cell_with_two_values_is_read_both_ways(compiled: bool) -> None:
    closure = close(
        triples(":C owl:intersectionOf :l . :l rdf:first :A, :B ; rdf:rest rdf:nil . :x a :A . :y a :B ."),
        [],
        as_of=DAY,
        compiled=compiled,
    )
    assert {triple(":x a :C"), triple(":y a :C")} <= closure.inferred


def test_too_many_readings_are_cut_and_named() -> None:
    cells = " ".join(f":l{n} rdf:first :A{n}, :B{n} ; rdf:rest :l{n + 1} ." for n in range(30))
    closure = close(triples(f":C owl:unionOf :l0 . {cells} :l30 rdf:first :A ; rdf:rest rdf:nil ."), [], as_of=DAY)
    assert "readings" in closure.notes[0]


def test_a_long_list() -> None:
    members = " ".join(f":c{number}" for number in range(1_500))
    closure = close(triples(f":C owl:oneOf ( {members} ) ."), [], as_of=DAY)
    assert len(closure.inferred) == 1_500


@both
def test_literals_as_subjects_stay_inside(compiled: bool) -> None:
    ontology = triples(":name owl:inverseOf :nameOf . :nameOf rdfs:range :Named . :nameOf rdfs:subPropertyOf :q .")
    closure = close(ontology, triples(":a :name 'A' ."), as_of=DAY, compiled=compiled)
    assert triple(":a a :Named") in closure.inferred
    assert all(str(found.subject)[0] != '"' for found in closure.inferred)


@both
def test_anonymous_properties_work_inside_a_chain_and_are_not_written(compiled: bool) -> None:
    ontology = triples(":cooperatesWith owl:propertyChainAxiom ( [ owl:inverseOf :hasMember ] :hasPartner ) .")
    closure = close(ontology, triples(":u :hasMember :a ; :hasPartner :b ."), as_of=DAY, compiled=compiled)
    assert closure.inferred == {triple(":a :cooperatesWith :b")}


@both
def test_axioms_about_the_vocabulary(compiled: bool) -> None:
    ontology = triples(":isa rdfs:subPropertyOf rdf:type . :below rdfs:subPropertyOf rdfs:subClassOf . :A :below :B .")
    closure = close(ontology, triples(":x :isa :A ."), as_of=DAY, compiled=compiled)
    assert {triple(":x a :A"), triple(":x a :B"), triple(":A rdfs:subClassOf :B")} <= closure.inferred


@both
def test_the_vocabulary_renamed(compiled: bool) -> None:
    """What the rules themselves name may turn out to have another name."""
    ontology = triples(":isa owl:sameAs rdf:type . :below owl:sameAs rdfs:subClassOf . :A :below :B .")
    closure = close(ontology, triples(":x :isa :A ."), as_of=DAY, compiled=compiled)
    assert {triple(":x a :B"), triple(":x :isa :B")} <= closure.inferred


@both
def test_two_words_of_the_vocabulary_made_one(compiled: bool) -> None:
    ontology = triples("rdfs:domain owl:sameAs rdfs:range . :p rdfs:domain :C .")
    closure = close(ontology, triples(":a :p :b ."), as_of=DAY, compiled=compiled)
    assert {triple(":a a :C"), triple(":b a :C"), triple(":p rdfs:range :C")} <= closure.inferred


@both
def test_sameness_by_a_property_of_ones_own(compiled: bool) -> None:
    ontology = triples(":alias rdfs:subPropertyOf owl:sameAs .")
    closure = close(ontology, triples(":a :alias :b . :b :p :c ."), as_of=DAY, compiled=compiled)
    assert triple(":a :p :c") in closure.inferred


@both
def test_axioms_that_the_data_bring_or_imply(compiled: bool) -> None:
    ontology = triples(":Chaining rdfs:subClassOf owl:TransitiveProperty .")
    data = triples(":a :p :b . :b :p :c . :p a :Chaining .")
    assert triple(":a :p :c") in close(ontology, data, as_of=DAY, compiled=compiled).inferred


def test_another_name_for_sameness_itself_is_named() -> None:
    closure = close(triples(":alias owl:sameAs owl:sameAs . :a :alias :b . :b :p :c ."), [], as_of=DAY)
    assert closure.notes == ("<urn:t:alias>: the same as owl:sameAs, which is not followed through",)
    assert triple(":a :p :c") in closure.inferred


def test_a_key_compares_every_property() -> None:
    ontology = triples(":C owl:hasKey ( :k1 :k2 :k3 ) .")
    rows = ":a a :C ; :k1 1 ; :k2 2 ; :k3 3 . :b a :C ; :k1 1 ; :k2 2 ; :k3 4 . :c a :C ; :k1 1.0 ; :k2 2 ; :k3 3 ."
    same = {found for found in close(ontology, triples(rows), as_of=DAY).inferred if "sameAs" in found.predicate.value}
    assert same == {triple(":a owl:sameAs :c"), triple(":c owl:sameAs :a")}


def test_statements_about_statements_are_left_out() -> None:
    """RDF 1.2 triple terms take no part in RL rules."""
    closure = close(triples(":p rdfs:range :C ."), triples(":r :p <<( :a :b :c )>> ."), as_of=DAY)
    assert closure.inferred == frozenset()
