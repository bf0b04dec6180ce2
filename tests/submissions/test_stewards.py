"""The stewards' workflow on a small published graph."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import (
    CnrsKgError,
    IllegalTransition,
    PermissionRefused,
    ProtectedGraph,
    QueueFull,
    StaleSubmission,
    StoreError,
    SubmissionError,
    SubmissionNotFound,
    VersionMoved,
)
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.store.versions import Version
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.change import Change, Outcome
from cnrs_kg.submissions.proposal import PATCH, UPDATE, Document, propose
from cnrs_kg.submissions.reading import Reader
from cnrs_kg.submissions.states import Action, State
from cnrs_kg.submissions.submission import Submission

from ..validated_project import write_validated_project

BASE = "https://w3id.org/cnrs-kg"
PREFIX = f"@prefix cnrs: <{BASE}/ontology#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
ONE, TWO = f"{BASE}/id/unit/one", f"{BASE}/id/unit/two"
GOOD = f'{PREFIX}<{TWO}> a cnrs:Unit ;\n  cnrs:name "Two"@en .\n'
BAD = f'{PREFIX}<{TWO}> a cnrs:Unit ;\n  rdfs:label "Two" .\n'
NAME = f"<{BASE}/ontology#name>"
NOTE = "http://www.w3.org/2004/02/skos/core#note"


@dataclass(frozen=True)
class Someone:
    name: str
    role: str = "steward"

    def may(self, role: str) -> bool:
        ranks = ["reader", "steward", "curator", "administrator"]
        return ranks.index(self.role) >= ranks.index(role)


STELLA, OTTO, ANNA = Someone("stella"), Someone("otto"), Someone("anna", "curator")
READER = Someone("rita", "reader")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_validated_project(tmp_path)


@pytest.fixture
def kg(project: Path) -> Iterator[KnowledgeGraph]:
    with KnowledgeGraph(Settings(data_dir=project / "var", workers=1, lock_timeout=600), project=project) as found:
        assert found.build(progress=lambda stage: None).conforms
        yield found


def submit(
    kg: KnowledgeGraph, text: str, by: Someone | None = STELLA, media_type: str = "text/turtle", **options: str
) -> Submission:
    return kg.stewards.submit(propose([Document("new.ttl", text.encode(), media_type)]), About(**options), by)


def renames(name: str) -> str:
    """A patch that gives the first unit another name."""
    return f'D <{ONE}> {NAME} "One"@en .\nA <{ONE}> {NAME} "{name}"@en .\n'


def named(kg: KnowledgeGraph, iri: str = ONE) -> set[str]:
    rows = json.loads(kg.query(f"SELECT ?name {{ <{iri}> {NAME} ?name }}").read())["results"]["bindings"]
    return {row["name"]["value"] for row in rows}


def test_what_is_submitted_is_judged_and_kept_and_not_published(kg: KnowledgeGraph) -> None:
    found = submit(kg, GOOD, title="A second unit", message="from its page", source="https://x.org/two")
    assert (found.number, found.state, found.submitter) == (1, State.OPEN, "stella")
    assert (found.content.based_on, found.content.conforms, found.content.verdict["version"]) == (1, True, 1)
    assert found.content.title == "A second unit"
    assert kg.stewards.documents(found) == [Document("new.ttl", GOOD.encode(), "text/turtle")]
    assert {quad.graph_name.value for quad in kg.stewards.patch(found).added} == {f"{BASE}/graph/steward"}
    current = kg.current()
    assert current is not None and current.number == 1 and named(kg, TWO) == set()


def test_what_does_not_conform_is_kept_open_and_cannot_be_accepted(kg: KnowledgeGraph) -> None:
    found = submit(kg, BAD)
    assert found.state is State.OPEN and not found.content.conforms and found.content.title == "new.ttl"
    refused = kg.stewards.accept(1, ANNA)
    assert refused.state is State.OPEN and refused.version is None and len(refused.history) == 1
    places = [place for result in refused.content.verdict["results"] for place in result["places"]]
    assert {"file": "new.ttl", "line": 4, "column": 14, "endColumn": 19} in places


def test_what_cannot_be_read_is_kept_and_stays_refused(kg: KnowledgeGraph) -> None:
    found = submit(kg, GOOD + "<")
    assert [result["kind"] for result in found.content.verdict["results"]] == ["syntax"]
    assert found.content.verdict["version"] == 1
    assert kg.stewards.accept(1, ANNA) == found == kg.stewards.judged(1)


def test_an_accepted_submission_is_a_version_that_names_it(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD, title="A second unit")
    found = kg.stewards.accept(1, ANNA, "well sourced")
    version = kg.current()
    assert version is not None and (found.state, found.version, version.number) == (State.ACCEPTED, 2, 2)
    assert (version.submission, version.agent, version.message) == (1, "anna", "A second unit")
    assert [(one.action, one.agent, one.reason) for one in found.history] == [
        ("submit", "stella", None),
        ("accept", "anna", "well sourced"),
    ]
    assert named(kg, TWO) == {"Two"} and found.content.verdict["conforms"]
    with pytest.raises(IllegalTransition):
        kg.stewards.accept(1, ANNA)


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        (renames("Uno"), PATCH),
        (
            f'PREFIX cnrs: <{BASE}/ontology#> DELETE {{ ?c ?p ?o }} INSERT {{ <{ONE}> cnrs:name "Uno"@en }} '
            f'WHERE {{ ?c a cnrs:Claim ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#object> "One"@en ; ?p ?o }}',
            UPDATE,
        ),
    ],
    ids=["patch", "update"],
)
def test_a_patch_and_an_update_withdraw(kg: KnowledgeGraph, text: str, media_type: str) -> None:
    found = submit(kg, text, STELLA, media_type)
    assert found.content.verdict["withdrawn"] > 0
    assert kg.stewards.accept(1, ANNA).state is State.ACCEPTED
    assert named(kg) == {"Uno"}


def test_a_graph_is_replaced_by_what_it_held_when_it_was_submitted(kg: KnowledgeGraph) -> None:
    document = Document("page.ttl", GOOD.encode(), "text/turtle")
    page = f"{BASE}/graph/page"
    found = kg.stewards.submit(propose([document], page, replaces=True), About(), STELLA)
    assert found.content.verdict["withdrawn"] > 0
    kg.stewards.accept(1, ANNA)
    assert (named(kg), named(kg, TWO)) == (set(), {"Two"})


def test_what_is_said_already_is_accepted_without_a_version(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD)
    submit(kg, GOOD)
    assert kg.stewards.accept(1, ANNA).version == 2
    found = kg.stewards.accept(2, ANNA)
    current = kg.current()
    assert current is not None and (found.state, found.version, current.number) == (State.ACCEPTED, 2, 2)


def test_a_submission_on_an_older_version_is_judged_on_the_current_one(kg: KnowledgeGraph) -> None:
    submit(kg, f"{PREFIX}<{TWO}> cnrs:partner <{ONE}> ; a cnrs:Unit ; cnrs:name 'Two'@en .")
    submit(kg, f"D <{ONE}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}/ontology#Unit> .", OTTO, PATCH)
    assert kg.stewards.judged(1).content.conforms
    assert kg.stewards.accept(2, ANNA).version == 2
    seen = kg.stewards.judged(1)
    assert (seen.content.verdict["version"], seen.content.conforms, seen.content.based_on) == (2, False, 1)
    refused = kg.stewards.accept(1, ANNA)
    assert refused.state is State.OPEN and not refused.content.conforms


def test_a_conflict_is_named_statement_by_statement(kg: KnowledgeGraph) -> None:
    submit(kg, renames("Uno"), STELLA, PATCH)
    submit(kg, renames("Eins"), OTTO, PATCH)
    kg.stewards.accept(1, ANNA)
    with pytest.raises(StaleSubmission) as caught:
        kg.stewards.accept(2, ANNA)
    (conflict,) = caught.value.extra["conflicts"]
    assert conflict["statement"]["object"] == {"type": "literal", "value": "One", "xml:lang": "en"}
    assert [term["value"] for term in conflict["submission"]] == ["Eins"]
    assert [term["value"] for term in conflict["published"]] == ["Uno"] and conflict["version"] == 2
    assert kg.stewards.get(2).state is State.OPEN and named(kg) == {"Uno"}


def test_the_same_correction_twice_is_no_conflict(kg: KnowledgeGraph) -> None:
    submit(kg, renames("Uno"), STELLA, PATCH)
    submit(kg, renames("Uno"), OTTO, PATCH)
    assert [kg.stewards.accept(number, ANNA).state for number in (1, 2)] == [State.ACCEPTED] * 2


def test_what_others_add_to_the_same_thing_is_no_conflict(kg: KnowledgeGraph) -> None:
    for note in ("first", "second"):
        submit(kg, f"<{ONE}> <{NOTE}> '{note}'@en .")
    assert [kg.stewards.accept(number, ANNA).version for number in (1, 2)] == [2, 3]


def test_amended_it_is_open_again_on_the_current_version(kg: KnowledgeGraph) -> None:
    submit(kg, BAD, title="Two", message="a unit")
    kg.stewards.decide(1, Action.REQUEST_CHANGES, ANNA, "a name has a language")
    with pytest.raises(IllegalTransition):
        kg.stewards.accept(1, ANNA)
    document = Document("better.ttl", GOOD.encode(), "text/turtle")
    found = kg.stewards.amend(1, propose([document]), About(), STELLA, reason="done")
    assert (found.state, found.content.title, found.content.message) == (State.OPEN, "Two", "a unit")
    assert found.content.conforms and [one.name for one in found.content.documents] == ["better.ttl"]
    assert kg.stewards.accept(1, ANNA).state is State.ACCEPTED


@pytest.mark.parametrize(
    ("action", "agent", "allowed"),
    [
        (Action.REJECT, ANNA, True),
        (Action.REQUEST_CHANGES, ANNA, True),
        (Action.WITHDRAW, STELLA, True),
        (Action.REJECT, STELLA, False),
        (Action.REQUEST_CHANGES, STELLA, False),
        (Action.WITHDRAW, OTTO, False),
        (Action.WITHDRAW, ANNA, False),
        (Action.REJECT, None, False),
        (Action.WITHDRAW, None, False),
    ],
)  # fmt: skip
def test_who_decides_what(kg: KnowledgeGraph, action: Action, agent: Someone | None, allowed: bool) -> None:
    submit(kg, GOOD)
    if allowed:
        kg.stewards.decide(1, action, agent, "so it is")
        return
    with pytest.raises(PermissionRefused) as caught:
        kg.stewards.decide(1, action, agent, "so it is")
    assert (caught.value.extra.get("authenticated") is False) == (agent is None) and caught.value.advice
    assert kg.stewards.get(1).state is State.OPEN


@pytest.mark.parametrize("agent", [STELLA, OTTO, READER, None])
def test_only_a_curator_accepts(kg: KnowledgeGraph, agent: Someone | None) -> None:
    submit(kg, GOOD)
    with pytest.raises(PermissionRefused):
        kg.stewards.accept(1, agent)


def test_nobody_accepts_their_own_unless_the_setting_says_so(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD, ANNA)
    with pytest.raises(PermissionRefused, match="own") as caught:
        kg.stewards.accept(1, ANNA)
    assert caught.value.advice and "accept_own" in caught.value.advice
    kg.stewards.rules = replace(kg.stewards.rules, accept_own=True)
    assert kg.stewards.accept(1, ANNA).state is State.ACCEPTED


@pytest.mark.parametrize("agent", [None, READER])
def test_who_submits(kg: KnowledgeGraph, agent: Someone | None) -> None:
    with pytest.raises(PermissionRefused):
        submit(kg, GOOD, agent)
    kg.stewards.rules = replace(kg.stewards.rules, anonymous_submit=True)
    if agent is None:
        assert submit(kg, GOOD, agent).submitter is None
    else:
        with pytest.raises(PermissionRefused):
            submit(kg, GOOD, agent)


@pytest.mark.parametrize(("limit", "most"), [("anonymous_open", 2), ("anonymous_bytes", 1000)])
def test_what_nobody_submits_has_bounded_room(kg: KnowledgeGraph, limit: str, most: int) -> None:
    kg.stewards.rules = replace(kg.stewards.rules, anonymous_submit=True, **{limit: most})
    with pytest.raises(QueueFull) as caught:
        for _ in range(3):
            submit(kg, GOOD, None)
    assert caught.value.limit == limit and caught.value.advice
    taken = len(kg.stewards.list())
    assert submit(kg, GOOD, STELLA).number == taken + 1
    for number in range(1, taken + 1):
        kg.stewards.decide(number, Action.REJECT, ANNA)
    assert submit(kg, GOOD, None).number == taken + 2


@pytest.mark.parametrize("name", ["ontology", "shapes", "provenance"])
def test_a_protected_graph_is_refused_and_nothing_kept(kg: KnowledgeGraph, name: str) -> None:
    document = Document("new.ttl", GOOD.encode(), "text/turtle")
    with pytest.raises(ProtectedGraph):
        kg.stewards.submit(propose([document], f"{BASE}/graph/{name}"), About(), STELLA)
    assert kg.stewards.list() == []


@pytest.mark.parametrize(
    "about", [{"title": "x" * 201}, {"title": "a\nb"}, {"message": "a\x00b"}, {"source": "s" * 2001}]
)
def test_texts_are_bounded_and_plain(kg: KnowledgeGraph, about: dict[str, str]) -> None:
    with pytest.raises(SubmissionError, match=next(iter(about))):
        submit(kg, GOOD, STELLA, "text/turtle", **about)
    assert kg.stewards.list() == []


def test_what_is_not_there(kg: KnowledgeGraph) -> None:
    for attempt in (lambda: kg.stewards.accept(9, ANNA), lambda: kg.stewards.judged(9)):
        with pytest.raises(SubmissionNotFound):
            attempt()


def test_a_revert_is_a_submission_like_any_other(kg: KnowledgeGraph) -> None:
    submit(kg, renames("Uno"), STELLA, PATCH, title="Another name")
    kg.stewards.accept(1, ANNA)
    made = kg.stewards.revert(1, STELLA, reason="a mistake")
    assert (made.number, made.state, made.submitter) == (2, State.OPEN, "stella")
    assert (made.content.title, made.content.message) == ("Revert 1: Another name", "a mistake")
    assert named(kg) == {"Uno"}
    first, last = kg.version(1), kg.stewards.accept(2, ANNA).version
    assert named(kg) == {"One"} and last == 3 and kg.version(3).digest == first.digest


def test_what_others_changed_since_is_not_reverted(kg: KnowledgeGraph) -> None:
    for name, old in (("Uno", "One"), ("Eins", "Uno")):
        submit(kg, renames(name).replace('"One"', f'"{old}"'), STELLA, PATCH)
        kg.stewards.accept(kg.stewards.list()[0].number, ANNA)
    with pytest.raises(StaleSubmission) as caught:
        kg.stewards.revert(1, STELLA)
    assert caught.value.extra["conflicts"][0]["version"] == 3 and len(kg.stewards.list()) == 2


def test_what_cannot_be_reverted(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD)
    with pytest.raises(IllegalTransition, match="open"):
        kg.stewards.revert(1, STELLA)
    kg.stewards.accept(1, ANNA)
    with pytest.raises(PermissionRefused):
        kg.stewards.revert(1, READER)
    kg.stewards.revert(1, STELLA)
    kg.stewards.accept(2, ANNA)
    with pytest.raises(IllegalTransition, match="left"):
        kg.stewards.revert(1, STELLA)
    assert kg.stewards.revert(2, OTTO).content.verdict["added"] == 5


def test_of_two_curators_at_once_one_accepts(kg: KnowledgeGraph, project: Path) -> None:
    submit(kg, GOOD)
    ended: list[object] = []
    with KnowledgeGraph(kg.settings, project=project) as other:

        def accept(mine: KnowledgeGraph, name: str) -> None:
            try:
                ended.append(mine.stewards.accept(1, Someone(name, "curator")).state)
            except CnrsKgError as error:
                ended.append(type(error))

        threads = [Thread(target=accept, args=who) for who in ((kg, "anna"), (other, "otto"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(map(str, ended)) == sorted(map(str, (State.ACCEPTED, IllegalTransition)))
    assert len(kg.stewards.get(1).history) == 2 and len(kg.versions()) == 2


def test_a_publication_that_fails_leaves_it_open(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    submit(kg, GOOD)

    def failing(change: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(kg.stewards, "_means", replace(kg.stewards._means, publish=failing))  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        kg.stewards.accept(1, ANNA)
    found = kg.stewards.get(1)
    assert found.state is State.OPEN and kg.stewards.queue.unsettled() == {}


@pytest.mark.parametrize(("times", "accepted"), [(1, True), (2, True), (3, False)])
def test_what_is_published_meanwhile_has_it_judged_anew(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch, times: int, accepted: bool
) -> None:
    submit(kg, GOOD)
    publish, moved = kg.stewards._means.publish, []

    def beaten(change: Change) -> Outcome:
        if len(moved) < times:
            moved.append(kg.direct.update(f"INSERT DATA {{ <{ONE}> <urn:note> {len(moved)} }}"))
        return publish(change)

    monkeypatch.setattr(kg.stewards, "_means", replace(kg.stewards._means, publish=beaten))
    if accepted:
        assert kg.stewards.accept(1, ANNA).version == times + 2
    else:
        with pytest.raises(VersionMoved):
            kg.stewards.accept(1, ANNA)
        assert kg.stewards.get(1).state is State.OPEN
    assert kg.stewards.queue.unsettled() == {}


@pytest.mark.parametrize("named_it", [False, True])
def test_what_is_amended_meanwhile_is_not_published_as_it_was(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch, named_it: bool
) -> None:
    """Who named the submission that they read is refused; who did not has the one that is there by then published."""
    read, opened, amended = submit(kg, GOOD), kg.stewards._means.open, []

    def beaten() -> tuple[Version, Reader]:
        if not amended:
            amended.append(True)
            document = Document("better.ttl", GOOD.replace("Two", "Second").encode(), "text/turtle")
            kg.stewards.amend(1, propose([document]), About(), STELLA)
        return opened()

    def check(submission: Submission) -> None:
        if named_it and submission.tag != read.tag:
            raise LookupError

    monkeypatch.setattr(kg.stewards, "_means", replace(kg.stewards._means, open=beaten))
    if named_it:
        with pytest.raises(LookupError):
            kg.stewards.accept(1, ANNA, check=check)
        assert kg.stewards.get(1).state is State.OPEN and kg.stewards.queue.unsettled() == {}
    else:
        assert kg.stewards.accept(1, ANNA, check=check).state is State.ACCEPTED
        assert named(kg, TWO) == {"Second"}


def test_whoever_ends_between_version_and_queue_has_accepted(kg: KnowledgeGraph, project: Path) -> None:
    submit(kg, GOOD)
    kg.stewards.queue.publishing(1, 1, "anna", "well sourced")
    kg._publish(replace(_change(kg), submission=1, agent="anna", based_on=1))
    with KnowledgeGraph(kg.settings, project=project) as again:
        found = again.stewards.get(1)
    assert (found.state, found.version, found.history[-1].reason) == (State.ACCEPTED, 2, "well sourced")


def test_whoever_ends_before_the_version_has_not(kg: KnowledgeGraph, project: Path) -> None:
    before = submit(kg, GOOD)
    kg.stewards.queue.publishing(1, 1, "anna", "well sourced")
    with KnowledgeGraph(kg.settings, project=project) as again:
        assert again.stewards.get(1) == before


def test_a_version_that_comes_late_still_decides(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD)
    kg.stewards.queue.publishing(1, 1, "anna")
    kg.stewards.settle()
    kg._publish(replace(_change(kg), submission=1, agent="anna", based_on=1))
    assert (kg.stewards.get(1).state, kg.stewards.get(1).version) == (State.ACCEPTED, 2)


def _change(kg: KnowledgeGraph):  # type: ignore[no-untyped-def]
    from cnrs_kg.submissions.patches import kept

    content = kg.stewards.queue.get(1).content
    return kept(kg.store, content.patch, content.places).change


def test_many_submit_at_once_while_others_decide(kg: KnowledgeGraph) -> None:
    """Nothing is lost, and queue and versions tell the same order."""
    stewards, each = 5, 3
    made: list[int] = []

    def steward(who: int) -> None:
        for number in range(each):
            text = f'{PREFIX}<{BASE}/id/unit/s{who}-{number}> a cnrs:Unit ; cnrs:name "{who} {number}"@en .'
            made.append(submit(kg, text, Someone(f"steward {who}")).number)

    def curator(name: str) -> None:
        while len(kg.stewards.list([State.ACCEPTED])) < stewards * each:
            for one in kg.stewards.list([State.OPEN]):
                with suppress(IllegalTransition):  # the other one was first
                    kg.stewards.accept(one.number, Someone(name, "curator"))

    threads = [Thread(target=steward, args=(who,)) for who in range(stewards)]
    threads += [Thread(target=curator, args=(name,)) for name in ("anna", "otto")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == list(range(1, stewards * each + 1))
    by_number = {one.number: one for one in kg.stewards.list()}
    order = [version.submission for version in kg.versions() if version.submission is not None]
    assert sorted(order) == sorted(made) and len(kg.versions()) == 1 + len(order)
    decided = sorted(by_number.values(), key=lambda one: one.history[-1].moment)
    assert [one.number for one in decided] == order
    assert kg.store.verify() == []


@pytest.mark.parametrize("text", ["", "# nothing\n", PREFIX])
def test_an_empty_submission_changes_nothing(kg: KnowledgeGraph, text: str) -> None:
    found = submit(kg, text)
    assert found.content.conforms and found.content.verdict["added"] == 0
    assert kg.stewards.patch(found) == Patch() and kg.stewards.accept(1, ANNA).version == 1
    with pytest.raises(IllegalTransition):
        kg.stewards.revert(1, STELLA)
