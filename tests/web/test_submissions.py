"""`/submissions` over a small published graph, for each role and token."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.reviewing import review
from cnrs_kg.web.app import create_app

from ..test_schemas import validator
from ..validated_project import write_validated_project

BASE = "https://w3id.org/cnrs-kg"
PREFIX = f"@prefix cnrs: <{BASE}/ontology#> .\n"
ONE = f"{BASE}/id/unit/one"
GOOD = f'{PREFIX}<{BASE}/id/unit/two> a cnrs:Unit ;\n  cnrs:name "Two"@en .\n'
BAD = f'{PREFIX}<{BASE}/id/unit/two> a cnrs:Unit ;\n  cnrs:name "Two" .\n'
NAME = f"<{BASE}/ontology#name>"
TURTLE = "text/turtle"


Headers = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_validated_project(tmp_path_factory.mktemp("submissions"))


def opened(project: Path, data_dir: Path) -> KnowledgeGraph:
    return KnowledgeGraph(Settings(data_dir=data_dir, workers=1), project=project)


@pytest.fixture(scope="module")
def begun(published: Path) -> tuple[Path, Headers]:
    """The project as published, and a header for each role and for tokens that are not good."""
    with opened(published, published / "var") as graph:
        assert graph.build(progress=lambda stage: None).conforms
        accounts = graph.accounts
        found = {role: accounts.add(role, role) for role in ("reader", "steward", "curator", "administrator")}
        found["other"] = accounts.add("other", "steward")
        found["revoked"] = accounts.add("gone", "administrator")
        accounts.revoke("gone")
        found["expired"] = accounts.add("late", "administrator", expires=datetime.now(UTC) + timedelta(days=1))
        past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        accounts._connection.execute("update account_tokens set expires = ? where name = 'late'", (past,))
        found["wrong"] = found["curator"][:-1] + ("A" if found["curator"][-1] != "A" else "B")
    return published / "var", {name: {"Authorization": f"Bearer {token}"} for name, token in found.items()}


@pytest.fixture
def graph(published: Path, begun: tuple[Path, Headers], tmp_path: Path) -> Iterator[KnowledgeGraph]:
    copytree(begun[0], tmp_path / "var", symlinks=True)
    with opened(published, tmp_path / "var") as found:
        yield found


@pytest.fixture
def browser(graph: KnowledgeGraph) -> Any:
    return create_app(graph).test_client()


@pytest.fixture(scope="module")
def tokens(begun: tuple[Path, Headers]) -> Headers:
    return begun[1]


def submit(browser: Any, token: dict[str, str], text: str = GOOD, media_type: str = TURTLE, **query: str) -> Any:
    return browser.post("/submissions", data=text.encode(), content_type=media_type, headers=token, query_string=query)


def renames(name: str) -> str:
    return f'D <{ONE}> {NAME} "One"@en .\nA <{ONE}> {NAME} "{name}"@en .\n'


def test_the_whole_story(browser: Any, graph: KnowledgeGraph, tokens: Any) -> None:
    made = submit(browser, tokens["steward"], title="A second unit", message="new", source="https://x.org/")
    assert made.status_code == 201 and made.headers["Location"] == "/submissions/1"
    validator("submission").validate(made.json)
    assert (made.json["state"], made.json["submitter"], made.json["basedOn"]) == ("open", "steward", 1)
    assert browser.get(made.headers["Location"]).json == made.json
    done = browser.post("/submissions/1/accept", data={"reason": "well sourced"}, headers=tokens["curator"])
    assert (done.status_code, done.json["state"], done.json["version"]) == (200, "accepted", 2)
    validator("submission").validate(done.json)
    assert [step["reason"] for step in done.json["history"]] == [None, "well sourced"]
    asked = f"ASK {{ <{BASE}/id/unit/two> a <{BASE}/ontology#Organisation> }}"
    answer = browser.get("/sparql", query_string={"query": asked}, headers={"Accept": "application/json"})
    assert answer.json["boolean"] is True
    version = graph.current()
    assert version is not None and version.to_json()["submission"] == 1


def test_a_form_with_files_and_fields(browser: Any, tokens: Any) -> None:
    data = {"file": (io.BytesIO(GOOD.encode()), "two.ttl"), "title": "Deux", "graph": f"{BASE}/graph/other"}
    made = browser.post("/submissions", data=data, headers=tokens["steward"])
    assert made.status_code == 201 and made.json["title"] == "Deux"
    assert made.json["documents"][0]["name"] == "two.ttl"
    rows = [row for thing in browser.get("/submissions/1/diff").json["things"] for row in thing["added"]]
    assert {row["graph"] for row in rows} == {f"{BASE}/graph/other"}


def test_what_does_not_conform_is_kept_and_refused(browser: Any, graph: KnowledgeGraph, tokens: Any) -> None:
    made = submit(browser, tokens["steward"], BAD)
    assert made.status_code == 201 and made.json["state"] == "open" and made.json["verdict"]["conforms"] is False
    refused = browser.post("/submissions/1/accept", headers=tokens["curator"])
    assert refused.status_code == 422 and refused.json["verdict"]["results"]
    assert browser.get("/submissions/1").json["state"] == "open" and len(graph.versions()) == 1


def test_the_list_is_paged_and_filtered_and_short(browser: Any, tokens: Any) -> None:
    for text in (GOOD, BAD, GOOD):
        submit(browser, tokens["steward"], text)
    browser.post("/submissions/3/reject", headers=tokens["curator"])
    found = browser.get("/submissions?limit=2")
    assert [one["number"] for one in found.json] == [3, 2]
    assert found.headers["Link"] == '</submissions?limit=2&before=2>; rel="next"'
    assert [one["number"] for one in browser.get("/submissions?limit=2&before=2").json] == [1]
    assert [one["number"] for one in browser.get("/submissions?state=open").json] == [2, 1]
    assert [one["number"] for one in browser.get("/submissions?state=rejected,withdrawn").json] == [3]
    for one in found.json:
        validator("submission").validate(one)
    told = found.json[1]["verdict"]
    assert told["counts"] == {"Violation": 1, "Info": 1} and "results" not in told


@pytest.mark.parametrize("query", ["state=closed", "limit=0", "limit=x", "before=-1", "before=" + "9" * 40])
def test_a_list_that_cannot_be_made(browser: Any, query: str) -> None:
    assert browser.get(f"/submissions?{query}").status_code == 400


@pytest.mark.parametrize(
    ("name", "start"),
    [("csv", "severity,kind"), ("sarif", '{"$schema"'), ("turtle", "@prefix"), ("json", '{"conforms"')],
)
def test_the_report_in_its_forms(browser: Any, tokens: Any, name: str, start: str) -> None:
    submit(browser, tokens["steward"], BAD, name="two.ttl")
    found = browser.get(f"/submissions/1/report?format={name}")
    assert found.status_code == 200 and found.text.startswith(start) and "two.ttl" in found.text
    if name == "json":
        validator("verdict").validate(found.json)
        assert found.json == browser.get("/submissions/1").json["verdict"]


def test_the_diff_in_its_forms(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"], renames("Uno"), "application/rdf-patch")
    found = browser.get("/submissions/1/diff")
    validator("diff").validate(found.json)
    assert (found.json["added"], found.json["withdrawn"]) == (4, 4)
    assert 'One"@en' in browser.get("/submissions/1/diff?format=text").text
    patch = browser.get("/submissions/1/diff", headers={"Accept": "application/rdf-patch"})
    assert patch.content_type == "application/rdf-patch" and patch.text.startswith("TX .\nD ")
    again = submit(browser, tokens["other"], patch.text, "application/rdf-patch")
    assert (again.json["verdict"]["added"], again.json["verdict"]["withdrawn"]) == (4, 4)
    assert browser.get("/submissions/1/diff?format=pdf").status_code == 406


def test_the_consequences_in_their_forms(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"])
    found = browser.get("/submissions/1/consequences")
    validator("diff").validate(found.json)
    terms = {row["object"]["value"] for thing in found.json["things"] for row in thing["added"]}
    assert f"{BASE}/ontology#Organisation" in terms and found.json["withdrawn"] == 0
    assert "+ cnrs:name" in browser.get("/submissions/1/consequences?format=text").text
    assert browser.get("/submissions/1/consequences?format=patch").status_code == 406


def test_a_submission_is_queried_as_if_it_were_published(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"])
    asked = {"query": f"ASK {{ <{BASE}/id/unit/two> a <{BASE}/ontology#Organisation> }}"}
    assert browser.get("/submissions/1/sparql", query_string=asked).json["boolean"] is True
    assert browser.post("/submissions/1/sparql", data=asked).json["boolean"] is True
    assert browser.get("/sparql", query_string=asked).json["boolean"] is False
    for query in ({"x": "y"}, {"update": "CLEAR ALL"}, asked | {"version": "1"}, {"query": "ASK {"}):
        assert browser.post("/submissions/1/sparql", data=query).status_code == 400
    assert browser.get("/submissions/9/sparql", query_string=asked).status_code == 404
    turtle = browser.get("/submissions/1/sparql", query_string=asked, headers={"Accept": "text/turtle"})
    assert turtle.status_code == 406
    browser.post("/submissions/1/reject", headers=tokens["curator"])
    assert browser.get("/submissions/1/sparql", query_string=asked).status_code == 409


def test_a_conflict_is_a_problem_that_names_statements(browser: Any, tokens: Any) -> None:
    for name, token in (("Uno", "steward"), ("Eins", "other")):
        submit(browser, tokens[token], renames(name), "application/rdf-patch")
    assert browser.post("/submissions/1/accept", headers=tokens["curator"]).status_code == 200
    found = browser.post("/submissions/2/accept", headers=tokens["curator"])
    assert found.status_code == 409 and found.json["conflicts"][0]["published"][0]["value"] == "Uno"


def test_a_step_that_is_none_is_a_problem(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"])
    assert browser.post("/submissions/1/withdraw", headers=tokens["steward"]).json["state"] == "withdrawn"
    for action in ("accept", "reject", "request-changes"):
        found = browser.post(f"/submissions/1/{action}", headers=tokens["curator"])
        assert (found.status_code, found.json["state"]) == (409, "withdrawn")


@pytest.mark.parametrize(
    "body", [{}, {"json": {}}, {"json": {"reason": None}}, {"data": b"", "content_type": "application/json"}]
)
def test_a_reason_may_be_left_out(browser: Any, tokens: Any, body: Any) -> None:
    submit(browser, tokens["steward"])
    done = browser.post("/submissions/1/reject", headers=tokens["curator"], **body)
    assert (done.status_code, done.json["history"][-1]["reason"]) == (200, None)


def test_changes_are_requested_and_made(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"], BAD, title="Two")
    asked = browser.post("/submissions/1/request-changes", json={"reason": "a language"}, headers=tokens["curator"])
    assert asked.json["state"] == "changes-requested"
    done = browser.post(
        "/submissions/1/amend", data=GOOD, content_type=TURTLE, headers=tokens["steward"], query_string={"reason": "ok"}
    )
    assert (done.json["state"], done.json["title"], done.json["verdict"]["conforms"]) == ("open", "Two", True)
    assert [step["action"] for step in done.json["history"]] == ["submit", "request-changes", "amend"]


def test_an_accepted_one_is_reverted_by_another(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"])
    assert browser.post("/submissions/1/revert", headers=tokens["steward"]).status_code == 409
    browser.post("/submissions/1/accept", headers=tokens["curator"])
    assert browser.post("/submissions/1/revert").status_code == 401
    made = browser.post("/submissions/1/revert", data={"reason": "a mistake"}, headers=tokens["other"])
    assert made.status_code == 201 and made.headers["Location"] == "/submissions/2"
    assert (made.json["message"], made.json["verdict"]["withdrawn"]) == ("a mistake", 5)
    found = browser.get("/blame", query_string={"s": f"{BASE}/id/unit/two", "p": "a", "o": "cnrs:Unit"})
    assert found.json["origins"][0]["submission"]["number"] == 1


STEPS = ("accept", "reject", "request-changes", "withdraw", "amend")
ALLOWED = {
    ("curator", "accept"), ("curator", "reject"), ("curator", "request-changes"),
    ("administrator", "accept"), ("administrator", "reject"), ("administrator", "request-changes"),
    ("steward", "withdraw"), ("steward", "amend"),
}  # fmt: skip
WHO = ("none", "reader", "steward", "other", "curator", "administrator", "revoked", "expired", "wrong")


@pytest.mark.parametrize("who", WHO)
def test_each_role_and_token_against_each_path(browser: Any, tokens: Any, who: str) -> None:
    token = tokens.get(who, {})
    stranger = who in ("revoked", "expired", "wrong")
    made = submit(browser, token)
    may_submit = who in ("steward", "other", "curator", "administrator")
    assert made.status_code == (201 if may_submit else 403 if who == "reader" else 401)
    for path in ("/submissions", "/submissions/1", "/submissions/1/report", "/submissions/1/diff"):
        if not may_submit and path == "/submissions":
            submit(browser, tokens["steward"])
        assert browser.get(path, headers=token).status_code == (401 if stranger else 200)
    for step in STEPS:
        number = submit(browser, tokens["steward"]).json["number"]
        data = {"data": GOOD, "content_type": TURTLE} if step == "amend" else {}
        found = browser.post(f"/submissions/{number}/{step}", headers=token, **data)
        expected = 200 if (who, step) in ALLOWED else 401 if stranger or who == "none" else 403
        assert found.status_code == expected, (step, found.text)
        if expected != 200:
            assert "WWW-Authenticate" in found.headers and found.json["detail"]
            assert browser.get(f"/submissions/{number}").json["state"] == "open"


def test_nobody_accepts_their_own(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["curator"])
    assert browser.post("/submissions/1/accept", headers=tokens["curator"]).status_code == 403
    assert browser.post("/submissions/1/accept", headers=tokens["administrator"]).status_code == 200


def test_anybody_submits_where_the_setting_says_so(browser: Any, graph: KnowledgeGraph) -> None:
    graph.stewards.rules = replace(graph.stewards.rules, anonymous_submit=True)
    made = submit(browser, {})
    assert made.status_code == 201 and made.json["submitter"] is None
    validator("submission").validate(made.json)


@pytest.mark.parametrize(
    ("path", "data", "media_type", "status"),
    [
        ("", GOOD, "application/pdf", 415),
        ("?graph=no%20iri", GOOD, TURTLE, 400),
        (f"?graph={BASE}/graph/ontology", GOOD, TURTLE, 403),
        ("?title=" + "x" * 201, GOOD, TURTLE, 400),
        ("/1/reject", "{", "application/json", 400),
        ("/1/reject", "[1]", "application/json", 400),
        ("/1/reject", '{"reason": 1}', "application/json", 400),
        ("/1/reject", b"reason=%ff", "application/x-www-form-urlencoded", 400),
        ("/1/reject", "reason", "text/plain", 415),
        ("/1/reject?reason=" + "x" * 10_001, None, None, 400),
        ("/1/sell", None, None, 404),
        ("/7/reject", None, None, 404),
        ("/" + "9" * 30 + "/reject", None, None, 404),
    ],
)
def test_what_cannot_be_done_is_a_problem(
    browser: Any, tokens: Any, path: str, data: Any, media_type: str | None, status: int
) -> None:
    submit(browser, tokens["steward"])
    token = tokens["curator" if path.startswith("/") else "steward"]
    found = browser.post(f"/submissions{path}", data=data, content_type=media_type, headers=token)
    assert found.status_code == status and found.json["detail"]
    assert [one["state"] for one in browser.get("/submissions").json] == ["open"]


def test_hostile_texts_come_back_as_they_are(browser: Any, tokens: Any) -> None:
    title = "<script>\u202ealert(1)</script>"
    made = submit(browser, tokens["steward"], title="<script>alert('é')</script>", name="../../etc/passwd")
    assert made.json["title"] == "<script>alert('é')</script>"
    assert submit(browser, tokens["steward"], title=title).status_code == 400
    assert json.dumps(browser.get("/submissions/1").json)


# Direct writes by who may not (decision 10)


def test_a_stewards_update_becomes_a_submission(browser: Any, graph: KnowledgeGraph, tokens: Any) -> None:
    graph.direct.update(f"INSERT DATA {{ <{ONE}> <urn:note> 1 }}")
    text = "DELETE { ?s <urn:note> 1 } INSERT { ?s <urn:note> 2 } WHERE { ?s <urn:note> 1 }"
    made = browser.post("/sparql", data=text, content_type="application/sparql-update", headers=tokens["steward"])
    assert (made.status_code, made.headers["Location"], made.json["submitter"]) == (202, "/submissions/1", "steward")
    validator("submission").validate(made.json)
    assert (made.json["verdict"]["added"], made.json["verdict"]["withdrawn"]) == (1, 1)
    assert len(graph.versions()) == 2
    assert browser.post("/submissions/1/accept", headers=tokens["curator"]).json["state"] == "accepted"


@pytest.mark.parametrize(
    ("method", "added", "withdrawn"), [("POST", 1, 0), ("PUT", 1, 2), ("DELETE", 0, 2)], ids=lambda value: str(value)
)
def test_a_stewards_write_to_the_graph_store_too(
    browser: Any, graph: KnowledgeGraph, tokens: Any, method: str, added: int, withdrawn: int
) -> None:
    place = f"/rdf-graph-store?graph={BASE}/graph/steward"
    graph.direct.update(f"INSERT DATA {{ <{ONE}> <urn:note> 1, 2 }}")
    options = {"content_type": TURTLE, "headers": tokens["steward"]}
    made = browser.open(place, method=method, data=f"<{ONE}> <urn:note> 3 .", **options)
    assert (made.status_code, made.headers["Location"]) == (202, "/submissions/1")
    assert (made.json["verdict"]["added"], made.json["verdict"]["withdrawn"]) == (added, withdrawn)
    assert len(graph.versions()) == 2


@pytest.mark.parametrize("place", ["?default", f"?graph={BASE}/graph/ontology"])
def test_a_steward_is_refused_what_a_curator_is(browser: Any, graph: KnowledgeGraph, tokens: Any, place: str) -> None:
    for role in ("steward", "curator"):
        reply = browser.put("/rdf-graph-store" + place, data="", content_type=TURTLE, headers=tokens[role])
        assert reply.status_code == 403 and reply.json["type"].endswith("protected-graph")
    assert graph.stewards.list() == []


def test_what_changes_elsewhere(browser: Any, tokens: Any) -> None:
    submit(browser, tokens["steward"])
    found = browser.get("/submissions/1/impact")
    validator("impact").validate(found.json)
    assert found.json["exports"]["members"] > 0
    text = browser.get("/submissions/1/impact", query_string={"format": "text", "lang": "fr"})
    assert text.content_type == "text/plain; charset=utf-8" and "Exports qui changent" in text.text
    assert browser.get("/submissions/1/impact", query_string={"format": "patch"}).status_code == 406
    browser.post("/submissions/1/withdraw", headers=tokens["steward"])
    assert browser.get("/submissions/1/impact").status_code == 409


def test_a_change_that_is_too_long_to_be_shown_is_downloaded(
    browser: Any, tokens: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(browser, tokens["steward"], renames("Uno"), "application/rdf-patch")
    monkeypatch.setattr(review, "LONG", 10)
    for path in ("diff", "consequences", "impact"):
        refused = browser.get(f"/submissions/1/{path}")
        assert (refused.status_code, refused.json["limit"]) == (507, "diff_bytes")
        assert browser.get(f"/submissions/1/{path}", headers={"Accept": "text/html"}).status_code == 200
    page = browser.get("/submissions/1", headers={"Accept": "text/html", "Accept-Language": "en"}).text
    assert "There is more" in page and "Nothing changes" not in page
    patch = browser.get("/submissions/1/diff?format=patch")
    assert patch.status_code == 200 and patch.text.startswith("TX .")
