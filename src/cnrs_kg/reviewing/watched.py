"""The queries whose answers reviewers watch: the competency questions and the saved queries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from cnrs_kg.browsing.questions import questions
from cnrs_kg.browsing.saved import saved_queries


@dataclass(frozen=True)
class Watched:
    """A query that somebody relies on: its name, what it asks by language, where it can be asked, its bindings."""

    name: str
    title: Mapping[str, str]
    text: str
    href: str
    bindings: tuple[tuple[str, str], ...] = ()


def watched() -> Iterator[Watched]:
    """All that can be asked without a value from somebody: a saved query is asked for all things at once.

    Of a question that is asked twice, in standard terms and in our own, the first.
    """
    names = {one.id for one in questions()}
    for one in questions():
        if one.id.removesuffix("-own") == one.id or one.id.removesuffix("-own") not in names:
            yield Watched(one.id, one.question, one.query, f"/sparql?query={quote(one.query)}")
    for query in saved_queries().values():
        if not any(parameter.required and parameter.type == "text" for parameter in query.parameters):
            bound = ((one.name, str(one.read(one.default))) for one in query.parameters if one.default is not None)
            yield Watched(query.name, query.title, query.text, f"/api/{query.name}", tuple(bound))
