"""Where a version comes from, in PROV-O: the submission as an activity, who took part, what it used and made.

https://www.w3.org/TR/prov-o/. The statements are in `graph/provenance`, which digests leave out.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import CNRS, DCTERMS, GRAPH, ID, PROV, RDF
from cnrs_kg.rdf.terms import Term, date_time, stored_quad
from cnrs_kg.submissions.change import Change
from cnrs_kg.submissions.patches import PLACES
from cnrs_kg.submissions.states import Action
from cnrs_kg.submissions.submission import Submission

PROVENANCE = GRAPH("provenance")
TYPE = RDF("type")
Fact = tuple[ox.NamedNode, ox.NamedNode, Term]


def activity(number: int) -> ox.NamedNode:
    """The IRI of a submission."""
    return ID(f"submission/{number}")


def agent(name: str) -> ox.NamedNode:
    """The IRI of somebody who submits or decides."""
    return ID(f"agent/{quote(name, safe='')}")


def provenance(submission: Submission, change: Change, curator: str, base: int, now: datetime) -> frozenset[ox.Quad]:
    """What is said of the publication of a submission's change on the version `base`, accepted now by the curator."""
    facts = [
        *_activity(submission, curator, now),
        *_entities(submission, base, now),
        *_claims(submission, change),
    ]
    return frozenset(stored_quad(ox.Quad(*fact, PROVENANCE)) for fact in facts)


def header(submission: Submission) -> dict[str, str]:
    """What the head of the version's patch says of it, besides its number and who accepted it."""
    found = {"activity": activity(submission.number).value, PLACES: submission.content.places}
    return found | ({"submitter": submission.submitter} if submission.submitter else {})


def _activity(submission: Submission, curator: str, now: datetime) -> Iterator[Fact]:
    node, content = activity(submission.number), submission.content
    yield node, TYPE, PROV("Activity")
    yield node, DCTERMS("title"), ox.Literal(content.title)
    if content.message:
        yield node, DCTERMS("description"), ox.Literal(content.message)
    if content.source:
        yield node, DCTERMS("source"), cited(content.source)
    yield node, PROV("startedAtTime"), date_time(submission.created)
    yield node, PROV("endedAtTime"), date_time(now)
    authors = {one.agent for one in submission.history if one.action in (Action.SUBMIT, Action.AMEND)}
    for name in sorted({curator, *filter(None, authors)}):
        yield node, PROV("wasAssociatedWith"), agent(name)
        yield agent(name), TYPE, PROV("Agent")
        yield agent(name), DCTERMS("title"), ox.Literal(name)


def revision(node: ox.NamedNode, base: int, now: datetime) -> Iterator[Fact]:
    """That an activity made the version after `base` of it."""
    version = _version(base + 1)
    for entity in (version, _version(base)):
        yield entity, TYPE, PROV("Entity")
    yield node, PROV("used"), _version(base)
    yield node, PROV("generated"), version
    yield version, PROV("wasGeneratedBy"), node
    yield version, PROV("wasRevisionOf"), _version(base)
    yield version, PROV("generatedAtTime"), date_time(now)


def _entities(submission: Submission, base: int, now: datetime) -> Iterator[Fact]:
    node, version = activity(submission.number), _version(base + 1)
    yield from revision(node, base, now)
    if submission.submitter:
        yield version, PROV("wasAttributedTo"), agent(submission.submitter)
    for document in submission.content.documents:
        kept = ID(f"input/{document.sha256}")
        yield node, PROV("used"), kept
        yield kept, TYPE, PROV("Entity")
        yield kept, DCTERMS("title"), ox.Literal(document.name)


def _claims(submission: Submission, change: Change) -> Iterator[Fact]:
    """Claims are what is made and unmade that has a name of its own."""
    node = activity(submission.number)
    for quads, predicate in ((change.added, PROV("generated")), (change.removed, PROV("invalidated"))):
        for claim in sorted(_typed(quads), key=str):
            yield node, predicate, claim


def _typed(quads: Iterable[ox.Quad]) -> set[ox.NamedNode]:
    return {
        quad.subject
        for quad in quads
        if quad.predicate == TYPE and quad.object == CNRS("Claim") and isinstance(quad.subject, ox.NamedNode)
    }


def _version(number: int) -> ox.NamedNode:
    return ID(f"version/{number}")


def cited(text: str) -> Term:
    """A source as the IRI that it is, else as text."""
    if text.startswith(("http://", "https://", "urn:")) and not set(text) & set(' <>"{}|^`\\'):
        try:
            return ox.NamedNode(text)
        except ValueError:
            pass
    return ox.Literal(text)
