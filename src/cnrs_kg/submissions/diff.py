"""What a change does to each thing, for people: its statements gained and lost, with labels."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Term, term_json
from cnrs_kg.submissions.provenance import PROVENANCE
from cnrs_kg.validation.labels import LABELS, labels, shortened

ADDED, WITHDRAWN = "+", "-"
_CLAIM = tuple(map(RDF, ("subject", "predicate", "object")))
Label = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A statement gained (`+`) or lost (`-`), with the names of its predicate and its object by language."""

    sign: str
    quad: ox.Quad
    predicate_label: Label
    object_label: Label

    @property
    def graph(self) -> str | None:
        """The graph that asserts it, or did."""
        return self.quad.graph_name.value if isinstance(self.quad.graph_name, ox.NamedNode) else None

    def to_json(self) -> dict[str, Any]:
        """The statement as JSON; terms as in SPARQL results."""
        return {
            "predicate": term_json(self.quad.predicate),
            "predicateLabel": dict(self.predicate_label),
            "object": term_json(self.quad.object),
            "objectLabel": dict(self.object_label),
            "graph": self.graph,
        }


@dataclass(frozen=True)
class Thing:
    """A thing with what is said of it, by language, and the statements about it that change."""

    node: Term
    label: Label
    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """The thing as JSON."""
        return {
            "thing": term_json(self.node),
            "label": dict(self.label),
            "added": [row.to_json() for row in self.rows if row.sign == ADDED],
            "withdrawn": [row.to_json() for row in self.rows if row.sign == WITHDRAWN],
        }


def by_thing(patch: Patch, statements: Statements, *, inferred: bool = False) -> list[Thing]:
    """The changes of asserted statements by the thing that they are about, or of those that are `inferred`.

    `statements` know what things are called that the patch does not name.
    """
    names = _Names(patch, statements)
    rows: defaultdict[Term, list[Row]] = defaultdict(list)
    for sign, quads in ((WITHDRAWN, patch.removed), (ADDED, patch.added)):
        for quad in quads:
            if (quad.graph_name == DEFAULT_GRAPH) is inferred:
                rows[quad.subject].append(Row(sign, quad, names.of(quad.predicate), names.of(quad.object)))
    things = [
        Thing(node, names.of(node) or names.of_claim(node), tuple(sorted(found, key=_place)))
        for node, found in rows.items()
    ]
    return sorted(things, key=_order)


def _order(thing: Thing) -> tuple[bool, bool, str, str]:
    """By name; then what has none; what only tells where the change comes from stands last."""
    record = all(row.quad.graph_name == PROVENANCE for row in thing.rows)
    return record, not thing.label, said(thing.label, thing.node, "en"), str(thing.node)


def text(things: Iterable[Thing], language: str) -> Iterator[str]:
    """The changes as lines for a terminal."""
    for thing in things:
        name = said(thing.label, thing.node, language)
        yield f"{name}  {thing.node}" if thing.label else name
        for row in thing.rows:
            predicate = said(row.predicate_label, row.quad.predicate, language)
            value = said(row.object_label, row.quad.object, language)
            yield f"  {row.sign} {predicate}: {value}" + (f"  [{row.graph}]" if row.graph else "")


def to_json(things: Sequence[Thing]) -> dict[str, Any]:
    """The changes as JSON, with how many statements they add and withdraw."""
    signs = [row.sign for thing in things for row in thing.rows]
    return {
        "added": signs.count(ADDED),
        "withdrawn": signs.count(WITHDRAWN),
        "things": [thing.to_json() for thing in things],
    }


def said(label: Label, term: Term, language: str) -> str:
    """A term's name in a language, in English or in any, else itself."""
    known = label.get(language) or label.get("en") or next(iter(label.values()), None)
    return known or (str(term) if isinstance(term, ox.Literal) else shortened(term))


def _place(row: Row) -> tuple[str, bool, str]:
    return str(row.quad.predicate), row.sign != WITHDRAWN, str(row.quad)


class _Names:
    """What things are called by the change, else by what is published."""

    def __init__(self, patch: Patch, statements: Statements) -> None:
        self._statements = statements
        self._new: defaultdict[Term, dict[str, str]] = defaultdict(dict)
        self._parts: defaultdict[Term, dict[ox.NamedNode, Term]] = defaultdict(dict)
        self._known: dict[Term, Label] = {}
        for quad in (*patch.added, *patch.removed):
            if quad.predicate in LABELS and isinstance(quad.object, ox.Literal):
                self._new[quad.subject].setdefault(quad.object.language or "", quad.object.value)
            elif quad.predicate in _CLAIM:
                self._parts[quad.subject].setdefault(quad.predicate, quad.object)

    def of(self, term: Term) -> Label:
        if term not in self._known:
            self._known[term] = self._new.get(term) or labels(self._statements, term)
        return self._known[term]

    def of_claim(self, node: Term) -> Label:
        """A claim by the statement that it makes; empty if it is none."""
        if not isinstance(node, ox.NamedNode):
            return {}
        parts = dict(self._parts.get(node, {}))
        for predicate in _CLAIM:
            for triple in self._statements.match(node, predicate, None):
                parts.setdefault(predicate, triple.object)
        if len(parts) < len(_CLAIM):
            return {}
        terms = [parts[predicate] for predicate in _CLAIM]
        return {
            language: " · ".join(
                term.value if isinstance(term, ox.Literal) else said(self.of(term), term, language) for term in terms
            )
            for language in ("en", "fr")
        }
