"""The pages as a browser without scripts gets them."""

import gzip
import re
from html.parser import HTMLParser

import pytest

from cnrs_kg import errors
from cnrs_kg.web import static_files
from cnrs_kg.web.app import create_app
from cnrs_kg.web.query_texts import QUERYING
from cnrs_kg.web.texts import TEXTS, number

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SELECT = "SELECT * { ?s ?p ?o }"
VOID = {"meta", "link", "input", "img", "br"}


class Page(HTMLParser):
    """Every element with its attributes; fails on elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def query(client, text=SELECT, headers=None, **parameters):
    return client.get("/sparql", query_string={"query": text, **parameters}, headers={**HTML, **(headers or {})})


@pytest.fixture(params=["/", "/problems", "/sparql", f"/sparql?query={SELECT}", "/sparql?query=ASK%7B%7D", "/nothing"])
def page(request, client):
    return client.get(request.param, headers=HTML)


def test_pages_are_well_formed_and_named(page):
    parsed = Page(page.text)
    assert page.content_type == "text/html; charset=utf-8" and parsed.all("html") == [{"lang": "en"}]
    assert len(parsed.all("h1")) == 1 and parsed.all("title") and parsed.all("main")


def test_nothing_is_inline_and_nothing_leaves_the_site(page):
    parsed = Page(page.text)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert not parsed.all("style") and all(script["src"].startswith("/static/") for script in parsed.all("script"))
    for tag, attributes in parsed.elements:
        assert not {name for name in attributes if name.startswith("on")} and "style" not in attributes, tag
    for attributes in [*parsed.all("link"), *parsed.all("img")]:
        assert (attributes.get("href") or attributes.get("src")).startswith("/")


def test_every_field_has_a_label(page):
    parsed = Page(page.text)
    labels = {label["for"] for label in parsed.all("label")}
    fields = [*parsed.all("textarea"), *parsed.all("select")]
    assert all(field["id"] in labels for field in fields)


def test_no_link_is_dead(page, client):
    for attributes in Page(page.text).all("a"):
        target = attributes["href"]
        if target.startswith("/") and "/nothing" not in target and not target.startswith("/explain?"):
            assert client.get(target, headers=HTML).status_code == 200, target


def test_the_answer_is_a_table_with_local_links(client):
    reply = query(client)
    assert reply.status_code == 200
    assert "<td>" in reply.text and "id:unit/cintra" in reply.text
    assert "CINTRA &lt;script&gt;" in reply.text and "<script>" not in reply.text
    assert re.search(r'href="/doc/unit/cintra"', reply.text)


def test_the_downloads_give_the_answer(client):
    links = [link["href"] for link in Page(query(client).text).all("a") if "format=csv" in link["href"]]
    assert client.get(links[0]).content_type == "text/csv; header=present; charset=utf-8"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("ASK {}", "Yes"), ("ASK { FILTER(false) }", "No"), ("SELECT ?x { FILTER(false) }", TEXTS["en"]["empty"])],
)
def test_other_answers(client, text, shown):
    assert shown in query(client, text).text


@pytest.mark.parametrize(
    "text", ["CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "DESCRIBE <https://w3id.org/cnrs-kg/id/unit/cintra>"]
)
def test_a_graph_is_a_table_too(client, text):
    assert "<td>" in query(client, text).text


def test_an_error_is_shown_at_its_position(client, kg):
    kg.fail = errors.QuerySyntaxError("expected <b>", position=(2, 3), advice="Close it.")
    reply = query(client, "SELECT *\n{ ?s <&> }")
    assert reply.status_code == 400
    assert "Line 2, column 3" in reply.text and "expected &lt;b&gt;" in reply.text and "Close it." in reply.text
    assert "{ ?s &lt;&amp;&gt; }" in reply.text and 'aria-invalid="true"' in reply.text


@pytest.mark.parametrize("position", [(0, 0), (99, 1), (1, 10**9), (-1, -1)])
def test_a_position_outside_the_query_does_no_harm(client, kg, position):
    kg.fail = errors.QuerySyntaxError("x", position=position)
    assert query(client).status_code == 400


def test_a_busy_engine_says_when_to_come_back(client, kg):
    kg.fail = errors.EngineBusy("full", retry_after=4)
    reply = query(client)
    assert reply.status_code == 503 and reply.headers["Retry-After"] == "4"


def test_a_version_is_chosen_and_kept(client, kg):
    reply = query(client, version="1")
    assert kg.asked[-1]["version"].number == 1 and "Memento-Datetime" in reply.headers
    assert '<option value="1" selected>' in reply.text
    assert all("version=1" in link["href"] for link in Page(reply.text).all("a") if "format=csv" in link["href"])


def test_a_version_that_is_gone(client):
    reply = query(client, version="2")
    assert reply.status_code == 410 and "1, 3" in reply.text


def test_the_dataset_is_kept_in_the_form(client):
    reply = query(client, **{"default-graph-uri": "http://x/a"})
    assert {"type": "hidden", "name": "default-graph-uri", "value": "http://x/a"} in Page(reply.text).all("input")


def test_a_query_posted_by_a_form(client):
    assert "<td>" in client.post("/sparql", data={"query": SELECT}, headers=HTML).text


def test_a_page_is_revalidated(client):
    first = query(client)
    assert first.headers["Cache-Control"] == "no-cache"
    assert query(client, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert query(client, headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "fr"}).status_code == 200


def test_a_file_of_an_answer_is_closed(client, kg):
    kg.spool = True
    assert "<td>" in query(client).text and kg.files[-1].closed


@pytest.mark.parametrize("path", ["/", "/sparql", "/problems"])
def test_french(client, path):
    reply = client.get(path, headers={**HTML, "Accept-Language": "fr-FR,fr"})
    assert reply.headers["Content-Language"] == "fr" and '<html lang="fr">' in reply.text
    assert TEXTS["fr"]["footer"] in reply.text.replace("&#39;", "'")


def test_the_language_chosen_beats_the_cookie_beats_the_header(client):
    english = {**HTML, "Accept-Language": "en"}
    chosen = client.get("/?lang=fr", headers=english)
    assert chosen.headers["Content-Language"] == "fr" and "lang=fr; " in chosen.headers["Set-Cookie"]
    assert client.get("/", headers=english).headers["Content-Language"] == "fr"
    assert client.get("/?lang=en", headers=english).headers["Content-Language"] == "en"


@pytest.mark.parametrize("cookie", ["lang=xx", 'lang="<b>"', "lang", "lang=fr\x01", "a=1; lang=fr"])
def test_hostile_cookies(app, cookie):
    reply = app.test_client(use_cookies=False).get("/", headers={**HTML, "Cookie": cookie})
    assert reply.status_code == 200 and "<b>" not in reply.text


def test_the_other_language_keeps_the_query(client):
    links = [link["href"] for link in Page(query(client).text).all("a") if link.get("class") == "language"]
    assert links == ["/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D&lang=fr"]


@pytest.mark.parametrize("path", ["//evil.example/x", "/%2f/evil.example", "/\\evil.example"])
def test_no_path_makes_a_link_to_elsewhere(client, path):
    assert 'href="//' not in client.get(path, headers=HTML).text


def test_home_shows_figures_examples_and_graphs(client):
    text = client.get("/", headers=HTML).text
    assert "1,234,567" in text and "Which units?" in text and "graph:source" in text


def test_home_stands_without_figures_and_without_versions(client, kg):
    kg.figures = lambda version: (_ for _ in ()).throw(errors.EngineBusy("full"))
    reply = client.get("/", headers=HTML)
    assert TEXTS["en"]["figures_missing"] in reply.text and reply.headers["Cache-Control"] == "no-store"
    kg._versions = []
    assert TEXTS["en"]["nothing"] in client.get("/", headers=HTML).text


def test_both_languages_say_everything():
    assert TEXTS["en"].keys() == TEXTS["fr"].keys()
    assert QUERYING["en"].keys() == QUERYING["fr"].keys()
    assert all(text.strip() for texts in [*TEXTS.values(), *QUERYING.values()] for text in texts.values())


def test_numbers():
    assert (number(1234567, "en"), number(1234567, "fr")) == ("1,234,567", "1\u202f234\u202f567")


@pytest.mark.parametrize("name", ["style.css", "query.js", "world.svg"])
def test_files_come_in_gzip_and_are_revalidated(client, name):
    def get(method="GET", **headers):
        return client.open(f"/static/{name}", method=method, headers=headers, buffered=True)

    plain, packed = get(), get(**{"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data)
    assert "Accept-Encoding" in packed.vary and "Accept-Encoding" in plain.vary
    again = get(**{"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    head = get("HEAD", **{"Accept-Encoding": "gzip"})
    assert head.headers["Content-Encoding"] == "gzip" and not head.data


@pytest.mark.skipif(static_files.built("editor.js") is None, reason="it is not built: make web")
def test_what_npm_builds_is_kept_for_ever_and_nothing_else_is(client):
    built = client.get(static_files.built("editor.js"), buffered=True)
    assert built.status_code == 200 and "immutable" in built.headers["Cache-Control"]
    for other in ("/static/style.css", "/static/built/manifest.json", "/static/built/none-12345678.js"):
        assert "immutable" not in client.get(other, buffered=True).headers["Cache-Control"]


def test_without_what_npm_builds_the_page_is_a_form(kg, monkeypatch, tmp_path):
    monkeypatch.setattr(static_files, "BUILT", tmp_path)
    page = query(create_app(kg).test_client()).text
    assert "/static/built/" not in page and "Ctrl+Space" not in page and "<textarea" in page
