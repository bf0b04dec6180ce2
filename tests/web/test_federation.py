"""`/federation` and `/conflicts`: how the registries stand, and where records of one thing disagree."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cnrs_kg.accounts import Account
from cnrs_kg.config import Settings
from cnrs_kg.errors import QueryTimeout
from cnrs_kg.federation.linking.links import Standing
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.registries import Wanted
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web import conflicts
from cnrs_kg.web.app import create_app

from ..conftest import PROJECT
from ..federation.linking.world import LONELY, TWIN

PAGE = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
CURATOR = Account("a", "anna", "curator", datetime(2026, 11, 28, tzinfo=UTC))


@pytest.fixture(scope="module")
def graph(harvested: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """Two registries, linked; a curator says that two records are of one laboratory, whose years differ."""
    directory = tmp_path_factory.mktemp("federation")
    copytree(harvested, directory / "var", symlinks=True)
    with KnowledgeGraph(Settings(data_dir=directory / "var", workers=1), project=PROJECT) as kg:
        links = kg.registries.links
        (twin,) = [one for one in links.compare("rnsr", "ror").links if one.object == TWIN]
        assert links.decide(twin.slug, Standing.ACCEPTED, CURATOR).outcome.conforms
        broken = directory / "broken.csv"
        broken.write_text("<html>")
        with pytest.raises(HarvestError):
            kg.registries.harvest("rnsr", Wanted(broken), progress=lambda stage: None)
        yield kg


@pytest.fixture(scope="module")
def browser(graph: KnowledgeGraph) -> Any:
    return create_app(graph).test_client()


def test_the_status_counts_records_links_and_conflicts(browser: Any) -> None:
    found = browser.get("/federation", headers=JSON).json
    registries = {one["name"]: one for one in found["registries"]}
    assert (registries["ror"]["records"], registries["rnsr"]["records"]) == (4, 4)
    assert registries["ror"]["lastHarvest"]["outcome"] == "published" and registries["hal"]["lastHarvest"] is None
    links = [{"subjects": "rnsr", "objects": "ror", "accepted": 2, "review": 1, "rejected": 0}]
    assert found["links"] == links
    assert found["conflicts"]["founded"] == 1 and set(found["conflicts"]) == {"founded", "names", "places", "parents"}


def test_the_page_does_not_wait_for_conflicts_to_be_counted(graph: KnowledgeGraph) -> None:
    fresh = create_app(graph).test_client()
    page = fresh.get("/federation", headers=PAGE).text
    assert (
        '<dd data-kind="founded">…</dd>' in page
        and "federation.js" in page
        and 'href="/federation?counted=true"' in page
    )
    counted = fresh.get("/federation?counted=true", headers=PAGE).text
    assert '<dd data-kind="founded">1</dd>' in counted and "federation.js" not in counted
    assert '<dd data-kind="founded">1</dd>' in fresh.get("/federation", headers=PAGE).text


def test_what_could_not_be_counted_is_told_and_counted_again(graph: KnowledgeGraph, monkeypatch: Any) -> None:
    fresh = create_app(graph).test_client()

    def late(*_: object) -> None:
        raise QueryTimeout("late")

    with monkeypatch.context() as patched:
        patched.setattr(conflicts, "rows", late)
        page = fresh.get("/federation?counted=true&lang=en", headers=PAGE).text
        assert '<dd data-kind="founded">–</dd>' in page and "Not all conflicts could be counted" in page
    assert fresh.get("/federation", headers=JSON).json["conflicts"]["founded"] == 1


@pytest.mark.parametrize(("language", "said"), [("en", "failed"), ("fr", "échouée")])
def test_the_page_tells_of_the_last_failure(browser: Any, language: str, said: str) -> None:
    page = browser.get(f"/federation?lang={language}", headers=PAGE)
    assert page.status_code == 200 and said in page.text and "HTML, not CSV" in page.text
    assert "/conflicts?about=founded" in page.text and "/links?standing=review" in page.text


def test_a_conflict_shows_both_values_and_who_says_them(browser: Any) -> None:
    page = browser.get("/conflicts?about=founded", headers=PAGE).text
    assert "1980" in page and "2001" in page and "Research Organization Registry (ROR)" in page
    assert "Centre de recherche sur les jumeaux" in page
    rows = browser.get("/conflicts?about=founded", headers=JSON, follow_redirects=True).json["rows"]
    assert [(row["thing"], row["value"], row["other"], row["otherValue"]) for row in rows] == [
        (LONELY, "1980", TWIN, "2001")
    ]


def test_what_cannot_be_asked(browser: Any) -> None:
    assert browser.get("/conflicts?about=colours", headers=PAGE).status_code == 400
    assert browser.get("/conflicts?about=founded&page=9", headers=PAGE).status_code == 404
