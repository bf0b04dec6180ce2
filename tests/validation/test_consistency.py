from datetime import date

import pyoxigraph as ox

from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.proof import Sources
from cnrs_kg.validation.consistency import objections
from cnrs_kg.validation.report import Result

PREFIXES = """
@prefix e: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
GRAPH = "http://example.org/graph"


def found(ontology: str, data: str) -> list[Result]:
    def triples(text: str) -> list[ox.Triple]:
        return [quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE)]

    closure = close(triples(ontology), triples(data), as_of=date(2026, 1, 1))
    ties = [tie for same in closure.same for tie in same.ties if tie in closure.inferred]
    return list(objections(closure.inconsistencies, ties, closure.derivations, Sources(graph=lambda triple: GRAPH)))


def test_a_consistent_graph_meets_no_objection() -> None:
    assert found("e:Person owl:disjointWith e:Place .", "e:a a e:Person .") == []


def test_an_inconsistency_is_a_violation_with_its_proof() -> None:
    (result,) = found("e:Person owl:disjointWith e:Place .", "e:a a e:Person, e:Place .")
    assert (result.severity, result.kind, result.constraint) == ("Violation", "inconsistency", "cax-dw")
    assert str(result.focus_node) == "<http://example.org/a>"
    assert {"en", "fr"} <= result.message.keys()
    assert result.proof is not None
    assert {premise["graph"] for premise in result.proof["premises"]} == {GRAPH}


def test_two_things_made_the_same_by_inference_are_a_violation() -> None:
    (result,) = found("e:number a owl:InverseFunctionalProperty .", "e:a e:number e:n . e:b e:number e:n .")
    assert result.path == "<http://www.w3.org/2002/07/owl#sameAs>"
    assert {str(result.focus_node), str(result.value)} == {"<http://example.org/a>", "<http://example.org/b>"}
    assert result.proof is not None and result.proof["rule"] == "prp-ifp"


def test_what_a_curator_says_is_the_same_is_no_fault() -> None:
    assert found("", "e:a owl:sameAs e:b .") == []
