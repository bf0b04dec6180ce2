"""IRIs by the prefixes of the project."""

import pytest

from cnrs_kg.rdf.namespaces import BASE, prefixed, short


@pytest.mark.parametrize(
    ("iri", "found"),
    [
        (f"{BASE}ontology#Unit", "cnrs:Unit"),
        (f"{BASE}id/unit/cintra", "id:unit/cintra"),
        (f"{BASE}shapes#Unit-label", "shape:Unit-label"),
        ("http://www.w3.org/2004/02/skos/core#", "skos:"),
        ("https://ror.org/02feahw73", None),
        (f"{BASE}id/a b", None),
    ],
)
def test_a_known_prefix_shortens_an_iri(iri: str, found: str | None) -> None:
    assert short(iri) == found


def test_the_iris_of_a_path_are_shortened_and_others_stay() -> None:
    path = f"(^<http://www.w3.org/1999/02/22-rdf-syntax-ns#subject>/<{BASE}ontology#statedIn>)"
    assert prefixed(path) == "(^rdf:subject/cnrs:statedIn)"
    assert prefixed("<https://ror.org/x> < 3 <") == "<https://ror.org/x> < 3 <"
