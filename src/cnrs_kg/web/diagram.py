"""The class diagram that the reference of the ontology draws: boxes in columns by depth, lines to what is above."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cnrs_kg.vocabulary.ontology import CLASS, Entry
from cnrs_kg.vocabulary.reference import Reference

ROW, HEAD = 20, 30
"""Heights of a row and of the name above the rows."""
_LETTER, _PADDING, _GAP, _BETWEEN = 6.9, 20, 14, 46
_LONGEST = 46


@dataclass(frozen=True)
class Row:
    """A property of a class, and the class to which it leads."""

    label: str
    name: str
    value: str
    value_name: str


@dataclass(frozen=True)
class Box:
    """A class where it is drawn."""

    name: str
    label: str
    x: float
    y: float
    width: float
    rows: tuple[Row, ...]

    @property
    def height(self) -> float:
        """Its name and its rows."""
        return HEAD + ROW * len(self.rows) + (6 if self.rows else 0)

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The middle of its name."""
        return self.y + HEAD / 2


@dataclass(frozen=True)
class Diagram:
    """All boxes, and pairs of those of a class and of the class above it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[tuple[Box, Box], ...]


def drawn(reference: Reference, label: Callable[[Entry], str]) -> Diagram:
    """The classes of an ontology, with what the shapes say that their properties lead to."""
    classes = {iri: entry for iri, entry in reference.ontology.entries.items() if entry.kind == CLASS}
    rows = {iri: tuple(_rows(reference, iri, label)) for iri in classes}
    return _Drawing(classes, rows, label).made()


def _rows(reference: Reference, iri: str, label: Callable[[Entry], str]) -> Iterable[Row]:
    entries = reference.ontology.entries
    for shape in reference.shapes:
        if [target.value for target in shape.targets] != [iri]:
            continue
        for rule in shape.rules:
            for predicate in rule.predicates & {entry.node for entry in entries.values()}:
                for value in rule.values:
                    if value.value in entries:
                        one, other = entries[predicate.value], entries[value.value]
                        yield Row(_cut(label(one)), one.name, _cut(label(other)), other.name)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


@dataclass
class _Drawing:
    classes: Mapping[str, Entry]
    rows: Mapping[str, tuple[Row, ...]]
    label: Callable[[Entry], str]
    boxes: list[Box] = field(default_factory=list)
    lines: list[tuple[Box, Box]] = field(default_factory=list)

    def made(self) -> Diagram:
        """Trees below each other, and the classes that stand alone at the end of the last column."""
        roots = [iri for iri, entry in self.classes.items() if not entry.above]
        trees, alone = [iri for iri in roots if self._below(iri)], [iri for iri in roots if not self._below(iri)]
        self.columns = self._columns(trees, alone)
        down = 0.0
        for iri in trees:
            down = self._placed(iri, 0, down)[1]
        last = len(self.columns) - 1
        end = max((box.y + box.height + _GAP for box in self.boxes if box.x == self.columns[last][0]), default=0.0)
        for iri in alone:
            end = self._box(iri, last, end)[1]
        width = self.columns[last][0] + self.columns[last][1]
        return Diagram(width, max(down, end), tuple(self.boxes), tuple(self.lines))

    def _below(self, iri: str) -> list[str]:
        """The classes just below, each drawn once: under the first of those above it."""
        return [node.value for node in self.classes[iri].below if self.classes[node.value].above[0].value == iri]

    def _columns(self, trees: Sequence[str], alone: Sequence[str]) -> list[tuple[float, float]]:
        """Where each column begins, and its width."""
        found: list[tuple[float, float]] = []
        level, x = trees, 0.0
        while level or not found:
            below = [one for iri in level for one in self._below(iri)]
            width = max((self._width(iri) for iri in (*level, *(() if below else alone))), default=0.0)
            found.append((x, width))
            x += width + _BETWEEN
            level = below
        return found

    def _width(self, iri: str) -> float:
        name = len(self.label(self.classes[iri])) * 1.15
        return _PADDING + _LETTER * max(name, *(len(row.label) + len(row.value) + 3 for row in self.rows[iri]), 0)

    def _box(self, iri: str, column: int, y: float) -> tuple[Box, float]:
        x, width = self.columns[column]
        entry = self.classes[iri]
        box = Box(entry.name, self.label(entry), x, y, width, self.rows[iri])
        self.boxes.append(box)
        return box, y + box.height + _GAP

    def _placed(self, iri: str, depth: int, y: float) -> tuple[Box, float]:
        box, end = self._box(iri, depth, y)
        down = y
        for below in self._below(iri):
            child, down = self._placed(below, depth + 1, down)
            self.lines.append((child, box))
        return box, max(end, down)
