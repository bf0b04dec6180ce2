"""Facts by predicate and subject, and by predicate and object."""

from collections.abc import Iterator

from cnrs_kg.reasoning.terms import Fact

Lists = dict[int, list[Fact]]


class Index:
    """The facts that the engine has processed; literals of equal value share one entry of `by_object`."""

    def __init__(self, canonical: dict[int, int]) -> None:
        self.by_subject: dict[int, Lists] = {}
        self.by_object: dict[int, Lists] = {}
        self._canonical = canonical

    def subjects_of(self, predicate: int) -> Lists:
        """The facts of a predicate by subject: the same dictionary for the index's whole life."""
        return self.by_subject.setdefault(predicate, {})

    def objects_of(self, predicate: int) -> Lists:
        """The facts of a predicate by object: the same dictionary for the index's whole life."""
        return self.by_object.setdefault(predicate, {})

    def add(self, fact: Fact) -> None:
        """Enter a fact that is not there yet."""
        s, p, o = fact
        self.by_subject.setdefault(p, {}).setdefault(s, []).append(fact)
        if self._canonical:
            o = self._canonical.get(o, o)
        self.by_object.setdefault(p, {}).setdefault(o, []).append(fact)

    def remove(self, fact: Fact) -> None:
        """Take out a fact that is there."""
        s, p, o = fact
        self.by_subject[p][s].remove(fact)
        self.by_object[p][self._canonical.get(o, o)].remove(fact)

    def of_predicate(self, predicate: int) -> Iterator[Fact]:
        """All facts of a predicate."""
        for facts in self.by_subject.get(predicate, {}).values():
            yield from facts

    def with_subject(self, subject: int) -> list[Fact]:
        """All facts of a subject."""
        return [fact for lists in self.by_subject.values() for fact in lists.get(subject, ())]

    def with_object(self, node: int) -> list[Fact]:
        """All facts of an object (a literal: in this very form)."""
        key = self._canonical.get(node, node)
        return [fact for lists in self.by_object.values() for fact in lists.get(key, ()) if fact[2] == node]

    def touching(self, node: int) -> list[Fact]:
        """All facts in which a term stands, each once."""
        found = dict.fromkeys(self.with_subject(node))
        found.update(dict.fromkeys(self.with_object(node)))
        if node in self.by_subject:
            found.update(dict.fromkeys(self.of_predicate(node)))
        return list(found)

    def degree(self, node: int) -> int:
        """The number of facts in which a term stands as subject or object (one that is both counts twice)."""
        key = self._canonical.get(node, node)
        return sum(len(lists.get(node, ())) for lists in self.by_subject.values()) + sum(
            len(lists.get(key, ())) for lists in self.by_object.values()
        )
