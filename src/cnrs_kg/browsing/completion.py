"""What fits at a place in a query that is being written, as the graph knows it.

Properties are those that things of the pattern have, classes and values those that they lead to: found on a sample of
the things that the pattern describes so far, so that it takes the same short time on any graph.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Event, Timer
from typing import Any

import pyoxigraph as ox

from cnrs_kg.browsing.index import Hit
from cnrs_kg.browsing.names import folded
from cnrs_kg.browsing.patterns import Pattern, Place, Term, connected, place
from cnrs_kg.errors import CnrsKgError, QueryCancelled, QueryError
from cnrs_kg.rdf.namespaces import CNRS, PREFIXES, RDF

Ask = Callable[[str, Event, str], bytes]
"""Answers a query on the current version with results in JSON, until the event is set, in the turn of a client."""
Find = Callable[[str], Iterable[Hit]]
PATIENCE = 0.5
"""Seconds that the sample may take; after that all terms are suggested."""
MOST, SAMPLE, THINGS, REMEMBERED = 40, 100, 12, 500
KEYWORDS = (
    "SELECT", "DISTINCT", "CONSTRUCT", "DESCRIBE", "ASK", "WHERE", "OPTIONAL", "FILTER", "UNION", "MINUS", "GRAPH",
    "VALUES", "BIND", "EXISTS", "NOT EXISTS", "FROM", "ORDER BY", "GROUP BY", "HAVING", "LIMIT", "OFFSET", "PREFIX",
)  # fmt: skip
TERMS = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?term ?kind ?label ?comment {
  {
    VALUES (?type ?kind) {
      (owl:Class "class") (rdfs:Class "class")
      (owl:ObjectProperty "property") (owl:DatatypeProperty "property") (owl:AnnotationProperty "property")
      (rdf:Property "property")
    }
    ?term a ?type
  }
  UNION { ?one rdfs:subClassOf|owl:equivalentClass ?term BIND ("class" AS ?kind) }
  UNION { ?one rdfs:subPropertyOf|owl:equivalentProperty|owl:inverseOf ?term BIND ("property" AS ?kind) }
  OPTIONAL { ?term rdfs:label ?label }
  OPTIONAL { ?term skos:definition|rdfs:comment ?comment }
  FILTER (isIRI(?term))
}"""
_LOCAL = re.compile(r"[^\W\d_][\w-]*")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Suggestion:
    """A text for the place, what it is called and means, and the prefix that it needs and the query lacks."""

    text: str
    label: str = ""
    comment: str = ""
    prefix: tuple[str, str] | None = None


@dataclass(frozen=True)
class Described:
    """A class or property with its names and meanings by language."""

    iri: str
    labels: Mapping[str, str]
    comments: Mapping[str, str]


class Completion:
    """Suggests what fits; safe to use from several threads."""

    def __init__(self, ask: Ask, find: Find) -> None:
        self._ask, self._find = ask, find
        self._slow: dict[str, None] = {}

    def at(self, before: str, after: str, language: str, client: str = "") -> tuple[str, list[Suggestion]]:
        """The word that a client is writing between two parts of a query, and what may stand in its place."""
        here = place(before, after)
        fitting = _Fitting(lambda text, cancelled: self._ask(text, cancelled, client), self._find, self._slow)
        found: dict[str, Suggestion] = {}
        for one in fitting.at(here, language):
            found.setdefault(one.text, one)
            if len(found) == MOST:
                break
        return here.word, list(found.values())


@dataclass(frozen=True)
class _Fitting:
    """What fits for one client; `slow` are samples that took too long, and are not tried at each key again."""

    ask: Callable[[str, Event], bytes]
    find: Find
    slow: dict[str, None]

    def at(self, here: Place, language: str) -> Iterator[Suggestion]:
        if here.word[:1] in ("?", "$"):
            yield from _variables(here)
        elif here.kind == "prefix":
            yield from _prefixes(here)
        elif here.kind == "name":
            yield from _variables(here)
            yield from _keywords(here)
        elif here.kind == "predicate":
            yield from self._properties(here, language)
        elif here.kind == "object" and here.predicate == RDF("type"):
            yield from self._classes(here, language)
        elif here.kind in ("object", "subject"):
            yield from self._values(here, language)

    def _properties(self, here: Place, language: str) -> Iterator[Suggestion]:
        yield from self._terms("property", here, language, self._fitting_terms(here, "?subject ?found ?value"))

    def _classes(self, here: Place, language: str) -> Iterator[Suggestion]:
        yield from self._terms("class", here, language, self._fitting_terms(here, f"?subject {RDF('type')} ?found"))

    def _fitting_terms(self, here: Place, leads: str) -> list[tuple[Any, str]] | None:
        """None where the query says nothing of the subject yet."""
        subject = here.subject
        if subject is None or isinstance(subject, ox.Variable) and not connected(subject, here.patterns):
            return None
        return self._sample(subject, leads, here.patterns)

    def _values(self, here: Place, language: str) -> Iterator[Suggestion]:
        if here.kind == "object" and isinstance(here.predicate, ox.NamedNode) and here.subject is not None:
            leads = f"?subject {here.predicate} ?found"
            for term, label in self._sample(here.subject, leads, here.patterns, language) or ():
                if _rank(here.word, [label, term.value]) is not None:
                    yield _written(term, here, label)
        yield from _variables(here)
        if here.word:
            for hit in self._things(here.word):
                yield _written(ox.NamedNode(hit.iri), here, hit.label(language), hit.kind_label(language))
        yield from _keywords(here)

    def _terms(
        self, kind: str, here: Place, language: str, fitting: list[tuple[Any, str]] | None
    ) -> Iterator[Suggestion]:
        """Classes or properties: those that fit, the most used first; all of them if the word has no other match."""
        described = {one.iri: one for one in self._described().get(kind, ())}
        order = [term.value for term, _ in fitting or () if isinstance(term, ox.NamedNode)]
        rest = [] if order and not here.word else [iri for iri in described if iri not in set(order)]
        for group in (order, sorted(rest, key=lambda iri: (not iri.startswith(CNRS.iri), iri))):
            ranked = []
            for number, iri in enumerate(group):
                one = described.get(iri, Described(iri, {}, {}))
                names = (_short(iri, here.prefixes), _short(iri, {}), re.split("[/#]", iri)[-1], *one.labels.values())
                rank = _rank(here.word, names)
                if rank is not None:
                    ranked.append((rank, number, one))
            for _, _, one in sorted(ranked, key=lambda item: item[:2]):
                label, comment = (_said(texts, language) for texts in (one.labels, one.comments))
                if kind == "property" and one.iri == RDF("type").value:
                    yield Suggestion("a", label, comment)
                else:
                    yield _written(ox.NamedNode(one.iri), here, label, comment)
        yield from _variables(here)

    def _things(self, word: str) -> list[Hit]:
        try:
            return list(self.find(word.strip("<>")))[:THINGS]
        except CnrsKgError:
            return []  # while there is no index of names

    def _described(self) -> Mapping[str, list[Described]]:
        return _by_kind(self.ask(TERMS, Event()))

    def _sample(
        self, subject: Term, leads: str, patterns: tuple[Pattern, ...], language: str | None = None
    ) -> list[tuple[Any, str]] | None:
        """What things that the patterns describe lead to, the most frequent first; None if that takes too long."""
        query = sampling(subject, leads, connected(subject, patterns), language)
        if query in self.slow:
            return None
        asked = Event()
        timer = Timer(PATIENCE, asked.set)
        timer.start()
        try:
            rows = json.loads(self.ask(query, asked))["results"]["bindings"]
        except QueryError as error:
            if isinstance(error, QueryCancelled):
                self.slow[query] = None
                for oldest in list(self.slow)[:-REMEMBERED]:
                    self.slow.pop(oldest, None)
            return None
        finally:
            timer.cancel()
        known = [row for row in rows if row.get("found", {}).get("type") in ("uri", "literal")]
        known.sort(key=lambda row: (-int(row["times"]["value"]), _distance(row["found"]["value"])))
        return [(_term(row["found"]), row.get("label", {}).get("value", "")) for row in known]


def sampling(subject: Term, leads: str, patterns: Iterable[Pattern], language: str | None = None) -> str:
    """The query for what `leads` binds `?found` to, from `?subject`, on a sample of what the patterns describe."""
    names: dict[Term, str] = {subject: "?subject"} if isinstance(subject, ox.Variable) else {}

    def written(term: Term) -> str:
        # Under names of our own, which mean nothing else in the query.
        return names.setdefault(term, f"?v{len(names)}") if isinstance(term, ox.Variable) else str(term)

    lines = " . ".join(" ".join(map(written, pattern)) for pattern in patterns)
    if isinstance(subject, ox.NamedNode):
        sample = f"BIND ({subject} AS ?subject)"
    elif lines:
        sample = f"{{ SELECT DISTINCT ?subject {{ {lines} }} LIMIT {SAMPLE} }}"
    else:
        sample = ""
    inner = f"SELECT ?found (COUNT(*) AS ?times) {{ {{ SELECT ?found {{ {sample} {leads} }} LIMIT {20 * SAMPLE} }} }}"
    counted = f"{inner} GROUP BY ?found ORDER BY DESC(?times) LIMIT 1000"
    if language is None:
        return counted
    label = f"?found <http://www.w3.org/2000/01/rdf-schema#label> ?label FILTER (LANG(?label) = {ox.Literal(language)})"
    return f"SELECT ?found ?times ?label {{ {{ {counted} }} OPTIONAL {{ {label} }} }}"


@lru_cache(maxsize=4)
def _by_kind(answer: bytes) -> Mapping[str, list[Described]]:
    found: dict[str, dict[str, Described]] = {"class": {}, "property": {}}
    for row in json.loads(answer)["results"]["bindings"]:
        iri = row["term"]["value"]
        one = found[row["kind"]["value"]].setdefault(iri, Described(iri, {}, {}))
        for name, texts in (("label", one.labels), ("comment", one.comments)):
            if name in row:
                texts.setdefault(row[name].get("xml:lang", ""), row[name]["value"])  # type: ignore[attr-defined]
    return {kind: list(terms.values()) for kind, terms in found.items()}


def _distance(iri: str) -> int:
    """Terms of ours come before those of vocabularies that we speak, and these before others."""
    return 0 if iri.startswith(CNRS.iri) else 1 if iri.startswith(tuple(PREFIXES.values())) else 2


def _said(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or texts.get("") or ""


def _rank(word: str, names: Iterable[str]) -> int | None:
    """How well one of the names fits: it begins with the word, a later word of it does, it has it inside; else None."""
    wanted = folded(word)
    if not wanted:
        return 0
    ranks = [rank for name in names for rank in _ranks(wanted, _folded(name))]
    return min(ranks, default=None)


@lru_cache(maxsize=2**14)
def _folded(name: str) -> str:
    return folded(_CAPITAL.sub(" ", name))


def _ranks(wanted: str, name: str) -> Iterator[int]:
    close, whole = wanted.replace(" ", ""), name.replace(" ", "")
    if whole.startswith(close):
        yield 0
    if any(word.startswith(wanted) for word in name.split()):
        yield 1
    if close in whole:
        yield 2


def _variables(here: Place) -> Iterator[Suggestion]:
    wanted = here.word.lstrip("?$").casefold()
    for name in here.variables:
        if name.casefold().startswith(wanted):
            yield Suggestion(f"?{name}")


def _keywords(here: Place) -> Iterator[Suggestion]:
    if here.word and here.kind in ("name", "subject"):
        for keyword in KEYWORDS:
            if keyword.startswith(here.word.upper()):
                yield Suggestion(keyword)


def _prefixes(here: Place) -> Iterator[Suggestion]:
    for prefix, iri in PREFIXES.items():
        if prefix not in here.prefixes and prefix.startswith(here.word.partition(":")[0]):
            yield Suggestion(f"{prefix}: <{iri}>")


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    """The IRI by one of these prefixes or a usual one, if what is left needs no escape; else in brackets."""
    usual = ((prefix, namespace) for prefix, namespace in PREFIXES.items() if prefix not in prefixes)
    for prefix, namespace in (*prefixes.items(), *usual):
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def _written(term: Any, here: Place, label: str = "", comment: str = "") -> Suggestion:
    if not isinstance(term, ox.NamedNode):
        return Suggestion(str(term), label, comment)
    text = _short(term.value, here.prefixes)
    prefix = text.partition(":")[0]
    missing = not text.startswith("<") and prefix not in here.prefixes
    return Suggestion(text, label, comment, (prefix, PREFIXES[prefix]) if missing else None)


def _term(found: Mapping[str, str]) -> ox.NamedNode | ox.Literal:
    if found["type"] == "uri":
        return ox.NamedNode(found["value"])
    datatype = found.get("datatype")
    return ox.Literal(
        found["value"], language=found.get("xml:lang"), datatype=ox.NamedNode(datatype) if datatype else None
    )
