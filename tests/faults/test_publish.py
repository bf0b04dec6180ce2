"""A publication that is killed or finds the disk full leaves the old version or the new one, never one between."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from cnrs_kg.store.graphs import PUBLISHED
from cnrs_kg.store.layout import Layout
from cnrs_kg.store.versions import Versions

from . import writer

ROUNDS = int(os.environ.get("CNRS_KG_FAULTS", "12"))
STRIDE = 1 if ROUNDS >= 100 else 5
SOURCE = Path(writer.__file__)


def start(data_dir: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(SOURCE), str(data_dir), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1)


def kill_after(process: subprocess.Popen[str], acknowledged: int, seconds: float) -> int:
    """Kill the process some time after so many acknowledgements; returns the last version acknowledged."""
    assert process.stdout is not None
    last = 0
    for _ in range(acknowledged):
        last = int(process.stdout.readline())
    # Nothing is awaited: the time only moves the moment of the kill.
    select.select([], [], [], seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    rest = [line for line in process.stdout.read().split("\n") if line]
    process.stdout.close()
    return int(rest[-1]) if rest else last


def check(data_dir: Path, acknowledged: int) -> int:
    """Nothing acknowledged is lost, the current version is whole, nothing half is left; returns its number."""
    versions = Versions(data_dir)
    current = versions.current()
    number = current.number if current else 0
    assert acknowledged <= number <= acknowledged + 1
    assert os.listdir(data_dir / "branches") == []
    assert Layout(data_dir).numbers() == list(range(1, number + 1))
    assert not [name for name in os.listdir(data_dir) if name.endswith(".new")]
    if current is not None:
        named, inferred = writer.expected(number)
        default = {quad.triple for quad in named if PUBLISHED.merged(quad.graph_name)} | inferred
        assert set(versions.open(current)) == named | {ox.Quad(*triple) for triple in default}
        assert versions.verify(number) == []
    versions.close()
    return number


def test_sigkill_at_random_moments(tmp_path: Path) -> None:
    random = Random(2026)
    number = 0
    for _ in range(ROUNDS):
        process = start(tmp_path)
        last = kill_after(process, random.randrange(3), random.random() * 0.3)
        number = check(tmp_path, max(number, last))
    versions = Versions(tmp_path)
    writer.publish(versions)
    assert versions.verify() == []
    versions.close()


def test_sigkill_at_each_step(tmp_path: Path) -> None:
    number, killed = 0, 0
    for step in range(1, 1_000, STRIDE):
        process = start(tmp_path, f"--die-at={step}")
        output, _ = process.communicate()
        number = check(tmp_path, max(number, int(output or 0)))
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        killed += 1
    assert killed * STRIDE >= 30
    assert number > 1


@pytest.mark.parametrize("limit", [100, 1_000, 5_000, 20_000, 70_000])
def test_a_full_disk_leaves_the_old_version(tmp_path: Path, limit: int) -> None:
    versions = Versions(tmp_path)
    for _ in range(2):
        writer.publish(versions)
    versions.close()
    process = start(tmp_path, f"--file-limit={limit}")
    output, _ = process.communicate()
    assert process.returncode == 0
    refusal, number = output.splitlines()
    assert refusal.startswith("refused") and str(tmp_path) in refusal
    assert number == "3"
    assert check(tmp_path, 3) == 3


def test_a_killed_writer_holds_up_nobody(tmp_path: Path) -> None:
    process = start(tmp_path)
    last = kill_after(process, 1, 0)
    versions = Versions(tmp_path, lock_timeout=0)
    assert writer.publish(versions) > last
    versions.close()
