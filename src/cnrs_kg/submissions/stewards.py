"""The stewards' workflow: submit, judge again, amend, accept, reject, withdraw."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePath
from threading import Lock
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import (
    EngineBusy,
    IllegalTransition,
    PermissionRefused,
    QueueFull,
    StaleSubmission,
    StoreLocked,
    SubmissionNotFound,
    VersionMoved,
)
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.graphs import role
from cnrs_kg.store.lock import WriterLock
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.about import LONGEST, About, plain
from cnrs_kg.submissions.change import Change, Outcome
from cnrs_kg.submissions.hearing import HeardProposal
from cnrs_kg.submissions.patches import conflicts, dated, effective, kept, kept_patch
from cnrs_kg.submissions.permissions import Agent, Rules, permit, require
from cnrs_kg.submissions.previews import Previews
from cnrs_kg.submissions.proposal import Document, Proposal
from cnrs_kg.submissions.provenance import header, provenance
from cnrs_kg.submissions.queue import Announce, Queue
from cnrs_kg.submissions.reading import Read, Reader
from cnrs_kg.submissions.states import PENDING, Action, State, actions, after
from cnrs_kg.submissions.submission import Check, Content, KeptDocument, Submission, anyhow
from cnrs_kg.submissions.validate import Asked, Judged, Kept

TRIES = 3


@dataclass(frozen=True)
class Means:
    """What the workflow works with: the current version with its reader, what workers say of a proposal that a client
    sent, the judge, the publisher.
    """

    open: Callable[[], tuple[Version, Reader]]
    heard: Callable[[Proposal, str], AbstractContextManager[HeardProposal]]
    judge: Callable[[Asked], Judged]
    publish: Callable[[Change], Outcome]


class Stewards:
    """The submissions of one data directory and what is done with them; threads and processes may share it."""

    def __init__(
        self, data_dir: Path, versions: Versions, means: Means, rules: Rules, announce: Announce | None = None
    ) -> None:
        self.queue = Queue(data_dir / "app.sqlite", announce)
        self.rules = rules
        self._versions, self._means = versions, means
        self._turn = WriterLock(data_dir / "deciding")
        self._previews = Previews(versions.scratch)
        self._seen, self._noticing, self._nobody = 0, Lock(), Lock()
        self.settle()

    def close(self) -> None:
        """Give the files back."""
        self.queue.close()

    # Reading

    def get(self, number: int) -> Submission:
        """A submission as it stands; `SubmissionNotFound` if there is none."""
        self.settle()
        return self.queue.get(number)

    def list(
        self, states: Sequence[State] = (), *, before: int | None = None, limit: int | None = None
    ) -> "list[Submission]":
        """The submissions in these states (none named: all), the newest first, those with numbers below `before`."""
        self.settle()
        return self.queue.list(states, before=before, limit=limit)

    def judged(self, number: int) -> Submission:
        """The submission; one that is pending is judged again if its verdict is on an older version."""
        submission, current = self.get(number), self._versions.current()
        pending = submission.state in PENDING
        verdict = submission.content.verdict
        if not pending or current is None or verdict["version"] == current.number or _unreadable(verdict):
            return submission
        try:
            renewed = self._means.judge(Asked(_kept(submission.content))).verdict
        except EngineBusy:  # the verdict names its version
            return submission
        return self.queue.judged(submission, renewed.to_json())

    def preview(self, number: int) -> Path:
        """A store that holds the current version with a pending submission applied; of an accepted one, its version's.

        `IllegalTransition` if it was rejected or withdrawn.
        """
        submission = self.get(number)
        if submission.version is not None:
            return self._versions.version(submission.version).path
        if submission.state not in PENDING:
            raise IllegalTransition(f"submission {number} is {submission.state}", state=submission.state)
        base, content = self._means.open()[0], submission.content

        def build(place: Path) -> None:
            verdict = self._means.judge(Asked(_kept(content), store=place)).verdict
            if not _unreadable(content.verdict):
                self.queue.judged(submission, verdict.to_json())

        return self._previews.of((number, content.patch, base.number), build)

    def patch(self, submission: Submission) -> Patch:
        """What a submission adds and withdraws."""
        return kept_patch(self._versions, submission.content.patch)

    def inferred(self, submission: Submission) -> Patch:
        """What follows from a submission and no longer follows; `IllegalTransition` if it was given up."""
        if submission.version is not None:
            record = self._versions.record(submission.version)
            patch = self._versions.patch(record.number) if record.submission == submission.number else Patch()
            return Patch(tuple(filter(_inferred, patch.added)), tuple(filter(_inferred, patch.removed)))
        if submission.state not in PENDING:
            raise IllegalTransition(f"submission {submission.number} is {submission.state}", state=submission.state)
        return self._means.judge(Asked(_kept(submission.content), inferences=True)).inferred or Patch()

    def documents(self, submission: Submission) -> Sequence[Document]:
        """The documents of a submission, as they were sent."""
        kept = submission.content.documents
        return [Document(one.name, self._versions.input(one.sha256), one.media_type) for one in kept]

    # Submitting

    def may_submit(self, agent: Agent | None) -> None:
        """Nothing, if the agent may submit; else `PermissionRefused`."""
        if agent is not None or not self.rules.anonymous_submit:
            require(agent, "steward", "A submission")

    def allows_submitting(self, agent: Agent | None) -> bool:
        """Whether the agent may submit."""
        return self.rules.anonymous_submit if agent is None else agent.may("steward")

    def allowed(self, submission: Submission, agent: Agent | None) -> Sequence[Action]:
        """What the agent may do with the submission as it stands."""
        return [action for action in actions(submission.state) if self._allows(submission, action, agent)]

    def _allows(self, submission: Submission, action: Action, agent: Agent | None) -> bool:
        try:
            permit(agent, action, submission, accept_own=self.rules.accept_own)
        except PermissionRefused:
            return False
        return True

    def submit(self, proposal: Proposal, about: About, agent: Agent | None, *, client: str = "") -> Submission:
        """The proposal judged and kept, open whether it conforms or not; nothing is published.

        `QueueFull` if nobody's submissions have no room left.
        """
        self.may_submit(agent)
        if agent is not None:
            return self.queue.submit(self._content(proposal, about, client), agent.name)
        with self._nobody:
            self._refuse_full()
            return self.queue.submit(self._content(proposal, about, client), None)

    def _refuse_full(self) -> None:
        count, size, names = self.queue.nobodys()
        size += sum(map(self._versions.input_size, names))
        for limit, used in (("anonymous_open", count), ("anonymous_bytes", size)):
            most = getattr(self.rules, limit)
            if used >= most:
                raise QueueFull(
                    f"contributions without a submitter have no room left ({used:,} of {most:,})",
                    limit=limit,
                    advice="Submit with a token, or wait until curators have decided some.",
                )

    def amend(
        self,
        number: int,
        proposal: Proposal,
        about: About,
        agent: Agent | None,
        *,
        reason: str | None = None,
        client: str = "",
        check: Check = anyhow,
    ) -> Submission:
        """The submission with another proposal in place of its own, open again; what `about` leaves out stays."""
        submission = self.get(number)
        found = self._permitted(submission, Action.AMEND, agent)
        check(submission)  # before the proposal is judged, which takes longer
        before = submission.content
        about = About(about.title or before.title, about.message or before.message, about.source or before.source)
        content = self._content(proposal, about, client)
        return self.queue.amend(number, content, found.name, plain("reason", reason), check)

    def revert(self, number: int, agent: Agent | None, *, reason: str | None = None, client: str = "") -> Submission:
        """A new submission that undoes an accepted one, judged like any other; `reason` is its message.

        `StaleSubmission` names the statements that were changed otherwise since; `IllegalTransition` if nothing of it
        is there to undo.
        """
        found = require(agent, "steward", f"To revert submission {number}")
        submission = self.get(number)
        record = None if submission.version is None else self._versions.record(submission.version)
        if record is None or record.submission != number:
            raise IllegalTransition(
                f"submission {number} is {submission.state} and made no version: there is nothing to revert",
                state=submission.state,
            )
        base, reader = self._means.open()
        patch = self._versions.patch(record.number).inverse()
        added, removed = (frozenset(filter(_changed, quads)) for quads in (patch.added, patch.removed))
        self._refuse_conflicts(number, record.number, Change(added, removed), base)
        read = effective(Read(Change(added, removed)), reader.store)
        if not read.change.added and not read.change.removed:
            raise IllegalTransition(f"nothing of submission {number} is left to undo", state=submission.state)
        title = f"Revert {number}: {submission.content.title}"[: LONGEST["title"]]
        return self.queue.submit(self._judged(read, base.number, About(title, reason)), found.name)

    def _content(self, proposal: Proposal, about: About, client: str) -> Content:
        with self._means.heard(proposal, client) as found:
            return self._judged(found, found.number, about, proposal.documents)

    def _judged(
        self, source: HeardProposal | Read, version: int, about: About, documents: Sequence[Document] = ()
    ) -> Content:
        """What is to be changed in a version, judged and kept."""
        files = ", ".join(PurePath(document.name).name for document in documents)
        shown = "".join(letter if letter.isprintable() else "?" for letter in files)[: LONGEST["title"]]
        title = plain("title", about.title) or shown or "–"
        message, cited = plain("message", about.message), plain("source", about.source)
        judged = self._means.judge(Asked(source, keeps=version))
        names = judged.kept
        assert names is not None
        kept_documents = tuple(
            KeptDocument(one.name, one.media_type, len(one.data), self._versions.keep_input(one.data))
            for one in documents
        )
        verdict = judged.verdict.to_json()
        verdict |= {"version": version} if verdict["version"] is None else {}
        return Content(title, version, names.patch, names.places, verdict, message, cited, kept_documents)

    # Deciding

    def may_decide(self, number: int, action: Action, agent: Agent | None) -> None:
        """Nothing, if the agent may do this with the submission as it stands; else what refuses it."""
        self._permitted(self.get(number), action, agent)

    def decide(
        self, number: int, action: Action, agent: Agent | None, reason: str | None = None, check: Check = anyhow
    ) -> Submission:
        """The submission rejected, withdrawn, or with changes requested."""
        found = self._permitted(self.get(number), action, agent)
        return self.queue.decide(number, action, found.name, plain("reason", reason), check)

    def accept(self, number: int, agent: Agent | None, reason: str | None = None, check: Check = anyhow) -> Submission:
        """The submission judged on the current version and published; still open, with the verdict, if refused.

        `StaleSubmission` names the statements that were changed otherwise since the version that it is based on.
        """
        self._permitted(self.get(number), Action.ACCEPT, agent)
        reason = plain("reason", reason)
        with self._turn.held(self.rules.lock_timeout):
            self._notice()
            self._settle_all()
            for _ in range(TRIES):
                submission = self.queue.get(number)
                curator = self._permitted(submission, Action.ACCEPT, agent)
                check(submission)
                if _unreadable(submission.content.verdict):
                    return submission
                try:
                    return self._publish(submission, curator, reason)
                except VersionMoved:
                    continue
        raise VersionMoved("other changes were published meanwhile, three times", advice="Accept it again.")

    def _publish(self, submission: Submission, curator: Agent, reason: str | None) -> Submission:
        number, content = submission.number, submission.content
        base = self._means.open()[0]
        read = kept(self._versions, content.patch, content.places)
        self._refuse_conflicts(number, content.based_on, read.change, base)
        facts = provenance(submission, read.change, curator.name, base.number, datetime.now(UTC))
        self.queue.publishing(number, base.number, curator.name, reason, partial(_refuse_other, submission))
        try:
            outcome = self._means.publish(
                replace(
                    read.change,
                    added=read.change.added | facts,
                    header=header(submission),
                    message=content.title,
                    agent=curator.name,
                    submission=number,
                    based_on=base.number,
                    as_of=base.as_of,
                )
            )
        except BaseException:
            self._settle(number, base.number)
            raise
        verdict = replace(outcome.verdict, results=tuple(map(read.places.located, outcome.verdict.results)))
        if outcome.conforms and not outcome.changed:  # the version says all of it already
            return self.queue.settle(number, base.number)
        return self.queue.judged(self._settle(number, base.number), verdict.to_json())

    def _refuse_conflicts(self, number: int, before: int, change: Change, base: Version) -> None:
        """`StaleSubmission` if others changed what the change on the version `before` changes, and otherwise."""
        found = [] if before == base.number else conflicts(change, self._versions.diff(before, base.number))
        if found:
            named = dated(found, before, base.number, self._versions.patch)
            raise StaleSubmission(
                f"submission {number} speaks of version {before}; since then others changed "
                f"{len(found)} of the statements that it would withdraw, and to something else",
                advice="See the conflicts, and submit the change on the current version.",
                conflicts=[conflict.to_json() for conflict in named],
                basedOn=before,
                version=base.number,
            )

    def _permitted(self, submission: Submission, action: Action, agent: Agent | None) -> Agent:
        found = permit(agent, action, submission, accept_own=self.rules.accept_own)
        after(submission.number, submission.state, action)
        return found

    # What versions say

    def settle(self) -> None:
        """Take note of what versions say of submissions, also of those whose publication was cut short."""
        self._notice()
        if self.queue.unsettled():
            try:
                with self._turn.held(0):
                    self._settle_all()
            except StoreLocked:  # somebody is at it
                return

    def _notice(self) -> None:
        with self._noticing:
            current = self._versions.current()
            newest = current.number if current else 0
            for number in range(self._seen + 1, newest + 1):
                named = self._versions.record(number).submission
                if named is not None:
                    self._accepted(named, number)
            self._seen = newest

    def _accepted(self, number: int, version: int) -> None:
        try:
            if self.queue.get(number).version is None:
                self.queue.settle(number, version)
        except SubmissionNotFound:  # the queue is younger than the version
            return

    def _settle_all(self) -> None:
        for number, base in self.queue.unsettled().items():
            self._settle(number, base)

    def _settle(self, number: int, base: int) -> Submission:
        """How a publication that began on the version `base` ended, as the versions after it tell."""
        current = self._versions.current()
        newer = range(base + 1, (current.number if current else 0) + 1)
        version = next((one for one in newer if self._versions.record(one).submission == number), None)
        return self.queue.settle(number, version)


def _refuse_other(read: Submission, submission: Submission) -> None:
    """`VersionMoved` if the submission was amended, or decided, after it was read."""
    if submission.tag != read.tag:
        raise VersionMoved(f"submission {read.number} was changed meanwhile", advice="Accept it again.")


def _unreadable(verdict: Mapping[str, Any]) -> bool:
    return any(result["kind"] == "syntax" for result in verdict["results"])


def _kept(content: Content) -> Kept:
    return Kept(content.patch, content.places)


def _changed(quad: ox.Quad) -> bool:
    """Whether a quad of a version's patch is one that a submission changed: neither inferred nor a record of it."""
    return role(quad.graph_name).writable and isinstance(quad.graph_name, ox.NamedNode)


def _inferred(quad: ox.Quad) -> bool:
    return quad.graph_name == DEFAULT_GRAPH
