"""What an update would change: evaluation of data, templates and datasets; the two policies."""

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.engine.update import PLAIN, PUBLISHED, Changes, Policy, changes
from cnrs_kg.errors import (
    DatasetRefused,
    LoadRefused,
    ProtectedGraph,
    QueryCrashed,
    QuerySyntaxError,
    ResultTooLarge,
    ServiceRefused,
    UpdateRefused,
)
from cnrs_kg.rdf.namespaces import GRAPH

MERGING = Policy(
    default_target=ox.NamedNode("urn:steward"),
    protected=lambda graph: graph.value in ("urn:ontology", "urn:shapes"),
    merged=lambda graph: graph.value != "urn:shapes",
)


def dataset(text: str) -> ox.Store:
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.TRIG)
    return store


def names(quads: Iterable[ox.Quad]) -> list[str]:
    """Quads as text without what all have: `a p b g`."""
    return sorted(str(quad).replace("<urn:", "").replace(">", "") for quad in quads)


def apply(store: ox.Store, found: Changes) -> ox.Store:
    result = ox.Store()
    result.extend(store)
    for quad in found.removed:
        assert quad in result
        result.remove(quad)
    assert not any(quad in result for quad in found.added)
    result.extend(found.added)
    return result


def plain(store: ox.Store, text: str) -> Changes:
    return changes(store, text, policy=PLAIN)


def test_only_what_is_new_comes_and_only_what_is_there_goes() -> None:
    store = dataset("<urn:a> <urn:p> <urn:b> . <urn:g> { <urn:a> <urn:p> <urn:b> }")
    found = plain(store, "INSERT DATA { <urn:a> <urn:p> <urn:b>, <urn:c> }")
    assert (names(found.added), names(found.removed)) == (["a p c"], [])
    found = plain(store, "DELETE DATA { <urn:a> <urn:p> <urn:b>, <urn:c> }")
    assert (names(found.added), names(found.removed)) == ([], ["a p b"])


def test_the_store_itself_is_not_changed(tmp_path: Path) -> None:
    ox.Store(str(tmp_path / "store")).extend(dataset("<urn:a> <urn:p> <urn:b> ."))
    store = ox.Store.read_only(str(tmp_path / "store"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    text = "DELETE WHERE { ?s ?p ?o } ; INSERT { <urn:empty> ?p ?o } WHERE { BIND(<urn:x> AS ?p) BIND(1 AS ?o) }"
    found = changes(store, text, policy=PLAIN, scratch=scratch)
    assert names(found.removed) == ["a p b"]
    assert len(found.added) == 1
    assert len(store) == 1
    assert not list(scratch.iterdir())


def test_terms_come_as_the_store_keeps_them() -> None:
    store = dataset('<urn:a> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .')
    assert plain(store, "INSERT DATA { <urn:a> <urn:p> 01 }").added == []
    found = plain(
        store, "INSERT { ?s ?p ?o } WHERE { ?s ?p ?x BIND('01'^^<http://www.w3.org/2001/XMLSchema#integer> AS ?o) }"
    )
    assert found.added == []


def test_a_later_operation_sees_an_earlier_one() -> None:
    store = dataset("<urn:a> <urn:p> <urn:b> .")
    found = plain(
        store, "INSERT DATA { <urn:b> <urn:p> <urn:c> } ; INSERT { ?s <urn:q> ?o } WHERE { ?s <urn:p>/<urn:p> ?o }"
    )
    assert names(found.added) == ["a q c", "b p c"]


def test_what_comes_and_goes_in_one_request_is_no_change() -> None:
    store = dataset("<urn:a> <urn:p> <urn:b> .")
    assert plain(store, "INSERT DATA { <urn:x> <urn:p> 1 } ; DELETE WHERE { <urn:x> ?p ?o }") == Changes()
    assert plain(store, "CLEAR DEFAULT ; INSERT DATA { <urn:a> <urn:p> <urn:b> }") == Changes()
    assert plain(store, "DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }") == Changes()


def test_where_is_evaluated_once_for_both_templates() -> None:
    store = dataset("<urn:a> <urn:p> <urn:b> .")
    text = """DELETE { ?s <urn:p> ?o } INSERT { ?s <urn:q> ?u GRAPH <urn:g> { ?u <urn:was> ?o } }
              WHERE { ?s <urn:p> ?o BIND(UUID() AS ?u) }"""
    found = plain(store, text)
    here, there = sorted(found.added, key=lambda quad: str(quad.graph_name), reverse=True)
    assert here.subject == there.object or here.object == there.subject
    assert names(found.removed) == ["a p b"]


def test_a_blank_node_of_a_template_is_one_node_for_a_solution_in_all_graphs() -> None:
    store = dataset("<urn:a> <urn:p> 1, 2 .")
    found = plain(store, "INSERT { _:b <urn:value> ?o GRAPH <urn:g> { ?s <urn:has> _:b } } WHERE { ?s <urn:p> ?o }")
    subjects = {quad.subject for quad in found.added if isinstance(quad.graph_name, ox.DefaultGraph)}
    objects = {quad.object for quad in found.added if isinstance(quad.graph_name, ox.NamedNode)}
    assert subjects == objects
    assert len(subjects) == 2


def test_incomplete_and_ill_formed_quads_are_passed_over() -> None:
    store = dataset("<urn:a> <urn:p> 1 .")
    found = plain(store, "INSERT { ?s <urn:q> ?unbound . ?o <urn:q> ?s . ?s <urn:r> ?o } WHERE { ?s ?p ?o }")
    assert [quad.predicate.value for quad in found.added] == ["urn:r"]


def test_triple_terms_in_templates_are_filled_in() -> None:
    store = dataset("<urn:a> <urn:p> <urn:b> .")
    found = plain(store, "INSERT { ?s <urn:said> <<( ?s ?p ?o )>> } WHERE { ?s ?p ?o }")
    assert names(found.added) == ["a said <<( a p b )"]


def test_using_names_the_dataset_that_where_reads() -> None:
    store = dataset("<urn:a> <urn:p> 1 . <urn:g> { <urn:b> <urn:p> 2 } <urn:h> { <urn:c> <urn:p> 3 }")
    text = "INSERT {{ ?s <urn:q> <urn:x> }} {} WHERE {{ {} }}"
    for clauses, pattern, expected in [
        ("", "?s ?p ?o", ["a q x"]),
        ("USING <urn:g>", "?s ?p ?o", ["b q x"]),
        ("USING <urn:g>", "GRAPH ?g { ?s ?p ?o }", []),
        ("USING <urn:g> USING <urn:h>", "?s ?p ?o", ["b q x", "c q x"]),
        ("USING NAMED <urn:g>", "GRAPH ?g { ?s ?p ?o }", ["b q x"]),
        ("USING NAMED <urn:g>", "?s ?p ?o", []),
    ]:
        assert names(plain(store, text.format(clauses, pattern)).added) == expected, (clauses, pattern)


def test_several_graphs_of_using_are_merged_each_triple_once() -> None:
    store = dataset("<urn:g> { <urn:a> <urn:p> 1 } <urn:h> { <urn:a> <urn:p> 1 } <urn:i> { <urn:a> <urn:p> 2 }")
    text = "INSERT { [] <urn:of> ?s } USING <urn:g> USING <urn:h> USING NAMED <urn:i> WHERE { ?s <urn:p> ?o }"
    assert len(plain(store, text).added) == 1
    text = text.replace("?s <urn:p> ?o }", "GRAPH ?g { ?s <urn:p> 2 } }")
    assert len(plain(store, text).added) == 1


def test_with_is_what_is_read_and_written_and_using_overrides_its_reading() -> None:
    store = dataset("<urn:a> <urn:p> 1 . <urn:g> { <urn:b> <urn:p> 2 }")
    found = plain(store, "WITH <urn:g> DELETE { ?s <urn:p> ?o } INSERT { ?s <urn:q> ?o } WHERE { ?s <urn:p> ?o }")
    assert [quad.graph_name for quad in (*found.added, *found.removed)] == [ox.NamedNode("urn:g")] * 2
    found = plain(store, "WITH <urn:new> INSERT { ?s <urn:q> <urn:x> } USING <urn:g> WHERE { ?s <urn:p> ?o }")
    assert names(found.added) == ["b q x new"]


def test_the_protocol_names_the_dataset_instead() -> None:
    store = dataset("<urn:a> <urn:p> 1 . <urn:g> { <urn:b> <urn:p> 2 }")
    text = "INSERT { ?s <urn:q> <urn:x> } WHERE { ?s <urn:p> ?o }"
    found = changes(store, text, policy=PLAIN, using_default_graphs=["urn:g"])
    assert names(found.added) == ["b q x"]
    found = changes(store, text, policy=PLAIN, using_named_graphs=["urn:g"])
    assert found.added == []


def test_the_protocol_names_graphs_by_absolute_iris() -> None:
    with pytest.raises(DatasetRefused):
        changes(ox.Store(), "CLEAR ALL", policy=PLAIN, using_default_graphs=["g"])


@pytest.mark.parametrize("clause", ["WITH <urn:g> INSERT { ?s ?p 1 }", "INSERT { ?s ?p 1 } USING <urn:g>"])
def test_a_dataset_named_twice_is_refused(clause: str) -> None:
    with pytest.raises(DatasetRefused):
        changes(ox.Store(), clause + " WHERE { ?s ?p ?o }", policy=PLAIN, using_default_graphs=["urn:g"])


def test_load_is_refused_where_it_stands_and_silent_load_does_nothing() -> None:
    with pytest.raises(LoadRefused) as caught:
        plain(ox.Store(), "INSERT DATA {} ;\n  LOAD <http://example.org/>")
    assert caught.value.position == (2, 3)
    found = plain(ox.Store(), "LOAD SILENT <http://example.org/> INTO GRAPH <urn:g>")
    assert (found.added, [notice.kind for notice in found.notices]) == ([], ["silent"])


def test_service_is_refused_where_it_stands() -> None:
    with pytest.raises(ServiceRefused) as caught:
        plain(ox.Store(), "INSERT { ?s ?p ?o } WHERE {\n SERVICE SILENT <urn:x> { ?s ?p ?o } }")
    assert caught.value.position == (2, 2)


def test_what_cannot_be_evaluated_is_told_where_it_stands() -> None:
    with pytest.raises(QueryCrashed) as caught:
        plain(ox.Store(), "CLEAR ALL ;\nINSERT { <urn:a> <urn:b> ?x } WHERE { BIND(<urn:f>(1) AS ?x) }")
    assert caught.value.position == (2, 1)


def test_the_size_of_a_change_is_limited() -> None:
    store = dataset("<urn:a> <urn:p> 1, 2, 3 .")
    changes(store, "DELETE WHERE { ?s ?p ?o }", policy=PLAIN, limit=3)
    with pytest.raises(ResultTooLarge) as caught:
        changes(store, "DELETE { ?s ?p ?o } INSERT { ?s <urn:q> ?o } WHERE { ?s ?p ?o }", policy=PLAIN, limit=5)
    assert caught.value.limit == "update_size"


def test_a_failure_leaves_nothing_done_whatever_came_before() -> None:
    with pytest.raises(UpdateRefused):
        plain(ox.Store(), "INSERT DATA { <urn:a> <urn:p> 1 } ; DROP GRAPH <urn:none>")


MERGED = """<urn:a> <urn:p> <urn:b> . <urn:c> <urn:p> <urn:d> . <urn:i> <urn:p> <urn:j> . <urn:t> <urn:p> <urn:u> .
    <urn:source> { <urn:a> <urn:p> <urn:b> . } <urn:steward> { <urn:a> <urn:p> <urn:b> . <urn:c> <urn:p> <urn:d> }
    <urn:ontology> { <urn:t> <urn:p> <urn:u> } <urn:shapes> { <urn:c> <urn:p> <urn:d> }"""


def published(text: str) -> Changes:
    return changes(dataset(MERGED), text, policy=MERGING)


def test_insert_without_graph_writes_the_target() -> None:
    found = published("INSERT DATA { <urn:x> <urn:p> <urn:y> . GRAPH <urn:source> { <urn:x> <urn:p> <urn:z> } }")
    assert names(found.added) == ["x p y steward", "x p z source"]
    found = published("INSERT { ?o <urn:inverse> ?s } WHERE { ?s <urn:p> ?o FILTER(?s = <urn:i>) }")
    assert names(found.added) == ["j inverse i steward"]


def test_delete_without_graph_withdraws_from_every_writable_graph() -> None:
    found = published("DELETE DATA { <urn:a> <urn:p> <urn:b> . <urn:c> <urn:p> <urn:d> }")
    assert names(found.removed) == ["a p b source", "a p b steward", "c p d steward"]
    assert found.notices == []


def test_deleting_what_is_inferred_changes_nothing_and_is_said() -> None:
    found = published("DELETE WHERE { <urn:i> ?p ?o }")
    assert found.removed == []
    assert [(notice.kind, str(notice.triple)) for notice in found.notices] == [("inferred", "<urn:i> <urn:p> <urn:j>")]
    assert names(found.missed) == ["i p j"]


def test_deleting_from_a_graph_what_shows_for_another_reason_is_told() -> None:
    found = published("DELETE DATA { GRAPH <urn:source> { <urn:i> <urn:p> <urn:j> . <urn:nothing> <urn:p> <urn:j> } }")
    assert (found.removed, names(found.missed)) == ([], ["i p j source"])


def test_deleting_what_a_protected_graph_asserts_changes_nothing_and_is_said() -> None:
    found = published("DELETE DATA { <urn:t> <urn:p> <urn:u> }")
    assert found.removed == []
    assert [(notice.kind, notice.graph) for notice in found.notices] == [("protected", ox.NamedNode("urn:ontology"))]


def test_deleting_what_is_not_there_is_silent() -> None:
    assert published("DELETE DATA { <urn:n> <urn:p> <urn:m> }") == Changes()


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("INSERT DATA {\n GRAPH <urn:ontology> { <urn:x> <urn:p> 1 } }", (2, 8)),
        ("PREFIX : <urn:>\nDELETE DATA { GRAPH :x {} GRAPH :ontology { :t :p :u } }", (2, 33)),
        ("WITH <urn:ontology> INSERT { ?s <urn:q> 1 } WHERE { ?s ?p ?o }", (1, 6)),
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", (1, 16)),
        ("CLEAR GRAPH <urn:shapes>", (1, 13)),
        ("DROP GRAPH <urn:shapes>", (1, 12)),
        ("CREATE GRAPH <urn:ontology>", (1, 14)),
        ("ADD <urn:source> TO <urn:ontology>", (1, 21)),
        ("MOVE <urn:ontology> TO <urn:source>", (1, 6)),
    ],
)
def test_a_protected_graph_is_refused_by_name_where_it_is_named(text: str, position: tuple[int, int]) -> None:
    with pytest.raises(ProtectedGraph) as caught:
        published(text)
    assert caught.value.position == position
    assert caught.value.extra["graph"] in ("urn:ontology", "urn:shapes")


@pytest.mark.parametrize("what", ["DEFAULT", "NAMED", "ALL"])
def test_clear_acts_on_the_writable_graphs(what: str) -> None:
    found = published(f"CLEAR {what}")
    assert names(found.removed) == ["a p b source", "a p b steward", "c p d steward"]


def test_protected_graphs_may_be_read() -> None:
    found = published("INSERT { ?s <urn:q> ?o } WHERE { GRAPH <urn:ontology> { ?s ?p ?o } }")
    assert names(found.added) == ["t q u steward"]


def test_the_default_graph_stays_the_merge_between_operations() -> None:
    found = published(
        """DELETE DATA { GRAPH <urn:source> { <urn:a> <urn:p> <urn:b> } } ;
        INSERT { ?s <urn:still> ?o } WHERE { ?s <urn:p> ?o } ;
        DELETE DATA { GRAPH <urn:steward> { <urn:a> <urn:p> <urn:b> . <urn:c> <urn:p> <urn:d> } } ;
        INSERT { ?s <urn:later> ?o } WHERE { ?s <urn:p> ?o }"""
    )
    assert names(found.added) == [
        "a still b steward",
        "c still d steward",
        "i later j steward",
        "i still j steward",
        "t later u steward",
        "t still u steward",
    ]


def test_the_default_graph_does_not_show_what_is_not_merged() -> None:
    policy = Policy(default_target=ox.NamedNode("urn:steward"), merged=lambda graph: graph.value != "urn:log")
    text = """INSERT DATA { GRAPH <urn:log> { <urn:x> <urn:p> <urn:y> } } ;
        INSERT { ?s <urn:seen> ?o } WHERE { ?s <urn:p> ?o }"""
    assert names(changes(ox.Store(), text, policy=policy).added) == ["x p y log"]


@pytest.mark.parametrize("name", ["ontology", "shapes", "provenance"])
def test_the_published_graph_protects_what_the_program_writes_even_before_it_is_there(name: str) -> None:
    with pytest.raises(ProtectedGraph):
        changes(ox.Store(), f"INSERT DATA {{ GRAPH <{GRAPH(name).value}> {{ <urn:a> <urn:p> 1 }} }}", policy=PUBLISHED)


def test_the_published_graph_takes_statements_without_a_graph_as_the_stewards() -> None:
    found = changes(ox.Store(), "INSERT DATA { <urn:a> <urn:p> 1 }", policy=PUBLISHED)
    assert [quad.graph_name for quad in found.added] == [GRAPH("steward")]


TERMS = st.sampled_from(["<urn:a>", "<urn:b>", "<urn:c>"])
NAMES = st.sampled_from(["<urn:g>", "<urn:h>"])
QUAD = st.tuples(st.one_of(st.none(), NAMES), TERMS, TERMS, TERMS)
ANY = st.one_of(TERMS, st.sampled_from(["?x", "?y", "?z"]))
PATTERN = st.tuples(st.one_of(st.none(), NAMES, st.just("?g")), ANY, ANY, ANY)
PLACE = st.one_of(st.just("DEFAULT"), NAMES)


def block(rows: list[tuple[str | None, str, str, str]]) -> str:
    inner = [f"{s} {p} {o} ." if g is None else f"GRAPH {g} {{ {s} {p} {o} }}" for g, s, p, o in rows]
    return "{ " + " ".join(inner) + " }"


def blocks(rows: st.SearchStrategy[tuple[str | None, str, str, str]]) -> st.SearchStrategy[str]:
    return st.lists(rows, min_size=1, max_size=3).map(block)


def run_natively(store: ox.Store, operation: str) -> None:
    """As pyoxigraph does it, but without graphs that are empty, and without a SILENT transfer from a graph that is not
    there: pyoxigraph takes it for an empty one, and empties the destination."""
    words = operation.split()
    source = words[2][1:-1] if words[0] in ("ADD", "COPY", "MOVE") and words[2] != "DEFAULT" else None
    if source is None or store.contains_named_graph(ox.NamedNode(source)):
        store.update(operation)
    for graph in list(store.named_graphs()):
        if next(store.quads_for_pattern(None, None, None, graph), None) is None:
            store.remove_graph(graph)


USING = st.sampled_from(["", "USING <urn:g>", "USING NAMED <urn:h>", "USING <urn:h> USING NAMED <urn:g>"])
OPERATION = st.one_of(
    st.builds("INSERT DATA {}".format, blocks(QUAD)),
    st.builds("DELETE DATA {}".format, blocks(QUAD)),
    st.builds("DELETE WHERE {}".format, blocks(PATTERN)),
    st.builds("DELETE {} INSERT {} {} WHERE {}".format, blocks(PATTERN), blocks(PATTERN), USING, blocks(PATTERN)),
    st.builds("WITH {} INSERT {} WHERE {}".format, NAMES, blocks(PATTERN), blocks(PATTERN)),
    st.builds("{} SILENT {}".format, st.sampled_from(["CLEAR", "DROP"]), st.sampled_from(["DEFAULT", "NAMED", "ALL"])),
    st.builds("{} SILENT GRAPH {}".format, st.sampled_from(["CLEAR", "DROP"]), NAMES),
    st.builds("{} SILENT {} TO {}".format, st.sampled_from(["ADD", "COPY", "MOVE"]), PLACE, PLACE),
)


@settings(max_examples=300, deadline=None)
@given(blocks(QUAD), st.lists(OPERATION, min_size=1, max_size=4))
def test_the_change_is_what_the_native_update_does(data: str, operations: list[str]) -> None:
    store, native = ox.Store(), ox.Store()
    store.update("INSERT DATA " + data)
    native.extend(store)
    for operation in operations:
        run_natively(native, operation)
    assert set(apply(store, plain(store, " ;\n".join(operations)))) == set(native)


def test_a_syntax_error_is_told_where_it_stands() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        plain(ox.Store(), "INSERT DATA {} ;\nPREFIX : <urn:>\nINSERT DATA { :a :b }")
    assert caught.value.position == (3, 21)
