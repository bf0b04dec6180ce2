import io

import pyoxigraph as ox
import pytest

from cnrs_kg.web import terms
from cnrs_kg.web.terms import Term

BASE = "https://w3id.org/cnrs-kg/"


def tsv(query: str) -> terms.Table:
    written = ox.Store().query(query).serialize(format=ox.QueryResultsFormat.TSV)
    return terms.solutions(io.BytesIO(written), BASE)


def test_our_iris_lead_to_their_description_here():
    found = terms.iri_term(BASE + "id/unit/cintra", BASE)
    assert found.text == "id:unit/cintra" and not found.external
    assert found.href == "/doc/unit/cintra"
    assert terms.describe_url(BASE + "ontology#Unit") == "/doc?iri=https%3A%2F%2Fw3id.org%2Fcnrs-kg%2Fontology%23Unit"
    assert terms.describe_url(BASE + "id/a b") == "/doc?iri=https%3A%2F%2Fw3id.org%2Fcnrs-kg%2Fid%2Fa%20b"


def test_other_iris_lead_where_they_say():
    found = terms.iri_term("https://ror.org/02feahw73", BASE)
    assert (found.href, found.external) == ("https://ror.org/02feahw73", True)


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,x", "urn:x:y", "mailto:a@b"])
def test_an_iri_that_is_no_address_is_no_link(iri):
    assert terms.iri_term(iri, BASE).href is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<http://x/a>", Term("iri", "http://x/a", "http://x/a", "http://x/a", external=True)),
        ('"a\\tb\\n\\"c\\" \\\\d"', Term("literal", 'a\tb\n"c" \\d')),
        ('"été"@fr', Term("literal", "été", language="fr")),
        ("5", Term("number", "5")),
        ("-1.5e3", Term("number", "-1.5e3")),
        ("true", Term("literal", "true")),
        ('"2026"^^<http://www.w3.org/2001/XMLSchema#gYear>', Term("literal", "2026", datatype="xsd:gYear")),
        ('"7"^^<http://www.w3.org/2001/XMLSchema#integer>', Term("number", "7", datatype="xsd:integer")),
        ('"x"^^<http://x/t>', Term("literal", "x", datatype="http://x/t")),
        ("", None),
    ],
)
def test_cells(value, found):
    assert terms.term(value, BASE) == found


def test_pyoxigraphs_own_tsv_is_read():
    table = tsv(
        "SELECT ?a ?b ?c ?d { VALUES (?a ?b ?c ?d) "
        '{ (<http://x/a> "t\\t\\"q\\"\\n<b>"@en 1.50 UNDEF) (1 true "" 2e0) } }'
    )
    assert table.columns == ("a", "b", "c", "d") and table.complete
    first, second = table.rows
    assert [cell.text if cell else None for cell in first] == ["http://x/a", 't\t"q"\n<b>', "1.5", None]
    assert [cell.text if cell else None for cell in second][:3] == ["1", "true", ""]


def test_no_columns_and_no_rows():
    assert tsv("SELECT * {}").columns == ()
    assert tsv("SELECT ?a { FILTER(false) }").rows == ()


def test_a_long_answer_is_said_to_go_on():
    table = terms.solutions(io.BytesIO(b"?a\n" + b"1\n" * (terms.ROWS + 1)), BASE)
    assert len(table.rows) == terms.ROWS and not table.complete
    assert terms.solutions(io.BytesIO(b"?a\n" + b"1\n" * terms.ROWS), BASE).complete


def test_a_long_cell_is_cut_and_says_so():
    table = terms.solutions(io.BytesIO(b'?a\n"' + b"x" * 3_000_000 + b'"\n1\n'), BASE)
    assert table.rows[0][0].text.endswith("…") and len(table.rows[0][0].text) < 2100
    assert table.rows[1][0].text == "1"


def test_an_escape_at_the_cut_is_whole():
    smile = "\\U0001F600"
    assert terms.term(f'"{smile * 5000}"', BASE).text == "\U0001f600" * 2000 + " …"


@pytest.mark.parametrize("text", ["<http://x/{}>", "_:{}", '"x"^^<http://x/{}>', "1{}"])
def test_what_is_long_besides_a_text_is_no_link(text):
    found = terms.term(text.format("1" * 3000), BASE)
    assert (found.kind, found.href, found.title, found.datatype) == ("other", None, None, None)
    assert found.text.endswith("…")


def test_a_page_shows_no_more_than_it_can_hold():
    table = terms.solutions(io.BytesIO(b"?a\n" + (b'"' + b"x" * 500_000 + b'"\n') * 50), BASE)
    assert 0 < len(table.rows) * 500_000 < terms.SHOWN + 500_000 and not table.complete
    line = b'<http://x/s> <http://x/p> "' + b"x" * 500_000 + b'" .\n'
    table = terms.triples(io.BytesIO(line * 50), BASE)
    assert 0 < len(table.rows) * 500_000 < terms.SHOWN + 500_000 and not table.complete


@pytest.mark.parametrize("literal", [" " * 500_000, "\\n" * 250_000, ". " * 250_000, "\\\\" * 250_000])
def test_a_literal_of_any_kind_takes_no_time(literal):
    """A match that took time by the square of the length would hold up the server for minutes, and this test."""
    table = terms.triples(io.BytesIO(f'<http://x/s> <http://x/p> "{literal}" .\n'.encode()), BASE)
    assert table.rows[0][2].kind == "literal"
    assert terms.term("1" * 500_000 + "x", BASE).kind == "other"


def test_a_graph():
    lines = b'<http://x/s> <http://x/p> "a . b"@en .\n_:b <http://x/p> _:c .\n'
    lines += b"<http://x/s> <http://x/p> <<( <a> <b> 1 )>> .\n"
    table = terms.triples(io.BytesIO(lines), BASE)
    assert [row[2].text for row in table.rows] == ["a . b", "_:c", "<<( <a> <b> 1 )>>"]


@pytest.mark.parametrize("text", ["\\uD800", "\\U00110000", "\\q", "\\"])
def test_escapes_that_are_none_do_no_harm(text):
    terms.unescaped(text).encode()


def test_terms_and_shapes_have_their_place_on_the_page_of_all() -> None:
    assert terms.place(BASE + "ontology#Unit") == "/ontology#Unit"
    assert terms.place(BASE + "shapes#Unit-label") == "/shapes#Unit-label"
    assert terms.place(BASE + "id/unit/cintra") == "/doc/unit/cintra"
