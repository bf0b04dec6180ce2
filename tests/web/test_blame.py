"""`/blame` over the published graph."""

from collections.abc import Iterator
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..test_schemas import validator
from .test_pages import HTML, Page

MEMBER = {"s": "id:unit/cintra", "p": "org:hasMember", "o": "id:institute/insis"}


@pytest.fixture(scope="module")
def kg(built: Any) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph(Settings(data_dir=built, workers=1)) as found:
        yield found


@pytest.fixture(scope="module")
def ask(kg: KnowledgeGraph) -> Any:
    client = create_app(kg).test_client()

    def get(headers: dict[str, str] | None = None, **asked: str) -> Any:
        return client.get("/blame", query_string=asked, headers=headers)

    return get


def test_programs_get_json(ask: Any) -> None:
    found = ask(**MEMBER)
    validator("blame").validate(found.json)
    assert found.status_code == 200 and found.json["inferred"]
    assert any("steering-international-policy.ttl" in origin["place"]["file"] for origin in found.json["origins"])


def test_a_page_shows_version_and_line_in_both_languages(ask: Any) -> None:
    found = ask(HTML, **MEMBER)
    assert found.status_code == 200 and "data/steering-international-policy.ttl:" in found.text
    assert Page(found.text).all("dl") and "Qui a publié cela" in ask(HTML, **MEMBER, lang="fr").text


def test_things_go_by_their_names(ask: Any) -> None:
    for language, name in (("en", "has member"), ("fr", "a pour membre")):
        statement = (
            ask(HTML, **MEMBER | {"p": "cnrs:hasMember"}, lang=language)
            .text.partition('class="statement"')[2]
            .partition("</p>")[0]
        )
        assert name in statement and "id:unit/cintra" not in statement.replace('title="id:unit/cintra"', "")


def test_what_never_was_is_not_found(ask: Any) -> None:
    assert ask(s="<urn:a>", p="<urn:b>", o="'<script>'").status_code == 404
    page = ask(HTML, s="<urn:a>", p="<urn:b>", o="'<script>'")
    assert page.status_code == 404 and "<script>" not in page.text


def test_a_form_and_what_is_missing(ask: Any) -> None:
    assert len([one for one in Page(ask(HTML).text).all("input") if one["name"] in "spo"]) == 3
    assert ask(s="<urn:a>").status_code == 400 and ask(**MEMBER, format="pdf").status_code == 406
