"""What is told of a version beside its answers: its description in VoID and DCAT, dumps, addresses, changes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from cnrs_kg.overview import NamedGraph
from cnrs_kg.publishing import described
from cnrs_kg.publishing.dumps import Dumps
from cnrs_kg.publishing.statistics import Rows, Statistics, count
from cnrs_kg.publishing.stream import Stream
from cnrs_kg.store.versions import Version, Versions

_ADDRESSES = """PREFIX id: <https://w3id.org/cnrs-kg/id/>
SELECT DISTINCT ?thing { ?thing a ?class FILTER STRSTARTS(STR(?thing), STR(id:)) } ORDER BY ?thing"""


class Publication:
    """Describes the versions of a graph; what is counted is remembered for one version, the one asked last."""

    def __init__(
        self,
        dumps: Path,
        versions: Versions,
        ask: Callable[[str, Version], Rows],
        graphs: Callable[[Version], Sequence[NamedGraph]],
    ) -> None:
        self.dumps, self.stream = Dumps(dumps, versions), Stream(versions)
        self._versions, self._ask, self._graphs = versions, ask, graphs
        self._lock = Lock()
        self._counted: dict[str, Statistics] = {}
        self._listed: dict[str, tuple[str, ...]] = {}

    def statistics(self, version: Version) -> Statistics:
        """What a version holds, counted; a `QueryError` if that takes too long."""
        with self._lock:
            if version.digest not in self._counted:
                self._counted = {version.digest: count(lambda text: self._ask(text, version))}
            return self._counted[version.digest]

    def void(self, public: str, version: Version) -> list[ox.Triple]:
        """The VoID description of a version, served under a URL without a slash at its end."""
        return described.void(self._subject(public, version), self.statistics(version))

    def catalog(self, public: str, version: Version) -> list[ox.Triple]:
        """The DCAT-AP catalogue with a version as its dataset."""
        return described.catalog(self._subject(public, version))

    def addresses(self, version: Version) -> tuple[str, ...]:
        """The IRIs of all things of ours, in order."""
        with self._lock:
            if version.digest not in self._listed:
                self._listed = {version.digest: tuple(row["thing"] for row in self._ask(_ADDRESSES, version))}
            return self._listed[version.digest]

    def _subject(self, public: str, version: Version) -> described.Subject:
        first = self._versions.record(1).created
        return described.Subject(public, version, self._graphs(version), first, self.dumps.of(version))
