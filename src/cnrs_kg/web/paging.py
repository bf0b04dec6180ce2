"""A long list, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from cnrs_kg.web.messages import BadRequest, url

PAGE = 25
T = TypeVar("T")


@dataclass(frozen=True)
class Paged(Generic[T]):
    """One page of a list, with the way to the others; `beyond` if the list ends before it (it is then empty)."""

    items: Sequence[T]
    total: int
    number: int
    count: int
    path: str
    pairs: tuple[tuple[str, str], ...]
    size: int

    @classmethod
    def of(
        cls,
        items: Sequence[T],
        asked: str | None,
        path: str,
        pairs: Sequence[tuple[str, str]],
        *,
        size: int | None = None,
    ) -> "Paged[T]":
        """The page of that number, the first if none is asked; `BadRequest` if it is not a number."""
        if asked and not (asked.isascii() and asked.isdigit() and 0 < int(asked[:9])):
            raise BadRequest(f"page: {asked[:40]!r} is not a number from 1 on", advice="Pages are 1, 2, 3, …")
        number, size = int(asked[:9]) if asked else 1, size or PAGE
        count = max(1, -(-len(items) // size))
        kept = tuple(pair for pair in pairs if pair[0] != "page" and pair[1])
        return cls(items[(number - 1) * size : number * size], len(items), number, count, path, kept, size)

    @property
    def beyond(self) -> bool:
        """Whether there is no such page."""
        return self.number > self.count

    @property
    def first(self) -> int:
        """The place of the first item in the whole list, from 1 on."""
        return (self.number - 1) * self.size + 1

    @property
    def next(self) -> str | None:
        """The page after this one."""
        return self.at(self.number + 1) if self.number < self.count else None

    @property
    def previous(self) -> str | None:
        """The page before this one, or the last one there is."""
        return self.at(min(self.number - 1, self.count)) if self.number > 1 else None

    def at(self, number: int) -> str:
        """The URL of a page."""
        return url(self.path, [*self.pairs, ("page", str(number))] if number > 1 else self.pairs)
