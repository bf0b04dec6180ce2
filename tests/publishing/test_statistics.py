"""What is counted is what is there."""

import json
from collections import Counter

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.publishing.statistics import Rows, count
from cnrs_kg.rdf.namespaces import ID, RDF, SKOS

THINGS = [ID("unit/a"), ID("unit/b"), ox.NamedNode("https://ror.org/1")]
CLASSES = [ox.NamedNode("x:C"), ox.NamedNode("x:D")]
OBJECTS = [*THINGS, ox.NamedNode("http://www.wikidata.org/entity/Q1"), ox.Literal("x"), ox.Literal("x", language="en")]
statements = st.one_of(
    st.builds(ox.Triple, st.sampled_from(THINGS), st.just(RDF("type")), st.sampled_from(CLASSES)),
    st.builds(
        ox.Triple,
        st.sampled_from(THINGS),
        st.sampled_from([SKOS("exactMatch"), SKOS("prefLabel")]),
        st.sampled_from(OBJECTS),
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.frozensets(statements, max_size=12))
def test_the_counts_are_those_of_the_statements(graph: frozenset[ox.Triple]) -> None:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in graph)

    def ask(text: str) -> Rows:
        found = store.query(text)
        assert isinstance(found, ox.QuerySolutions)
        answer = json.loads(found.serialize(format=ox.QueryResultsFormat.JSON) or b"")
        return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]

    found = count(ask)
    assert (found.triples, found.subjects) == (len(graph), len({one.subject for one in graph}))
    assert found.objects == len({one.object for one in graph})
    typed = [one for one in graph if one.predicate == RDF("type")]
    assert dict(found.classes) == Counter(str(one.object)[1:-1] for one in typed)
    assert found.things == len({one.subject for one in typed if str(one.subject).startswith(f"<{ID.iri}")})
    for part in found.properties:
        rows = [one for one in graph if one.predicate.value == part.property]
        assert (part.triples, part.subjects, part.objects) == (
            len(rows),
            len({one.subject for one in rows}),
            len({one.object for one in rows}),
        )
    assert len(found.properties) == len({one.predicate for one in graph})
    away = [
        one
        for one in graph
        if one.predicate == SKOS("exactMatch")
        and isinstance(one.object, ox.NamedNode)
        and not one.object.value.startswith("https://w3id.org/cnrs-kg/")
    ]
    assert sum(link.links for link in found.linksets) == len(away)
    assert {link.target for link in found.linksets} <= {"https://ror.org/", "http://www.wikidata.org/"}
