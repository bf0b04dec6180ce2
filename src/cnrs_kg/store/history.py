"""What the patches tell: the difference between two versions, and a store made again from them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.errors import PatchSyntaxError, StoreDamaged
from cnrs_kg.rdf.patch import Patch, read_changes, read_patch
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.graphs import PUBLISHED, Roles
from cnrs_kg.store.head import checkpoint
from cnrs_kg.store.meta import Version
from cnrs_kg.store.support import BULK_FROM

ReadPatch = Callable[[int], Patch]


def read_version_patch(file: Path) -> Patch:
    """The patch of a version; `StoreDamaged` names a file that cannot be read."""
    try:
        with file.open("rb") as lines:
            return read_patch(lines)
    except (OSError, PatchSyntaxError) as error:
        raise StoreDamaged(f"{file}: {error}", advice="Restore the file from a backup.", file=str(file)) from error


def composed(patches: Iterable[Patch]) -> Patch:
    """The net effect of consecutive patches."""
    added: dict[ox.Quad, None] = {}
    removed: dict[ox.Quad, None] = {}
    for patch in patches:
        _step(patch.removed, removed, added)
        _step(patch.added, added, removed)
    return Patch(tuple(added), tuple(removed))


def _step(quads: Iterable[ox.Quad], done: dict[ox.Quad, None], undone: dict[ox.Quad, None]) -> None:
    for quad in quads:
        if quad in undone:
            del undone[quad]
        else:
            done[quad] = None


def difference(before: int, after: int, read: ReadPatch) -> Patch:
    """What leads from one version to another, whichever is older; 0 is the empty store before the first."""
    if before > after:
        return difference(after, before, read).inverse()
    return composed(read(number) for number in range(before + 1, after + 1))


def rebuild(
    version: Version, origin: Version | None, into: Path, patch_file: Callable[[int], Path], roles: Roles = PUBLISHED
) -> None:
    """Make the version's store at `into` from that of `origin`, or from nothing, and the patches between."""

    def read(number: int) -> Patch:
        return read_version_patch(patch_file(number))

    start = origin.number if origin else 0
    if origin is not None:
        checkpoint(origin, into)
    elif _rows(patch_file(1)) >= BULK_FROM:
        _load_first(patch_file(1), into, roles)
        start = 1
    store = ox.Store(str(into))
    branch = Branch(None, store, into.parent, roles=roles)
    branch.apply_patch(difference(start, version.number, read))
    for graph in version.empty_graphs:
        store.add_graph(ox.NamedNode(graph))
    branch.close(undo=False)
    store.flush()


def _load_first(file: Path, into: Path, roles: Roles) -> None:
    store = ox.Store(str(into))
    scratch = into.with_name(f".{into.name}.rows")
    branch = Branch(None, store, scratch.parent, roles=roles)
    branch.bulk_load(quad for quad in _additions(file) if quad.graph_name != DEFAULT_GRAPH)
    branch.bulk_infer(quad.triple for quad in _additions(file) if quad.graph_name == DEFAULT_GRAPH)
    rows = branch.bulk_rows()
    branch.close(undo=False)
    if rows is not None:
        rows.unlink()
    store.flush()


def _rows(file: Path) -> int:
    """The number of rows, counted no further than it matters."""
    with file.open("rb") as lines:
        return sum(1 for _ in islice(lines, BULK_FROM))


def _additions(file: Path) -> Iterator[ox.Quad]:
    """What a patch adds that only adds, one at a time."""
    with file.open("rb") as lines:
        yield from (quad for _, quad in read_changes(lines))
