"""The rules over data that axioms were compiled into: each once, and those alone that may say something."""

from collections.abc import Iterator

from cnrs_kg.rdf.namespaces import OWL
from cnrs_kg.reasoning.drafts import Draft
from cnrs_kg.reasoning.rules.model import TYPE, Var
from cnrs_kg.reasoning.terms import Terms


class Compiled:
    """Rules over data, in `drafts` once they are to be run.

    Those that say that something is an `owl:Thing` wait until some rule asks for it. Those that start from a member of
    `owl:Nothing` are left out: that is a contradiction, which is told, and every class would follow from it.
    """

    def __init__(self, terms: Terms) -> None:
        self.drafts: list[Draft] = []
        self._type, self._thing, self._nothing = terms.id(TYPE), terms.id(OWL("Thing")), terms.id(OWL("Nothing"))
        self._signatures: set[tuple[object, ...]] = set()
        self._waiting: list[Draft] = []
        self._asked = False

    def news(self, made: Draft) -> Iterator[Draft]:
        """What is to be run from now on, since this rule is known: it, and what has waited for it; or nothing."""
        if made.is_idle() or self._starts_from_nothing(made):
            return
        if not self._asked and made.matched:
            if self._says_thing(made):
                self._waiting.append(made)
                return
            self._asked = self._asks_thing(made)
        waiting, self._waiting = (self._waiting, []) if self._asked else ([], self._waiting)
        for one in (*waiting, made):
            if (signature := one.signature()) not in self._signatures:
                self._signatures.add(signature)
                if not one.lists:
                    self.drafts.append(one)
                yield one

    def _starts_from_nothing(self, made: Draft) -> bool:
        return bool(made.heads) and any((p, o) == (self._type, self._nothing) for _, p, o in made.atoms)

    def _says_thing(self, made: Draft) -> bool:
        return bool(made.heads) and all((p, o) == (self._type, self._thing) for _, p, o in made.heads)

    def _asks_thing(self, made: Draft) -> bool:
        return any(p == self._type and (o == self._thing or isinstance(o, Var)) for _, p, o in made.atoms)
