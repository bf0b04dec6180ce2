"""Where a published statement is written: in a file of the project or in what was submitted, with line and columns."""

import mmap
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.rdf.formats import syntax_of_file
from cnrs_kg.rdf.patch import read_header
from cnrs_kg.rdf.positions import objects
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.locating import Place, Spot
from cnrs_kg.submissions.patches import PLACES, kept_place
from cnrs_kg.submissions.reading import spots_of

Spots = Mapping[ox.Triple, Spot]


class SourcePlaces:
    """The places of what a version's files state. A file is read, and kept in mind, when it is first asked for."""

    def __init__(self, versions: Versions, version: Version, *, base_iri: str) -> None:
        self._versions, self._base_iri = versions, base_iri
        self._number = version.number
        self._sources: Mapping[str, Any] = version.sources or {}

    def of(self, triple: ox.Triple, graph: str) -> Place | None:
        """PLACE of the contract for a statement that a graph asserts, in a file of the project or in a submission.

        None if nothing that is kept states it.
        """
        for file in self._sources.get(graph, {}).get("files", ()):
            spot = self._spots(file["sha256"], file["name"], graph).get(triple)
            if spot is not None:
                return spot.place(file["name"])
        found = publication(self._versions, self._number, triple, graph)
        return None if found is None else submitted_place(self._versions, found, triple)

    def _spots(self, digest: str, name: str, graph: str) -> Spots:
        try:
            return _read(digest, name, graph, self._base_iri, self._versions)
        except CnrsKgError:  # the file is not kept any more
            return {}


@lru_cache(maxsize=64)
def _read(digest: str, name: str, graph: str, base_iri: str, versions: Versions) -> Spots:
    """The places of a file's statements, by the form in which the graph keeps them."""
    data = versions.input(digest)
    return spots_of(objects(data, syntax_of_file(PurePath(name)), base_iri=base_iri), ox.NamedNode(graph))


def submitted_place(versions: Versions, number: int, triple: ox.Triple) -> Place | None:
    """PLACE of a statement in the documents of the submission that made a version; None if there is none."""
    try:
        with versions.patch_file(number).open("rb") as lines:
            places = read_header(lines).get(PLACES)
        return None if places is None else kept_place(versions, places, triple)
    except CnrsKgError:  # the places are not kept any more
        return None


def publication(versions: Versions, number: int, triple: ox.Triple, graph: str) -> int | None:
    """The newest version, up to this one, whose patch adds the statement to the graph."""
    row = f"\nA {triple.subject} {triple.predicate} {triple.object} <{graph}> .\n".encode()
    return next((one for one in range(number, 0, -1) if row_after(versions, one, row) is not None), None)


def row_after(versions: Versions, number: int, start: bytes) -> str | None:
    """What follows in the first row of a version's patch that begins so; None if none does."""
    with (
        versions.patch_file(number).open("rb") as file,
        mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as rows,
    ):
        found = rows.find(start)
        end = found + len(start)
        return None if found < 0 else rows[end : max(end, rows.find(b"\n", end))].decode()
