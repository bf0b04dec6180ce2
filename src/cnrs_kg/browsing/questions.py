"""The competency questions: queries in files of the package, whose first lines say what they ask, by language.

    # en: Which institutes make up the CNRS?
    # fr: Quels instituts composent le CNRS ?

A file whose name ends in `-own` asks in our own terms what its twin asks in standard ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Question:
    """A query to start from: its name, the question that it answers (by language), and its text."""

    id: str
    question: Mapping[str, str]
    query: str


@cache
def questions() -> tuple[Question, ...]:
    """All competency questions: those in standard terms, in order, then those in our own terms."""
    found = files("cnrs_kg.browsing") / "questions"
    names = sorted(file.name[:-3] for file in found.iterdir() if file.name.endswith(".rq"))
    texts = {name: (found / f"{name}.rq").read_text(encoding="utf-8") for name in names}
    names.sort(key=lambda name: name.endswith("-own"))
    return tuple(Question(name, title(texts[name]), texts[name]) for name in names)


def title(text: str) -> dict[str, str]:
    """What a query answers, by language, as the comments at its head say it."""
    comments = [line[1:].strip() for line in text.splitlines() if line.startswith("#")]
    return {line[:2]: line[3:].strip() for line in comments if line[:3] in {"en:", "fr:"}}
