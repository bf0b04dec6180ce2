"""Links as the graph keeps them: claims that two records are of the same thing, with evidence and decision.

The match itself (`skos:exactMatch`) follows from a link while it is accepted, as from any claim that holds. A link that
was rejected stays, of deprecated rank, so that nobody proposes it again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, GRAPH, ID, PROV, RDF, SCHEMA, SKOS, XSD
from cnrs_kg.rdf.terms import Term, stored_quad

LINKS, SOURCE = GRAPH("links"), ID("source/links")
LINK, PROGRAM, EVIDENCE = (ID(f"{path}/").value for path in ("link", "program", "concept/evidence"))
_TITLES = {
    "en": "Links between records, by the program that compares them and by curators",
    "fr": "Liens entre notices, par le programme qui les compare et par les curateurs",
}
_LICENCE = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")


class Standing(StrEnum):
    """What became of a link."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    REJECTED = "rejected"


RANKS = {
    Standing.ACCEPTED: CNRS("normalRank"),
    Standing.REVIEW: CNRS("proposedRank"),
    Standing.REJECTED: CNRS("deprecatedRank"),
}
_STANDINGS = {rank.value: standing for standing, rank in RANKS.items()}
_STANDINGS[CNRS("preferredRank").value] = Standing.ACCEPTED


@dataclass(frozen=True)
class Link:
    """Two records that may be of the same thing.

    `evidence` are features with their levels ("name-same"); `by` is the IRI of who decided, `at` when; `close` says
    that the two are nearly, not exactly, the same.
    """

    subject: str
    object: str
    standing: Standing
    by: str
    at: str
    score: float | None = None
    evidence: frozenset[str] = frozenset()
    reason: str | None = None
    close: bool = False

    @property
    def slug(self) -> str:
        """The name of the link in its IRI: the same whichever record comes first."""
        return blake2b(" ".join(sorted((self.subject, self.object))).encode(), digest_size=12).hexdigest()

    @property
    def iri(self) -> str:
        """The link's own IRI."""
        return LINK + self.slug

    @property
    def curated(self) -> bool:
        """Whether a person decided."""
        return not self.by.startswith(PROGRAM)

    @property
    def decider(self) -> str:
        """Who decided, as a reader knows them."""
        return self.by.rpartition("/")[2]

    @property
    def ends(self) -> tuple[str, str]:
        """Both records."""
        return self.subject, self.object

    def same_finding(self, other: "Link") -> bool:
        """Whether a comparison that found the other found this one, whenever and by whichever version."""
        mine, theirs = ((one.standing, one.score, one.evidence, one.close) for one in (self, other))
        return mine == theirs

    def to_json(self) -> dict[str, Any]:
        """The link as JSON."""
        return {
            "link": self.iri,
            "name": self.slug,
            "subject": self.subject,
            "match": "close" if self.close else "exact",
            "object": self.object,
            "standing": self.standing.value,
            "score": self.score,
            "evidence": sorted(self.evidence),
            "decidedBy": self.by,
            "decidedAt": self.at,
            "reason": self.reason,
        }

    def quads(self) -> frozenset[ox.Quad]:
        """Its statements in the graph of links."""
        node = ox.NamedNode(self.iri)
        said: list[tuple[ox.NamedNode, Term]] = [
            (RDF("type"), CNRS("Link")),
            (RDF("subject"), ox.NamedNode(self.subject)),
            (RDF("predicate"), SKOS("closeMatch" if self.close else "exactMatch")),
            (RDF("object"), ox.NamedNode(self.object)),
            (CNRS("rank"), RANKS[self.standing]),
            (CNRS("decidedBy"), ox.NamedNode(self.by)),
            (CNRS("decidedAt"), ox.Literal(self.at, datatype=XSD("dateTime"))),
            (CNRS("statedIn"), SOURCE),
            *((CNRS("hasEvidence"), ox.NamedNode(EVIDENCE + one)) for one in self.evidence),
        ]
        if self.score is not None:
            said.append((CNRS("score"), ox.Literal(f"{self.score:.4f}", datatype=XSD("decimal"))))
        if self.reason:
            said.append((CNRS("decisionReason"), ox.Literal(self.reason)))
        return frozenset(stored_quad(ox.Quad(node, predicate, value, LINKS)) for predicate, value in said)


def ordered(left: str, right: str) -> tuple[str, str]:
    """The two records in the order in which a link names them: things of ours first."""
    first, second = sorted((left, right), key=lambda iri: (not iri.startswith(ID.iri), iri))
    return first, second


def read(store: ox.Store) -> dict[str, Link]:
    """The links of a published version, by their slugs."""
    said: dict[Term, dict[ox.NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in store.quads_for_pattern(None, None, None, LINKS):
        said[quad.subject][quad.predicate].append(quad.object)
    found = (_link(own) for own in said.values() if CNRS("Link") in own.get(RDF("type"), ()))
    return {link.slug: link for link in found if all(link.ends)}


def _link(said: Mapping[ox.NamedNode, Sequence[Term]]) -> Link:
    def all_(predicate: ox.NamedNode) -> list[str]:
        return [value.value for value in said.get(predicate, ()) if not isinstance(value, ox.Triple)]

    def one(predicate: ox.NamedNode) -> str | None:
        return next(iter(all_(predicate)), None)

    score = one(CNRS("score"))
    return Link(
        one(RDF("subject")) or "",
        one(RDF("object")) or "",
        _STANDINGS.get(one(CNRS("rank")) or "", Standing.REVIEW),
        one(CNRS("decidedBy")) or "",
        one(CNRS("decidedAt")) or "",
        None if score is None else float(score),
        frozenset(value.removeprefix(EVIDENCE) for value in all_(CNRS("hasEvidence"))),
        one(CNRS("decisionReason")),
        SKOS("closeMatch").value in all_(RDF("predicate")),
    )


def about() -> Iterator[ox.Quad]:
    """What the graph of links says of itself."""
    said: list[tuple[ox.NamedNode, Term]] = [
        (RDF("type"), CNRS("Source")),
        (SCHEMA("url"), LINKS),
        (DCTERMS("license"), _LICENCE),
        *((SKOS("prefLabel"), ox.Literal(text, language=language)) for language, text in _TITLES.items()),
    ]
    yield from (ox.Quad(SOURCE, predicate, value, LINKS) for predicate, value in said)


def described(agent: str, kind: str, title: str) -> Iterator[ox.Quad]:
    """Who decides on links: a PROV agent of this kind with a title."""
    node = ox.NamedNode(agent)
    yield ox.Quad(node, RDF("type"), PROV(kind), LINKS)
    yield ox.Quad(node, DCTERMS("title"), ox.Literal(title), LINKS)
