"""From a branch to a version: closed, reopened, counted, digested, synced, and only then current.

Each step leaves either the old version or the new one: the directory is complete before its rename, and the
rename of the `current` link is the moment of publication. The check and the syncs wait for each other, not in turn.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from cnrs_kg.errors import StoreDamaged
from cnrs_kg.rdf.patch import Patch, rows
from cnrs_kg.store.branch import Branch, Growth, Record
from cnrs_kg.store.digest import Sums, from_hex, to_hex
from cnrs_kg.store.files import sync, sync_store, write_synced
from cnrs_kg.store.head import Head
from cnrs_kg.store.layout import Layout
from cnrs_kg.store.meta import Version
from cnrs_kg.store.support import Delta

CHECKED = 1_000
"""Quads of a change that are looked up in the reopened store before it is published."""


@dataclass(frozen=True)
class Target:
    """Where a publication takes place: `stage` is a directory on the same file system, removed by the caller."""

    layout: Layout
    head: Head
    stage: Path


def publish(branch: Branch, record: Record, target: Target) -> Version:
    """The new version; or the base if neither statements outside provenance nor the day as of which changed."""
    base = branch.base
    delta = branch.tracked.delta()
    growth = branch.growth(delta)
    if base is not None and to_hex(_sums(base, record, growth).digest) == base.digest and not branch.graphs_changed:
        return base
    target.stage.mkdir()
    store = target.stage / "store"
    target.head.store.backup(str(store))
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(_reopen, branch, base, growth, store)
        version = _record(branch, record, target, delta, growth)
        sync_store(store)
        sync(target.stage)
        checked.result()
    _name(target, version)
    return version


def _record(branch: Branch, record: Record, target: Target, delta: Delta, growth: Growth) -> Version:
    """What is recorded of the version, written and synced beside its store, with its patch."""
    base = branch.base
    created, sums = _now(base), _sums(base, record, growth)
    number = (base.number if base else 0) + 1
    header = _header(number, created, base, record)
    version = Version(
        number=number,
        created=created,
        path=target.layout.version(number) / "store",
        statements=(base.statements if base else 0) + growth.statements,
        inferred=(base.inferred if base else 0) + growth.inferred,
        digest=to_hex(sums.digest),
        submission=record.submission,
        as_of=record.as_of or (base.as_of if base else None),
        inputs=record.inputs or (base.inputs if base else None),
        message=record.message,
        agent=record.agent,
        added=growth.added,
        removed=growth.removed,
        sources=record.sources if record.sources is not None else (base.sources if base else {}),
        content=to_hex(sums.content),
        quads=(base.quads if base else 0) + growth.quads,
        empty_graphs=branch.empty_graphs(),
        patch_sha256=_write_patch(branch, delta, header, target.stage / "patch"),
    )
    write_synced(target.stage / "meta.json", version.to_record())
    return version


def _name(target: Target, version: Version) -> None:
    target.stage.rename(target.layout.version(version.number))
    sync(target.layout.versions)
    target.layout.switch(version.number)
    target.head.number = version.number
    target.head.published += 1


def _sums(base: Version | None, record: Record, growth: Growth) -> Sums:
    if base is None:
        return growth.sums.moved(None, record.as_of)
    before = Sums(from_hex(base.digest), from_hex(base.content))
    return before.plus(growth.sums).moved(base.as_of, record.as_of or base.as_of)


def _now(base: Version | None) -> datetime:
    """The time, after that of the base even if the clock was set back."""
    now = datetime.now(UTC)
    return max(now, base.created + timedelta(microseconds=1)) if base else now


def _header(number: int, created: datetime, base: Version | None, record: Record) -> dict[str, str]:
    header = {"version": str(number), "created": created.isoformat().replace("+00:00", "Z")}
    if base is not None:
        header["prev"] = str(base.number)
    day: date | None = record.as_of
    optional = {
        "submission": record.submission,
        "agent": record.agent,
        "message": record.message,
        "asOf": day.isoformat() if day else None,
    }
    return header | {key: str(value) for key, value in optional.items() if value is not None} | dict(record.header)


def _reopen(branch: Branch, base: Version | None, growth: Growth, path: Path) -> None:
    """Open what will be the version as its readers will, and see that the change is in it."""
    store = ox.Store.read_only(str(path))
    for quad, present in branch.tracked.physical(CHECKED):
        if (quad in store) != present:
            raise StoreDamaged(f"{path}: {quad} is {'missing' if present else 'still there'} after the change")
    if branch.is_bulk:
        expected, found = (base.quads if base else 0) + growth.quads, len(store)
        if expected != found:
            raise StoreDamaged(f"{path}: holds {found:,} quads, not {expected:,} as counted when they were loaded")


class _Hashed:
    """A file that knows the hash of what was written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _write_patch(branch: Branch, delta: Delta, header: dict[str, str], path: Path) -> str:
    """Write and sync the patch; returns its hash."""
    with path.open("wb") as file:
        hashed = _Hashed(file)
        bulk = branch.bulk_rows()
        for row in rows(Patch(delta.added, delta.removed, header)):
            if bulk is not None and row == "TC .\n":
                with bulk.open("rb") as loaded:
                    while chunk := loaded.read(1 << 20):
                        hashed.write(chunk)
            hashed.write(row.encode())
    sync(path)
    return hashed.hexdigest()
