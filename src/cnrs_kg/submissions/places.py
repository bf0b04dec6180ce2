"""Where a published statement is written: the file of the project that asserts it, with line and columns."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.rdf.formats import syntax_of_file
from cnrs_kg.rdf.positions import objects
from cnrs_kg.store.versions import Version, Versions
from cnrs_kg.submissions.locating import Place, Spot
from cnrs_kg.submissions.reading import spots_of

Spots = Mapping[ox.Triple, Spot]


class SourcePlaces:
    """The places of what a version's files state. A file is read, and kept in mind, when it is first asked for."""

    def __init__(self, versions: Versions, version: Version, *, base_iri: str) -> None:
        self._versions, self._base_iri = versions, base_iri
        self._sources: Mapping[str, Any] = version.sources or {}

    def of(self, triple: ox.Triple, graph: str) -> Place | None:
        """PLACE of the contract for a statement that a graph asserts; None if no file that is kept states it."""
        for file in self._sources.get(graph, {}).get("files", ()):
            spot = self._spots(file["sha256"], file["name"], graph).get(triple)
            if spot is not None:
                return spot.place(file["name"])
        return None

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
