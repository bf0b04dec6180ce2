"""Terms as numbers, by their N-Triples form: the encoding of a whole dataset."""

from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

import numpy as np
import pyoxigraph as ox

from cnrs_kg.reasoning.columns.pairs import EMPTY, Keys
from cnrs_kg.reasoning.terms import Node

_QUOTE = ord('"')
_BLOCK = 1 << 24


class Dictionary:
    """Numbers for terms, given in the order of first use. A term's form is the one that the store writes."""

    def __init__(self) -> None:
        self._ids: dict[bytes, int] = {}
        self._forms: list[bytes] = []
        self._literals = EMPTY
        self._read = 0

    def __len__(self) -> int:
        return len(self._ids)

    def number(self, node: Node) -> int:
        """The number of a term."""
        return self._ids.setdefault(str(node).encode(), len(self._ids))

    def known(self, node: Node) -> int | None:
        """The number of a term that has one."""
        return self._ids.get(str(node).encode())

    @property
    def forms(self) -> list[bytes]:
        """The N-Triples form of each term, by number."""
        if len(self._forms) != len(self._ids):
            self._forms = list(self._ids)
        return self._forms

    def node(self, number: int) -> Node:
        """The term of a number."""
        return parse_term(self.forms[number])

    def is_literal(self, number: int) -> bool:
        """Whether the number stands for a literal."""
        return self.forms[number][0] == _QUOTE

    def literals(self) -> Keys:
        """The numbers of all literals, in order."""
        if self._read != len(self._ids):
            forms = islice(enumerate(self.forms), self._read, None)
            new = np.fromiter((number for number, form in forms if form[0] == _QUOTE), np.uint64)
            self._literals, self._read = np.concatenate([self._literals, new]), len(self._ids)
        return self._literals

    def encode_lines(self, lines: Iterable[bytes]) -> Keys:
        """The statements of canonical N-Triples as rows of three numbers; lines as the store dumps them."""
        rows, ids = array("I"), self._ids
        add, number = rows.append, ids.setdefault
        for line in lines:
            subject, predicate, value = line.split(b" ", 2)
            add(number(subject, len(ids)))
            add(number(predicate, len(ids)))
            add(number(value[:-3], len(ids)))
        return np.frombuffer(rows, np.uint32).reshape(-1, 3).astype(np.uint64)

    def encode(self, triples: Iterable[ox.Triple]) -> Keys:
        """The statements as rows of three numbers; those with a triple term (RDF 1.2) are left out."""
        number = self.number
        rows = [
            (number(triple.subject), number(triple.predicate), number(triple.object))
            for triple in triples
            if not isinstance(triple.subject, ox.Triple) and not isinstance(triple.object, ox.Triple)
        ]
        return np.array(rows, np.uint64).reshape(-1, 3)

    def lines(self, predicate: int, keys: Keys) -> Iterator[bytes]:
        """The pairs of a predicate as lines of N-Triples."""
        forms = self.forms
        middle = b" " + forms[predicate] + b" "
        for start in range(0, len(keys), _BLOCK):
            block = keys[start : start + _BLOCK]
            subjects, objects = (block >> np.uint64(32)).tolist(), (block & np.uint64(0xFFFFFFFF)).tolist()
            for subject, value in zip(subjects, objects, strict=True):
                yield forms[subject] + middle + forms[value] + b" .\n"


@lru_cache(maxsize=65_536)
def parse_term(form: bytes) -> Node:
    """The term of an N-Triples form."""
    (quad,) = ox.parse(b"<urn:x:s> <urn:x:p> " + form + b" .", ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False)
    assert isinstance(quad, ox.Quad) and not isinstance(quad.object, ox.Triple)
    return quad.object
