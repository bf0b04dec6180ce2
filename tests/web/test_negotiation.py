import pytest

from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS, SAFE_CSV, XLSX
from cnrs_kg.web.negotiation import (
    HTML,
    NotAcceptable,
    available,
    content_type,
    form,
    formats,
    graph_format,
    gzip_accepted,
    language,
    page_preferred,
    weighted,
)

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV, TURTLE = "text/csv", "text/tab-separated-values", "text/turtle"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "result", "graph"),
    [
        (None, JSON, TURTLE),
        ("", JSON, TURTLE),
        ("*/*", JSON, TURTLE),
        (XML, XML, None),
        ("application/sparql-results+xml;q=0.5, text/csv", CSV, None),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.50", XML, None),
        ("text/csv;q=0, */*", JSON, TURTLE),
        (f"{JSON};q=0, */*;q=0.1", XML, TURTLE),
        ("text/*", CSV, TURTLE),
        ("application/*", JSON, "application/n-triples"),
        ("application/json", JSON, "application/ld+json"),
        ("application/xml", XML, "application/rdf+xml"),
        ("application/rdf+xml, application/sparql-results+json;q=0.9", JSON, "application/rdf+xml"),
        ("TEXT/CSV ; Q=1.0", CSV, None),
        ("text/turtle; charset=utf-8", None, TURTLE),
        ("text/csv, */*", CSV, TURTLE),
        ("*/*;q=0.5, text/tab-separated-values;q=0.7", TSV, TURTLE),
        ('text/turtle;x="a,b", text/csv', CSV, None),
        ("text/csv;header=present", None, None),
        (",,, text/csv", CSV, None),
    ],
)
def test_the_best_of_each_family(accept, result, graph):
    if result is None and graph is None:
        with pytest.raises(NotAcceptable):
            formats(accept)
    else:
        found = formats(accept)
        assert (found.result, found.graph, found.html) == (result, graph, False)


@pytest.mark.parametrize("syntax", [*RESULT_FORMATS, *RDF_FORMATS], ids=lambda syntax: syntax.name)
def test_every_format_can_be_asked_by_each_of_its_names(syntax):
    by_header = formats(syntax.media_type)
    assert syntax.media_type in (by_header.result, by_header.graph)
    for name in {syntax.name, syntax.extension, syntax.media_type} - {"csv"}:
        found = formats(None, name)
        assert syntax.media_type in (found.result, found.graph), name


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (CHROME, True),
        ("text/html", True),
        ("application/xhtml+xml", True),
        ("text/html;q=0.5, text/csv", False),
        (f"{JSON}, text/html", True),
        (f"text/html;q=0.9, {JSON}", False),
        ("*/*", False),
        ("text/*", False),
        ("text/html;q=0", None),
    ],
)
def test_a_page_for_who_names_html(accept, html):
    if html is None:
        with pytest.raises(NotAcceptable):
            formats(accept)
    else:
        assert formats(accept).html is html


@pytest.mark.parametrize(
    "accept", ["image/png", "text/csv;q=0", "text/csv;q=2", "text/csv;q=x", "text/csv;q=-1", "nonsense"]
)
def test_what_cannot_be_given_is_refused_with_the_list(accept):
    with pytest.raises(NotAcceptable) as refusal:
        formats(accept)
    assert {JSON, TURTLE, "text/html"} <= set(refusal.value.extra["available"])


@pytest.mark.parametrize(("name", "table"), [("csv", SAFE_CSV), ("XLSX", XLSX), (XLSX, XLSX)])
def test_any_answer_can_be_a_table_for_a_spreadsheet(name, table):
    assert (formats(None, name).result, formats(None, name).graph) == (table, table)
    assert formats(XLSX) == formats(None, "xlsx")
    assert XLSX in {offer for offer, _ in available("SELECT")} & {offer for offer, _ in available("DESCRIBE")}


def test_the_parameter_beats_the_header():
    assert formats("text/csv", "xml").result == XML
    assert formats(CHROME, "json").html is False
    assert formats("text/csv", "html").html is True


def test_json_and_xml_fit_any_form_of_query():
    assert (formats(None, "json").result, formats(None, "json").graph) == (JSON, "application/ld+json")
    assert (formats(None, "xml").result, formats(None, "xml").graph) == (XML, "application/rdf+xml")


@pytest.mark.parametrize("name", ["pdf", "", "../x"])
def test_an_unknown_name_of_a_format_is_refused(name):
    with pytest.raises(NotAcceptable):
        formats(None, name)


def test_a_graph_alone():
    assert graph_format(None) == TURTLE
    assert graph_format("application/n-triples, text/turtle;q=0.9") == "application/n-triples"
    assert graph_format("text/turtle", "nt") == "application/n-triples"
    with pytest.raises(NotAcceptable):
        graph_format("text/csv")


@pytest.mark.parametrize(
    ("asked", "cookie", "header", "found"),
    [
        (None, None, None, "en"),
        (None, None, "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        (None, None, "de, en;q=0.3, fr;q=0.7", "fr"),
        (None, None, "de", "en"),
        (None, "fr", "en", "fr"),
        ("en", "fr", "fr", "en"),
        ("xx", "fr", "en", "fr"),
        ("<script>", None, "fr", "fr"),
        (None, None, "fr;q=0", "en"),
    ],
)
def test_language(asked, cookie, header, found):
    assert language(asked, cookie, header) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, False),
        ("gzip, deflate, br", True),
        ("gzip;q=0", False),
        ("*", True),
        ("*;q=0, gzip;q=0.1", True),
        ("identity", False),
        ("gzip;q=0, *", False),
    ],
)
def test_gzip(header, found):
    assert gzip_accepted(header) is found


def test_a_long_hostile_header_is_cut():
    assert len(weighted("a/b," * 1_000_000)) <= 4096
    assert len(weighted('"a' * 1_000_000)) <= 1024


def test_the_charset_is_told_where_the_format_does_not():
    assert content_type(TURTLE) == "text/turtle; charset=utf-8"
    assert content_type(JSON) == JSON


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", True),
        ("application/xhtml+xml", True),
        ("TEXT/HTML", True),
        ("text/html, text/turtle;q=0.5", True),
        ("text/html;q=0.5, text/turtle", False),
        ("text/html, application/json", False),
        ("text/html, application/json;q=0.5", True),
        ("text/html;q=0", False),
        ("*/*", False),
        ("", False),
        ("html", False),
    ],
)
def test_who_reads_pages(accept, page):
    assert page_preferred(accept) is page


@pytest.mark.parametrize("accept", ["application/xhtml+xml", "text/html", "Application/XHTML+XML;q=0.5"])
def test_a_page_is_also_had_as_xhtml(accept):
    assert form(None, accept, {"json": "application/json", "html": HTML}) == HTML
