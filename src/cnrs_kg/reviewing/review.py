"""A submission as reviewers look at it: what it says of each thing, what follows, what changes elsewhere."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import pyoxigraph as ox

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.process import now
from cnrs_kg.engine.requests import QueryRequest
from cnrs_kg.errors import ResultTooLarge, VersionNotFound
from cnrs_kg.publishing.dumps import Dump
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.statements import Stored
from cnrs_kg.reviewing.answers import Ask, Changed, changed, touched
from cnrs_kg.reviewing.downstream import Downstream, downstream
from cnrs_kg.reviewing.watched import Watched
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.diff import Thing, by_thing
from cnrs_kg.submissions.stewards import Stewards
from cnrs_kg.submissions.submission import Submission

EACH, ALL = 2.0, 15.0
"""Seconds that one question may take, and all of them together."""
LARGEST = 2**22
"""Bytes of an answer that is compared."""
LONG = 2**24
"""Bytes of a patch; its statements take ten times as many in memory."""
_KEPT = 16


@dataclass(frozen=True)
class Impact:
    """What changes elsewhere: answers (of `asked` questions that the change can touch) and exports.

    `version` is the one that it is compared with.
    """

    version: int
    asked: int
    answers: tuple[Changed, ...]
    exports: Downstream

    @property
    def complete(self) -> bool:
        """Whether every question was answered."""
        return all(answer.unanswered is None for answer in self.answers)

    def to_json(self) -> dict[str, Any]:
        """The impact as JSON."""
        answers = [answer.to_json() for answer in self.answers]
        return {"version": self.version, "asked": self.asked, "answers": answers, "exports": self.exports.to_json()}


class Review:
    """Compares submissions with what is published; what it found is kept for a while."""

    def __init__(
        self,
        stewards: Stewards,
        versions: Versions,
        pool: Pool,
        watched: Iterable[Watched],
        dumps: Callable[[Version], Iterable[Dump]],
    ) -> None:
        self._stewards, self._versions, self._pool = stewards, versions, pool
        self._watched, self._dumps = tuple(watched), dumps
        self._kept: OrderedDict[tuple[object, ...], Impact] = OrderedDict()
        self._lock = Lock()

    def is_long(self, submission: Submission) -> bool:
        """Whether what a submission adds and withdraws is too much to be told in a page or a list."""
        return self._versions.input_size(submission.content.patch) > LONG

    def patch(self, submission: Submission) -> bytes:
        """What a submission adds and withdraws, as an RDF patch."""
        return self._versions.input(submission.content.patch)

    def diff(self, submission: Submission) -> Sequence[Thing]:
        """What a submission does to each thing, with labels."""
        return by_thing(self._stewards.patch(submission), Stored(self._store()))

    def consequences(self, submission: Submission) -> Sequence[Thing]:
        """What follows from a submission and no longer follows, by thing; `IllegalTransition` if it was given up."""
        patch, found = self._stewards.patch(submission), self._stewards.inferred(submission)
        both = Patch((*patch.added, *found.added), (*patch.removed, *found.removed))
        return by_thing(both, Stored(self._store()), inferred=True)

    def impact(self, submission: Submission) -> Impact:
        """What changes elsewhere when a submission is published, or did.

        `IllegalTransition` if it was given up, `VersionGone` if what it changed is not kept any more.
        """
        base = self._base(submission)
        key = submission.number, submission.content.patch, submission.state, base.number
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            known = self._compared(submission, base)
            if known.complete:
                with self._lock:
                    self._kept[key] = known
                    while len(self._kept) > _KEPT:
                        self._kept.popitem(last=False)
        return known

    def _compared(self, submission: Submission, base: Version) -> Impact:
        inferred = self._stewards.inferred(submission)
        patch = self._stewards.patch(submission)
        quads = (*patch.added, *patch.removed, *inferred.added, *inferred.removed)
        asked = touched(self._watched, {quad.predicate.value for quad in quads})
        answers = tuple(self._answers(asked, submission, base)) if asked else ()
        dumps = (dump.name for dump in self._dumps(base))
        exports = downstream(patch, inferred, Stored(self._versions.open(base)), dumps)
        return Impact(base.number, len(asked), answers, exports)

    def _answers(self, asked: Sequence[Watched], submission: Submission, base: Version) -> Iterator[Changed]:
        after = self._stewards.preview(submission.number)
        end = now() + ALL
        return changed(asked, self._asking(base.path, end), self._asking(after, end))

    def _asking(self, store: Path, end: float) -> Ask:
        def ask(question: Watched) -> bytes:
            request = QueryRequest(question.text, store, graph_format=None, bindings=question.bindings)
            answer = self._pool.query(request, client="review", deadline=min(now() + EACH, end))
            if answer.size > LARGEST:
                if answer.file is not None:
                    answer.file.close()
                raise ResultTooLarge(
                    f"An answer of {answer.size:,} bytes is too large to be compared",
                    limit="impact_bytes",
                    advice="Ask it before and after: /submissions/N/sparql.",
                )
            return answer.read()

        return ask

    def _base(self, submission: Submission) -> Version:
        """The version that a submission is compared with: the current one, or the one before its own."""
        if submission.version is not None:
            return self._versions.version(max(1, submission.version - 1))
        current = self._versions.current()
        if current is None:
            raise VersionNotFound("nothing is published yet", advice="Run `cnrs-kg build`.")
        return current

    def _store(self) -> ox.Store:
        current = self._versions.current()
        assert current is not None
        return self._versions.open(current)
