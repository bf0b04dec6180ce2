"""Update requests cut into operations."""

import pytest

from cnrs_kg.engine.update_syntax import Span, parse_update
from cnrs_kg.errors import QuerySyntaxError


def test_operations_are_named_by_their_keywords() -> None:
    text = """INSERT DATA {} ; delete data {} ; DELETE WHERE {} ; DELETE {} WHERE {} ; WITH <urn:g> INSERT {} WHERE {} ;
        CLEAR ALL ; DROP SILENT NAMED ; CREATE GRAPH <urn:g> ; ADD <urn:g> TO DEFAULT ; LOAD <urn:x>"""
    assert [operation.name for operation in parse_update(text)] == [
        *("INSERT DATA", "DELETE DATA", "DELETE WHERE", "MODIFY", "MODIFY"),
        *("CLEAR", "DROP", "CREATE", "ADD", "LOAD"),
    ]


def test_the_parts_of_a_modification() -> None:
    text = """WITH <urn:w> DELETE { ?s ?p "}" } INSERT { [] ?p 1 ; ?q 2 }
        USING <urn:u> USING NAMED <urn:n> WHERE { { # }\n } }"""
    (operation,) = parse_update(text)
    assert {word: block.source for word, block in operation.blocks.items()} == {
        "DELETE": '{ ?s ?p "}" }',
        "INSERT": "{ [] ?p 1 ; ?q 2 }",
        "WHERE": "{ { # }\n } }",
    }
    assert operation.with_graph is not None
    spans = (operation.with_graph, *operation.using, *operation.using_named)
    assert [span.source for span in spans] == ["<urn:w>", "<urn:u>", "<urn:n>"]


def test_a_prologue_may_follow_each_separator_and_holds_from_there_on() -> None:
    first, second = parse_update(
        "PREFIX a: <urn:a:> INSERT DATA { a:x a:y 1 } ; BASE <urn:b:> PREFIX b: <urn:b:> INSERT DATA { a:x b:y 1 }"
    )
    assert "b:" not in first.prologue
    assert second.prologue.split() == ["PREFIX", "a:", "<urn:a:>", "BASE", "<urn:b:>", "PREFIX", "b:", "<urn:b:>"]


@pytest.mark.parametrize("text", ["", "  # nothing\n", "PREFIX : <urn:>", "CLEAR ALL ;", "CLEAR ALL ; PREFIX : <urn:>"])
def test_what_may_be_left_out(text: str) -> None:
    assert len(parse_update(text)) == text.count("CLEAR")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        (";", (1, 1)),
        ("CLEAR ALL ;\n; CLEAR ALL", (2, 1)),
        ("CLEAR ALL\nCLEAR ALL", (2, 1)),
        ("DELETE WHERE { ?s ?p ?o }\n INSERT DATA {}", (2, 2)),
        ("INSERT DATA {} WITH <urn:g> DELETE {} WHERE {}", (1, 16)),
        ("CLEAR ALL ;\n\n  INSERT { ?s ?p ?o }", (3, 22)),
        ("INSERT DATA { _:a <urn:p> 1 } ;\nINSERT DATA { _:a <urn:p> 1 }", (2, 15)),
        ("INSERT DATA { <urn:a> <urn:p> 'open }", (1, 38)),
        ("PREFIX : <urn:> PREFIX", (1, 23)),
        ("LOAD", (1, 1)),
        ("LOAD <urn:a> INTO <urn:g>", (1, 19)),
        ("LOAD <urn:a> <urn:b>", (1, 14)),
        ("SELECT * {}", (1, 1)),
    ],
)
def test_errors_are_told_where_they_stand(text: str, position: tuple[int, int]) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_update(text)
    assert caught.value.position == position


def test_a_label_may_return_in_another_template() -> None:
    text = "INSERT { _:a ?p 1 } WHERE { ?s ?p ?o } ; INSERT { _:a ?p 2 } WHERE { ?s ?p ?o }"
    assert len(parse_update(text)) == 2


def test_targets_are_keywords_or_spans() -> None:
    (operation,) = parse_update("COPY GRAPH <urn:g> TO DEFAULT")
    source, destination = operation.targets
    assert isinstance(source, Span)
    assert (source.source, source.position, destination) == ("<urn:g>", (1, 12), "DEFAULT")
