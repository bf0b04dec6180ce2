"""A server that is killed while something is submitted, accepted or reverted: each acknowledged step is there."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions.states import Action, State

from ..validated_project import write_validated_project
from . import stewarding
from .test_publish import ROUNDS

SOURCE = Path(stewarding.__file__)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_validated_project(tmp_path)
    with KnowledgeGraph(Settings(data_dir=tmp_path / "var", workers=1), project=tmp_path) as kg:
        assert kg.build(progress=lambda stage: None).conforms
    return tmp_path


def start(project: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SOURCE), str(project / "var"), str(project), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill_after(process: subprocess.Popen[str], acknowledged: int, seconds: float, *, alone: bool) -> list[str]:
    """Kill the process some time after so many steps, with all that it started or without; what it acknowledged."""
    assert process.stdout is not None and process.stderr is not None
    lines = [process.stdout.readline() for _ in range(acknowledged)]
    select.select([], [], [], seconds)
    if alone:
        process.send_signal(signal.SIGKILL)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    lines += process.stdout.readlines()
    process.stderr.read()  # ends with the last process that it started: one may still publish
    process.wait()
    process.stdout.close()
    process.stderr.close()
    return [line for line in lines if line.endswith("\n")]


def check(project: Path, acknowledged: list[str]) -> None:
    """Each step told is there, at most one more; queue and versions say the same; nothing is half-done."""
    with KnowledgeGraph(Settings(data_dir=project / "var", workers=1), project=project) as kg:
        found = {one.number: kg.stewards.get(one.number) for one in kg.stewards.list()}
        assert kg.stewards.queue.unsettled() == {}
        for line in acknowledged:
            done, number, version = line.split()
            one = found[int(number)]
            assert done == "submitted" or (one.state, one.version) == (State.ACCEPTED, int(version))
        named = {version.submission: version.number for version in kg.versions() if version.submission}
        assert named == {one.number: one.version for one in found.values() if one.version is not None}
        for one in found.values():
            actions = [step.action for step in one.history]
            assert actions == [Action.SUBMIT] + ([Action.ACCEPT] if one.state is State.ACCEPTED else [])
            assert kg.stewards.patch(one).added or kg.stewards.patch(one).removed
            assert all(document.data for document in kg.stewards.documents(one))
        assert sorted(found) == list(range(1, len(found) + 1))
        current = kg.current()
        assert current is not None and kg.store.verify(current.number) == []


@pytest.mark.timeout(3600)
def test_sigkill_at_random_moments(project: Path) -> None:
    random = Random(2026)
    steps: list[str] = []
    for _ in range(ROUNDS):
        process = start(project)
        new = kill_after(process, random.randrange(4), random.random() * 0.4, alone=random.random() < 0.5)
        steps += new
        check(project, steps)
    assert {step.split()[0] for step in steps} == {"submitted", "accepted"}


@pytest.mark.parametrize("limit", [20, 500, 5_000, 40_000])
def test_a_full_disk_refuses_and_loses_nothing(project: Path, limit: int) -> None:
    process = start(project, f"--file-limit={limit}")
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    lines = output.splitlines()
    assert lines[:2] == ["submitted", "accepted"] and lines[-1].startswith("refused"), (lines, errors)
    check(project, ["submitted 1 0", "accepted 1 2"])
    again = start(project)
    check(project, kill_after(again, 2, 0, alone=False))
