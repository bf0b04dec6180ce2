"""Whole versions as files: N-Quads with the named graphs, Turtle of the default graph; gzip, with checksums.

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

from cnrs_kg.errors import EngineBusy
from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.files import sync
from cnrs_kg.store.versions import Version, Versions

_CHUNK = 2**20
_LEVEL = 6


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


_KINDS = (
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


class Dumps:
    """The dumps of a data directory."""

    def __init__(self, directory: Path, versions: Versions) -> None:
        self._directory, self._versions, self._lock = directory, versions, Lock()

    def of(self, version: Version) -> tuple[Dump, ...]:
        """The dumps that there can be of a version."""
        return tuple(self._known(version, *kind) for kind in _KINDS)

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
        dump = Dump(version.number, name, syntax, rdf_syntax(syntax).media_type, title)
        path = self._directory / str(version.number) / name
        return _measured(dump, path) if path.is_file() else dump

    def _make(self, version: Version, dump: Dump, path: Path) -> None:
        store = self._versions.open(self._versions.version(version.number))
        syntax = rdf_syntax(dump.syntax)
        working = path.parent.with_name(f".{version.number}")
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
        try:
            plain, packed = working / "plain", working / dump.name
            source = None if syntax.datasets else DEFAULT_GRAPH
            prefixes = PREFIXES if syntax.prefixes else None
            store.dump(plain, syntax.format, from_graph=source, prefixes=prefixes)
            digest = _pack(plain, packed)
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


def _pack(source: Path, target: Path) -> str:
    """Write the file in gzip, the same bytes each time; the SHA-256 of what was written."""
    with source.open("rb") as read, target.open("wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_LEVEL, mtime=0, filename="") as packed:
            shutil.copyfileobj(read, packed, _CHUNK)
    with target.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def _measured(dump: Dump, path: Path) -> Dump:
    digest = path.with_name(f"{path.name}.sha256").read_text().split()[0]
    return replace(dump, size=path.stat().st_size, sha256=digest)
