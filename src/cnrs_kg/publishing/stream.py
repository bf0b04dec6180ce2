"""The changes of the graph as a Linked Data Event Stream (https://w3id.org/ldes/specification, TREE hypermedia
https://w3id.org/tree/specification).

A member is what is asserted of one subject in a version, all its statements in a graph that has the member's name; a
subject of which nothing is asserted any longer leaves a member without statements. Since the patches of all versions
stay, the stream begins with the first version and nothing is ever cut off.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import pyoxigraph as ox

from cnrs_kg.publishing.described import LICENCE, TITLE
from cnrs_kg.publishing.history import asserting
from cnrs_kg.rdf.namespaces import DCTERMS, PROV, RDF, VOID, XSD, Namespace
from cnrs_kg.rdf.patch import Patch
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, date_time
from cnrs_kg.store.versions import Version, Versions

LDES = Namespace("ldes", "https://w3id.org/ldes#")
TREE = Namespace("tree", "https://w3id.org/tree#")
AS = Namespace("as", "https://www.w3.org/ns/activitystreams#")
PREFIXES = (LDES, TREE, AS, DCTERMS, PROV, VOID, XSD)

MEMBERS = 500
"""Members on a page."""
BLOCK = 100
"""Versions that a node between the root and the pages leads to."""
TIMESTAMP, VERSION_OF = PROV("generatedAtTime"), DCTERMS("isVersionOf")
Subject = ox.NamedNode | ox.BlankNode | ox.Triple


class Node(NamedTuple):
    """A node of the tree: its quads, whether they stay as they are for ever, the newest version that it tells of."""

    quads: list[ox.Quad]
    closed: bool
    newest: Version | None


class Stream:
    """The event stream of a data directory's versions."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._subjects = lru_cache(maxsize=4)(self._changed)
        self._since = lru_cache(maxsize=4)(versions.diff)

    def root(self, public: str) -> Node:
        """What the stream is, and the way to its blocks; never closed."""
        found = _Writer(public, "")
        newest = self._newest()
        for first in range(1, newest + 1, BLOCK):
            found.relate(f"/from/{first}", self._versions.record(first))
        return Node(found.quads, closed=False, newest=self._versions.record(newest) if newest else None)

    def block(self, public: str, first: int) -> Node | None:
        """The way to the versions from this one on; None if there is no block that begins there."""
        newest = self._newest()
        if first % BLOCK != 1 or first > newest:
            return None
        found = _Writer(public, f"/from/{first}")
        full, last = first + BLOCK - 1 <= newest, min(first + BLOCK - 1, newest)
        for number in range(first, last + 1):
            found.relate(f"/{number}/1", self._versions.record(number))
        return Node(found.quads, closed=full, newest=self._versions.record(last))

    def page(self, public: str, number: int, page: int) -> Node | None:
        """Members of a version, and the way to more of them; None if there is no such page. `VersionNotFound`."""
        version = self._versions.record(number)
        subjects = self._subjects(number)
        pages = max(1, -(-len(subjects) // MEMBERS))
        if not 1 <= page <= pages:
            return None
        found = _Writer(public, f"/{number}/{page}")
        if page < pages:
            found.relate(f"/{number}/{page + 1}", version)
        own = subjects[(page - 1) * MEMBERS : page * MEMBERS]
        for subject, statements in self._states(version, own):
            found.member(version, subject, statements)
        return Node(found.quads, closed=True, newest=version)

    def _newest(self) -> int:
        current = self._versions.current()
        return current.number if current else 0

    def _changed(self, number: int) -> Sequence[bytes]:
        """The subjects of which a version asserts something else than the one before it, in order, as N-Triples."""
        with self._versions.patch_file(number).open("rb") as file:
            return sorted({subject for line in file if (subject := asserting(line))})

    def _states(self, version: Version, names: Sequence[bytes]) -> Iterator[tuple[Subject, set[ox.Quad]]]:
        """What a version asserts of each subject: as its store says, or a later one with what came since undone."""
        kept = self._kept(version.number)
        store, subjects = self._versions.open(kept), _subjects(names)
        undone = self._since(kept.number, version.number) if kept.number != version.number else Patch()
        gone, back = _by_subject(undone.removed, subjects), _by_subject(undone.added, subjects)
        for subject in subjects:
            quads = {
                quad for quad in store.quads_for_pattern(subject, None, None, None) if quad.graph_name != DEFAULT_GRAPH
            }
            yield subject, (quads - gone.get(subject, set())) | back.get(subject, set())

    def _kept(self, number: int) -> Version:
        """The nearest version from this one on whose store is kept: the newest always is."""
        return next(
            version for version in map(self._versions.record, range(number, self._newest() + 1)) if version.kept
        )


def _subjects(names: Sequence[bytes]) -> list[Subject]:
    rows = b"".join(name + b" <x:> <x:> .\n" for name in names)
    return [quad.subject for quad in ox.parse(rows, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False)]


def _by_subject(quads: Sequence[ox.Quad], subjects: Sequence[Subject]) -> dict[Subject, set[ox.Quad]]:
    found: dict[Subject, set[ox.Quad]] = {subject: set() for subject in subjects}
    for quad in quads:
        if quad.subject in found and quad.graph_name != DEFAULT_GRAPH:
            found[quad.subject].add(quad)
    return found


class _Writer:
    """Writes a node under the URL of the stream."""

    def __init__(self, public: str, path: str) -> None:
        self._view = f"{public}/ldes"
        self._stream, self._node = ox.NamedNode(f"{self._view}#stream"), ox.NamedNode(f"{self._view}{path}")
        self._versions = f"{public}/versions/"
        self.quads: list[ox.Quad] = []
        self._say(self._stream, RDF("type"), LDES("EventStream"))
        for language, text in TITLE.items():
            self._say(self._stream, DCTERMS("title"), ox.Literal(text, language=language))
        self._say(self._stream, DCTERMS("license"), LICENCE)
        self._say(self._stream, LDES("timestampPath"), TIMESTAMP)
        self._say(self._stream, LDES("versionOfPath"), VERSION_OF)
        self._say(self._stream, LDES("versionUpdateObject"), AS("Update"))
        self._say(self._stream, LDES("versionDeleteObject"), AS("Delete"))
        self._say(self._stream, TREE("view"), ox.NamedNode(self._view))
        self._say(self._node, RDF("type"), TREE("Node"))
        self._relations = 0

    def relate(self, path: str, version: Version) -> None:
        """Lead to a node whose members are not older than a version."""
        self._relations += 1
        relation = ox.NamedNode(f"{self._node.value}#relation-{self._relations}")
        self._say(self._node, TREE("relation"), relation)
        self._say(relation, RDF("type"), TREE("GreaterThanOrEqualToRelation"))
        self._say(relation, TREE("node"), ox.NamedNode(f"{self._view}{path}"))
        self._say(relation, TREE("path"), TIMESTAMP)
        self._say(relation, TREE("value"), date_time(version.created))

    def member(self, version: Version, subject: Subject, statements: set[ox.Quad]) -> None:
        """State a member with what is asserted of its subject; a tombstone if nothing is."""
        name = sha256(str(subject).encode()).hexdigest()[:24]
        member = ox.NamedNode(f"{self._view}/{version.number}/member/{name}")
        self._say(self._stream, TREE("member"), member)
        self._say(member, RDF("type"), AS("Update" if statements else "Delete"))
        self._say(member, VERSION_OF, subject)
        self._say(member, TIMESTAMP, date_time(version.created))
        self._say(member, DCTERMS("isPartOf"), ox.NamedNode(f"{self._versions}{version.number}"))
        for graph in sorted({quad.graph_name for quad in statements}, key=str):
            self._say(member, VOID("inDataset"), graph)
        triples = dict.fromkeys(quad.triple for quad in sorted(statements, key=str))
        self.quads += (ox.Quad(one.subject, one.predicate, one.object, member) for one in triples)

    def _say(self, subject: ox.NamedNode, predicate: ox.NamedNode, value: object) -> None:
        self.quads.append(ox.Quad(subject, predicate, value))  # type: ignore[arg-type]
