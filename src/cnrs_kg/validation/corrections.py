"""Corrections that can be told without understanding: a language tag, a datatype, a near miss, swapped coordinates.

Each is a text to put in the place of what is wrong, with a sentence. https://www.w3.org/TR/shacl/#core-components names
the constraints.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

import pyoxigraph as ox
import rdflib
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from rdflib.collection import Collection as RdfList
from rdflib.namespace import SH
from rdflib.term import Node

from cnrs_kg.rdf.namespaces import CNRS, RDF, SCHEMA, SKOS, XSD
from cnrs_kg.rdf.rdflib_terms import from_rdflib
from cnrs_kg.rdf.statements import Statements
from cnrs_kg.rdf.terms import Term, term_json
from cnrs_kg.reasoning.values import ILL_TYPED, value
from cnrs_kg.validation.labels import LABELS, name
from cnrs_kg.validation.report import Result

Text = Mapping[str, str]
_COORDINATES = ((CNRS("latitude"), CNRS("longitude")), (SCHEMA("latitude"), SCHEMA("longitude")))
_NAMES = (*LABELS, SKOS("altLabel"), SKOS("notation"))
_CANDIDATES = 20_000
_NEAR = 80.0
_OFFERED = 3
_LONGEST = 300
_DATES = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%m/%d/%Y")
_TRUTH = {"yes": "true", "oui": "true", "vrai": "true", "no": "false", "non": "false", "faux": "false"}

_TAG = {"en": "Say in which language it is: {}.", "fr": "Dire en quelle langue c'est : {}."}
_TYPE = {"en": "Write it as {}.", "fr": "L'écrire {}."}
_NEAREST = {"en": "Did you mean {}?", "fr": "Vouliez-vous dire {} ?"}
_SWAP = {
    "en": "Latitude and longitude look swapped: latitude {}, longitude {}.",
    "fr": "Latitude et longitude semblent interverties : latitude {}, longitude {}.",
}


@dataclass(frozen=True)
class Correction:
    """A text that could replace what is wrong, and a sentence for people.

    `beside` is a value of another property that is to be replaced as well, with the text for it.
    """

    message: Text
    replacement: str
    beside: tuple[ox.NamedNode, ox.Literal, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """An entry of `fixes` in the contract's RESULT."""
        found: dict[str, Any] = {"message": dict(self.message), "replacement": self.replacement}
        if self.beside is not None:
            path, value, text = self.beside
            found["beside"] = {"path": str(path), "value": term_json(value), "replacement": text}
        return found


Names = dict[str, dict[tuple[Term, str], str]]
"""For each shape what the things that it allows are called, kept from one result to the next."""


def corrections(result: Result, shapes: rdflib.Graph, statements: Statements, names: Names) -> Iterator[Correction]:
    """The corrections of a result, the likeliest first, at most three; none for most faults."""
    found = _Case(result, rdflib.URIRef(result.shape or ""), shapes, statements, names)
    offered: dict[str, Correction] = {}
    for one in found.corrections():
        offered.setdefault(one.replacement, one)
    yield from islice(offered.values(), _OFFERED)


@dataclass(frozen=True)
class _Case:
    result: Result
    shape: Node
    shapes: rdflib.Graph
    statements: Statements
    names: Names

    def corrections(self) -> Iterator[Correction]:
        component = (self.result.constraint or "").removeprefix("sh:").removesuffix("ConstraintComponent")
        kinds = {
            "dt-not-type": self._ill_typed,
            "Datatype": self._datatype,
            "LanguageIn": self._language,
            "NodeKind": self._kind,
            "Class": self._of_class,
            "In": self._of_list,
            "Node": self._of_node,
            "Pattern": self._pattern,
            "MinInclusive": self._swapped,
            "MaxInclusive": self._swapped,
        }
        if component in kinds and len(str(self.result.value)) <= _LONGEST:
            yield from kinds[component]()

    def _parameter(self, parameter: Node) -> Term | None:
        found = next(self.shapes.objects(self.shape, parameter), None)
        return None if found is None else from_rdflib(found)

    def _ill_typed(self) -> Iterator[Correction]:
        if isinstance(self.result.value, ox.Literal):
            yield from _respelt(self.result.value, self.result.value.datatype)

    def _datatype(self) -> Iterator[Correction]:
        wanted, given = self._parameter(SH.datatype), self.result.value
        if not isinstance(given, ox.Literal) or not isinstance(wanted, ox.NamedNode):
            return
        if wanted == RDF("langString"):
            yield from self._tagged(given, ("en", "fr"))
            return
        yield from _respelt(given, wanted)

    def _language(self) -> Iterator[Correction]:
        given, wanted = self.result.value, next(self.shapes.objects(self.shape, SH.languageIn), None)
        if (
            isinstance(given, ox.Literal)
            and wanted is not None
            and given.datatype in (XSD("string"), RDF("langString"))
        ):
            yield from self._tagged(given, [str(tag) for tag in RdfList(self.shapes, wanted)])

    def _tagged(self, given: ox.Literal, tags: Iterable[str]) -> Iterator[Correction]:
        for tag in tags:
            yield _said(_TAG, str(ox.Literal(given.value, language=tag)))

    def _kind(self) -> Iterator[Correction]:
        given = self.result.value
        if isinstance(given, ox.Literal) and self._parameter(SH.nodeKind) == from_rdflib(SH.IRI):
            wanted = (kind for shape in self._along() for kind in self.shapes.objects(shape, SH["class"]))
            yield from self._near(chain.from_iterable(map(self._instances, map(from_rdflib, wanted))))
        elif isinstance(given, ox.NamedNode):
            yield _said(_TYPE, str(ox.Literal(given.value)))

    def _as_iri(self, given: ox.Literal) -> Iterator[Correction]:
        if re.match(r"https?://\S+$", given.value.strip()):
            yield from _iri(given.value.strip())

    def _of_class(self) -> Iterator[Correction]:
        kind = self._parameter(SH["class"])
        yield from self._near(self._instances(kind) if kind else ())

    def _instances(self, kind: Term) -> Iterator[Term]:
        return (triple.subject for triple in self.statements.match(None, RDF("type"), kind))

    def _along(self) -> Iterator[Node]:
        """The shapes that judge values of the same property: what they want of them too, they are to be."""
        path = next(self.shapes.objects(self.shape, SH.path), None)
        yield from self.shapes.subjects(SH.path, path) if isinstance(path, rdflib.URIRef) else ()

    def _of_list(self) -> Iterator[Correction]:
        for members in self.shapes.objects(self.shape, SH["in"]):
            yield from self._near(map(from_rdflib, RdfList(self.shapes, members)))

    def _of_node(self) -> Iterator[Correction]:
        """Near misses among the nodes that have the value which the inner shape asks for, such as a scheme."""
        for inner in self.shapes.objects(self.shape, SH.node):
            for part in self.shapes.objects(inner, SH.property):
                path, wanted = (next(self.shapes.objects(part, name), None) for name in (SH.path, SH.hasValue))
                if isinstance(path, rdflib.URIRef) and wanted is not None:
                    found = self.statements.match(None, ox.NamedNode(str(path)), from_rdflib(wanted))
                    yield from self._near(triple.subject for triple in found)

    def _near(self, candidates: Iterable[Term]) -> Iterator[Correction]:
        """The candidates most like the value: by name if it is a text, by the end of the IRI otherwise."""
        given = self.result.value
        if isinstance(given, ox.Literal):
            yield from self._as_iri(given)
        known = self._names(candidates, by_text=isinstance(given, ox.Literal))
        text = given.value if isinstance(given, ox.Literal) else _local(given)
        found = process.extract(default_process(text), known, scorer=fuzz.ratio, limit=_OFFERED, score_cutoff=_NEAR)
        for _, _, (term, _) in found:
            if term != given:
                said = {lang: text.format(self._named(term, lang)) for lang, text in _NEAREST.items()}
                yield Correction(said, str(term))

    def _names(self, candidates: Iterable[Term], *, by_text: bool) -> dict[tuple[Term, str], str]:
        key = f"{self.shape} {self.result.constraint} {by_text}"
        if key not in self.names:
            terms = [term for term in islice(candidates, _CANDIDATES) if not isinstance(term, ox.Triple)]
            self.names[key] = {
                (term, text): default_process(text)
                for term in terms
                for text in (self._texts(term) if by_text else [_local(term)])
            }
        return self.names[key]

    def _texts(self, term: Term) -> Iterator[str]:
        if not isinstance(term, ox.NamedNode):
            yield str(term.value)  # type: ignore[union-attr]
            return
        for predicate in _NAMES:
            for triple in self.statements.match(term, predicate, None):
                if isinstance(triple.object, ox.Literal):
                    yield triple.object.value

    def _named(self, term: Term, lang: str) -> str:
        return str(term) if isinstance(term, ox.Literal) else f"{name(self.statements, term, lang)}, {term}"

    def _pattern(self) -> Iterator[Correction]:
        given, pattern = self.result.value, self._parameter(SH.pattern)
        if isinstance(given, ox.Triple | ox.BlankNode | None) or not isinstance(pattern, ox.Literal):
            return
        try:
            wanted = re.compile(pattern.value)
        except re.error:  # what XPath allows and Python does not
            return
        for text in _rewritten(given.value):
            if wanted.search(text):
                if isinstance(given, ox.NamedNode):
                    yield from _iri(text)
                else:
                    yield _said(_TYPE, str(_like(given, text)))
                return

    def _swapped(self) -> Iterator[Correction]:
        """A latitude that is the longitude, and the other way round."""
        focus = self.result.focus_node
        for pair in _COORDINATES:
            if self.result.path not in [str(part) for part in pair] or not isinstance(focus, ox.NamedNode):
                continue
            latitude, longitude = (self._coordinate(focus, part) for part in pair)
            if latitude is None or longitude is None or not (_within(longitude, 90) and _within(latitude, 180)):
                continue
            said = {lang: text.format(longitude.value, latitude.value) for lang, text in _SWAP.items()}
            if self.result.path == str(pair[0]):
                yield Correction(said, str(longitude), (pair[1], longitude, str(latitude)))
            else:
                yield Correction(said, str(latitude), (pair[0], latitude, str(longitude)))

    def _coordinate(self, focus: ox.NamedNode, part: ox.NamedNode) -> ox.Literal | None:
        """The only value of a coordinate."""
        found = [triple.object for triple in self.statements.match(focus, part, None)]
        return found[0] if len(found) == 1 and isinstance(found[0], ox.Literal) else None


def _within(coordinate: Term, most: int) -> bool:
    try:
        return isinstance(coordinate, ox.Literal) and abs(float(coordinate.value)) <= most
    except ValueError:
        return False


def _said(said: Text, replacement: str) -> Correction:
    return Correction({lang: text.format(replacement) for lang, text in said.items()}, replacement)


def _iri(text: str) -> Iterator[Correction]:
    try:
        yield _said(_TYPE, str(ox.NamedNode(text)))
    except ValueError:
        return


def _local(term: Term | None) -> str:
    return re.split(r"[/#]", str(term).strip('<>"').rstrip("/"))[-1]


def _like(given: ox.Literal, text: str) -> ox.Literal:
    return ox.Literal(text, language=given.language) if given.language else ox.Literal(text, datatype=given.datatype)


def _rewritten(text: str) -> Iterator[str]:
    """The text with other spaces, case, scheme, or end."""
    bare = text.strip()
    close = "".join(bare.split())
    yield from (bare, " ".join(bare.split()), close, bare.upper(), bare.lower(), close.upper(), close.lower())
    yield from (close.replace("http://", "https://"), close.replace("https://", "http://"))
    yield from (close + "/", close.rstrip("/"), re.sub(r"(?<=[A-Za-z])(?=\d)", " ", close))


def _respelt(given: ox.Literal, datatype: ox.NamedNode) -> Iterator[Correction]:
    for text in _spellings(given.value, datatype):
        made = ox.Literal(text, datatype=datatype)
        if value(made) not in (None, ILL_TYPED):
            yield _said(_TYPE, str(made))


def _spellings(text: str, datatype: ox.NamedNode) -> Iterator[str]:
    """The text as values of a datatype are written: as it is, without spaces, with a decimal comma, as a date."""
    bare = text.strip()
    yield bare
    close = re.sub(r"[\s\u202f\u00a0']", "", bare)
    yield from (close, close.replace(",", "."))
    if datatype == XSD("boolean"):
        yield _TRUTH.get(bare.lower(), bare)
    for form in _DATES if datatype == XSD("date") else ():
        try:
            yield datetime.strptime(bare, form).date().isoformat()
        except ValueError:
            continue
    year = re.search(r"\b(1[89]|20)\d\d\b", bare)
    if datatype == XSD("gYear") and year:
        yield year[0]
