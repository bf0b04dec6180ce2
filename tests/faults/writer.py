"""A process that publishes known versions until it is killed: writer.py DATA_DIR [--die-at STEP] [--file-limit N].

Each version is acknowledged on standard output once `publish` has returned. With `--die-at` the process kills
itself at that step of the first publication that touches the disk; with `--file-limit` no file may grow further.
"""

import argparse
import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import StoreError
from cnrs_kg.rdf.namespaces import GRAPH
from cnrs_kg.store.versions import Retention, Versions

GRAPHS = (GRAPH("steward"), GRAPH("curated"), GRAPH("shapes"))
STEPS = ("fsync", "rename", "symlink", "mkdir", "unlink", "rmdir")
KEPT = 6


def expected(number: int) -> tuple[set[ox.Quad], set[ox.Triple]]:
    """Asserted and inferred statements of a version: decided by its number alone."""
    random = Random(number)
    named = {
        ox.Quad(ox.NamedNode(f"x:s{place}"), ox.NamedNode("x:p"), ox.Literal(f"{number % 7} {place}"), graph)
        for place in random.sample(range(60), 30)
        for graph in random.sample(GRAPHS, 2)
    }
    inferred = {
        ox.Triple(ox.NamedNode(f"x:i{place}"), ox.NamedNode("x:p"), ox.NamedNode(f"x:v{number}"))
        for place in random.sample(range(20), 5)
    }
    return named, inferred


def publish(versions: Versions) -> int:
    """Publish the version after the current one."""
    with versions.writing() as branch:
        number = branch.base.number + 1 if branch.base else 1
        named, inferred = expected(number)
        held = {quad for quad in branch.store if quad.graph_name != ox.DefaultGraph()}
        branch.apply(named - held, held - named)
        branch.set_inferred(inferred)
        return branch.publish(message=f"version {number}").number


def die_at(step: int) -> None:
    """Kill this process before its `step`th call that changes the directory tree or syncs."""
    left = step

    def deadly(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **more)

        return call

    for name in STEPS:
        setattr(os, name, deadly(getattr(os, name)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--die-at", type=int, default=0)
    parser.add_argument("--file-limit", type=int, default=0)
    asked = parser.parse_args()
    versions = Versions(asked.data_dir, Retention(count=KEPT, age=timedelta(days=1)))
    if asked.die_at:
        die_at(asked.die_at)
    if asked.file_limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked.file_limit, resource.RLIM_INFINITY))
        try:
            publish(versions)
        except StoreError as error:
            sys.stdout.write(f"refused {error.detail}\n")
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    while True:
        sys.stdout.write(f"{publish(versions)}\n")
        sys.stdout.flush()
        if asked.die_at or asked.file_limit:
            versions.close()
            return


if __name__ == "__main__":
    main()
