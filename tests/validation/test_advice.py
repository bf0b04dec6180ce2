"""What helps to mend a fault: expected, found, an example, corrections."""

from functools import partial

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.statements import Stored
from cnrs_kg.validation.advice import Adviser
from cnrs_kg.validation.judge import conforms, judge_store
from cnrs_kg.validation.report import Result
from cnrs_kg.validation.shapes import compile_shapes

PREFIXES = """
PREFIX : <https://example.org/>
PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
GOOD = """
:paris a :City ; rdfs:label "Paris"@fr ; :note "Lumière"@fr ; :code "FR1" ; :founded "0250"^^xsd:gYear ;
    cnrs:latitude 48.8 ; cnrs:longitude 2.3 ; :in :france ; :kind :capital ; :open true ; :page <https://paris.fr/> .
:france a :Country ; rdfs:label "France"@fr . :capital skos:inScheme :kinds ; rdfs:label "capital"@en .
:claim rdf:subject :paris ; :says :in .
"""


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE)]


def judged(shape: str, data: str) -> list[Result]:
    """The results about `:x` under a property shape on cities, with advice."""
    store = ox.Store()
    for triple in triples(f"{GOOD} :x a :City{data and f' . {data}'} ."):
        for graph in (ox.DefaultGraph(), ox.NamedNode("urn:asserted")):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    shapes = compile_shapes(triples(f":City sh:targetClass :City ; sh:property :part . :part {shape} ."))
    statements = Stored(store)
    adviser = Adviser(statements, shapes.graph, partial(conforms, statements, shapes))
    return [one for one in adviser.advise(judge_store(store, shapes).results) if one.focus_node == ox.NamedNode(X)]


X, FRANCE = "https://example.org/x", "<https://example.org/france>"


@pytest.mark.parametrize(
    ("shape", "data", "replacements"),
    [
        ("sh:path :note ; sh:datatype rdf:langString", ':x :note "abc"', ['"abc"@en', '"abc"@fr']),
        ('sh:path :note ; sh:languageIn ("fr")', ':x :note "abc"', ['"abc"@fr']),
        ("sh:path :founded ; sh:datatype xsd:gYear", ':x :founded "in 1939"', ["1939"]),
        ("sh:path :founded ; sh:datatype xsd:date", ':x :founded "25/12/1939"', ["1939-12-25"]),
        ("sh:path :founded ; sh:datatype xsd:date", ':x :founded "02/03/1939"', ["1939-03-02", "1939-02-03"]),
        ("sh:path cnrs:latitude ; sh:datatype xsd:decimal", ':x cnrs:latitude "1 048,5"', ["1048.5"]),
        ("sh:path :open ; sh:datatype xsd:boolean", ':x :open "oui"', ["true"]),
        ("sh:path :code ; sh:pattern '^[A-Z]{2}[0-9]$'", ':x :code " fr2"', ['"FR2"']),
        ("sh:path :page ; sh:nodeKind sh:IRI", ':x :page "https://x.fr/"', ["<https://x.fr/>"]),
        ("sh:path :page ; sh:pattern '^https://.*/$'", ":x :page <http://x.fr>", []),
        ("sh:path :page ; sh:pattern '^https://'", ":x :page <http://x.fr>", ["<https://x.fr>"]),
        ("sh:path :in ; sh:class :Country", ":x :in :frnace", ["<https://example.org/france>"]),
        ("sh:path :in ; sh:class :Country", ':x :in "france"', ["<https://example.org/france>"]),
        ("sh:path :in ; sh:class :Country", ":x :in :zanzibar", []),
        ("sh:path :in ; sh:nodeKind sh:IRI . :other sh:path :in ; sh:class :Country", ':x :in "france"', [FRANCE]),
        ("sh:path :in ; sh:nodeKind sh:IRI . :other sh:path :on ; sh:class :Country", ':x :in "france"', []),
        ("sh:path :code ; sh:in ('alpha' 'beta')", ":x :code 'alhpa'", ['"alpha"']),
        (
            "sh:path :kind ; sh:node :Kind . :Kind sh:property [ sh:path skos:inScheme ; sh:hasValue :kinds ]",
            ":x :kind :captial",
            ["<https://example.org/capital>"],
        ),
        ("sh:path :in ; sh:maxCount 0", ":x :in :france", []),
    ],
)
def test_corrections(shape: str, data: str, replacements: list[str]) -> None:
    found = [fix["replacement"] for result in judged(shape, data) for fix in result.fixes]
    assert [one.split("^^")[0].strip('"') for one in found] == [one.strip('"') for one in replacements]
    assert all(set(fix["message"]) == {"en", "fr"} for result in judged(shape, data) for fix in result.fixes)


def test_swapped_coordinates() -> None:
    (result,) = judged("sh:path cnrs:latitude ; sh:maxInclusive 90", ":x cnrs:latitude 103.8 ; cnrs:longitude 1.3")
    (fix,) = result.fixes
    assert fix["replacement"].startswith('"1.3"') and "latitude 1.3, longitude 103.8" in fix["message"]["en"]
    beside = fix["beside"]
    assert beside["path"].endswith("longitude>") and beside["value"]["value"] == "1.3"
    assert beside["replacement"].startswith('"103.8"')
    alone = judged("sh:path cnrs:latitude ; sh:maxInclusive 90", ":x cnrs:latitude 103.8")
    assert alone and not alone[0].fixes


def test_what_was_expected_and_found() -> None:
    (few,) = judged("sh:path :in ; sh:minCount 2", ":x :in :france")
    assert few.expected == {"en": "at least 2", "fr": "au moins 2"} and few.found == "1"
    (wrong,) = judged("sh:path :in ; sh:class :Country", ":x :in :paris")
    assert wrong.expected == {"en": "an instance of: <https://example.org/Country>"} | {
        "fr": "une instance de : <https://example.org/Country>"
    }
    assert wrong.found == "<https://example.org/paris>"
    (listed,) = judged("sh:path :code ; sh:in ('a' 'b')", ":x :code 'c' . :paris :code 'a'")
    assert listed.expected is not None and listed.expected["en"] == "one of: a, b"


def test_an_example_conforms_and_comes_from_the_data() -> None:
    (result,) = judged("sh:path :in ; sh:minCount 1", "")
    assert result.example == "<https://example.org/paris> <https://example.org/in> <https://example.org/france> ."
    (none,) = judged("sh:path :unheard-of ; sh:minCount 1", "")
    assert none.example is None


def test_an_example_of_an_inverse_path_shows_the_node_that_counts() -> None:
    shape = "sh:path [ sh:inversePath rdf:subject ] ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape :Saying ."
    (result,) = judged(f"{shape} :Saying sh:property [ sh:path :says ; sh:hasValue :in ]", "")
    assert result.example is not None and "says" in result.example and "rdf:subject" in result.example


def test_a_label_by_language() -> None:
    (result,) = judged("sh:path :in ; sh:minCount 1", ":x rdfs:label 'X'@en , 'Iks'@fr")
    assert result.label == {"en": "X", "fr": "Iks"}
    claim = ":x rdf:subject :paris ; rdf:predicate :in ; rdf:object :france"
    (result,) = judged("sh:path :unheard-of ; sh:minCount 1", claim)
    assert result.label["fr"] == "Paris – <https://example.org/in> – France"
