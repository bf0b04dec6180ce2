"""`/feed`: versions, things, lists, graphs and submissions, in Atom."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.publishing.atom import ATOM
from cnrs_kg.web import paging
from cnrs_kg.web.app import create_app

from ..conftest import PROJECT
from ..publishing.feed_rules import check
from .conftest import PUBLIC
from .test_pages import HTML, Page

CINTRA = "https://w3id.org/cnrs-kg/id/unit/cintra"
NOTE = f"<{CINTRA}> <http://www.w3.org/2004/02/skos/core#note>"
STEWARD = "https://w3id.org/cnrs-kg/graph/steward"


@pytest.fixture(scope="module")
def graph(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    data_dir = tmp_path_factory.mktemp("feeds") / "var"
    copytree(built, data_dir, symlinks=True)
    settings = Settings(data_dir=data_dir, workers=1, public_url=PUBLIC)
    with KnowledgeGraph(settings, project=PROJECT) as kg:
        assert kg.direct.update(f'INSERT DATA {{ {NOTE} "<b>one</b> & more"@en }}', agent="Anna").conforms
        other = '<https://w3id.org/cnrs-kg/id/unit/ipal> <http://www.w3.org/2004/02/skos/core#note> "x"@en'
        assert kg.direct.update(f"INSERT DATA {{ {other} }}").conforms
        yield kg


@pytest.fixture(scope="module")
def browser(graph: KnowledgeGraph) -> Any:
    return create_app(graph).test_client()


def read(browser: Any, path: str = "/feed", **options: str) -> Any:
    browser.delete_cookie("lang")
    reply = browser.get(path, query_string=options or None)
    assert reply.status_code == 200 and reply.content_type == "application/atom+xml", reply.text
    return check(reply.data)


def ids(root: Any) -> list[str]:
    return [entry.findtext(f"{{{ATOM}}}id").removeprefix(PUBLIC) for entry in root.findall(f"{{{ATOM}}}entry")]


def links(root: Any) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in root.findall(f"{{{ATOM}}}link")}


def test_the_versions(browser: Any, graph: KnowledgeGraph) -> None:
    root = read(browser)
    assert ids(root) == ["/versions/3", "/versions/2", "/versions/1"]
    assert root.findtext(f"{{{ATOM}}}id") == links(root)["self"] == f"{PUBLIC}/feed"
    assert root.findtext(f"{{{ATOM}}}updated")[:19] == graph.version(3).created.isoformat()[:19]
    assert root.findtext(f".//{{{ATOM}}}entry[2]/{{{ATOM}}}author/{{{ATOM}}}name") == "Anna"


def test_a_thing(browser: Any) -> None:
    root = read(browser, iri=CINTRA)
    assert [one.rpartition("-")[2] for one in ids(root)] == ["2", "1"]
    summary = root.findtext(f".//{{{ATOM}}}summary")
    assert "+ " in summary and "<b>one</b> & more" in summary
    assert links(root)["alternate"] == f"{PUBLIC}/doc/unit/cintra"
    entry = root.find(f".//{{{ATOM}}}entry/{{{ATOM}}}link").get("href").removeprefix(PUBLIC)
    path, _, place = entry.partition("#")
    assert f'id="{place}"' in browser.get(path, headers=HTML).text


def test_a_list_tells_of_its_members_alone(browser: Any) -> None:
    assert [one.rpartition("-")[2] for one in ids(read(browser, list="units"))] == ["3", "2", "1"]
    only = read(browser, list="units", partner="thales")
    assert [one.rpartition("-")[2] for one in ids(only)] == ["2", "1"]
    assert ids(only) != ids(read(browser, list="units", partner="thales", institute="insis"))[:2]
    assert links(only)["alternate"] == f"{PUBLIC}/units?partner=thales"


def test_a_graph(browser: Any) -> None:
    assert ids(read(browser, graph=STEWARD)) == ["/versions/3", "/versions/2"]
    assert ids(read(browser, graph="https://w3id.org/cnrs-kg/graph/ontology")) == ["/versions/1"]


def test_submissions_and_decisions(browser: Any, graph: KnowledgeGraph) -> None:
    assert ids(read(browser, "/feed/submissions")) == []
    token = {"Authorization": f"Bearer {graph.accounts.add('stella', 'steward')}"}
    title = {"title": "A <note> & more"}
    made = browser.post(
        "/submissions", data=f'{NOTE} "three"@en .', content_type="text/turtle", headers=token, query_string=title
    )
    withdrawn = browser.post(f"{made.headers['Location']}/withdraw", json={"reason": "wrong"}, headers=token)
    assert withdrawn.status_code == 200
    root = read(browser, "/feed/submissions")
    assert ids(root) == ["/submissions/1#event-2", "/submissions/1#event-1"]
    titles = [entry.findtext(f"{{{ATOM}}}title") for entry in root.findall(f"{{{ATOM}}}entry")]
    assert titles == [f"Submission 1 (A <note> & more): {done} by stella" for done in ("withdrawn", "submitted")]
    assert root.findtext(f".//{{{ATOM}}}summary") == "wrong"


def test_a_page_at_a_time(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", 2)
    first = read(browser)
    assert ids(first) == ["/versions/3", "/versions/2"] and "previous" not in links(first)
    second = read(browser, links(first)["next"].removeprefix(PUBLIC))
    assert ids(second) == ["/versions/1"] and "next" not in links(second)
    assert links(second)["previous"] == links(second)["first"] == f"{PUBLIC}/feed"
    assert links(second)["last"] == links(second)["self"] and second.findtext(f"{{{ATOM}}}id") == f"{PUBLIC}/feed"
    assert browser.get("/feed?page=3").status_code == 404


def test_who_has_it_is_not_sent_it_again(browser: Any) -> None:
    reply = browser.get("/feed")
    assert browser.get("/feed", headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304
    french = browser.get("/feed?lang=fr", headers={"If-None-Match": reply.headers["ETag"]})
    assert french.status_code == 200 and check(french.data).attrib.values() == ["fr"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("iri=urn:x:unknown", 404),
        ("iri=%22a%22", 400),
        ("iri=not%20an%20iri", 400),
        ("graph=urn:x:unknown", 404),
        ("list=planets", 400),
        ("list=units&country=atlantis", 400),
        ("list=units&colour=blue", 400),
        ("list=units&graph=urn:a", 400),
        ("page=0", 400),
    ],
)
def test_what_is_no_feed(browser: Any, query: str, status: int) -> None:
    assert browser.get(f"/feed?{query}").status_code == status


@pytest.mark.parametrize(
    "path", ["/", "/doc/unit/cintra", "/units?country=SG", "/versions", "/submissions", f"/history?iri={CINTRA}"]
)
def test_pages_lead_readers_to_their_feeds(browser: Any, path: str) -> None:
    page = Page(browser.get(path, headers=HTML).text)
    feeds = [one for one in page.all("link") if one.get("type") == "application/atom+xml"]
    assert len(feeds) == (1 if path in ("/", "/versions") else 2)
    for one in feeds:
        assert one["rel"] == "alternate" and one["title"]
        check(browser.get(one["href"]).data)
