"""What happens to submissions and versions is told to a host on loopback."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.notifying.notices import LIMITS, Notices
from cnrs_kg.notifying.webhooks import Webhook
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.states import Action
from cnrs_kg.web.app import create_app

from ..outbound.hosts import Hand, reply, serving
from ..submissions.test_stewards import ANNA, BAD, GOOD, STELLA, submit
from ..validated_project import write_validated_project

KEY = b"a key of thirty-two bytes, or so"
PATIENT = replace(LIMITS, connect=60.0, read=60.0)


@contextmanager
def told(answer: Callable[[int], int]) -> Iterator[tuple[str, list[Any]]]:
    """A host that keeps what it is told and answers the status for the number of the request."""
    seen: list[Any] = []

    def handle(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        seen.append((dict(handler.headers), body))
        reply(handler, answer(len(seen)))

    with serving(handle) as url:
        yield f"{url}hook", seen


@contextmanager
def graph(directory: Path, url: str) -> Iterator[tuple[KnowledgeGraph, Outbound, Hand]]:
    hook = Webhook("host", url, KEY, private=True)
    settings = Settings(data_dir=directory / "var", workers=1, webhooks=(hook,))
    clock = Hand()
    with KnowledgeGraph(settings, project=write_validated_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        kg.notices._clock = clock
        with Outbound([hook.place], limits=PATIENT, clock=clock) as sender:
            assert kg.notices.tell(sender) == 0, "what was published before is not told"
            yield kg, sender, clock


def test_a_submission_its_decision_and_its_version_are_told_signed(tmp_path: Path) -> None:
    with told(lambda number: 204) as (url, seen), graph(tmp_path, url) as (kg, sender, _):
        submit(kg, GOOD, title="A second unit")
        kg.stewards.accept(1, ANNA, "well sourced")
        assert kg.notices.tell(sender) == 3
        assert [one.state for one in kg.notices.deliveries.list()] == ["delivered"] * 3
    bodies = [json.loads(body) for _, body in seen]
    assert [body["type"] for body in bodies] == ["submitted", "decided", "published"]
    submitted, decided, published = (body["data"] for body in bodies)
    assert (submitted["number"], submitted["title"], submitted["state"]) == (1, "A second unit", "open")
    assert "results" not in submitted["verdict"] and submitted["verdict"]["conforms"]
    assert (decided["state"], decided["version"], decided["history"][0]["reason"]) == ("accepted", 2, "well sourced")
    assert (published["number"], published["submission"]) == (2, 1)
    for headers, body in seen:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}" and headers["Content-Type"] == "application/json"


def test_what_was_not_taken_is_told_again_with_the_same_id(tmp_path: Path) -> None:
    with told(lambda number: 500 if number == 1 else 200) as (url, seen), graph(tmp_path, url) as (kg, sender, clock):
        submit(kg, BAD)
        kg.stewards.decide(1, Action.WITHDRAW, STELLA)
        assert kg.notices.tell(sender) == 2
        decided, submitted = kg.notices.deliveries.list()
        assert (decided.state, submitted.state, submitted.answer) == ("delivered", "waiting", "500")
        clock.time += 3600
        assert kg.notices.tell(sender) == 1
    assert seen[0][0]["webhook-id"] == seen[2][0]["webhook-id"] and seen[0][1] == seen[2][1]


def test_a_host_that_is_away_is_no_trouble_to_others(tmp_path: Path) -> None:
    with serving(lambda handler: None) as gone:
        url = f"{gone}hook"
    with graph(tmp_path, url) as (kg, sender, _):
        assert submit(kg, GOOD).number == 1
        assert kg.notices.tell(sender) == 1
        (one,) = kg.notices.deliveries.list()
        assert one.state == "waiting" and one.answer and "127.0.0.1" in one.answer


def test_the_log_is_for_curators_and_shows_no_secret(tmp_path: Path) -> None:
    with told(lambda number: 200) as (url, _), graph(tmp_path, url) as (kg, sender, _):
        submit(kg, GOOD)
        kg.notices.tell(sender)
        browser = create_app(kg).test_client()
        steward, curator = (
            {"Authorization": f"Bearer {kg.accounts.add(role, role)}"} for role in ("steward", "curator")
        )
        assert browser.get("/webhooks").status_code == 401
        assert browser.get("/webhooks", headers=steward).status_code == 403
        found = browser.get("/webhooks", headers=curator)
        (one,) = found.json["deliveries"]
        assert (one["event"], one["subject"], one["state"]) == ("submitted", "submission 1", "delivered")
        assert KEY.decode() not in found.text and "/hook" not in found.text
        page = browser.get("/webhooks", headers=curator | {"Accept": "text/html"}, query_string={"lang": "fr"})
        assert "remis" in page.text and "127.0.0.1" in page.text


def test_a_thread_tells_what_is_due(tmp_path: Path) -> None:
    told, closed = Event(), Event()

    class Sender:
        def post(self, *_: Any, headers: dict[str, str], **options: Any) -> Any:
            assert headers["webhook-id"].startswith("msg_")
            told.set()
            return nullcontext(SimpleNamespace(status=204))

        def close(self) -> None:
            closed.set()

    versions = Versions(tmp_path / "var")
    notices = Notices(tmp_path / "app.sqlite", [Webhook("host", "https://host.example/", KEY)], versions, sender=Sender)
    cursor = notices.deliveries._connection.cursor()
    notices.deliveries.note(cursor, "submitted", "submission 1", {}, 0)
    notices.start()
    told.wait()
    notices.close()
    versions.close()
    assert closed.is_set(), "connections are given back"


@pytest.mark.parametrize("started", [True, False])
def test_closing_without_webhooks(tmp_path: Path, started: bool) -> None:
    with KnowledgeGraph(Settings(data_dir=tmp_path / "var"), project=tmp_path) as kg:
        if started:
            kg.notices.start()
        assert kg.notices.deliveries.list() == []
