"""The writer's own store: long-lived, so that the store's compaction goes on between publications.

A version is a hard-linked checkpoint of the head. Opening a copy for each change instead gave compaction no time:
small files piled up until one publication in some hundreds waited twelve seconds for it. The head is made anew
from the current version when another process has published, when a change was given up that cannot be undone, and
every `RENEW_AFTER` publications, since each checkpoint copies the head's growing manifest.
"""

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.store.files import remove_tree
from cnrs_kg.store.layout import Workshop
from cnrs_kg.store.meta import Version

RENEW_AFTER = 50
"""Publications after which a new head is cheaper than its manifest, of 3.6 KB each."""


@dataclass
class Head:
    """A read-write store that holds what version `number` does."""

    path: Path
    store: ox.Store
    number: int
    published: int = 0


def checkpoint(version: Version, path: Path) -> None:
    """A hard-linked copy of a version's store."""
    ox.Store.read_only(str(version.path)).backup(str(path))


class HeadKeeper:
    """Holds the head of one process between changes."""

    def __init__(self) -> None:
        self._head: Head | None = None

    def take(self, base: Version | None, workshop: Workshop) -> Head:
        """The head, holding what `base` does; to be given back or dropped."""
        head, self._head = self._head, None
        number = base.number if base else 0
        if head is not None and head.number == number and head.published < RENEW_AFTER:
            return head
        if head is not None:
            del head.store
            workshop.sweep(head.path)
        path = workshop.place("head")
        if base is not None:
            checkpoint(base, path)
        return Head(path, ox.Store(str(path)), number)

    def give_back(self, head: Head) -> None:
        """Keep the head for the next change."""
        self._head = head

    def drop(self) -> None:
        """Close the head and remove its files."""
        head, self._head = self._head, None
        if head is not None:
            discard(head)


def discard(head: Head) -> None:
    """Close a head and remove its files."""
    del head.store
    remove_tree(head.path)
