from cnrs_kg.web.views.graph import MOST, Edge, drawn, told

from .tables import table

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def test_triples_are_edges_but_for_types_and_literals():
    answer = table(
        "subject predicate object",
        "<urn:a> | <urn:p> | <urn:b>",
        f"<urn:a> | {TYPE} | <urn:C>",
        '<urn:a> | <urn:p> | "x"',
    )
    found = drawn(answer, triples=True)
    assert found.edges == (Edge("urn:a", "urn:b", "urn:p"),) and list(found.things) == ["urn:a", "urn:b"]
    assert found.complete


def test_two_columns_of_things_are_connected():
    found = drawn(table("unit name member", '<urn:a> | "A" | <urn:b>', '<urn:a> | "A" | <urn:b>'), triples=False)
    assert found.edges == (Edge("urn:a", "urn:b", ""),)


def test_no_graph():
    assert drawn(table("unit name", '<urn:a> | "A"'), triples=False) is None
    assert drawn(table("subject predicate object"), triples=True) is None


def test_a_large_graph_is_drawn_in_part():
    rows = [f"<urn:{number}> | <urn:p> | <urn:{number + 1}>" for number in range(2 * MOST)]
    found = drawn(table("subject predicate object", *rows), triples=True)
    assert len(found.things) == MOST and not found.complete


def test_what_the_script_reads():
    found = drawn(table("a b", "<https://w3id.org/cnrs-kg/id/unit/ipal> | _:x"), triples=False)
    assert told(found, {"https://w3id.org/cnrs-kg/id/unit/ipal": "IPAL"}) == {
        "nodes": [
            {"id": "https://w3id.org/cnrs-kg/id/unit/ipal", "label": "IPAL", "href": "/doc/unit/ipal"},
            {"id": "_:x", "label": "_:x", "href": ""},
        ],
        "edges": [{"source": "https://w3id.org/cnrs-kg/id/unit/ipal", "target": "_:x", "label": ""}],
    }
