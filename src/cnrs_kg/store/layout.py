"""Where things lie in a data directory, and what a crash left there.

current -> versions/N        the switch: one rename
lock                         held by the writer
versions/N/{store,patch,meta.json,pinned}
branches/<writer>/           what a process works on; the writer holds a lock on its directory while it lives
inputs/<sha256>              uploads, kept
"""

import fcntl
import os
import re
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from itertools import count
from pathlib import Path
from secrets import token_hex

from cnrs_kg.errors import StoreDamaged, StoreError
from cnrs_kg.store.files import NEW_LINK, remove_tree, switch_link, sync, write_synced

_TARGET = re.compile(r"versions/([1-9][0-9]*)")
_NUMBER = re.compile(r"[1-9][0-9]*")


class Layout:
    """The paths of a data directory, which is made when it is missing."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.current = data_dir / "current"
        self.lock = data_dir / "lock"
        self.versions = data_dir / "versions"
        self.branches = data_dir / "branches"
        self.inputs = data_dir / "inputs"
        for directory in (self.versions, self.branches, self.inputs):
            directory.mkdir(parents=True, exist_ok=True)

    def version(self, number: int) -> Path:
        """The directory of a version."""
        return self.versions / str(number)

    def current_number(self) -> int:
        """The number of the current version; 0 before the first."""
        try:
            target = os.readlink(self.current)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StoreDamaged(f"{self.current}: not a symbolic link", file=str(self.current)) from error
        match = _TARGET.fullmatch(target)
        if match is None:
            raise StoreDamaged(f"{self.current}: points to {target!r}, not to a version", file=str(self.current))
        return int(match[1])

    def numbers(self) -> list[int]:
        """The numbers of all directories of versions, in order."""
        return sorted(int(name) for name in os.listdir(self.versions) if _NUMBER.fullmatch(name))

    def switch(self, number: int) -> None:
        """Make the version the current one, at once and for good."""
        switch_link(self.current, f"versions/{number}")

    def keep_input(self, data: bytes, temporary: Path) -> str:
        """Keep an upload; returns the name to ask for it by."""
        name = sha256(data).hexdigest()
        path = self.inputs / name
        if not path.exists():
            write_synced(temporary, data)
            temporary.rename(path)
            sync(self.inputs)
        return name

    def input(self, name: str) -> bytes:
        """An upload kept before."""
        path = self.inputs / name
        if not re.fullmatch(r"[0-9a-f]{64}", name) or not path.is_file():
            raise StoreError(f"no input {name[:80]!r} was kept")
        data = path.read_bytes()
        if sha256(data).hexdigest() != name:
            raise StoreDamaged(f"{path}: not what was stored under this name", file=str(path))
        return data

    def input_size(self, name: str) -> int:
        """The bytes that an upload takes; none if it is not kept."""
        path = self.inputs / name
        return path.stat().st_size if path.is_file() else 0

    def recover(self, *, whole: bool = True) -> None:
        """Remove what a crash left: branches of ended processes, a version that never became current.

        The caller holds the lock. Unless the `whole` list of versions is looked through, which takes time by their
        number, only the one after the current is.
        """
        self.data_dir.joinpath(NEW_LINK).unlink(missing_ok=True)
        for directory in self.branches.iterdir():
            _remove_if_left(directory)
        current = self.current_number()
        if not whole and not self.version(current + 1).exists():
            return
        beyond = [number for number in self.numbers() if number > current]
        if beyond and beyond != [current + 1]:
            raise StoreDamaged(
                f"{self.current}: names version {current}, but there are versions up to {beyond[-1]}",
                advice=f"Make it a symbolic link to versions/{beyond[-1]}, or restore it.",
                file=str(self.current),
            )
        for number in beyond:
            remove_tree(self.version(number))


class Workshop:
    """This process's own directory under `branches`; other processes remove it once the process has ended."""

    def __init__(self, branches: Path) -> None:
        self.path, self._descriptor = _own_directory(branches)
        self._numbers = count(1)
        self._sweeper = ThreadPoolExecutor(1, "cnrs-kg-sweeper")
        self._swept: Future[None] | None = None

    def place(self, what: str) -> Path:
        """A path for a new file or directory."""
        return self.path / f"{what}-{next(self._numbers)}"

    def sweep(self, directory: Path) -> None:
        """Take a directory away at once, and remove it while others work; one at a time, so that none pile up.

        What a crash leaves of it lies in the workshop, never half under its old name.
        """
        before, self._swept = self._swept, None
        if before is not None:
            before.result()
        rubbish = self.place("rubbish")
        directory.rename(rubbish)
        self._swept = self._sweeper.submit(remove_tree, rubbish)

    def remove(self) -> None:
        """Remove the directory and all in it."""
        self._sweeper.shutdown()
        remove_tree(self.path)
        os.close(self._descriptor)


def _own_directory(branches: Path) -> tuple[Path, int]:
    while True:
        path = branches / f"{os.getpid()}-{token_hex(4)}"
        path.mkdir()
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if path.exists():
            return path, descriptor
        # A writer took it for a leftover before the lock was on it.
        os.close(descriptor)


def _remove_if_left(directory: Path) -> None:
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        remove_tree(directory)
    finally:
        os.close(descriptor)
