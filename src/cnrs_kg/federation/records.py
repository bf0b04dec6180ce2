"""What a registry's file says of a thing, and the statements that it becomes."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, ORG, RDF, SCHEMA, XSD, Namespace
from cnrs_kg.rdf.terms import stored_triple

ADMS = Namespace("adms", "http://www.w3.org/ns/adms#")
STATUS = Namespace("status", "http://purl.org/adms/status/")
YEARS = range(500, 2101)
IDENTIFIERS = {
    "wikidata": (CNRS("hasWikidataItem"), re.compile(r"Q[1-9][0-9]*"), "http://www.wikidata.org/entity/"),
    "isni": (CNRS("hasIsniRecord"), re.compile(r"[0-9]{15}[0-9X]"), "https://isni.org/isni/"),
    "fundref": (CNRS("hasFunderRecord"), re.compile(r"[0-9]+"), "https://doi.org/10.13039/"),
    "grid": (CNRS("hasGridRecord"), re.compile(r"grid\.[0-9]+\.[0-9a-f]+"), "https://www.grid.ac/institutes/"),
    "ror": (CNRS("hasRorRecord"), re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}"), "https://ror.org/"),
}
"""Identifiers of other registries: the property, the form, and what makes an IRI of it."""
_SITE = re.compile(r"(https?://)?[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:[0-9]+)?(/[^\s@<>\"{}|\\^`]*)?")


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


def parsed_json(data: bytes, what: str) -> Any:
    """What a JSON document says; `HarvestError` if it is none, or nested beyond reason."""
    if data.lstrip()[:1] == b"<":
        raise HarvestError(f"{what} is HTML or XML, not JSON", advice="Check the address.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise HarvestError(f"{what} is not JSON: {error}", advice="Fetch it again.") from error


class Statements:
    """Collects the statements about one record, each in the form in which the store keeps it."""

    def __init__(self, iri: str, notes: Notes, kind: ox.NamedNode | None = None) -> None:
        try:
            self.node = ox.NamedNode(iri)
        except ValueError as error:
            raise HarvestError(f"{iri[:80]!r} is the IRI of no record", advice="Fetch it again.") from error
        self.notes = notes
        self.triples: list[ox.Triple] = []
        self.say(RDF("type"), kind or ORG("Organization"))

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

    def date(self, predicate: ox.NamedNode, text: str) -> None:
        """State a day; one that is none is left out."""
        if not text:
            return
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.notes.leave_out("days that are none", text)
        else:
            self.say(predicate, ox.Literal(day.isoformat(), datatype=XSD("date")))

    def site(self, cell: str) -> None:
        """State the web site, where a cell holds one address and nothing else: some hold e-mail addresses."""
        if not cell:
            return
        if not _SITE.fullmatch(cell):
            self.notes.leave_out("web sites that are no address alone", "(not shown: some hold e-mail addresses)")
            return
        self.link(SCHEMA("url"), cell if cell.startswith("http") else f"http://{cell}")

    def record_elsewhere(self, registry: str, value: str) -> None:
        """State the record of the same thing in another registry, if the identifier is one."""
        predicate, form, base = IDENTIFIERS[registry]
        text = value.replace(" ", "").removeprefix(base)
        if form.fullmatch(text):
            self.say(predicate, ox.NamedNode(base + text))
        else:
            self.notes.leave_out(f"{registry} identifiers that are malformed", f"{value!r} of {self.node}")

    def part_of(self, parent: str) -> None:
        """State the organisation above; one that is its own parent is left out."""
        if parent == self.node.value:
            self.notes.leave_out("relations of a record to itself", parent)
        else:
            self.link(ORG("subOrganizationOf"), parent)

    def identifier(self, value: str) -> None:
        """State the registry's own identifier."""
        self.text(DCTERMS("identifier"), value)
