"""A change of links as it is published, with its record in PROV-O (https://www.w3.org/TR/prov-o/)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import pyoxigraph as ox

from cnrs_kg.federation.linking.links import Link
from cnrs_kg.rdf.namespaces import DCTERMS, ID, PROV, RDF
from cnrs_kg.rdf.terms import date_time, stored_quad
from cnrs_kg.store.versions import Version
from cnrs_kg.submissions.change import Change
from cnrs_kg.submissions.provenance import PROVENANCE, Fact, revision

Quads = tuple[frozenset[ox.Quad], frozenset[ox.Quad]]


def change_of(
    base: Version,
    quads: Quads,
    title: str,
    who: Mapping[ox.NamedNode, str],
    now: datetime,
    decided: Iterable[Link] = (),
) -> Change:
    """The change of the version `base` that adds and withdraws these quads, by agents with their titles; `decided` are
    links that a person decided on. If it says nothing new it has no record.
    """
    (added, removed), activity = quads, ID(f"linking/{base.number + 1}")
    if added or removed:
        facts = [*_activity(activity, title, who, now, decided), *revision(activity, base.number, now)]
        added |= {stored_quad(ox.Quad(*fact, PROVENANCE)) for fact in facts}
    return Change(
        added,
        removed,
        message=title,
        agent=", ".join(who.values()),
        as_of=base.as_of,
        based_on=base.number,
        header={"activity": activity.value},
    )


def _activity(
    node: ox.NamedNode, title: str, who: Mapping[ox.NamedNode, str], now: datetime, decided: Iterable[Link]
) -> Iterator[Fact]:
    yield node, RDF("type"), PROV("Activity")
    yield node, DCTERMS("title"), ox.Literal(title)
    yield node, PROV("endedAtTime"), date_time(now)
    yield from ((node, PROV("generated"), ox.NamedNode(link.iri)) for link in decided)
    for agent, name in who.items():
        yield node, PROV("wasAssociatedWith"), agent
        yield agent, RDF("type"), PROV("Agent")
        yield agent, DCTERMS("title"), ox.Literal(name)
