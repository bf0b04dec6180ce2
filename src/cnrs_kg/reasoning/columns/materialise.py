"""Everything that follows from a dataset, in bulk.

The default graph holds what is asserted and what follows, each statement once. What `closure` says is not materialised
is not written here either.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

import numpy as np
import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import OWL, RDFS
from cnrs_kg.rdf.skolem import GENID
from cnrs_kg.reasoning.columns.claims import holding
from cnrs_kg.reasoning.columns.closing import Account, Closing
from cnrs_kg.reasoning.columns.denials import Denials
from cnrs_kg.reasoning.columns.dictionary import Dictionary
from cnrs_kg.reasoning.columns.literals import compared_predicates, ill_typed, of_datatype, values
from cnrs_kg.reasoning.columns.pairs import EMPTY, Keys, Mask, contained, difference, firsts, joined, seconds
from cnrs_kg.reasoning.columns.relations import Delta, Key, by_property, pairs_of
from cnrs_kg.reasoning.columns.sameness import NamedTermsMerged, Sameness, Tie
from cnrs_kg.reasoning.denial import Inconsistency
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.program import FIRST, REST, SCHEMA_CLASSES, Program
from cnrs_kg.reasoning.rules.model import (
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    SAME_AS,
    SCHEMA_PREDICATES,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
    TYPE,
)

Progress = Callable[[int], None]
_LINES = 10_000


class NotCompilable(Exception):
    """The ontology changes while its rules run, or speaks of all classes or properties: only `closure` can close it."""


@dataclass
class Materialised:
    """A closed dataset: what follows, by columns; what cannot be; the `owl:sameAs` statements that rules concluded."""

    dictionary: Dictionary
    account: Account
    inconsistencies: tuple[Inconsistency, ...]
    ties: tuple[ox.Triple, ...]
    _inferred: list[tuple[int, Keys]] = field(default_factory=list)
    _asserted: Keys = field(default_factory=lambda: np.empty((0, 3), np.uint64))

    @cached_property
    def count(self) -> int:
        """How many statements were inferred."""
        return sum(len(keys) for _, keys in self._inferred)

    def lines(self) -> Iterator[bytes]:
        """The inferred statements as N-Triples."""
        for predicate, keys in self._inferred:
            yield from self.dictionary.lines(predicate, keys)

    def difference(self, held: Keys) -> tuple[Iterator[bytes], Iterator[bytes]]:
        """The inferred statements that rows of three numbers lack, and those of the rows that do not hold, as lines."""
        inferred: defaultdict[int, list[Keys]] = defaultdict(list)
        for predicate, keys in self._inferred:
            inferred[predicate].append(keys)
        after = {predicate: joined(parts) for predicate, parts in inferred.items()}
        before, asserted = by_property(held), by_property(self._asserted)
        gained = _without(after, before)
        lost = _without(_without(before, asserted), after)
        return self._lines(gained), self._lines(lost)

    def _lines(self, columns: Mapping[int, Keys]) -> Iterator[bytes]:
        for predicate, keys in columns.items():
            yield from self.dictionary.lines(predicate, keys)

    def triples(self) -> Iterator[ox.Triple]:
        """The inferred statements."""
        lines = self.lines()
        while block := b"".join(islice(lines, _LINES)):
            for quad in ox.parse(block, ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False):
                assert isinstance(quad, ox.Quad)
                yield quad.triple


def materialise(
    program: Program,
    dictionary: Dictionary,
    rows: Keys,
    *,
    as_of: date,
    budget: Budget,
    progress: Progress = lambda statements: None,
) -> Materialised:
    """What follows from asserted statements (rows of three numbers, the axioms of the program among them).

    `ReasoningBudget` when it costs too much; `NotCompilable` when the axioms do not stay as they are.
    """
    if program.general is not None:
        raise NotCompilable(program.general)
    run = _Run(program, dictionary, as_of, budget, progress)
    return run.close(rows)


class _Run:
    def __init__(
        self, program: Program, dictionary: Dictionary, as_of: date, budget: Budget, progress: Progress
    ) -> None:
        self._program, self._dictionary, self._budget = program, dictionary, budget
        self._as_of, self._progress = as_of, progress
        self._type, self._same_as = dictionary.number(TYPE), dictionary.number(SAME_AS)

    def close(self, rows: Keys) -> Materialised:
        """The closure."""
        dictionary, program = self._dictionary, self._program
        given = dictionary.encode(program.given)
        for term in program.constants:
            dictionary.number(term)
        named = frozenset(map(dictionary.number, program.constants))
        sameness = Sameness(dictionary, named, self._budget)
        closing = Closing(
            program,
            dictionary,
            self._type,
            self._same_as,
            budget=self._budget,
            progress=self._progress,
        )
        asserted = closing.enter(rows)
        closing.relations.values = values(dictionary, self._compared(asserted))
        closing.held = holding(asserted, dictionary, self._as_of)
        fixed = closing.enter(given)
        for datatype in program.datatypes:
            closing.put((self._type, dictionary.number(datatype)), of_datatype(dictionary, datatype))
        try:
            while True:
                closing.run()
                if not sameness.merge(closing, self._same_as):
                    break
        except NamedTermsMerged as error:
            raise NotCompilable("properties, classes or terms that the ontology names are the same") from error
        self._refuse_new_axioms(closing, asserted, fixed)
        denials = Denials(program, dictionary, closing.relations, sameness, asserted)
        found = islice(denials.found(ill_typed(dictionary), self._budget.inconsistencies), self._budget.inconsistencies)
        inconsistencies = _each_once(found)
        ties = tuple(self._tie(tie) for tie in sameness.ties if tie.plan is not None)
        inferred = list(self._inferred(sameness.expand(closing.relations.tables), asserted))
        return Materialised(dictionary, closing.account, inconsistencies, ties, inferred, rows)

    def _tie(self, tie: Tie) -> ox.Triple:
        one, other = self._dictionary.node(tie.first), self._dictionary.node(tie.second)
        return ox.Triple(one, SAME_AS, other)  # type: ignore[arg-type]

    def _compared(self, asserted: Delta) -> Iterator[int]:
        """The literals whose values some clause compares."""
        dictionary = self._dictionary
        predicates = compared_predicates(self._program)
        if not predicates:
            return
        columns = [asserted.get((dictionary.number(predicate), None), EMPTY) for predicate in predicates]
        objects = joined([seconds(keys) for keys in columns])
        yield from objects[contained(objects, dictionary.literals())].tolist()
        for constant in self._program.constants:
            if isinstance(constant, ox.Literal):
                yield dictionary.number(constant)

    def _refuse_new_axioms(self, closing: Closing, asserted: Delta, given: Delta) -> None:
        """The program holds for the axioms that it was made of: nothing may add to them."""
        dictionary = self._dictionary
        watched: list[Key] = [(dictionary.number(predicate), None) for predicate in (*SCHEMA_PREDICATES, FIRST, REST)]
        watched += [(self._type, dictionary.number(kind)) for kind in SCHEMA_CLASSES]
        for key in watched:
            known = joined([asserted.get(key, EMPTY), given.get(key, EMPTY)])
            new = difference(closing.relations[key], known)
            if len(new):
                axiom = next(iter(dictionary.lines(key[0], pairs_of(key, new[:1])))).decode().strip()
                raise NotCompilable(f"an axiom follows from data: {axiom}")

    def _inferred(self, tables: Delta, asserted: Delta) -> Iterator[tuple[int, Keys]]:
        trivial = _Trivial(self._dictionary)
        for key, keys in tables.items():
            if trivial.column(key):
                continue
            left = difference(keys, asserted.get(key, EMPTY))
            pairs = pairs_of(key, left)
            pairs = pairs[~trivial.pairs(key, pairs)]
            if len(pairs):
                yield key[0], pairs


def _without(columns: Mapping[int, Keys], others: Mapping[int, Keys]) -> dict[int, Keys]:
    return {predicate: difference(keys, others.get(predicate, EMPTY)) for predicate, keys in columns.items()}


def _each_once(found: Iterable[Inconsistency]) -> tuple[Inconsistency, ...]:
    kept = {(one.rule, frozenset(one.premises)): one for one in found}
    return tuple(kept.values())


class _Trivial:
    """What is not written: it says nothing, or is no RDF (see `closure`)."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._literals = dictionary.literals()
        self._forms = dictionary.forms
        number = dictionary.number
        self._reflexive = {
            number(term) for term in (SAME_AS, SUB_CLASS_OF, SUB_PROPERTY_OF, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY)
        }
        self._everything = {number(OWL("Thing")), number(RDFS("Resource"))}
        self._says_everything = {number(term) for term in (SUB_CLASS_OF, RDFS("domain"), RDFS("range"))}
        self._below, self._nothing = number(SUB_CLASS_OF), np.uint64(number(OWL("Nothing")))
        self._classes = number(TYPE), number(OWL("Class"))
        self._is_literal = np.zeros(len(dictionary), bool)
        self._is_literal[self._literals.astype(np.intp)] = True

    def column(self, key: Key) -> bool:
        """Whether nothing of the column is written."""
        form = self._forms[key[0]]
        return form[:1] != b"<" or form[1:].startswith(GENID.encode()) or key[1] in self._everything

    def pairs(self, key: Key, pairs: Keys) -> Mask:
        """Which pairs of a column are not written."""
        mask: Mask = self._is_literal[firsts(pairs).astype(np.intp)]
        if key[0] in self._reflexive:
            mask = mask | (firsts(pairs) == seconds(pairs))
        if key[0] in self._says_everything:
            mask = mask | np.isin(seconds(pairs), np.array(sorted(self._everything), np.uint64))
        if key[0] == self._below:
            mask = mask | (firsts(pairs) == self._nothing)
        if key == self._classes:
            mask = mask | np.isin(firsts(pairs), np.array([self._nothing, *self._everything], np.uint64))
        return mask
