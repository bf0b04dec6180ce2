from urllib.parse import parse_qs, urlsplit

from cnrs_kg.rdf.namespaces import ID, ORG
from cnrs_kg.web.views.statements import MOST, explained

from .tables import table

IPAL, NUS = ID("unit/ipal"), ID("organisation/nus")


def statements(found):
    return [
        [(name, *(parse_qs(urlsplit(href).query)[part][0] for part in "spo")) for name, href in row] for row in found
    ]


def test_each_triple_of_a_graph_is_one():
    answer = table("subject predicate object", f"{IPAL} | {ORG('hasMember')} | {NUS}", f'{IPAL} | <urn:p> | "x"@en')
    assert statements(explained(answer, "", (), triples=True)) == [
        [("org:hasMember", str(IPAL), str(ORG("hasMember")), str(NUS))],
        [("urn:p", str(IPAL), "<urn:p>", '"x"@en')],
    ]


def test_rows_make_the_statements_of_the_outermost_group():
    query = (
        """SELECT * { ?unit org:hasMember ?member OPTIONAL { ?unit org:holds ?post } ?member org:memberOf ?other }"""
    )
    answer = table("unit member post", f"{IPAL} | {NUS} | <urn:post>", f"{IPAL} | |")
    assert statements(explained(answer, query, (), triples=False)) == [
        [("org:hasMember", str(IPAL), str(ORG("hasMember")), str(NUS))],
        [],
    ]


def test_variables_in_any_place_and_a_version():
    answer = table("p o", f"{ORG('hasMember')} | 5")
    ((link,),) = explained(answer, f"SELECT ?p ?o {{ {IPAL} ?p ?o }}", [("version", "3")], triples=False)
    assert parse_qs(urlsplit(link[1]).query) == {
        "s": [str(IPAL)], "p": [str(ORG("hasMember"))], "o": ["5"], "version": ["3"],
    }  # fmt: skip


def test_no_more_than_a_few_and_none_of_blank_nodes():
    query = "SELECT * { " + " . ".join(f"?s <urn:{number}> ?o" for number in range(9)) + " }"
    (row,) = explained(table("s o", "<urn:s> | <urn:o>"), query, (), triples=False)
    assert len(row) == MOST
    assert explained(table("s o", "_:s | <urn:o>"), query, (), triples=False) == [()]


def test_what_is_counted_is_no_statement():
    answer = table("name units", '"Japan"@en | 8')
    query = "SELECT ?name (COUNT(*) AS ?units) { ?unit a cnrs:Unit ; cnrs:isIn/skos:prefLabel ?name } GROUP BY ?name"
    assert explained(answer, query, (), triples=False) == [()]
