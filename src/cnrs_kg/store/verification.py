"""Whether what is on the disk is what was published."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.errors import StoreDamaged
from cnrs_kg.store import scan
from cnrs_kg.store.digest import Sums, from_hex, to_hex
from cnrs_kg.store.graphs import PUBLISHED, Roles
from cnrs_kg.store.history import read_version_patch
from cnrs_kg.store.meta import Version
from cnrs_kg.store.scan import Progress


@dataclass(frozen=True)
class Problem:
    """Something about a version that does not agree: `kind` is meta, store, count, digest, merge or patch."""

    version: int
    kind: str
    detail: str

    def __str__(self) -> str:
        return f"version {self.version}: {self.kind}: {self.detail}"


def verify_store(version: Version, roles: Roles = PUBLISHED, progress: Progress | None = None) -> Iterator[Problem]:
    """Count and digest a kept store again, and compare its default graph with the merge of its named graphs."""
    try:
        store = ox.Store.read_only(str(version.path))
        found = scan.recount(store, roles, progress)
    except (OSError, ValueError) as error:
        yield Problem(version.number, "store", f"{version.path}: {error}")
        return
    figures = {
        "statements": (found.statements, version.statements),
        "inferred statements": (found.inferred, version.inferred),
        "quads": (found.quads, version.quads),
    }
    for name, (actual, recorded) in figures.items():
        if actual != recorded:
            yield Problem(version.number, "count", f"{version.path}: {actual:,} {name}, recorded are {recorded:,}")
    if found.unmerged is not None:
        yield Problem(version.number, "merge", f"{version.path}: the default graph lacks {found.unmerged}")
    sums = found.sums.moved(None, version.as_of)
    if (to_hex(sums.digest), to_hex(sums.content)) != (version.digest, version.content):
        yield Problem(version.number, "digest", f"{version.path}: its statements are not those recorded")


def verify_patches(
    versions: Sequence[Version], patch_file: Callable[[int], Path], roles: Roles = PUBLISHED
) -> Iterator[Problem]:
    """Check each patch against its hash, and that it leads from the version before, if that is given, to this one.

    The digests are sums of statements, so that a patch whose sum is the difference is the difference.
    """
    before: Version | None = None
    for version in versions:
        if version.number == 1 or (before is not None and before.number == version.number - 1):
            yield from _verify_patch(version, before, patch_file(version.number), roles)
        before = version


def _verify_patch(version: Version, before: Version | None, file: Path, roles: Roles) -> Iterator[Problem]:
    try:
        with file.open("rb") as content:
            if file_digest(content, "sha256").hexdigest() != version.patch_sha256:
                yield Problem(version.number, "patch", f"{file}: changed since it was published")
                return
        patch = read_version_patch(file)
    except (OSError, StoreDamaged) as error:
        yield Problem(version.number, "patch", f"{file}: {error}")
        return
    start = Sums(from_hex(before.digest), from_hex(before.content)) if before else Sums()
    end = start.changed(patch.added, patch.removed, roles).moved(before.as_of if before else None, version.as_of)
    if (to_hex(end.digest), to_hex(end.content)) != (version.digest, version.content):
        yield Problem(version.number, "patch", f"{file}: does not lead from the version before to this one")
