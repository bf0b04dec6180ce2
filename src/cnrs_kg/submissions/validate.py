"""What would happen if a proposal were submitted: read, reasoned with and judged, nothing stored."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cnrs_kg.submissions.change import Outcome, Trial
from cnrs_kg.submissions.proposal import Proposal
from cnrs_kg.submissions.reading import Read, Reader
from cnrs_kg.validation.report import Verdict


@dataclass(frozen=True)
class Validation:
    """How proposals are judged on a version: `reader` gives the change that one asks for, `judge` the verdict on it."""

    reader: Reader
    judge: Callable[[Trial], Outcome]
    version: int

    def validate(self, proposal: Proposal, *, alone: bool = False, complete: bool = False) -> Verdict:
        """The verdict, each result with its places; documents that cannot be read give results of kind `syntax`.

        `complete` has every fault judged in detail, however many there are.
        """
        read = self.reader.read(proposal)
        read = replace(read, change=replace(read.change, complete=complete))
        verdict = verdict_on(read, self.judge, alone=alone)
        return verdict if verdict.version is not None else replace(verdict, version=self.version)


def verdict_on(
    read: Read, judge: Callable[[Trial], Outcome], *, alone: bool = False, keep: Path | None = None
) -> Verdict:
    """The verdict on what was read; `alone` judges it beside ontology and shapes only.

    `keep` is where the store as it would be published is kept.
    """
    if read.faults:
        return Verdict(read.faults)
    verdict = judge(Trial(read.change, read.replaces, alone, keep)).verdict
    return replace(verdict, results=tuple(map(read.places.located, verdict.results)))
