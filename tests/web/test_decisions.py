"""Entity tags of submissions, and decisions on what a submission was when it was read."""

import re
from typing import Any

import pytest

from cnrs_kg.knowledge_graph import KnowledgeGraph

from .test_pages import HTML, Page
from .test_submission_pages import Browser, curator, steward
from .test_submissions import BAD, GOOD, TURTLE, begun, browser, graph, published, renames, submit, tokens

__all__ = ["begun", "browser", "curator", "graph", "published", "steward", "tokens"]

READ = ["", "/report", "/report?format=csv", "/report?format=turtle", "/diff", "/diff?format=patch", "/consequences"]
ONE = "/submissions/1"
BETTER = GOOD.replace("Two", "Second")


def amend(browser: Any, token: dict[str, str], text: str = BETTER, **headers: str) -> Any:
    return browser.post(f"{ONE}/amend", data=text.encode(), content_type=TURTLE, headers={**token, **headers})


@pytest.mark.parametrize("accept", ["application/json, */*;q=0.1", "text/html"])
def test_who_has_what_is_read_is_told_so(browser: Any, tokens: Any, accept: str) -> None:
    submit(browser, tokens["steward"])
    asked, tags = {"Accept": accept}, {}
    for path in READ:
        found = browser.get(ONE + path, headers=asked)
        tags[path] = tag = found.headers["ETag"]
        assert tag.startswith('"') and found.headers["Cache-Control"] == "no-cache"
        for known in (tag, f'"other", W/{tag}', "*"):
            again = browser.get(ONE + path, headers={**asked, "If-None-Match": known})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
            assert "Content-Type" not in again.headers and again.headers["Vary"] == found.headers["Vary"]
        assert browser.get(ONE + path, headers={**asked, "If-Match": '"other"'}).status_code == 412
        assert browser.get(ONE + path, headers={**asked, "If-Match": tag}).data == found.data
    amend(browser, tokens["steward"])
    for path, tag in tags.items():
        assert browser.get(ONE + path, headers={**asked, "If-None-Match": tag}).status_code == 200


def test_what_a_tag_covers(browser: Any, graph: KnowledgeGraph, tokens: Any) -> None:
    submit(browser, tokens["steward"], BAD)
    session = Browser(graph, tokens["steward"]["Authorization"].removeprefix("Bearer "))
    replies = [
        browser.get(ONE),
        browser.get(f"{ONE}/report"),
        browser.get(f"{ONE}/report?format=text&lang=en"),
        browser.get(f"{ONE}/report?format=text&lang=fr"),
        browser.get(ONE, headers=HTML),
        browser.get(ONE, headers={**HTML, "Accept-Language": "fr"}),
        browser.get(ONE, headers={**HTML, "Accept-Encoding": "gzip"}),
        session.get(ONE),
    ]
    tags = [one.headers["ETag"] for one in replies]
    assert len(set(tags)) == len(tags)
    assert len({tag.partition(".")[0] for tag in tags}) == 1
    assert replies[-1].headers["Cache-Control"] == "no-store"


def test_a_new_verdict_is_another_reply_on_the_same_submission(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"])
    submit(browser, tokens["steward"], renames("Uno"), "application/rdf-patch")
    tag = browser.get(ONE).headers["ETag"]
    assert browser.post("/submissions/2/accept", headers=tokens["curator"]).status_code == 200
    now = browser.get(ONE, headers={"If-None-Match": tag})
    assert now.status_code == 200 and now.json["verdict"]["version"] == 2
    done = browser.post(f"{ONE}/accept", headers={**tokens["curator"], "If-Match": tag})
    assert (done.status_code, done.json["state"]) == (200, "accepted")


@pytest.mark.parametrize("action", ["accept", "reject", "request-changes"])
def test_no_decision_on_what_was_amended_since(browser: Any, tokens: Any, action: str) -> None:
    submit(browser, tokens["steward"])
    read = [browser.get(ONE + path).headers["ETag"] for path in READ]
    assert amend(browser, tokens["steward"]).status_code == 200
    for tag in (*read, ", ".join(read)):
        refused = browser.post(f"{ONE}/{action}", headers={**tokens["curator"], "If-Match": tag})
        assert refused.status_code == 412 and refused.json["type"].endswith("#precondition")
        assert "changed since" in refused.json["detail"]
    assert browser.get(ONE).json["state"] == "open"
    now = browser.get(f"{ONE}/diff").headers["ETag"]
    assert browser.post(f"{ONE}/{action}", headers={**tokens["curator"], "If-Match": now}).status_code == 200


def test_conditions_of_a_decision(browser: Any, tokens: Any) -> None:
    tag = submit(browser, tokens["steward"]).headers["ETag"]
    refused = [("If-Match", value) for value in (f"W/{tag}", '"other"', "")]
    refused += [("If-None-Match", value) for value in (f"W/{tag}", tag, "*")]
    refused += [("If-Unmodified-Since", "Mon, 05 Jan 2026 12:00:00 GMT")]
    for name, value in refused:
        assert browser.post(f"{ONE}/reject", headers={**tokens["curator"], name: value}).status_code == 412
    met = {"If-Match": f'"other", {tag}', "If-None-Match": '"other"'}
    asked = browser.post(f"{ONE}/request-changes", headers={**tokens["curator"], **met})
    assert asked.status_code == 200
    assert amend(browser, tokens["steward"], **{"If-Match": "*"}).status_code == 200
    later = {"If-Unmodified-Since": "Thu, 05 Jan 2096 12:00:00 GMT"}
    assert browser.post(f"{ONE}/reject", headers={**tokens["curator"], **later}).status_code == 200


def test_what_is_sent_back_has_the_tag_of_what_is_read(browser: Any, tokens: Any) -> None:
    made = submit(browser, tokens["steward"])
    assert made.headers["Content-Location"] == ONE and made.headers["ETag"] == browser.get(ONE).headers["ETag"]
    changed = amend(browser, tokens["steward"], **{"If-Match": made.headers["ETag"]})
    assert changed.status_code == 200 and changed.headers["ETag"] == browser.get(ONE).headers["ETag"]
    assert amend(browser, tokens["steward"], GOOD, **{"If-Match": made.headers["ETag"]}).status_code == 412


def test_a_step_that_is_none_is_told_before_the_condition(browser: Any, tokens: Any) -> None:
    tag = submit(browser, tokens["steward"]).headers["ETag"]
    browser.post(f"{ONE}/reject", headers=tokens["curator"])
    late = browser.post(f"{ONE}/accept", headers={**tokens["curator"], "If-Match": tag})
    assert late.status_code == 409 and "rejected" in late.json["detail"]


def shown(page: str) -> str:
    """The state that the first form of a page carries."""
    found = re.search(r'name="tag" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_page_decides_on_what_it_showed(steward: Browser, curator: Browser, language: str) -> None:
    steward.submit()
    read = shown(curator.get(ONE).text)
    fields = {"csrf": steward.csrf(), "text": BETTER, "tag": read}
    done = steward.client.post(f"{ONE}/amend", data=fields, headers=HTML, content_type="multipart/form-data")
    assert done.status_code == 303
    asked = {**HTML, "Accept-Language": language}
    fields = {"csrf": curator.csrf(), "tag": read}
    refused = curator.client.post(f"{ONE}/accept", data=fields, headers=asked)
    assert refused.status_code == 412
    assert ("so nothing was done" if language == "en" else "rien n’a été fait") in refused.text
    assert "Second" in refused.text and shown(refused.text) != read
    Page(refused.text)
    assert curator.post(f"{ONE}/accept", tag=shown(refused.text)).status_code == 303
    assert curator.post(f"{ONE}/revert", tag=read).status_code == 412
    assert curator.post(f"{ONE}/revert", tag=shown(curator.get(ONE).text)).status_code == 303
