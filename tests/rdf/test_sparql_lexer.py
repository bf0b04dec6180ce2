import os
from pathlib import Path

import pytest

from cnrs_kg.rdf.sparql_lexer import Kind, iri_text, line_and_column, tokens

SHARED = Path(os.environ.get("CNRS_KG_SHARED") or Path(__file__).resolve().parents[3] / "shared")
SUITES = SHARED / "conformance" / "sparql"


def read(text: str) -> list[tuple[str, str]]:
    return [(token.kind.name, token.text) for token in tokens(text)]


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.kind is Kind.WORD]


@pytest.mark.parametrize(
    "text",
    [
        "<http://example.org/SERVICE>",
        '"SERVICE"',
        "'SERVICE'",
        '"""a "quoted" SERVICE"""',
        "'''it's a\nSERVICE'''",
        r'"escaped \" SERVICE"',
        "# SERVICE",
        "service:SERVICE",
        "ex:SERVICE",
        "?SERVICE",
        "$SERVICE",
        "_:SERVICE",
        "ex:a.SERVICE",
        r"ex:a\-SERVICE",
        '"x"@en-SERVICE',
    ],
)
def test_a_keyword_inside_another_token_is_no_word(text):
    assert "SERVICE" not in [word.upper() for word in words(text)]


@pytest.mark.parametrize(
    "text",
    [
        "SERVICE <http://x/>",
        "{?s ?p ?o}SERVICE<http://x/>",
        '"a"SERVICE',
        "true.SERVICE",
        "# comment\rSERVICE",
        "ex:a.\nSERVICE",
        "?a<?b SERVICE",
        '"closed" SERVICE "',
        "1.SERVICE",
    ],
)
def test_a_keyword_between_tokens_is_a_word(text):
    assert "SERVICE" in words(text)


def test_less_than_is_an_operator_and_not_the_start_of_an_iri():
    assert read("?a < ?b && ?c > ?d")[1] == ("PUNCTUATION", "<")
    assert read("?a<?b")[1] == ("PUNCTUATION", "<")
    assert read("?a <http://b> ?c")[1] == ("IRI", "<http://b>")


def test_the_terminals():
    assert read('ex:a.b:c. <<( :s )>> {| |} ^^ "1"@en--ltr 1.5e-3 _:b1. a:%20\\,') == [
        ("PREFIXED_NAME", "ex:a.b:c"),
        ("PUNCTUATION", "."),
        ("PUNCTUATION", "<<("),
        ("PREFIXED_NAME", ":s"),
        ("PUNCTUATION", ")>>"),
        ("PUNCTUATION", "{|"),
        ("PUNCTUATION", "|}"),
        ("PUNCTUATION", "^^"),
        ("STRING", '"1"'),
        ("LANGUAGE", "@en--ltr"),
        ("NUMBER", "1.5e-3"),
        ("BLANK_NODE", "_:b1"),
        ("PUNCTUATION", "."),
        ("PREFIXED_NAME", "a:%20\\,"),
    ]


def test_offsets_cover_the_text():
    text = "PREFIX é: <é:> # ?\nSELECT ?x { ?x é:a '''\n''' . true.false 1 }"
    assert all(text[token.start : token.end] == token.text for token in tokens(text))
    assert [token.start for token in tokens(text)] == sorted(token.start for token in tokens(text))


def test_what_is_no_terminal_is_an_error_token():
    assert read("\x00")[0][0] == "ERROR"
    assert read('a "open\nb') == [("WORD", "a"), ("ERROR", '"open'), ("WORD", "b")]
    assert read('a """open\nb') == [("WORD", "a"), ("ERROR", '"""open\nb')]


@pytest.mark.parametrize(
    "unit",
    ["a.", 'a"\\', "<a", "'", '"""" ', "a-", "a:b.", "_:a.", "@a-", "1.", "\\", '"\\"', "a:.", "{(", "::", "é."],
)
@pytest.mark.timeout(120)
def test_time_is_linear_whatever_the_text(unit):
    """Each of these took minutes with a regular expression that backtracks; tokens are at most one per character."""
    text = unit * (100_000 // len(unit))
    assert sum(1 for _ in tokens(text)) <= len(text)


@pytest.mark.skipif(not SUITES.is_dir(), reason="the W3C suites are not beside the repository (CNRS_KG_SHARED)")
def test_valid_queries_of_the_suites_have_no_error_token():
    for path in sorted(SUITES.rglob("*.rq")):
        text = path.read_text(encoding="utf-8")
        if "bad" not in path.name:
            assert [token for token in tokens(text) if token.kind is Kind.ERROR] == [], path


def test_line_and_column():
    assert line_and_column("ab\ncd\n", 0) == (1, 1)
    assert line_and_column("ab\ncd\n", 4) == (2, 2)
    assert line_and_column("ab\ncd\n", 6) == (3, 1)


def test_iri_text_resolves_escapes():
    (token,) = tokens("<http://a/\\u00e9\\U0001F600>")
    assert iri_text(token) == "http://a/é😀"
