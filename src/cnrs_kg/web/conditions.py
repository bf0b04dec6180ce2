"""What a client wants to hold before its request is done, and what it expects of the server.

https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2 and #section-10.1.1. The If-None-Match of a GET is met where its
reply is made, since that spares making it.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from cnrs_kg.web import caching, memento
from cnrs_kg.web.messages import ExpectationFailed, Incoming, PreconditionFailed, Reply

if TYPE_CHECKING:
    from cnrs_kg.store.versions import Version
    from cnrs_kg.submissions.submission import Check as SubmissionCheck
    from cnrs_kg.submissions.submission import Submission

Check = Callable[["Version", bool], None]
"""Given the version that a write changes, and whether what it writes is there, raises what speaks against it."""
_READING = ("GET", "HEAD")
_ANSWERED = (200, 304)
"""Of other replies conditions are not asked."""


def refuse_expectation(incoming: Incoming) -> Reply:
    """The handler of a request whose expectation nobody meets."""
    expected = incoming.header("Expect") or ""
    raise ExpectationFailed(f"Nobody here meets the expectation {expected[:80]!r}", advice="Send it without Expect.")


def is_unexpected(expected: str) -> bool:
    """Whether an Expect header asks for more than the server itself sees to."""
    return any(member.strip().lower() not in ("", "100-continue") for member in expected.split(","))


def is_conditional(incoming: Incoming) -> bool:
    """Whether a request names a state that what it is about must have."""
    return "HTTP_IF_MATCH" in incoming.environ or "HTTP_IF_UNMODIFIED_SINCE" in incoming.environ


def refusal(incoming: Incoming, status: int, tag: str | None, modified: str | None) -> PreconditionFailed | None:
    """What speaks against the reply to a GET or HEAD, which has this entity tag and this time of modification."""
    if incoming.method not in _READING or status not in _ANSWERED:
        return None
    return _refusal(incoming, [tag] if tag else [], memento.moment_of(modified), there=True)


def of_write(incoming: Incoming, tags: Callable[["Version"], Collection[str]]) -> Check:
    """The conditions of a write; `tags` are the entity tags that a version has given to what is written."""

    def check(version: "Version", there: bool) -> None:
        unwanted = incoming.header("If-None-Match")
        if unwanted is None and not is_conditional(incoming):
            return
        known = tags(version) if there else ()
        found = _refusal(incoming, known, version.created, there=there)
        if found is None and there and (unwanted == "*" or any(caching.matches(unwanted, tag) for tag in known)):
            found = PreconditionFailed("It is there already", advice="Leave If-None-Match out to write it anyway.")
        if found is not None:
            raise found

    return check


def of_decision(incoming: Incoming, named: str | None) -> "SubmissionCheck":
    """The conditions of a decision on a submission: it is as it was when it was read, in whatever form that was.

    `named` is what a form carries: the part of the entity tag that names the state.
    """

    def check(submission: "Submission") -> None:
        wanted, unwanted = (_members(incoming.header(name)) for name in ("If-Match", "If-None-Match"))
        same = [tag for tag in wanted if caching.names_state(tag, submission.tag)]
        met = _refusal(incoming, same, submission.modified, there=True) is None and named in (None, submission.tag)
        known = any(caching.names_state(tag.removeprefix("W/"), submission.tag) for tag in unwanted)
        if not met or known or "*" in unwanted:
            raise PreconditionFailed(
                f"Submission {submission.number} is not what the request names: it was changed since",
                advice="Read it again, then decide; If-Match takes the entity tag (ETag) that it has now.",
            )

    return check


def _members(header: str | None) -> list[str]:
    return [] if header is None else [member.strip() for member in header.split(",")]


def _refusal(
    incoming: Incoming, tags: Collection[str], modified: datetime | None, *, there: bool
) -> PreconditionFailed | None:
    wanted = incoming.header("If-Match")
    if wanted is not None:
        named = set(_members(wanted))
        if there and (named == {"*"} or any(tag in named and not tag.startswith("W/") for tag in tags)):
            return None
        return PreconditionFailed("What is here has none of these entity tags", advice=_ADVICE)
    since = memento.moment_of(incoming.header("If-Unmodified-Since"))
    if since is not None and modified is not None and modified.replace(microsecond=0) > since:
        return PreconditionFailed("What is here was modified since", advice=_ADVICE)
    return None


_ADVICE = "Ask for it again, and send the entity tag (ETag) or the time (Last-Modified) that it has now."
