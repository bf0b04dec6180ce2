"""Files that survive a crash: synced before they are named, switched by one rename."""

import errno
import os
import shutil
from pathlib import Path

NEW_LINK = ".link.new"
"""The name of a link that is about to replace another."""
TABLE = ".sst"
_PATIENCE = 1_000
"""Times that a directory is removed while somebody changes it."""


def sync(path: Path) -> None:
    """Force a file's content, or a directory's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_store(directory: Path) -> None:
    """Sync the files of an embedded store and their directory.

    All but its tables: RocksDB syncs each of these when it writes it, and a checkpoint links them. A second sync of
    a clean file is a flush of the whole disk all the same.
    """
    for path in directory.iterdir():
        if path.suffix != TABLE:
            sync(path)
    sync(directory)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and sync it; its directory is left to the caller."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def switch_link(link: Path, target: str) -> None:
    """The symbolic link points to `target` from one moment to the next."""
    temporary = link.with_name(NEW_LINK)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.rename(link)
    sync(link.parent)


def remove_tree(directory: Path) -> None:
    """Remove a directory that may already be gone, or that a store which is closing changes meanwhile."""
    for left in reversed(range(_PATIENCE)):
        try:
            shutil.rmtree(directory)
            return
        except OSError as error:
            if not directory.exists():
                return
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY) or not left:
                raise


def disk_bytes(directory: Path, counted: set[tuple[int, int]] | None = None) -> int:
    """Bytes that the files below take on disk, each inode once, also over several calls with the same `counted`.

    What goes meanwhile, as files of a store in use do, is left out.
    """
    seen = set() if counted is None else counted
    total = 0
    for path in (Path(here, name) for here, below, files in os.walk(directory) for name in (*below, *files)):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        if (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            total += status.st_blocks * 512
    return total
