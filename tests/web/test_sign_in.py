"""Signing in at an issuer, as a browser does it."""

from typing import Any

import pytest

from cnrs_kg.accounts import Account
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from ..issuer import URL, FakeIssuer
from .test_pages import HTML, Page
from .test_submissions import begun, graph, published, tokens

__all__ = ["begun", "graph", "published", "tokens"]


@pytest.fixture
def fake() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def browser(graph: KnowledgeGraph, fake: FakeIssuer) -> Any:
    return create_app(graph, openid=fake.openid()).test_client()


def sign_in(browser: Any, fake: FakeIssuer, to: str = "/submissions") -> Any:
    left = browser.get("/sign-in/openid", query_string={"to": to}, headers=HTML)
    assert left.status_code == 303 and left.headers["Location"].startswith(URL)
    return browser.get("/sign-in/openid/back", query_string=fake.consent(left.headers["Location"]), headers=HTML)


def signed_in(graph: KnowledgeGraph) -> list[Account]:
    """The accounts that the issuer's claims made; the others have tokens."""
    return [account for account in graph.accounts.list() if account.name == "stella" and account.expires is not None]


def test_a_session_as_the_issuer_says(browser: Any, fake: FakeIssuer, graph: KnowledgeGraph) -> None:
    page = browser.get("/sign-in", query_string={"to": "/form?class=Organisation"}, headers=HTML)
    Page(page.text)
    assert "Sign in with Example" in page.text and "/sign-in/openid?to=%2Fform" in page.text
    done = sign_in(browser, fake, "/form?class=Organisation")
    assert (done.status_code, done.headers["Location"]) == (303, "/form?class=Organisation")
    cookies = [value for name, value in done.headers if name == "Set-Cookie"]
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in cookies) and len(cookies) == 2
    assert "<strong>stella</strong> (steward)" in browser.get("/submissions", headers=HTML).text
    (account,) = signed_in(graph)
    assert (account.name, account.role) == ("stella", "steward") and account.expires is not None
    assert graph.accounts.verify(f"{account.id}.{'A' * 43}") is None, "no token opens it"


def test_another_role_counts_from_the_next_sign_in(browser: Any, fake: FakeIssuer, graph: KnowledgeGraph) -> None:
    sign_in(browser, fake)
    fake.claims["groups"] = "kg-curators"
    sign_in(browser, fake)
    assert "(curator)" in browser.get("/submissions", headers=HTML).text and len(signed_in(graph)) == 1


def test_who_is_revoked_is_out_and_stays_out(browser: Any, fake: FakeIssuer, graph: KnowledgeGraph) -> None:
    sign_in(browser, fake)
    graph.accounts.revoke("stella")
    assert "stella" not in browser.get("/submissions", headers=HTML).text
    assert sign_in(browser, fake).status_code == 400


def test_the_name_of_somebody_else_is_not_taken(browser: Any, fake: FakeIssuer, graph: KnowledgeGraph) -> None:
    graph.accounts.add("stella", "administrator")
    refused = sign_in(browser, fake)
    assert refused.status_code == 400 and not any("session=" in value for _, value in refused.headers)


def test_an_answer_that_was_not_asked_for(browser: Any, fake: FakeIssuer) -> None:
    assert browser.get("/sign-in/openid/back", query_string={"code": "x", "state": "y"}).status_code == 403
    browser.get("/sign-in/openid", headers=HTML)
    assert browser.get("/sign-in/openid/back", query_string={"code": "x", "state": "y"}).status_code == 403


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/submissions\nX: y", "/submissions" + "x" * 1000]
)
def test_nobody_is_led_elsewhere(browser: Any, fake: FakeIssuer, to: str) -> None:
    assert sign_in(browser, fake, to).headers["Location"] == "/submissions"


def test_without_an_issuer_there_is_a_token_alone(graph: KnowledgeGraph) -> None:
    plain = create_app(graph).test_client()
    assert "Sign in with" not in plain.get("/sign-in", headers=HTML).text
    for path in ("/sign-in/openid", "/sign-in/openid/back"):
        assert plain.get(path).status_code == 404
