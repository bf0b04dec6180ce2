"""Updates and graph store writes on a small published graph (decision 10 of the design)."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyoxigraph as ox
import pytest

from cnrs_kg.errors import LoadRefused, ProtectedGraph, QuerySyntaxError, RdfError, RdfSyntaxError, StoreLocked
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.store.versions import Version

PREFIXES = "PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#> "
ONE = "https://w3id.org/cnrs-kg/id/unit/one"
TWO = "https://w3id.org/cnrs-kg/id/unit/two"
STEWARD = "https://w3id.org/cnrs-kg/graph/steward"
TURTLE = "text/turtle"


def ask(kg: KnowledgeGraph, pattern: str) -> bool:
    return bool(json.loads(kg.query(f"{PREFIXES} ASK {{ {pattern} }}").read())["boolean"])


def test_an_insert_is_published_in_the_stewards_graph_and_reasoned_with(small: KnowledgeGraph) -> None:
    outcome = small.direct.update(
        f'{PREFIXES} INSERT DATA {{ <{TWO}> a cnrs:Unit ; cnrs:name "Two"@en }}', agent="alice"
    )
    assert outcome.conforms and outcome.changed and outcome.version is not None
    assert (outcome.version.number, outcome.version.agent) == (2, "alice")
    assert ask(small, f"GRAPH <{STEWARD}> {{ <{TWO}> a cnrs:Unit }}")
    assert ask(small, f'<{TWO}> a cnrs:Organisation ; cnrs:name "Two"@en')
    assert any("undated claim" in one.message["en"] for one in outcome.verdict.results if one.severity == "Info")


def test_the_version_that_a_change_made_is_known_at_once(small: KnowledgeGraph, monkeypatch) -> None:
    monkeypatch.setattr("cnrs_kg.store.current.FRESH", 3600)
    before = small.current()
    outcome = small.direct.update(f'INSERT DATA {{ <{ONE}> <urn:p> "x" }}')
    assert before != outcome.version == small.current()


def test_what_does_not_conform_changes_nothing(small: KnowledgeGraph) -> None:
    outcome = small.direct.update(f"{PREFIXES} INSERT DATA {{ <{TWO}> a cnrs:Unit }}")
    assert not outcome.conforms
    assert [result.shape for result in outcome.verdict.results] == [
        "https://w3id.org/cnrs-kg/shapes#Organisation-label"
    ]
    current = small.current()
    assert current is not None and current.number == 1
    assert not ask(small, f"<{TWO}> ?p ?o")


def test_a_delete_without_a_graph_withdraws_from_every_writable_graph(small: KnowledgeGraph) -> None:
    small.direct.update(f'INSERT DATA {{ <{ONE}> <urn:p> "x" . GRAPH <urn:other> {{ <{ONE}> <urn:p> "x" }} }}')
    outcome = small.direct.update(f'DELETE DATA {{ <{ONE}> <urn:p> "x" }}')
    assert outcome.verdict.withdrawn == 2
    assert not ask(small, '?s <urn:p> "x"')


def test_what_is_only_inferred_cannot_be_deleted_and_that_is_said(small: KnowledgeGraph) -> None:
    outcome = small.direct.update(f"{PREFIXES} DELETE DATA {{ <{ONE}> a cnrs:Organisation }}")
    assert not outcome.changed
    assert outcome.verdict.notes
    assert ask(small, f"<{ONE}> a cnrs:Organisation")


@pytest.mark.parametrize("name", ["ontology", "shapes", "provenance"])
def test_protected_graphs_are_not_written(small: KnowledgeGraph, name: str) -> None:
    graph = f"https://w3id.org/cnrs-kg/graph/{name}"
    with pytest.raises(ProtectedGraph):
        small.direct.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:b> 1 }} }}")
    with pytest.raises(ProtectedGraph):
        small.direct.replace(graph, [(b"<urn:a> <urn:b> 1 .", TURTLE)])
    with pytest.raises(ProtectedGraph):
        small.direct.delete(graph)


@pytest.mark.parametrize(
    ("text", "error"), [("INSERT DATA { ?x", QuerySyntaxError), ("LOAD <http://example.org/>", LoadRefused)]
)
def test_a_wrong_update_is_an_error(small: KnowledgeGraph, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        small.direct.update(text)


def test_a_document_becomes_a_graph_is_added_to_replaced_and_deleted(small: KnowledgeGraph) -> None:
    graph = "https://example.org/graph"
    first = small.direct.replace(graph, [(b"<urn:a> <urn:b> 1 .", TURTLE)], agent="alice")
    assert first.created and ask(small, "<urn:a> <urn:b> 1")
    more = small.direct.add(
        graph, [(b"<urn:a> <urn:b> 2 .", TURTLE), (b"<urn:a> <urn:b> <urn:c> .", "application/n-triples")]
    )
    assert not more.created and ask(small, "<urn:a> <urn:b> 1, 2, <urn:c>")
    small.direct.replace(graph, [(b"<urn:a> <urn:b> 2, 4 .", TURTLE)])
    assert ask(small, "<urn:a> <urn:b> 2, 4") and not ask(small, "<urn:a> <urn:b> 1")
    assert small.direct.delete(graph) is not None
    assert not ask(small, "<urn:a> ?p ?o")
    assert small.direct.delete(graph) is None


def blank_nodes(kg: KnowledgeGraph) -> list[ox.Quad]:
    current = kg.current()
    assert current is not None
    return [quad for quad in kg.store.open(current) if any(isinstance(term, ox.BlankNode) for term in quad)]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("INSERT DATA { <urn:a> <urn:p> _:x .\n<urn:b> <urn:p> _:x }", (1, 31)),
        ("INSERT { ?s <urn:q> _:z . <urn:c> <urn:q> _:z } WHERE { ?s a ?o }", (1, 21)),
        ("INSERT DATA { _:x <urn:p> _:y . _:y <urn:p> _:x }", (1, 15)),
        ("\nINSERT { GRAPH ?g { <urn:z> <urn:z> 1 } } WHERE { BIND(BNODE() AS ?g) }", (2, 1)),
        ('INSERT DATA { <urn:a> <urn:p> "a"@en--ltr }', (1, 1)),
        ('INSERT DATA { <urn:a> <urn:p> "\\u0001" }', (1, 1)),
    ],
)
def test_what_an_update_adds_and_no_graph_keeps_is_refused_at_its_place(
    small: KnowledgeGraph, text: str, position: tuple[int, int]
) -> None:
    before = small.current()
    with pytest.raises(RdfError) as caught:
        small.direct.update(text)
    assert caught.value.position == position and caught.value.advice
    assert small.current() == before


@pytest.mark.parametrize("write", ["replace", "add"])
@pytest.mark.parametrize(
    ("text", "media_type", "position"),
    [
        ("<urn:a> <urn:p> _:x .\n<urn:b> <urn:p> _:x .", TURTLE, (1, 17)),
        ("_:g { <urn:a> <urn:p> 5 }", "application/trig", (1, 23)),
        ("<urn:a> <urn:p> 5 .\n<urn:other> { <urn:a> <urn:p> 6 }", "application/trig", (2, 31)),
        ('<urn:a> <urn:p> "6" _:g .', "application/n-quads", (1, 17)),
        ('<urn:a> <urn:p> "a"@en--ltr .', TURTLE, (1, 17)),
        ('\n<urn:a> <urn:p> "\\u0001" .', TURTLE, (2, 17)),
    ],
)
def test_what_a_document_says_and_no_graph_keeps_is_refused_at_its_place(
    small: KnowledgeGraph, write: str, text: str, media_type: str, position: tuple[int, int]
) -> None:
    before = small.current()
    with pytest.raises(RdfError) as caught:
        getattr(small.direct, write)("urn:x:graph", [(text.encode(), media_type)])
    assert caught.value.position == position and caught.value.advice
    assert small.current() == before


def test_blank_nodes_get_names_and_those_of_two_documents_are_two(small: KnowledgeGraph) -> None:
    first, second = (f"<urn:{one}> <urn:p> _:x . _:x <urn:q> {one!r} .".encode() for one in "ab")
    small.direct.add("urn:x:graph", [(first, TURTLE), (second, TURTLE)])
    small.direct.add("urn:x:graph", [(b"<urn:x:graph> { <urn:a> <urn:p> [ <urn:q> 'a' ] }", "application/trig")])
    small.direct.update("INSERT DATA { <urn:c> <urn:p> [ <urn:q> 'c' ] , _:x }")
    small.direct.update("INSERT { ?s <urn:r> [ <urn:q> ?o ] , ?b } WHERE { ?s <urn:p>/<urn:q> ?o BIND(BNODE() AS ?b) }")
    assert blank_nodes(small) == []
    assert ask(small, "<urn:a> <urn:p>/<urn:q> 'a' . <urn:b> <urn:p>/<urn:q> 'b' . <urn:c> <urn:r>/<urn:q> 'c'")
    assert not ask(small, "<urn:a> <urn:p> ?x . <urn:b> <urn:p> ?x")


def test_the_default_graph_takes_additions_as_the_stewards_and_no_replacement(small: KnowledgeGraph) -> None:
    small.direct.add(None, [(b"<urn:a> <urn:b> 1 .", TURTLE)])
    assert ask(small, f"GRAPH <{STEWARD}> {{ <urn:a> <urn:b> 1 }}")
    with pytest.raises(ProtectedGraph, match="merge"):
        small.direct.replace(None, [(b"<urn:a> <urn:b> 1 .", TURTLE)])


def test_a_document_that_is_not_rdf_changes_nothing(small: KnowledgeGraph) -> None:
    with pytest.raises(RdfSyntaxError) as caught:
        small.direct.replace(STEWARD, [(b"<urn:a> <urn:b> 1 .\n<urn:c> nothing", TURTLE)])
    assert caught.value.position is not None and caught.value.position[0] == 2
    current = small.current()
    assert current is not None and current.number == 1


@pytest.mark.parametrize("iri", ["http://[", "a:%zz", "http://a:b:c", "http://a/#a#b"])
def test_a_graph_whose_name_is_no_iri_is_refused(small: KnowledgeGraph, iri: str) -> None:
    with pytest.raises(RdfError, match="is not an IRI"):
        small.direct.replace(iri, [(b"<http://a> <http://b> 1 .", "text/turtle")])
    with pytest.raises(RdfError, match="is not an IRI"):
        small.direct.delete(iri)


def test_what_speaks_against_a_write_is_asked_of_the_version_that_it_changes(small: KnowledgeGraph) -> None:
    asked: list[tuple[int, bool]] = []

    def check(version: Version, there: bool) -> None:
        asked.append((version.number, there))
        if len(asked) > 3:
            raise StoreLocked("no")

    document = [(b"<urn:a> <urn:b> 1 .", TURTLE)]
    small.direct.replace("urn:x:new", document, check=check)
    small.direct.add("urn:x:new", document, check=check)
    small.direct.update("INSERT DATA { <urn:a> <urn:b> 2 }", check=check)
    assert asked == [(1, False), (2, True), (2, True)]
    for write in (
        lambda: small.direct.delete("urn:x:new", check=check),
        lambda: small.direct.replace("urn:x:new", document, check=check),
        lambda: small.direct.update("CLEAR ALL", check=check),
    ):
        with pytest.raises(StoreLocked, match="no"):
            write()
    current = small.current()
    assert current is not None and current.number == 3


def test_a_rollback_is_judged_and_published(small: KnowledgeGraph) -> None:
    small.direct.update("INSERT DATA { <urn:a> <urn:b> 1 }")
    outcome = small.rollback(1, agent="alice")
    assert outcome.version is not None and outcome.version.number == 3
    assert not ask(small, "<urn:a> ?p ?o")


def test_updates_sent_at_once_are_published_one_after_the_other(small: KnowledgeGraph) -> None:
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda n: small.direct.update(f"INSERT DATA {{ <urn:a> <urn:b> {n} }}"), range(4)))
    assert sorted(outcome.version.number for outcome in outcomes if outcome.version) == [2, 3, 4, 5]
    assert ask(small, "<urn:a> <urn:b> 0, 1, 2, 3")


def test_who_waits_too_long_for_a_turn_is_told(small: KnowledgeGraph) -> None:
    small.settings = replace(small.settings, lock_timeout=0.01)
    with small.direct._turn(), pytest.raises(StoreLocked) as caught:
        small.direct.update("INSERT DATA { <urn:a> <urn:b> 1 }")
    assert caught.value.limit == "lock_timeout"


@pytest.mark.parametrize(
    "update",
    [f'DELETE DATA {{ <{ONE}> cnrs:name "One"@en }} ; INSERT DATA {{ <{ONE}> cnrs:name "Uno"@en }}',
     'DELETE { ?one cnrs:name ?name } INSERT { ?one cnrs:name "Uno"@en } WHERE { ?one cnrs:name ?name }',
     f'WITH <https://w3id.org/cnrs-kg/graph/page> DELETE {{ <{ONE}> cnrs:name "One"@en }} '
     f'INSERT {{ <{ONE}> cnrs:name "Uno"@en }} WHERE {{}}'],
    ids=["data", "pattern", "graph"],
)  # fmt: skip
def test_a_claimed_statement_is_withdrawn_with_the_claim_that_it_became(small: KnowledgeGraph, update: str) -> None:
    outcome = small.direct.update(PREFIXES + update)
    assert outcome.conforms and outcome.changed
    assert not ask(small, f'<{ONE}> cnrs:name "One"@en') and ask(small, f'<{ONE}> cnrs:name "Uno"@en')
    assert not any("stays" in note for note in outcome.verdict.notes)


def test_a_dated_claim_is_not_withdrawn_with_its_statement_and_that_is_said(small: KnowledgeGraph) -> None:
    prefixes = f"{PREFIXES} PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
    says = f'a cnrs:Claim ; rdf:subject <{ONE}> ; rdf:predicate cnrs:name ; rdf:object "Uno"@en'
    year = '"2020"^^<http://www.w3.org/2001/XMLSchema#gYear>'
    small.direct.update(f"{prefixes} INSERT DATA {{ <urn:claim> {says} ; cnrs:validFrom {year} }}")
    assert ask(small, f'<{ONE}> cnrs:name "Uno"@en')
    outcome = small.direct.update(f'{PREFIXES} DELETE DATA {{ <{ONE}> cnrs:name "Uno"@en }}')
    assert not outcome.changed and any("stays: it is inferred" in note for note in outcome.verdict.notes)
