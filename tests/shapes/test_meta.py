"""The shapes conform to the shapes over shapes and to SHACL's own, and no part of them is idle."""

import os
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, RDFS, SH

from .conftest import ROOT

SHACL_SHACL = Path("conformance/vocabularies/shacl-shacl.ttl")
SHAPES = "https://w3id.org/cnrs-kg/shapes#"


def shared(path: Path) -> Path:
    """A file of the shared conformance material; CI must have it."""
    file = Path(os.environ.get("CNRS_KG_SHARED", ROOT.parent / "shared")) / path
    if not file.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{file} is not on this machine; CNRS_KG_SHARED names the directory that holds it")
    return file


def test_shapes_conform_to_the_shapes_over_shapes(shapes: rdflib.Graph) -> None:
    _, _, text = pyshacl.validate(shapes, shacl_graph=shapes)
    assert "Conforms: True" in text, text


def test_shapes_conform_to_shacl(shapes: rdflib.Graph) -> None:
    conforms, _, text = pyshacl.validate(shapes, shacl_graph=rdflib.Graph().parse(shared(SHACL_SHACL)))
    assert conforms, text


def test_every_shape_is_reached(shapes: rdflib.Graph) -> None:
    """A shape without a target is a part of another."""
    own = {shape for shape in shapes.subjects(RDF.type) if str(shape).startswith(SHAPES)}
    targeted = set(shapes.subjects(SH.targetClass))
    assert own - targeted - set(shapes.objects()) == set()


def test_every_class_is_judged(shapes: rdflib.Graph, ontology: rdflib.Graph) -> None:
    """A class of the ontology, or one above it, is the target of a shape; ranks and statuses are terms."""
    classes = {c for c in ontology.subjects(RDF.type, rdflib.OWL.Class) if "cnrs-kg/ontology#" in str(c)}
    targets = set(shapes.objects(None, SH.targetClass))
    unjudged = {c for c in classes if not targets & set(ontology.transitive_objects(c, RDFS.subClassOf))}
    assert unjudged == set()


def test_no_shape_is_recursive(shapes: rdflib.Graph) -> None:
    """pySHACL lets true violations of recursive shapes pass."""
    steps = (SH.property, SH.node, SH.qualifiedValueShape, SH["not"])
    parts = {shape: {part for step in steps for part in shapes.objects(shape, step)} for shape in shapes.subjects()}
    for shape in parts:
        reached: set[rdflib.term.Node] = set()
        todo = list(parts[shape])
        while todo:
            part = todo.pop()
            if part not in reached:
                reached.add(part)
                todo.extend(parts.get(part, ()))
        assert shape not in reached
