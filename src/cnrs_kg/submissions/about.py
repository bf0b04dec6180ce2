"""What is said of a submission or a decision: texts that can be kept."""

from dataclasses import dataclass

from cnrs_kg.errors import SubmissionError

LONGEST = {"title": 200, "message": 10_000, "source": 2_000, "reason": 10_000}
"""Characters of the texts that come with a submission or a decision."""


@dataclass(frozen=True)
class About:
    """What the submitter says of a submission: title (default: the documents' names), message, source."""

    title: str | None = None
    message: str | None = None
    source: str | None = None


def plain(name: str, text: str | None) -> str | None:
    """The text without what surrounds it; None if there is none; `SubmissionError` if it cannot be kept."""
    found = (text or "").strip()
    if len(found) > LONGEST[name]:
        raise SubmissionError(f"{name}: longer than {LONGEST[name]:,} characters", limit=name)
    bad = next((letter for letter in found if not letter.isprintable() and letter not in "\n\r\t"), None)
    if bad is not None or (name == "title" and "\n" in found):
        raise SubmissionError(f"{name}: {bad or 'a line end'!r} cannot be part of it", advice="Send plain text.")
    return found or None
