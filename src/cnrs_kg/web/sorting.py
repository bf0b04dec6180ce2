"""By which column a list is sorted, as its address says: `sort=founded`, or `sort=-founded` for the other way round."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cnrs_kg.web.messages import BadRequest, url

T = TypeVar("T")
Key = Callable[[T], Any]
"""What of an item is compared; None, 0 or an empty text if it has nothing there."""


@dataclass(frozen=True)
class Order:
    """The column of an order, and whether it runs backwards."""

    column: str
    backwards: bool = False

    @classmethod
    def of(cls, text: str | None, columns: Sequence[str]) -> "Order":
        """The order that a request asks for, else by the first column; `BadRequest` if there is no such column."""
        column = (text or columns[0]).removeprefix("-")
        if column not in columns:
            raise BadRequest(
                f"sort: {column[:40]!r} is no column of this list", advice=f"One of: {', '.join(columns)}."
            )
        return cls(column, backwards=(text or "").startswith("-"))

    def sorted(self, items: Iterable[T], key: Key[T]) -> list[T]:
        """The items in this order; those that have nothing to compare come last, either way."""
        pairs = [(key(item), item) for item in items]
        having = sorted((pair for pair in pairs if pair[0]), key=lambda pair: pair[0], reverse=self.backwards)
        return [item for _, item in having] + [item for found, item in pairs if not found]

    def link(self, column: str, path: str, pairs: Iterable[tuple[str, str]]) -> str:
        """The address of the list sorted by a column; the other way round if it is sorted by that."""
        back = "-" if column == self.column and not self.backwards else ""
        return url(path, [*(pair for pair in pairs if pair[0] not in ("sort", "page")), ("sort", back + column)])

    def of_column(self, column: str) -> str | None:
        """How a column is sorted, as ARIA says it; None if it is not."""
        if column != self.column:
            return None
        return "descending" if self.backwards else "ascending"
