"""What machines look for: VoID, DCAT, dumps, sitemap, robots."""

import gzip
import hashlib
import io
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.namespaces import ID, VOID
from cnrs_kg.web import described

from .conftest import PUBLIC
from .test_pages import HTML, Page

DATASET = ox.NamedNode(f"{PUBLIC}/.well-known/void#dataset")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def read(answer: Any, format_: ox.RdfFormat = ox.RdfFormat.TURTLE) -> ox.Store:
    store = ox.Store()
    store.load(answer.data, format_, base_iri=PUBLIC)
    return store


def value(store: ox.Store, subject: ox.NamedNode, predicate: ox.NamedNode) -> str:
    (found,) = store.quads_for_pattern(subject, predicate, None)
    return found.object.value  # type: ignore[union-attr]


def test_the_statistics_are_those_of_the_version(browser: Any, graph: KnowledgeGraph) -> None:
    found, current = read(browser.get("/.well-known/void")), graph.current()
    assert current is not None
    assert value(found, DATASET, VOID("triples")) == str(current.statements)
    (count,) = graph.rows("SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }")
    assert value(found, DATASET, VOID("properties")) == count["n"]
    graphs = {quad.object.value for quad in found.quads_for_pattern(None, VOID("rootResource"), None)}  # type: ignore[union-attr]
    assert graphs == {one.iri for one in graph.named_graphs()}


@pytest.mark.parametrize("path", ["/.well-known/void", "/catalog"])
def test_every_format_says_the_same(browser: Any, path: str) -> None:
    turtle = set(read(browser.get(f"{path}?format=turtle")))
    for name, format_ in (("rdfxml", ox.RdfFormat.RDF_XML), ("jsonld", ox.RdfFormat.JSON_LD)):
        assert set(read(browser.get(f"{path}?format={name}"), format_)) == turtle
    assert browser.get(path, headers={"Accept": "application/n-triples"}).content_type == "application/n-triples"
    assert browser.get(f"{path}?format=pdf").status_code == 406


@pytest.mark.parametrize("path", ["/.well-known/void", "/catalog", "/robots.txt", "/sitemap.xml", "/llms.txt"])
def test_urls_are_public_and_never_from_the_host_header(browser: Any, path: str) -> None:
    found = browser.get(path, headers={"Host": "evil.example"})
    assert found.status_code == 200 and PUBLIC in found.text and "evil" not in found.text
    again = browser.get(path, headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_browser_reads_a_page(browser: Any, language: str) -> None:
    found = browser.get(f"/catalog?lang={language}", headers=HTML)
    assert found.status_code == 200 and len(Page(found.text).all("h1")) == 1
    assert browser.get("/.well-known/void", headers=HTML).headers["Location"] == "/catalog"
    assert browser.get("/dumps/", headers=HTML).headers["Location"] == "/catalog#dumps"


def test_a_dump_is_the_whole_version(browser: Any, graph: KnowledgeGraph) -> None:
    current = graph.current()
    assert current is not None
    for dump in browser.get("/dumps/").json:
        answer = browser.get(dump["href"])
        assert "immutable" in answer.headers["Cache-Control"]
        if dump["name"].endswith(".parquet"):
            assert pq.read_table(io.BytesIO(answer.data)).num_rows == len(set(graph.store.open(current)))
            assert answer.content_type == dump["mediaType"] == "application/vnd.apache.parquet"
            continue
        text = gzip.decompress(answer.data)
        if dump["name"].endswith(".nq.gz"):
            assert set(ox.parse(text, ox.RdfFormat.N_QUADS)) == set(graph.store.open(current))
        else:
            assert len(set(ox.parse(text, ox.RdfFormat.TURTLE))) == current.statements
    for dump in browser.get("/dumps/").json:
        data = browser.get(dump["href"]).data
        assert (dump["size"], dump["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert browser.get("/dumps/latest/cnrs-kg.nq.gz").headers["Location"] == f"/dumps/{current.number}/cnrs-kg.nq.gz"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/dumps/1/secret", 404, "cnrs-kg.nq.gz"),
        ("/dumps/9/cnrs-kg.nq.gz", 404, "no version 9"),
        ("/dumps/x/cnrs-kg.nq.gz", 400, "not the number of a version"),
        ("/dumps/1/..%2F..%2Fapp.sqlite", 404, "Nothing is here"),
        ("/sitemap-9.xml", 404, "sitemap.xml"),
        ("/.well-known/void?version=9", 404, "no version 9"),
        ("/catalog?version=x", 400, "not the number of a version"),
    ],
)
def test_what_is_not_there_is_said(browser: Any, path: str, status: int, said: str) -> None:
    found = browser.get(path)
    assert found.status_code == status and said in found.text


def test_the_sitemap_leads_to_every_thing(browser: Any, graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(described, "URLS", 500)
    files = [one.text or "" for one in ElementTree.fromstring(browser.get("/sitemap.xml").text).iter(SITEMAP)]
    found: list[str] = []
    for file in files:
        page = browser.get(file.removeprefix(PUBLIC))
        found += [one.text or "" for one in ElementTree.fromstring(page.text).iter(SITEMAP)]
    things = graph.rows(f"SELECT DISTINCT ?s {{ ?s a ?c FILTER STRSTARTS(STR(?s), '{ID.iri}') }}")
    assert len(files) == 2 + len(things) // 500 and len(found) == len(set(found)) == len(things) + 9
    for url in found[:: len(found) // 10]:
        assert browser.get(url.removeprefix(PUBLIC), headers=HTML).status_code == 200


def test_the_service_description_leads_here(browser: Any) -> None:
    text = browser.get("/sparql?format=turtle").text
    assert f"{PUBLIC}/.well-known/void" in text and f"{PUBLIC}/catalog" in text
