"""`/links`: both records side by side, decisions by role, and the next one after each."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cnrs_kg.browsing.lists import Item, Lists, Named
from cnrs_kg.config import Settings
from cnrs_kg.federation.linking.links import Link, Standing
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..conftest import PROJECT
from ..federation.linking.world import LONELY, LPG, OTHER_TWIN, OURS, TWIN
from ..test_schemas import validator

PAGE = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def reading(compared: Path) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph(Settings(data_dir=compared, workers=1), project=PROJECT) as kg:
        yield kg


@pytest.fixture
def graph(compared: Path, tmp_path: Path) -> Iterator[KnowledgeGraph]:
    copytree(compared, tmp_path / "var", symlinks=True)
    with KnowledgeGraph(Settings(data_dir=tmp_path / "var", workers=1), project=PROJECT) as kg:
        yield kg


def of(kg: KnowledgeGraph, record: str) -> Link:
    return next(one for one in kg.registries.links.all().values() if one.object == record)


def signed_in(kg: KnowledgeGraph, role: str) -> Any:
    browser = create_app(kg).test_client()
    assert browser.post("/sign-in", data={"token": kg.accounts.add(role, role), "to": "/links"}).status_code == 303
    return browser


def csrf(browser: Any, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path, headers=PAGE).text)
    assert found is not None
    return found[1]


def test_the_list_says_what_became_of_each(reading: KnowledgeGraph) -> None:
    browser = create_app(reading).test_client()
    page = browser.get("/links", headers=PAGE)
    assert page.status_code == 200 and "Laboratoire de planetologie et geosciences" in page.text
    found = browser.get("/links?standing=accepted", headers=JSON).json
    assert [(one["subject"], one["object"], one["standing"]) for one in found] == [(OURS, LPG, "accepted")]
    every = browser.get("/links", headers=JSON).json
    assert len(every) == 3 and all(validator("link").is_valid(one) for one in every)
    assert browser.get("/links?standing=lost", headers=JSON).status_code == 400
    assert browser.get("/links?page=99", headers=PAGE).status_code == 404


@pytest.mark.parametrize(("language", "said"), [("en", "near each other"), ("fr", "toute proche")])
def test_a_link_shows_both_records_and_the_evidence(reading: KnowledgeGraph, language: str, said: str) -> None:
    browser = create_app(reading).test_client()
    link = of(reading, TWIN)
    page = browser.get(f"/links/{link.slug}?lang={language}", headers=PAGE).text
    for part in (LONELY.replace("&", "&amp;"), TWIN, "1980", "2001", "Centre de recherche sur les jumeaux", "<svg"):
        assert part in page
    labels = reading.registries.links.wording(language)
    assert labels["rival-near"] in page and labels["founded-apart"].partition(":")[2].strip() in page
    assert f"/links/{of(reading, OTHER_TWIN).slug}" in page
    assert said in " ".join(labels.values())
    assert browser.get(f"/links/{link.slug}", headers=JSON).json["evidence"] == sorted(link.evidence)
    assert browser.get("/links/nothing", headers=JSON).status_code == 404


def test_records_go_by_their_names_in_the_language(reading: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    item = Item(Named(LPG, {"en": "Planetology", "fr": "Planétologie"}), {})
    monkeypatch.setattr(Lists, "known", lambda *_: {LPG: item})
    browser = create_app(reading).test_client()
    for path in ("/links", f"/links/{of(reading, LPG).slug}"):
        for language, name in (("en", "Planetology (LPG)"), ("fr", "Planétologie (LPG)")):
            assert name in browser.get(f"{path}?lang={language}", headers=PAGE).text


def test_its_iri_leads_to_what_is_said_of_it(reading: KnowledgeGraph) -> None:
    browser = create_app(reading).test_client()
    found = browser.get(f"/id/link/{of(reading, LPG).slug}", headers=PAGE, follow_redirects=True)
    assert found.status_code == 200 and LPG in found.text


def test_readers_look_and_curators_decide(graph: KnowledgeGraph) -> None:
    path = f"/links/{of(graph, TWIN).slug}"
    anybody = create_app(graph).test_client()
    assert "formaction" not in anybody.get(path, headers=PAGE).text
    assert anybody.post(f"{path}/reject", headers=JSON).status_code == 401
    steward = signed_in(graph, "steward")
    assert "formaction" not in steward.get(path, headers=PAGE).text
    curator = signed_in(graph, "curator")
    assert curator.post(f"{path}/reject", data={"reason": "no"}, headers=PAGE).status_code == 403
    assert of(graph, TWIN).standing is Standing.REVIEW


def test_a_decision_leads_to_the_next_link(graph: KnowledgeGraph) -> None:
    browser = signed_in(graph, "curator")
    first = graph.registries.links.after(None)
    assert first is not None
    path = f"/links/{first.slug}"
    fields = {"csrf": csrf(browser, path), "reason": "another address"}
    later = browser.post(f"{path}/later", data=fields, headers=PAGE)
    other = later.headers["Location"].split("?")[0]
    assert later.status_code == 303 and other != path and f"after={first.slug}" in later.headers["Location"]
    done = browser.post(f"{path}/reject", data=fields, headers=PAGE)
    assert done.status_code == 303 and done.headers["Location"].startswith(other)
    assert "another address" in browser.get(done.headers["Location"], headers=PAGE).text
    found = graph.registries.links.get(first.slug)
    assert (found.standing, found.decider, found.reason) == (Standing.REJECTED, "curator", "another address")
    last = browser.post(f"{other}/close", data=fields, headers=PAGE)
    assert last.headers["Location"].startswith("/links?")
    assert graph.registries.links.get(other.rpartition("/")[2]).close
    assert "another address" in browser.get("/links?standing=rejected", headers=PAGE).text


def test_a_program_decides_with_its_token(graph: KnowledgeGraph) -> None:
    token = {"Authorization": f"Bearer {graph.accounts.add('anna', 'curator')}", **JSON}
    path = f"/links/{of(graph, LPG).slug}"
    done = create_app(graph).test_client().post(f"{path}/reject", json={"reason": "a team"}, headers=token)
    current = graph.current()
    assert done.status_code == 200 and current is not None and done.json["version"] == current.number
    validator("link").validate(done.json)
    assert (done.json["standing"], done.json["reason"]) == ("rejected", "a team")
