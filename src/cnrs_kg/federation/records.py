"""What a registry's file says of a thing, and the statements that it becomes."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.rdf.namespaces import DCTERMS, ORG, RDF, XSD, Namespace
from cnrs_kg.rdf.terms import stored_triple

ADMS = Namespace("adms", "http://www.w3.org/ns/adms#")
STATUS = Namespace("status", "http://purl.org/adms/status/")
YEARS = range(500, 2101)


class HarvestError(CnrsKgError):
    """A registry's file that cannot be read as what it should be; nothing was changed."""


@dataclass
class Notes:
    """What was left out of a harvest and why, counted, with an example of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def leave_out(self, why: str, example: str) -> None:
        """Something of this kind was left out."""
        self.counts[why] += 1
        self.examples.setdefault(why, example[:200])

    def lines(self) -> Iterator[str]:
        """A sentence for each kind."""
        for why, count in sorted(self.counts.items()):
            yield f"{why}: {count}, as in {self.examples[why]}"


class Statements:
    """Collects the statements about one record, each in the form in which the store keeps it."""

    def __init__(self, iri: str, notes: Notes) -> None:
        self.node, self.notes = ox.NamedNode(iri), notes
        self.triples: list[ox.Triple] = []
        self.say(RDF("type"), ORG("Organization"))

    def say(self, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal, about: ox.NamedNode | None = None) -> None:
        """State something of the record, or of another node."""
        self.triples.append(stored_triple(ox.Triple(about or self.node, predicate, value)))

    def text(self, predicate: ox.NamedNode, value: object, language: str | None = None) -> None:
        """State a text (in Unicode's form NFC), if there is one; a language tag that is none is left out."""
        text = unicodedata.normalize("NFC", str(value or "").strip())
        if not text:
            return
        try:
            self.say(predicate, ox.Literal(text, language=language) if language else ox.Literal(text))
        except ValueError:
            self.notes.leave_out("language tags that are none", f"{text}@{language}")
            self.say(predicate, ox.Literal(text))

    def link(self, predicate: ox.NamedNode, iri: str) -> None:
        """State a link; one that is no IRI is left out."""
        try:
            self.say(predicate, ox.NamedNode(iri))
        except ValueError:
            self.notes.leave_out("links that are no IRIs", iri)

    def year(self, predicate: ox.NamedNode, value: object) -> None:
        """State a year; one that cannot be is left out."""
        if value in (None, ""):
            return
        text = str(value)
        if text.isascii() and text.isdigit() and int(text) in YEARS:
            self.say(predicate, ox.Literal(f"{int(text):04}", datatype=XSD("gYear")))
        else:
            self.notes.leave_out("years that cannot be", text)

    def identifier(self, value: str) -> None:
        """State the registry's own identifier."""
        self.text(DCTERMS("identifier"), value)
