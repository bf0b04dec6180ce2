"""A submission as it stands: what is submitted, its verdict, who decided what."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from cnrs_kg.submissions.states import Action, State


@dataclass(frozen=True)
class KeptDocument:
    """A document of a submission: its name, media type, size in bytes, and the name by which its bytes are kept."""

    name: str
    media_type: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """The document as JSON."""
        return {"name": self.name, "mediaType": self.media_type, "size": self.size, "sha256": self.sha256}


@dataclass(frozen=True)
class Content:
    """What is submitted: an RDF patch on the version `based_on`, where its statements stand, and the verdict.

    `patch` and `places` are names of kept inputs. `verdict` is VERDICT of the contract; in a list it has no
    results, but `counts` of them by severity.
    """

    title: str
    based_on: int
    patch: str
    places: str
    verdict: Mapping[str, Any]
    message: str | None = None
    source: str | None = None
    documents: tuple[KeptDocument, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether nothing refused it when it was last judged."""
        return bool(self.verdict["conforms"])


@dataclass(frozen=True)
class Decision:
    """Who did what with a submission, when, and why."""

    action: Action
    agent: str | None
    moment: datetime
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The decision as JSON."""
        return {"action": self.action, "agent": self.agent, "when": moment_text(self.moment), "reason": self.reason}


@dataclass(frozen=True)
class Submission:
    """A submission as it stands. `version` is the one that holds it, once it is accepted."""

    number: int
    state: State
    submitter: str | None
    created: datetime
    content: Content
    version: int | None = None
    history: tuple[Decision, ...] = ()

    @cached_property
    def tag(self) -> str:
        """What tells this submission as it stands from what it was: what is submitted and what was decided.

        How it is judged is no part of it: that changes with each version, and is done again before it is published.
        """
        said = {name: value for name, value in self.to_json().items() if name != "verdict"}
        told = json.dumps([said, self.content.patch], ensure_ascii=False, sort_keys=True)
        return sha256(told.encode()).hexdigest()[:24]

    @property
    def modified(self) -> datetime:
        """When something was last submitted or decided."""
        return self.history[-1].moment if self.history else self.created

    def decision(self, action: Action) -> Decision | None:
        """The last decision of this kind."""
        return next((one for one in reversed(self.history) if one.action is action), None)

    def to_json(self) -> dict[str, Any]:
        """SUBMISSION of the contract."""
        content, link = self.content, f"/submissions/{self.number}"
        return {
            "number": self.number,
            "state": self.state,
            "title": content.title,
            "message": content.message,
            "source": content.source,
            "submitter": self.submitter,
            "created": moment_text(self.created),
            "basedOn": content.based_on,
            "version": self.version,
            "verdict": dict(content.verdict),
            "documents": [document.to_json() for document in content.documents],
            "history": [decision.to_json() for decision in self.history],
            "links": {"self": link, **{name: f"{link}/{name}" for name in ("report", "diff", "sparql")}},
        }


Check = Callable[[Submission], None]
"""Given a submission that is about to be changed, as it stands, raises what speaks against it."""


def anyhow(submission: Submission) -> None:
    """The check of who decides whatever the submission says by then."""


@dataclass(frozen=True)
class Event:
    """A decision in the order of all decisions (`place`), with the number and title of its submission."""

    place: int
    submission: int
    title: str
    decision: Decision


def summary(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict without its results, but with counts of them by severity."""
    found = {name: value for name, value in verdict.items() if name not in ("results", "background", "notes")}
    return found | {"counts": dict(Counter(result["severity"] for result in verdict["results"]))}


def moment_text(moment: datetime) -> str:
    """A moment as JSON and the queue write it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
