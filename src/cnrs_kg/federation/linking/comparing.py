"""What a comparison of two sources changes about the links between them; what a curator decided stays as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files

import pyoxigraph as ox

from cnrs_kg.federation.linking import links, scoring
from cnrs_kg.federation.linking.links import PROGRAM, Link, Standing, ordered
from cnrs_kg.federation.linking.matching import Match, Pair
from cnrs_kg.federation.linking.scoring import MARGIN, Outcome
from cnrs_kg.rdf.terms import date_time

RIVAL = "rival-near"
"""The evidence that another candidate is nearly as likely."""


@dataclass(frozen=True)
class Comparison:
    """What a comparison found, and what it changes: quads to add and to withdraw."""

    links: tuple[Link, ...]
    added: frozenset[ox.Quad]
    removed: frozenset[ox.Quad]


def program() -> tuple[str, str]:
    """The IRI and the title of the program that compares, with its version and that of its points."""
    table = files("cnrs_kg.federation.linking").joinpath("points.csv").read_bytes()
    bounds = f"{scoring.SURE} {scoring.REVIEW} {scoring.MARGIN}".encode()
    digest = sha256(table + bounds).hexdigest()[:8]
    return f"{PROGRAM}link-{version('cnrs-kg')}-{digest}", f"cnrs-kg link {version('cnrs-kg')}, points {digest}"


def rejected(known: Iterable[Link]) -> set[Pair]:
    """The pairs that somebody rejected, either way round."""
    pairs = [link.ends for link in known if link.standing is Standing.REJECTED]
    return {*pairs, *((right, left) for left, right in pairs)}


def compared(matches: Iterable[Match], between: Mapping[str, Link], now: datetime) -> Comparison:
    """The links between two sources after they were compared; `between` are those known before, by slug.

    What the program found before and no longer finds is withdrawn; what it finds again unchanged keeps its date.
    """
    settled = {slug: link for slug, link in between.items() if link.curated}
    taken = {end: link for link in settled.values() if link.standing is Standing.ACCEPTED for end in link.ends}
    agent, title = program()
    after = dict(settled)
    for match in matches:
        link = _link(match, taken, agent, now)
        before = between.get(link.slug)
        if link.slug not in settled:
            after[link.slug] = before if before is not None and before.same_finding(link) else link
    was, becomes = (_quads(found.values()) for found in (between, after))
    added = becomes - was
    if added:
        added |= {*links.about(), *links.described(agent, "SoftwareAgent", title)}
    return Comparison(tuple(after.values()), added, was - becomes)


def _link(match: Match, taken: Mapping[str, Link], agent: str, now: datetime) -> Link:
    """The match as a link; what rivals a link that a curator accepted is not accepted unseen."""
    subject, object_ = ordered(match.left, match.right)
    rivals = any(end in taken for end in (subject, object_))
    sure = match.outcome is Outcome.SURE and not rivals
    evidence = {f"{feature}-{level}" for feature, level in match.levels.items() if level != "unknown"}
    if rivals or match.margin < MARGIN:
        evidence.add(RIVAL)
    standing = Standing.ACCEPTED if sure else Standing.REVIEW
    moment = date_time(now, "seconds").value
    return Link(subject, object_, standing, agent, moment, round(match.score, 4), frozenset(evidence))


def _quads(found: Iterable[Link]) -> frozenset[ox.Quad]:
    return frozenset().union(*(link.quads() for link in found))
