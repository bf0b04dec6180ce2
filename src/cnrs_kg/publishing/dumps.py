"""Whole versions as files: N-Quads with the named graphs, Turtle of the default graph, both in gzip; Parquet, where its
library is there. With checksums.

A dump is made when it is first asked for, and never changes.
"""

import gzip
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from cnrs_kg.errors import EngineBusy
from cnrs_kg.publishing import parquet
from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.files import sync
from cnrs_kg.store.versions import Version, Versions

_CHUNK = 2**20
_LEVEL = 6
GZIP, PARQUET = "application/gzip", "parquet"


@dataclass(frozen=True)
class Dump:
    """A dump of a version; size (bytes) and SHA-256 once it is made."""

    number: int
    name: str
    syntax: str
    media_type: str
    title: dict[str, str]
    size: int | None = None
    sha256: str | None = None

    @property
    def path(self) -> str:
        """Its place on the server."""
        return f"dumps/{self.number}/{self.name}"

    @property
    def compression(self) -> str | None:
        """The media type in which its own is packed, if it is."""
        return GZIP if self.name.endswith(".gz") else None


_KINDS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "cnrs-kg.nq.gz",
        "nquads",
        {
            "en": "Every named graph, and all that is published in the default graph (N-Quads)",
            "fr": "Chaque graphe nommé, et tout ce qui est publié dans le graphe par défaut (N-Quads)",
        },
    ),
    (
        "cnrs-kg.ttl.gz",
        "turtle",
        {
            "en": "All that is published, inferences included (Turtle)",
            "fr": "Tout ce qui est publié, déductions comprises (Turtle)",
        },
    ),
)
_COLUMNS = (
    "cnrs-kg.parquet",
    PARQUET,
    {
        "en": "The statements of the N-Quads as columns, inferred ones marked (Parquet)",
        "fr": "Les énoncés des N-Quads en colonnes, les déduits marqués (Parquet)",
    },
)


class Dumps:
    """The dumps of a data directory."""

    def __init__(self, directory: Path, versions: Versions) -> None:
        self._directory, self._versions, self._lock = directory, versions, Lock()

    def of(self, version: Version) -> tuple[Dump, ...]:
        """The dumps that there can be of a version."""
        kinds = (*_KINDS, _COLUMNS) if parquet.available() else _KINDS
        return tuple(self._known(version, *kind) for kind in kinds)

    def made(self, version: Version, name: str) -> tuple[Dump, Path] | None:
        """A dump with its file, made if need be; None if there is none of this name.

        `VersionGone` if it was not made while the version was kept; `EngineBusy` while another one is being made.
        """
        found = next((dump for dump in self.of(version) if dump.name == name), None)
        if found is None:
            return None
        path = self._directory / str(version.number) / name
        if found.sha256 is None:
            with self._alone():
                if not path.is_file():
                    self._make(version, found, path)
            found = _measured(found, path)
        return found, path

    def _known(self, version: Version, name: str, syntax: str, title: dict[str, str]) -> Dump:
        media_type = parquet.MEDIA_TYPE if syntax == PARQUET else rdf_syntax(syntax).media_type
        dump = Dump(version.number, name, syntax, media_type, title)
        path = self._directory / str(version.number) / name
        return _measured(dump, path) if path.is_file() else dump

    def _make(self, version: Version, dump: Dump, path: Path) -> None:
        store = self._versions.open(self._versions.version(version.number))
        working = path.parent.with_name(f".{version.number}")
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
        try:
            packed = working / dump.name
            if dump.syntax == PARQUET:
                parquet.write(store, packed, {"version": str(version.number), "digest": version.digest})
            else:
                _write_rdf(store, dump.syntax, packed)
            with packed.open("rb") as written:
                digest = hashlib.file_digest(written, "sha256").hexdigest()
            packed.with_name(f"{dump.name}.sha256").write_text(f"{digest}  {dump.name}\n")
            sync(packed)
            path.parent.mkdir(exist_ok=True)
            for made in (f"{dump.name}.sha256", dump.name):
                (working / made).rename(path.parent / made)
            sync(path.parent)
        finally:
            shutil.rmtree(working, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=5):
            raise EngineBusy("another dump is being made", advice="Ask again in a moment.", retry_after=10)
        try:
            yield
        finally:
            self._lock.release()


def _write_rdf(store: ox.Store, name: str, path: Path) -> None:
    syntax, plain = rdf_syntax(name), path.with_name("plain")
    source = None if syntax.datasets else DEFAULT_GRAPH
    store.dump(plain, syntax.format, from_graph=source, prefixes=PREFIXES if syntax.prefixes else None)
    _pack(plain, path)


def _pack(source: Path, target: Path) -> None:
    """Write the file in gzip, the same bytes each time."""
    with source.open("rb") as read, target.open("wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_LEVEL, mtime=0, filename="") as packed:
            shutil.copyfileobj(read, packed, _CHUNK)


def _measured(dump: Dump, path: Path) -> Dump:
    digest = path.with_name(f"{path.name}.sha256").read_text().split()[0]
    return replace(dump, size=path.stat().st_size, sha256=digest)
