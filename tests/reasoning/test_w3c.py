"""The OWL 2 test cases of the RL profile (W3C), by their manifest, unedited.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules: theorem PR1 promises that the
rules find every inconsistency of an OWL 2 RL ontology, and every conclusion that gives a named thing a named class, a
property or another name. What it does not promise is listed with its reason.
"""

import json
import os
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import OWL, RDF
from cnrs_kg.reasoning.closure import Closure, close

from .turtle import triples

SHARED = Path(os.environ.get("CNRS_KG_SHARED", Path(__file__).parents[3] / "shared"))
SUITE = SHARED / "conformance" / "owl2-rl"
DAY = date(2026, 1, 1)
_AXIOM = (
    "the conclusion is an axiom: theorem PR1 promises assertions about named things only, and no rule concludes it: "
)
_DIFFERENT = "theorem PR1 does not promise owl:differentFrom as a conclusion, and no rule has it as its head"
_RANGE = "no rule relates the value spaces of built-in datatypes to each other, so the narrower range stays unsaid"
_EXISTS = "the conclusion is that some anonymous class exists, which no rule introduces"
NOT_PROMISED = {
    "chain2trans1": _AXIOM + "a chain of a property with itself makes it transitive",
    "DisjointClasses-001": "the conclusion types a thing with an anonymous complement, which no rule introduces",
    "Disjoint_Props_via_Disjoint_Ranges": _AXIOM + "disjoint ranges make properties disjoint",
    "New-Feature-ObjectPropertyChain-BJP-002": _AXIOM + "a transitive property has a chain with itself",
    "New-Feature-ReflexiveProperty-001": "reflexive properties are outside OWL 2 RL: no rule speaks of them",
    "owl2-rl-rules-fp-differentFrom": _DIFFERENT,
    "owl2-rl-rules-ifp-differentFrom": _DIFFERENT,
    "WebOnt-differentFrom-001": _DIFFERENT,
    "WebOnt-I4.6-005-Direct": "the conclusion is an annotation, which equivalent classes do not share under the rules",
    "WebOnt-I5.26-010": _EXISTS,
    "WebOnt-I5.5-005": _EXISTS,
    "WebOnt-I5.8-006": _RANGE,
    "WebOnt-I5.8-008": _RANGE,
    "WebOnt-I5.8-009": _RANGE,
    "WebOnt-imports-011": "the conclusion needs an imported document that the collection does not hold",
}
# Published in functional syntax only; here by the mapping of https://www.w3.org/TR/owl2-mapping-to-rdf/.
TRANSLATED = {
    "Plus and Minus Zero are Distinct.PremiseOntology.ofn": """
        :numberOfChildren a owl:DatatypeProperty, owl:FunctionalProperty .
        :Meg a owl:NamedIndividual ; :numberOfChildren "+0.0"^^xsd:float, "-0.0"^^xsd:float .""",
    "functionality-clash.PremiseOntology.ofn": """
        :hasAge a owl:DatatypeProperty, owl:FunctionalProperty .
        :a a owl:NamedIndividual, [ a owl:Restriction ; owl:onProperty :hasAge ; owl:hasValue 18 ],
            [ a owl:Restriction ; owl:onProperty :hasAge ; owl:hasValue 19 ] .""",
    "New-Feature-ObjectPropertyChain-BJP-002.PremiseOntology.ofn": ":p a owl:ObjectProperty, owl:TransitiveProperty .",
    "New-Feature-ObjectPropertyChain-BJP-002.ConclusionOntology.ofn": ":p owl:propertyChainAxiom ( :p :p ) .",
    "Disjoint_Props_via_Disjoint_Ranges.PremiseOntology.ofn": """
        :Boy a owl:Class ; owl:disjointWith :Girl . :Girl a owl:Class .
        :hasSon a owl:ObjectProperty ; rdfs:range :Boy . :hasDaughter a owl:ObjectProperty ; rdfs:range :Girl .""",
    "Disjoint_Props_via_Disjoint_Ranges.ConclusionOntology.ofn": ":hasSon owl:propertyDisjointWith :hasDaughter .",
}
ENTAILS, ENTAILS_NOT = "PositiveEntailmentTest", "NegativeEntailmentTest"


def cases() -> list[object]:
    """One parameter per entry of the manifest and type of test."""
    manifest = SUITE / "manifest.json"
    if not manifest.exists():
        reason = f"the W3C test cases are not at {SUITE}; CNRS_KG_SHARED says where they are"
        assert os.environ.get("CI") != "true", reason
        return [pytest.param(None, None, marks=pytest.mark.skip(reason=reason))]
    found = []
    for case in json.loads(manifest.read_text()):
        for kind in case["types"]:
            if kind != "ProfileIdentificationTest":
                reason = NOT_PROMISED.get(case["id"]) if kind == ENTAILS else None
                marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
                found.append(pytest.param(case, kind, id=f"{case['id']}-{kind}", marks=marks))
    return found


def graph(case: dict[str, str], part: str) -> list[ox.Triple]:
    """The statements of a part of a test case, without what heads an ontology."""
    name = case.get(f"rdfXml{part}")
    if name is None:
        return triples(TRANSLATED[case[f"fs{part}"]])
    quads = ox.parse((SUITE / name).read_bytes(), format=ox.RdfFormat.RDF_XML, base_iri="http://example.org/base")
    return [quad.triple for quad in quads if not _is_heading(quad)]


def _is_heading(quad: ox.Quad) -> bool:
    return quad.predicate == OWL("imports") or (quad.predicate == RDF("type") and quad.object == OWL("Ontology"))


def entails(closure: Closure, stated: list[ox.Triple], wanted: list[ox.Triple]) -> bool:
    """Simple entailment: the wanted statements hold for some choice of their blank nodes."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in {*stated, *closure.inferred})
    body = " . ".join(f"{_pattern(t.subject)} {t.predicate} {_pattern(t.object)}" for t in wanted)
    return bool(store.query(f"ASK {{ {body} }}"))


def _pattern(term: object) -> str:
    return f"?b{term.value}" if isinstance(term, ox.BlankNode) else str(term)


@pytest.mark.parametrize(("case", "kind"), cases())
def test_case(case: dict[str, str], kind: str) -> None:
    stated = graph(case, "PremiseOntology")
    closure = close(stated, [], as_of=DAY)
    if kind == "ConsistencyTest":
        assert closure.consistent, closure.inconsistencies
    elif kind == "InconsistencyTest":
        assert not closure.consistent
    elif kind == ENTAILS:
        assert entails(closure, stated, graph(case, "ConclusionOntology"))
    elif kind == ENTAILS_NOT:
        assert not entails(closure, stated, graph(case, "NonConclusionOntology"))
    else:
        pytest.fail(f"no handler for {kind}")
