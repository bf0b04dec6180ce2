"""Twenty stewards at work at once, and two curators, in a seeded order: nothing is lost, and all tell one order."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import EngineBusy, IllegalTransition, StaleSubmission
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import Document, propose
from cnrs_kg.submissions.states import Action, State

from ..validated_project import write_validated_project
from .test_stewards import BASE, PREFIX, Someone

STEWARDS = [Someone(f"steward {number}") for number in range(20)]
CURATORS = [Someone("anna", "curator"), Someone("cleo", "curator")]
SEED = 2026


@pytest.fixture
def kg(tmp_path: Path) -> Iterator[KnowledgeGraph]:
    project = write_validated_project(tmp_path)
    with KnowledgeGraph(Settings(data_dir=project / "var", workers=1, lock_timeout=600), project=project) as found:
        assert found.build(progress=lambda stage: None).conforms
        yield found


class Work:
    """What the twenty and the two do, and what was acknowledged to them: the last state of each submission."""

    def __init__(self, kg: KnowledgeGraph) -> None:
        self.kg, self.told = kg, dict[int, State]()
        self.start = Barrier(len(STEWARDS) + len(CURATORS))

    def steward(self, who: Someone, chance: Random) -> None:
        text = f'{PREFIX}<{BASE}/id/unit/{who.name[8:]}> a cnrs:Unit ; cnrs:name "{chance.random()}"@en .'
        proposal = propose([Document("new.ttl", text.encode(), "text/turtle")])
        while True:
            with suppress(EngineBusy):  # too many at once: it says so, and keeps nothing
                made = self.kg.stewards.submit(proposal, About(), who)
                break
        self.told.setdefault(made.number, State.OPEN)
        if chance.random() < 0.3:
            with suppress(IllegalTransition):  # a curator was first
                self.kg.stewards.decide(made.number, Action.WITHDRAW, who)
                self.told[made.number] = State.WITHDRAWN

    def curator(self, who: Someone, chance: Random) -> None:
        for _ in range(12):
            found = self.kg.stewards.list([State.OPEN])
            if not found:
                continue
            number = chance.choice(found).number
            with suppress(IllegalTransition, StaleSubmission, EngineBusy):
                if chance.random() < 0.25:
                    self.told[number] = self.kg.stewards.decide(number, Action.REJECT, who).state
                else:
                    self.told[number] = self.kg.stewards.accept(number, who).state

    def run(self, place: int) -> None:
        self.start.wait()
        if place < len(STEWARDS):
            self.steward(STEWARDS[place], Random(SEED + place))
        else:
            self.curator(CURATORS[place - len(STEWARDS)], Random(SEED + place))


def test_nothing_is_lost_and_all_tell_one_order(kg: KnowledgeGraph) -> None:
    work = Work(kg)
    with ThreadPoolExecutor(work.start.parties) as threads:
        list(threads.map(work.run, range(work.start.parties)))
    found = {one.number: one for one in kg.stewards.list()}
    assert sorted(found) == list(range(1, len(STEWARDS) + 1))
    assert {one.submitter for one in found.values()} == {who.name for who in STEWARDS}
    assert {number: one.state for number, one in found.items()} == work.told
    versions = {version.submission: version.number for version in kg.versions() if version.submission is not None}
    accepted = [one for one in found.values() if one.state is State.ACCEPTED]
    assert {one.number: one.version for one in accepted} == versions
    in_order = sorted(accepted, key=lambda one: one.history[-1].moment)
    assert [one.version for one in in_order] == sorted(versions.values())
    assert kg.stewards.queue.unsettled() == {} and kg.store.verify() == []
