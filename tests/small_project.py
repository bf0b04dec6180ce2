"""A small project: enough for a build of a second."""

from pathlib import Path

ONTOLOGY = """
@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
cnrs:Unit a owl:Class ; rdfs:subClassOf cnrs:Organisation .
cnrs:name cnrs:claimable true ; rdfs:subPropertyOf rdfs:label .
cnrs:partner a owl:ObjectProperty . cnrs:Organisation a owl:Class . cnrs:Claim a owl:Class .
"""
SHAPES = """
@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/cnrs-kg/shapes#> .
shape:Organisation sh:targetClass cnrs:Organisation ; sh:property shape:Organisation-label .
shape:Organisation-label sh:path rdfs:label ; sh:minCount 1 ;
    sh:message "An organisation has a name."@en , "Une organisation a un nom."@fr .
"""
DATA = """
@prefix cnrs: <https://w3id.org/cnrs-kg/ontology#> .
<https://w3id.org/cnrs-kg/id/unit/one> a cnrs:Unit ; cnrs:name "One"@en .
"""


def write_project(directory: Path, data: str = DATA) -> Path:
    """Write the project's files below `directory`."""
    for name, text in (("ontology/o.ttl", ONTOLOGY), ("shapes/s.ttl", SHAPES), ("data/page.ttl", data)):
        file = directory / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return directory
