"""The stewards' pages: a browser without scripts signs in, submits, decides."""

import io
import re
from typing import Any

import pytest

from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from .test_pages import HTML, Page
from .test_submissions import BAD, BASE, GOOD, begun, graph, published, renames, tokens

__all__ = ["begun", "graph", "published", "tokens"]


class Browser:
    """A browser with its cookies, signed in with the token of a role."""

    def __init__(self, graph: KnowledgeGraph, token: str | None = None) -> None:
        self.client = create_app(graph).test_client()
        if token is not None:
            done = self.client.post("/sign-in", data={"token": token, "to": "/submissions"}, headers=HTML)
            assert (done.status_code, done.headers["Location"]) == (303, "/submissions")

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(path, headers=HTML, query_string=query)

    def csrf(self, path: str = "/submissions") -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def post(self, path: str, csrf: str | None = None, **fields: Any) -> Any:
        token = self.csrf() if csrf is None else csrf
        return self.client.post(path, data={"csrf": token, **fields}, headers=HTML)

    def submit(self, text: str = GOOD, **fields: Any) -> Any:
        data = {"csrf": self.csrf(), "file": (io.BytesIO(text.encode()), "two.ttl"), **fields}
        return self.client.post("/submissions", data=data, headers=HTML, content_type="multipart/form-data")


def bare(header: dict[str, str]) -> str:
    return header["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def steward(graph: KnowledgeGraph, tokens: Any) -> Browser:
    return Browser(graph, bare(tokens["steward"]))


@pytest.fixture
def curator(graph: KnowledgeGraph, tokens: Any) -> Browser:
    return Browser(graph, bare(tokens["curator"]))


def test_the_whole_story(steward: Browser, curator: Browser) -> None:
    made = steward.submit(title="Une <b>unité</b>", message="new", source="https://x.org/")
    assert (made.status_code, made.headers["Location"]) == (303, "/submissions/1")
    page = steward.get("/submissions/1")
    Page(page.text)
    assert "Une &lt;b&gt;unité" in page.text and "It conforms." in page.text and "Accept and publish" not in page.text
    assert "Withdraw" in page.text and "Amend" in page.text
    queue = curator.get("/submissions")
    assert '<a href="/submissions/1">' in queue.text
    assert "Accept and publish" in curator.get("/submissions/1").text
    done = curator.post("/submissions/1/accept", reason="well sourced")
    assert (done.status_code, done.headers["Location"]) == (303, "/submissions/1")
    shown = steward.get("/submissions/1").text
    assert "accepted by" in shown and "well sourced" in shown and "Version 2" in shown
    assert steward.post("/submissions/1/revert", reason="a mistake").headers["Location"] == "/submissions/2"


def test_pages_speak_french(steward: Browser) -> None:
    steward.submit(BAD)
    for path, words in (
        ("/submissions", "Nouvelle contribution"),
        ("/submissions/1", "Non conforme."),
        ("/submissions/1/report", "Un nom a une langue."),
        ("/submissions/1/diff", "Ce qui change"),
        ("/submissions/1/consequences", "Ce qui en découle"),
        ("/sign-in", "Se connecter"),
    ):
        found = steward.get(path, lang="fr")
        assert found.status_code == 200 and words in found.text, path
        parsed = Page(found.text)
        assert (
            len(parsed.all("h1")) == 1
            and not parsed.all("style")
            and all(one["src"].startswith("/static/") for one in parsed.all("script"))
        )
        assert not any(name.startswith("on") or name == "style" for _, found in parsed.elements for name in found)


def test_a_query_on_the_page_sees_what_would_be_published(steward: Browser) -> None:
    steward.submit()
    assert 'href="/submissions/1/sparql"' in steward.get("/submissions/1").text
    form = steward.get("/submissions/1/sparql")
    assert form.status_code == 200 and 'action="/submissions/1/sparql"' in form.text and "<select" in form.text
    query = f"SELECT ?name {{ <{BASE}/id/unit/two> <{BASE}/ontology#name> ?name }}"
    page = steward.get("/submissions/1/sparql", query=query)
    Page(page.text)
    assert ">Two<" in page.text and "/submissions/1/sparql?query=" in page.text
    wrong = steward.get("/submissions/1/sparql", query="SELECT {")
    assert wrong.status_code == 400 and "aria-invalid" in wrong.text


def test_the_report_shows_the_line(steward: Browser) -> None:
    steward.submit(BAD)
    page = steward.get("/submissions/1")
    assert "two.ttl:3:13" in page.text and "<mark>" in page.text


def test_a_refusal_and_a_conflict_are_told_on_the_page(steward: Browser, curator: Browser) -> None:
    steward.submit(BAD)
    assert "Accept and publish" not in curator.get("/submissions/1").text
    refused = curator.post("/submissions/1/accept")
    assert refused.status_code == 422 and "nothing was published" in refused.text
    for name in ("Uno", "Eins"):
        data = {"csrf": steward.csrf(), "file": (io.BytesIO(renames(name).encode()), "n.rdfp")}
        steward.client.post("/submissions", data=data, headers=HTML)
    assert curator.post("/submissions/2/accept").status_code == 303
    conflict = curator.post("/submissions/3/accept")
    assert conflict.status_code == 409 and "Eins" in conflict.text and "Uno" in conflict.text
    Page(conflict.text)


def test_the_queue_by_state(steward: Browser, curator: Browser) -> None:
    for _ in range(2):
        steward.submit()
    curator.post("/submissions/1/reject", reason="no")
    assert 'href="/submissions/1"' not in steward.get("/submissions", state="open").text
    assert 'href="/submissions/1"' in steward.get("/submissions", state="rejected").text
    assert "before=2" in steward.get("/submissions", limit="1").text


def test_amended_on_the_page(steward: Browser, curator: Browser) -> None:
    steward.submit(BAD)
    assert curator.post("/submissions/1/request-changes", reason="a language").status_code == 303
    data = {"csrf": steward.csrf("/submissions/1"), "text": GOOD, "reason": "done", "file": (io.BytesIO(b""), "")}
    done = steward.client.post("/submissions/1/amend", data=data, headers=HTML, content_type="multipart/form-data")
    assert done.status_code == 303 and "It conforms." in steward.get("/submissions/1").text


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_a_form_of_another_site_does_nothing(steward: Browser, curator: Browser, csrf: str) -> None:
    steward.submit()
    for path in ("accept", "reject", "request-changes", "revert"):
        assert curator.post(f"/submissions/1/{path}", csrf=csrf).status_code in (403, 409)
    assert steward.post("/submissions/1/withdraw", csrf=csrf).status_code == 403
    data = {"csrf": csrf, "file": (io.BytesIO(GOOD.encode()), "two.ttl")}
    assert steward.client.post("/submissions", data=data, headers=HTML).status_code == 403
    assert steward.post("/sign-out", csrf=csrf).status_code == 403
    listed = steward.client.get("/submissions").json
    assert [one["state"] for one in listed] == ["open"]


def test_a_json_body_of_another_site_does_nothing_either(steward: Browser, curator: Browser) -> None:
    steward.submit()
    assert curator.client.post("/submissions/1/accept", json={"reason": "x"}).status_code == 403
    assert curator.client.post("/submissions/1/accept").status_code == 403


def test_the_cookie_is_kept_from_scripts_and_other_sites(graph: KnowledgeGraph, tokens: Any) -> None:
    client = create_app(graph).test_client()
    done = client.post("/sign-in", data={"token": bare(tokens["curator"])}, headers=HTML)
    cookie = done.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and bare(tokens["curator"]) not in cookie
    assert done.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["revoked", "expired", "wrong", "none"])
def test_a_token_that_is_not_good_signs_nobody_in(graph: KnowledgeGraph, tokens: Any, who: str) -> None:
    client = create_app(graph).test_client()
    token = bare(tokens[who]) if who != "none" else ""
    done = client.post("/sign-in", data={"token": token}, headers=HTML)
    assert done.status_code == 403 and "Set-Cookie" not in done.headers and "not known" in done.text


def test_a_form_of_another_site_signs_nobody_in(graph: KnowledgeGraph, tokens: Any) -> None:
    client = create_app(graph).test_client()
    data = {"token": bare(tokens["curator"])}
    assert client.post("/sign-in", data=data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/sign-in", data=data, headers={"Origin": "http://localhost"}).status_code == 303


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "/submissions\r\nX: y", ""]
)
def test_nobody_is_led_elsewhere(graph: KnowledgeGraph, tokens: Any, to: str) -> None:
    client = create_app(graph).test_client()
    done = client.post("/sign-in", data={"token": bare(tokens["curator"]), "to": to}, headers=HTML)
    assert done.headers["Location"] == "/submissions"


def test_signed_out_or_revoked_is_nobody(graph: KnowledgeGraph, steward: Browser, curator: Browser) -> None:
    steward.submit()
    kept = curator.csrf()
    assert curator.post("/sign-out").status_code == 303
    assert curator.post("/submissions/1/accept", csrf=kept).status_code == 401
    graph.accounts.revoke("steward")
    assert "Sign in" in steward.get("/submissions").text
    assert steward.post("/submissions/1/withdraw", csrf="0").status_code == 401


def test_a_stranger_reads_and_is_told_to_sign_in(graph: KnowledgeGraph, steward: Browser) -> None:
    steward.submit()
    stranger = Browser(graph)
    page = stranger.get("/submissions/1").text
    assert "/sign-in?to=%2Fsubmissions%2F1" in page and 'method="post"' not in page
    assert BASE in page


def test_a_link_brings_a_title_and_a_message_into_the_form(steward: Browser) -> None:
    form = steward.get("/submissions", title='A "wrong" <b>', message="<urn:s> <urn:p> 1").text
    assert 'value="A &#34;wrong&#34; &lt;b&gt;"' in form and "&lt;urn:s&gt; &lt;urn:p&gt; 1" in form


def test_who_reviews_sees_what_changes_elsewhere(steward: Browser, graph: KnowledgeGraph) -> None:
    steward.submit(title="A second unit")
    page = steward.get("/submissions/1")
    Page(page.text)
    assert "What changes elsewhere" in page.text and "https://w3id.org/cnrs-kg/graph/steward" in page.text
    stranger = Browser(graph)
    assert "Exports that change" not in stranger.get("/submissions/1").text
    asked = stranger.get("/submissions/1/impact", lang="fr")
    assert "Ce qui change ailleurs" in asked.text and "Exports qui changent" in asked.text
    Page(asked.text)
