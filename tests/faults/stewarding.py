"""A process that submits, accepts and reverts until it is killed: stewarding.py DATA_DIR PROJECT [--file-limit N].

Each step is told on standard output once it has returned. With `--file-limit` no file may grow further during the first
steps; what that refuses is told, then the limit is lifted and one round is gone through.
"""

import argparse
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

from cnrs_kg.config import Settings
from cnrs_kg.errors import StoreError
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import Document, propose
from cnrs_kg.submissions.states import State
from cnrs_kg.submissions.submission import Submission

UNIT = "https://w3id.org/cnrs-kg/id/unit/"


@dataclass(frozen=True)
class Someone:
    name: str
    role: str

    def may(self, role: str) -> bool:
        return role == "steward" or self.role == "curator"


STEWARD, CURATOR = Someone("stella", "steward"), Someone("anna", "curator")


def text(number: int) -> str:
    """What the submission of this number states."""
    return (
        f"<{UNIT}new{number}> a <https://w3id.org/cnrs-kg/ontology#Unit> ;\n"
        f'  <https://w3id.org/cnrs-kg/ontology#name> "New {number}"@en .\n'
    )


def step(kg: KnowledgeGraph) -> tuple[str, Submission]:
    """What is open is accepted; of what is accepted each second one is reverted; else something is submitted."""
    found = kg.stewards.list()
    pending = [one.number for one in found if one.state is State.OPEN]
    if pending:
        return "accepted", kg.stewards.accept(min(pending), CURATOR, "a reason")
    last = found[0] if found else None
    if last is not None and last.number % 2 == 0 and not last.content.title.startswith("Revert"):
        return "submitted", kg.stewards.revert(last.number, STEWARD)
    document = Document("new.ttl", text(last.number + 1 if last else 1).encode(), "text/turtle")
    return "submitted", kg.stewards.submit(propose([document]), About(), STEWARD)


def tell(*words: object) -> None:
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("project", type=Path)
    parser.add_argument("--file-limit", type=int, default=0)
    asked = parser.parse_args()
    with KnowledgeGraph(Settings(data_dir=asked.data_dir, workers=1), project=asked.project) as kg:
        if asked.file_limit:
            tell(*step(kg)[:1])  # every process that takes part is there
            tell(*step(kg)[:1])
            resource.setrlimit(resource.RLIMIT_FSIZE, (asked.file_limit, resource.RLIM_INFINITY))
            for process in kg.writer, kg._judging:
                assert process.companion.process is not None
                resource.prlimit(
                    process.companion.process.pid, resource.RLIMIT_FSIZE, (asked.file_limit, resource.RLIM_INFINITY)
                )
            try:
                tell(*step(kg)[:1])
                tell(*step(kg)[:1])
            except StoreError as error:
                tell("refused", error.detail.replace("\n", " "))
            return
        while True:
            done, submission = step(kg)
            tell(done, submission.number, submission.version or 0)


if __name__ == "__main__":
    main()
