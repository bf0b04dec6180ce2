"""A small published graph with shapes, as spreadsheets see it."""

import io
from typing import Any

import pyoxigraph as ox
from openpyxl import Workbook

from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.rdf.skolem import skolemise

PREFIXES = """
@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
@prefix dash: <http://datashapes.org/dash#> .
@prefix id: <https://w3id.org/cnrs-kg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = """
cnrs:Organisation a owl:Class ; rdfs:label "organisation"@en, "organisation"@fr .
cnrs:Unit a owl:Class ; rdfs:subClassOf cnrs:Organisation ; rdfs:label "unit"@en, "unité"@fr .
cnrs:partner a owl:ObjectProperty ; rdfs:label "has partner"@en, "a pour partenaire"@fr .
cnrs:kind a owl:ObjectProperty ; rdfs:label "kind"@en, "genre"@fr ; 
    skos:definition "What it is."@en , "Ce que c'est."@fr .
cnrs:founded a owl:DatatypeProperty ; rdfs:label "founded on"@en, "fondée le"@fr .
cnrs:staff a owl:DatatypeProperty ; rdfs:label "staff"@en, "effectif"@fr .
cnrs:height a owl:DatatypeProperty ; rdfs:label "height"@en, "altitude"@fr .
cnrs:open a owl:DatatypeProperty ; rdfs:label "open"@en, "ouverte"@fr .
cnrs:code a owl:DatatypeProperty ; rdfs:label "code"@en, "code"@fr .
cnrs:page a owl:ObjectProperty ; rdfs:label "page"@en, "page"@fr .
id:organisation\\/ntu a cnrs:Organisation ; skos:prefLabel "Nanyang University"@en ; skos:altLabel "NTU" .
id:organisation\\/nus a cnrs:Organisation ; skos:prefLabel "National University"@en .
id:organisation\\/nul a cnrs:Organisation ; skos:prefLabel "National University"@en .
id:unit\\/one a cnrs:Unit, cnrs:Organisation ; skos:prefLabel "One"@en, "Un"@fr ; cnrs:code "a|b" .
id:kind\\/umi skos:inScheme id:kinds ; skos:prefLabel "UMI"@en .
id:kind\\/irl skos:inScheme id:kinds ; skos:prefLabel "IRL"@en .
"""
SHAPES = """
cnrs:S1 sh:targetClass cnrs:Organisation ; sh:property
    [ sh:path skos:prefLabel ; sh:datatype rdf:langString ; sh:minCount 1 ; sh:name "name"@en , "nom"@fr ] ,
    [ sh:path cnrs:founded ; sh:node cnrs:PartialDate ; sh:maxCount 1 ] , [ sh:path cnrs:code ] .
cnrs:S2 sh:targetClass cnrs:Unit ; sh:property
    [ sh:path cnrs:partner ; sh:class cnrs:Organisation ] , [ sh:path cnrs:staff ; sh:datatype xsd:integer ] ,
    [ sh:path cnrs:height ; sh:datatype xsd:decimal ] , [ sh:path cnrs:open ; sh:datatype xsd:boolean ] ,
    [ sh:path cnrs:page ; sh:nodeKind sh:IRI ] ,
    [ sh:path cnrs:beside ; dash:hidden true ] , [ sh:path cnrs:kind ; sh:node cnrs:Kind ] .
cnrs:Kind sh:property [ sh:path skos:inScheme ; sh:hasValue id:kinds ] .
cnrs:PartialDate sh:or ( [ sh:datatype xsd:gYear ] [ sh:datatype xsd:gYearMonth ] [ sh:datatype xsd:date ] ) .
"""


def store() -> ox.Store:
    """Ontology and things in the default graph and in one of their own, shapes in theirs."""
    found = ox.Store()
    for text, graphs in ((ONTOLOGY, (ox.DefaultGraph(), GRAPH("page"))), (SHAPES, (GRAPH("shapes"),))):
        quads = skolemise(ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE))  # type: ignore[arg-type]
        for graph in graphs:
            found.extend(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
    return found


def workbook(*rows: list[Any], name: str = "Unit") -> bytes:
    """A workbook with one sheet."""
    book = Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()
