"""The things that a cell may name: by label, acronym or code, in the published graph and in the same file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from cnrs_kg.rdf.namespaces import CNRS, RDF, RDFS, SKOS
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, Term
from cnrs_kg.spreadsheets.template import LANGUAGES, Column

_NAMES = (SKOS("prefLabel"), RDFS("label"), SKOS("altLabel"), SKOS("notation"), CNRS("acronym"), CNRS("code"))
_TYPE = RDF("type")
_CANDIDATES, _NEAR, _OFFERED = 20_000, 75.0, 3


_Allowed = tuple[frozenset[Term], tuple[Term, ...]]


@dataclass
class Things:
    """Looks things up in a store, and among those that the file itself describes (class by IRI, IRIs by name)."""

    store: ox.Store
    own_classes: dict[ox.NamedNode, ox.NamedNode] = field(default_factory=dict)
    own_names: dict[str, list[ox.NamedNode]] = field(default_factory=dict)
    _known: dict[tuple[str, _Allowed], tuple[ox.NamedNode, ...]] = field(default_factory=dict)
    _labels: dict[_Allowed, tuple[str, ...]] = field(default_factory=dict)
    _near: dict[tuple[str, _Allowed], tuple[str, ...]] = field(default_factory=dict)

    def by_label(self, text: str, column: Column) -> tuple[ox.NamedNode, ...]:
        """The things of this name that the column allows, each once."""
        key = text, (column.classes, column.options)
        if key not in self._known:
            named = dict.fromkeys([*self.own_names.get(text.casefold(), ()), *self._named(text)])
            self._known[key] = tuple(one for one in named if self._fits(one, column))
        return self._known[key]

    def near(self, text: str, column: Column) -> tuple[str, ...]:
        """The names most like the text of things that the column allows."""
        key = text, (column.classes, column.options)
        if key not in self._near:
            found = process.extract(
                text, self._all(column), scorer=fuzz.ratio, processor=default_process,
                limit=_OFFERED, score_cutoff=_NEAR,
            )  # fmt: skip
            self._near[key] = tuple(name for name, _, _ in found)
        return self._near[key]

    def labels(self, terms: Iterable[Term], lang: str) -> list[str]:
        """What to call each of these things in a language; its IRI where it has no name."""
        return [self._label(term, lang) for term in terms]

    def _label(self, term: Term, lang: str) -> str:
        found = {
            quad.object.language: quad.object.value
            for predicate in reversed(_NAMES[:2])
            for quad in self.store.quads_for_pattern(term, predicate, None, DEFAULT_GRAPH)  # type: ignore[arg-type]
            if isinstance(quad.object, ox.Literal)
        }
        return found.get(lang) or found.get("en") or next(iter(found.values()), str(term).strip("<>"))

    def _named(self, text: str) -> Iterable[ox.NamedNode]:
        forms = [ox.Literal(text), *(ox.Literal(text, language=lang) for lang in LANGUAGES)]
        # Most texts are no name of anything, which one look-up for each form tells.
        said = [form for form in forms if self._is_said(form)]
        for predicate in _NAMES:
            for form in said:
                for quad in self.store.quads_for_pattern(None, predicate, form, DEFAULT_GRAPH):
                    if isinstance(quad.subject, ox.NamedNode):
                        yield quad.subject

    def _is_said(self, form: ox.Literal) -> bool:
        return next(self.store.quads_for_pattern(None, None, form, DEFAULT_GRAPH), None) is not None

    def _fits(self, thing: ox.NamedNode, column: Column) -> bool:
        if not column.classes and not column.options:
            return True
        if thing in column.options:
            return True
        kind = self.own_classes.get(thing)
        if kind is not None and any(self._is_below(kind, wanted) for wanted in column.classes):
            return True
        return any(ox.Quad(thing, _TYPE, kind) in self.store for kind in column.classes)

    def _is_below(self, kind: ox.NamedNode, wanted: Term) -> bool:
        return kind == wanted or ox.Quad(kind, RDFS("subClassOf"), wanted) in self.store

    def _all(self, column: Column) -> tuple[str, ...]:
        """The names of the first things that the column allows."""
        key = column.classes, column.options
        if key not in self._labels:
            self._labels[key] = tuple(dict.fromkeys(self._names_of(column)))
        return self._labels[key]

    def _names_of(self, column: Column) -> Iterator[str]:
        of_classes = (
            quad.subject
            for kind in column.classes
            for quad in self.store.quads_for_pattern(None, _TYPE, kind, DEFAULT_GRAPH)
        )
        for thing in (*column.options, *islice(of_classes, _CANDIDATES)):
            for predicate in _NAMES:
                for quad in self.store.quads_for_pattern(thing, predicate, None, DEFAULT_GRAPH):  # type: ignore[arg-type]
                    if isinstance(quad.object, ox.Literal):
                        yield quad.object.value
