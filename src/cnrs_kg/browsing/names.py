"""What things are called: names, acronyms, codes and registry numbers of a version, folded so that they are found."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, OWL, RDF, RDFS, SKOS
from cnrs_kg.rdf.terms import DEFAULT_GRAPH

PREFERRED, OTHER, IDENTIFIER = 0, 1, 2
"""How good a name is; the better ones come first."""
NAMING = {
    SKOS("prefLabel"): PREFERRED,
    RDFS("label"): PREFERRED,
    DCTERMS("title"): PREFERRED,
    SKOS("altLabel"): OTHER,
    SKOS("notation"): OTHER,
    CNRS("rnsrNumber"): IDENTIFIER,
    CNRS("countryCode"): IDENTIFIER,
    SKOS("exactMatch"): IDENTIFIER,
}
LONGEST = 300
"""Characters of a name that are indexed and shown."""
_KINDS = (
    ("InternationalJointUnit", "OfficeAbroad", "JointUnit", "NationalInstitute", "Institute"),
    ("GoverningBody", "Network", "Department", "ResearchOffice", "Organ", "University", "ResearchOrganisation",
     "PublicAgency", "Company", "Country", "Organisation"),
    ("Continent", "Region", "City", "Person", "Post", "CooperationAgreement", "Policy", "Principle", "Mission"),
    ("Site", "Source", "Quotation", "Place"),
)  # fmt: skip
RANKS = {CNRS(name).value: rank for rank, names in enumerate(_KINDS) for name in names}
"""The classes by which a thing is told, the most telling first, and how far up things of a class come."""
USUAL, TERMS = 2, 4
"""The ranks of what is of none of these classes, and of the terms of an ontology."""
_TERMS = (OWL.iri, RDF.iri, RDFS.iri)
_PLACES = {iri: place for place, iri in enumerate(RANKS)}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "_": " "})
_BOUNDARY = re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Name:
    """One name of a thing: as it is written, in which language, and how good it is."""

    text: str
    language: str
    quality: int


@dataclass(frozen=True)
class Entry:
    """A thing with its names; `kind` is the class by which it is told, empty if it has none."""

    iri: str
    kind: str
    names: tuple[Name, ...]

    @property
    def rank(self) -> int:
        """How far up things of this kind come; 0 is first."""
        if self.kind.startswith(_TERMS):
            return TERMS
        return RANKS.get(self.kind, USUAL)

    def label(self, language: str) -> str:
        """The best name in a language, or else in any."""
        return min(self.names, key=lambda name: (name.quality, name.language != language, name.text)).text


def folded(text: str) -> str:
    """The words of a text without case and accents, letters and digits apart: `UMI3288` is `umi 3288`.

    Nothing is left that could be taken for the syntax of a search.
    """
    # Twice: what is a letter in a mathematical font is a capital only once it is a plain letter.
    plain = text
    for _ in range(2):
        plain = unicodedata.normalize("NFKD", plain).casefold().translate(_LIGATURES)
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(_WORD.findall(_BOUNDARY.sub(" ", bare)))


def all_entries(store: ox.Store) -> Iterator[Entry]:
    """Every thing of a store that has a name."""
    names: dict[str, list[Name]] = {}
    for predicate, quality in NAMING.items():
        for quad in store.quads_for_pattern(None, predicate, None, DEFAULT_GRAPH):
            name = _name(quad.object, quality)
            if name is not None and isinstance(quad.subject, ox.NamedNode):
                names.setdefault(quad.subject.value, []).append(name)
    kinds: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, RDF("type"), None, DEFAULT_GRAPH):
        iri, kind = str(quad.subject)[1:-1], quad.object
        if iri in names and isinstance(kind, ox.NamedNode):
            kinds[iri] = _telling(kinds.get(iri, ""), kind.value)
    for iri, found in names.items():
        yield Entry(iri, kinds.get(iri, ""), _distinct(found))


def entry(store: ox.Store, iri: str) -> Entry | None:
    """A thing of a store; None if it has no name there."""
    names, kind = [], ""
    for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, DEFAULT_GRAPH):
        if quad.predicate == RDF("type") and isinstance(quad.object, ox.NamedNode):
            kind = _telling(kind, quad.object.value)
        elif quad.predicate in NAMING:
            name = _name(quad.object, NAMING[quad.predicate])
            if name is not None:
                names.append(name)
    return Entry(iri, kind, _distinct(names)) if names else None


def named_by(quads: Iterable[ox.Quad]) -> set[str]:
    """The things whose names or kinds these quads may change."""
    return {
        quad.subject.value
        for quad in quads
        if isinstance(quad.subject, ox.NamedNode) and (quad.predicate in NAMING or quad.predicate == RDF("type"))
    }


def _name(value: object, quality: int) -> Name | None:
    if isinstance(value, ox.Literal):
        text, language = value.value, (value.language or "")[:2]
    elif isinstance(value, ox.NamedNode):
        text, language = re.split(r"[/#:]", value.value)[-1], ""
    else:
        return None
    text = " ".join(text[: 4 * LONGEST].split())[:LONGEST]
    return Name(text, language, quality) if folded(text) else None


def _distinct(names: list[Name]) -> tuple[Name, ...]:
    """Each text once for a language, as good as it is anywhere."""
    found: dict[tuple[str, str], Name] = {}
    for name in sorted(names, key=lambda name: name.quality):
        found.setdefault((name.text, name.language), name)
    return tuple(found.values())


def _telling(one: str, other: str) -> str:
    """The class that tells more: one of ours by their order, then others by name, the terms of OWL and RDF last."""
    return min(one or other, other, key=lambda iri: (_PLACES.get(iri, len(_PLACES)), iri.startswith(_TERMS), iri))
