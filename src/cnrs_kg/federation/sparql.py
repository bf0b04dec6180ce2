"""Registries that are asked by SPARQL: a query whose rows are a thing, a property and a value.

Pages follow each other by the thing's IRI, which needs no memory on the other side: the query has
`FILTER (STR(?item) > "")` and a `LIMIT` in the sub-select that picks the things.
https://www.w3.org/TR/sparql11-results-json/
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cnrs_kg.federation.documents import Document
from cnrs_kg.federation.records import HarvestError, parsed_json
from cnrs_kg.federation.registry import Page

RESULTS = ("application/sparql-results+json", "application/json")
_AFTER = re.compile(r'STR\(\?item\) > "([^"]*)"')
_LIMIT = re.compile(r"LIMIT ([0-9]+)")
_CUT = 10_000
"""Where Virtuoso, as it is set up by default, ends an answer."""
_PLAIN = re.compile(r"[^\s\"\\<>{}|^`]+")


@dataclass(frozen=True)
class Value:
    """A value that a thing has for a property: its text, its language, whether it is an IRI."""

    text: str
    language: str | None
    iri: bool


Said = list[tuple[str, Value]]


def requests(endpoint: str, queries: Sequence[str]) -> Sequence[str]:
    """The first page of each query."""
    return [f"{endpoint}?{urlencode({'query': query})}" for query in queries]


def look(data: bytes, url: str) -> Page:
    """What a page of results holds, and the page after it: as long as a page is full, there may be one."""
    (query,) = parse_qs(urlsplit(url).query)["query"]
    rows = [item for item, _, _ in _rows(parsed_json(data, "The page"), "The page")]
    if rows and len(rows) % _CUT == 0:
        raise HarvestError(
            f"The answer has exactly {len(rows):,} rows: endpoints cut longer ones there without saying so",
            advice="Ask the operator of the endpoint, or ask for fewer things at a time.",
        )
    items = frozenset(rows)
    limit = _LIMIT.search(query)
    if limit is None or len(items) < int(limit[1]):
        return Page(items)
    last = max(items)
    if not _PLAIN.fullmatch(last):
        raise HarvestError(f"{last[:80]!r} is no IRI to go on from", advice="Tell the operator of the endpoint.")
    (following,) = requests(url.partition("?")[0], [_AFTER.sub(lambda _: f'STR(?item) > "{last}"', query)])
    return Page(items, following)


def described(document: Document) -> Iterator[tuple[str, Said]]:
    """The things of a page, each with all that is said of it."""
    things: dict[str, Said] = {}
    for item, predicate, value in _rows(parsed_json(document.whole(), document.name), document.name):
        things.setdefault(item, []).append((predicate, value))
    yield from things.items()


def _rows(answer: Any, what: str) -> Iterator[tuple[str, str, Value]]:
    try:
        for row in answer["results"]["bindings"]:
            item, predicate, value = row["item"], row["p"], row["v"]
            if item["type"] == predicate["type"] == "uri":
                language = None if value.get("xml:lang") is None else str(value["xml:lang"])
                found = Value(str(value["value"]), language, value["type"] == "uri")
                yield str(item["value"]), str(predicate["value"]), found
    except (KeyError, TypeError, AttributeError) as error:
        raise HarvestError(
            f"{what}: these are no results with item, p and v: {type(error).__name__} {error}",
            advice="Use the query of this project, and take JSON.",
        ) from error
