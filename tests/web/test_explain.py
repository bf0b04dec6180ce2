"""`/explain` over the published graph."""

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from .linked import targets
from .test_pages import HTML, Page

MEMBER = {"s": "id:unit/cintra", "p": "org:hasMember", "o": "id:institute/insis"}


@pytest.fixture(scope="module")
def ask(kg: KnowledgeGraph) -> Any:
    client = create_app(kg).test_client()

    def get(headers: dict[str, str] | None = None, **asked: str) -> Any:
        return client.get("/explain", query_string=asked, headers=headers)

    return get


@pytest.fixture(scope="module")
def kg(built: Any) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph(Settings(data_dir=built, workers=1)) as found:
        yield found


def test_a_page_shows_every_step_and_where_it_is_written(ask: Any) -> None:
    found = ask(HTML, **MEMBER)
    assert found.status_code == 200
    page = Page(found.text)
    assert "prp-spo1" in found.text and "data/steering-international-policy.ttl:" in found.text
    assert any(link["href"].startswith("/blame?s=id%3Aunit%2Fcintra&p=org%3AhasMember") for link in page.all("a"))
    assert len(page.all("li")) >= 9 and len([one for one in page.all("input") if one["name"] in "spo"]) == 3


def test_the_page_speaks_french_and_offers_other_proofs(ask: Any) -> None:
    found = ask(HTML, **MEMBER, lang="fr")
    assert "Pourquoi est-ce vrai" in found.text and "proofs=5" in found.text
    assert ask(HTML, s="id:unit/cintra", p="a", o="org:Organization", proofs="5").text.count('class="proof"') > 1


def test_a_form_without_a_statement(ask: Any) -> None:
    found = ask(HTML)
    assert found.status_code == 200 and len([one for one in Page(found.text).all("input") if one["name"] in "spo"]) == 3


def test_programs_get_json_or_rdf_and_an_etag(ask: Any) -> None:
    found = ask(**MEMBER)
    assert found.json["rule"] == "prp-spo1"
    assert ask({"If-None-Match": found.headers["ETag"]}, **MEMBER).status_code == 304
    turtle = ask({"Accept": "text/turtle"}, **MEMBER)
    assert turtle.content_type.startswith("text/turtle")
    assert any(isinstance(quad.object, ox.Triple) for quad in ox.parse(turtle.data, ox.RdfFormat.TURTLE))


def test_what_does_not_hold_is_not_found_with_what_does(ask: Any) -> None:
    asked = {**MEMBER, "o": "id:institute/insb"}
    found = ask(**asked)
    assert found.status_code == 404 and any("insis" in near for near in found.json["near"])
    page = ask(HTML, **asked)
    assert page.status_code == 404 and "insis" in page.text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"s": "id:x"}, 400),
        ({**MEMBER, "s": "((("}, 400),
        ({**MEMBER, "p": "'literal'"}, 400),
        ({**MEMBER, "proofs": "99"}, 400),
        ({**MEMBER, "proofs": "x"}, 400),
        ({**MEMBER, "format": "pdf"}, 406),
        ({**MEMBER, "version": "999"}, 404),
        ({**MEMBER, "o": "<script>alert(1)</script>"}, 400),
    ],
)
def test_what_cannot_be_asked_is_a_problem(ask: Any, asked: dict[str, str], status: int) -> None:
    found = ask(**asked)
    assert found.status_code == status and found.json["detail"]


def test_markup_in_literals_is_escaped(ask: Any) -> None:
    found = ask(HTML, s="id:x", p="a", o='"<script>alert(1)</script>"')
    assert "<script>" not in found.text


def test_a_proof_says_which_version_it_is_of(ask: Any) -> None:
    for headers in (HTML, {"Accept": "application/json"}, {"Accept": "text/turtle"}):
        found = ask(headers, **MEMBER)
        assert found.headers["Last-Modified"] and targets(found, "timemap")[0].startswith("/timemap/explain?s=")
        assert "Memento-Datetime" not in found.headers
        assert ask(headers, version="1", **MEMBER).headers["Memento-Datetime"] == found.headers["Last-Modified"]
