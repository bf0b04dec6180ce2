"""Which records of two sources may be the same: those that share an identifier, a code, an acronym, rare words."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from cnrs_kg.federation.linking import wording
from cnrs_kg.federation.linking.comparison import Comparer, Signature

BY_NAME = 12
"""Candidates taken by their names alone."""
COMMON = 400
"""Records that share a word before it stops leading to candidates."""


class Index:
    """The records of a source, found by what they share with another record."""

    def __init__(self, signatures: Sequence[Signature], comparer: Comparer) -> None:
        self._signatures, self._comparer = signatures, comparer
        self._keys: dict[Hashable, list[int]] = defaultdict(list)
        self._stems: dict[str, list[int]] = defaultdict(list)
        for position, signature in enumerate(signatures):
            for key in set(keys(signature)):
                self._keys[key].append(position)
            for stem in signature.stems:
                self._stems[stem].append(position)

    def candidates(self, signature: Signature) -> Iterable[Signature]:
        """The records that may be this one."""
        found = {position for key in set(keys(signature)) for position in self._keys.get(key, ())}
        found.update(self._by_name(signature))
        return [self._signatures[position] for position in sorted(found)]

    def _by_name(self, signature: Signature) -> Iterable[int]:
        shared: dict[int, float] = defaultdict(float)
        for stem in signature.stems:
            holders = self._stems.get(stem, ())
            if len(holders) <= COMMON:
                for position in holders:
                    shared[position] += self._comparer.weight(stem)
        return sorted(shared, key=lambda position: (-shared[position], position))[:BY_NAME]


def keys(signature: Signature) -> Iterator[Hashable]:
    """What two records of the same thing are likely to share."""
    yield from signature.record.identifiers
    for label, number in signature.codes:
        for body in wording.series(label):
            yield body, number
    for acronym in signature.acronyms:
        yield "acronym", acronym
    for name in signature.names:
        yield "name", name.text
