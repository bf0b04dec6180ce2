import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import SH

from cnrs_kg.rdf.statements import Stored
from cnrs_kg.validation.words import Words

HEAD = "@prefix : <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"


def words(text: str) -> Words:
    store = ox.Store()
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    for language, text_of in (("en", "town"), ("fr", "ville")):
        node = ox.NamedNode("https://example.org/Town")
        store.add(ox.Quad(node, label, ox.Literal(text_of, language=language), ox.DefaultGraph()))
    return Words(rdflib.Graph().parse(data=HEAD + text, format="turtle"), Stored(store))


@pytest.mark.parametrize(
    ("text", "en", "fr"),
    [
        ("sh:class :Town", "an instance of: town", "une instance de : ville"),
        ("sh:uniqueLang true", "each language at most once", "chaque langue au plus une fois"),
        (
            "sh:or ( [ sh:class :Town ] [ sh:minLength 2 ; sh:maxLength 4 ] )",
            "any of: an instance of: town, at least 2 characters, at most 4 characters",
            "l'un ou l'autre : une instance de : ville, au moins 2 caractères, au plus 4 caractères",
        ),
        ("sh:not [ sh:class :Town ]", "not: an instance of: town", "pas : une instance de : ville"),
        ('sh:node [ sh:description "A big one."@en, "Un grand."@fr ]', "A big one.", "Un grand."),
        ("sh:disjoint :Town", "no value of: town", "aucune valeur de : ville"),
    ],
)
def test_a_constraint_in_words(text: str, en: str, fr: str) -> None:
    found = [said for _, said in words(f":s {text} .").constraints(rdflib.URIRef("https://example.org/s"))]
    assert found == [{"en": en, "fr": fr}]


def test_a_shape_that_contains_itself_ends() -> None:
    found = words("_:a sh:not _:a .")
    assert all(text["en"].startswith("not: ") for _, text in found.constraints(next(found.shapes.subjects(SH["not"]))))


def test_what_a_component_asks() -> None:
    found = words(":s sh:minCount 1 ; sh:maxCount 2 .")
    shape = rdflib.URIRef("https://example.org/s")
    assert found.expected(shape, "sh:MaxCountConstraintComponent") == {"en": "at most 2", "fr": "au plus 2"}
    assert found.expected(shape, "sh:ClassConstraintComponent") is None
