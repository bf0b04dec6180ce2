"""The small project with more to object to: disjoint classes, names with a language, members that must be units."""

from pathlib import Path

from .small_project import write_project

ONTOLOGY = """
@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
cnrs:Place a owl:Class ; owl:disjointWith cnrs:Organisation .
"""
SHAPES = """
@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/cnrs-kg/shapes#> .
shape:Named sh:targetClass cnrs:Organisation ; sh:property shape:Named-language , shape:Named-partner .
shape:Named-language sh:path rdfs:label ; sh:datatype rdf:langString ;
    sh:message "A name has a language."@en , "Un nom a une langue."@fr .
shape:Named-partner sh:path cnrs:partner ; sh:class cnrs:Unit ;
    sh:message "A partner is a unit."@en , "Un partenaire est une unité."@fr .
"""


def write_validated_project(directory: Path) -> Path:
    """Write the project's files below `directory`."""
    write_project(directory)
    (directory / "ontology" / "more.ttl").write_text(ONTOLOGY)
    (directory / "shapes" / "more.ttl").write_text(SHAPES)
    return directory
