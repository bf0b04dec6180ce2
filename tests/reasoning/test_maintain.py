"""A change reasoned about by look-ups says what a new closure of everything says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.errors import ReasoningBudget
from cnrs_kg.rdf.terms import stored_triple
from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.maintain import Day, Maintained, maintain
from cnrs_kg.reasoning.maintainable import NotMaintainable
from cnrs_kg.reasoning.recompute import program_of
from cnrs_kg.reasoning.view import Assertions

from .stores import GRAPHS
from .strategies import (
    Triples,
    claim_parts,
    graphs,
    literal_axioms,
    literal_statements,
    own_axioms,
    same,
    statements,
)
from .test_agreement import EXAMPLES
from .test_golden import DIRECTORIES
from .turtle import triples

DAY = date(2026, 1, 1)
RELAXED = settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class World:
    """A closed store; `change` maintains it, or closes it anew where that is needed."""

    as_of: date = DAY
    store: ox.Store = field(default_factory=ox.Store)
    consistent: bool = True
    anew: int = 0

    def asserted(self) -> set[ox.Triple]:
        return {quad.triple for graph in self.store.named_graphs() for quad in self.of(graph)}

    def of(self, graph: object) -> Iterable[ox.Quad]:
        return self.store.quads_for_pattern(None, None, None, graph)  # type: ignore[arg-type]

    def published(self) -> set[ox.Triple]:
        return {quad.triple for quad in self.of(ox.DefaultGraph())}

    def change(
        self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad] = (), as_of: date | None = None
    ) -> Maintained | None:
        added, removed = list(added), list(removed)
        before, day = self.asserted(), Day(self.as_of, as_of or self.as_of)
        assertions = Assertions(self.store, lambda graph: True)
        try:
            program = program_of(self.store, self.store.named_graphs())
            found = maintain(program, self.store, assertions, added, removed, day=day, budget=Budget())
        except NotMaintainable:
            found = None
        for quad in removed:
            self.store.remove(quad)
        self.store.extend(added)
        self.as_of = day.after
        after = self.asserted()
        closure = close([], after, as_of=self.as_of)
        if found is None:
            self.anew += 1
            self.store.remove_graph(ox.DefaultGraph())
            self.store.extend(_default(after | closure.inferred))
        else:
            for quad in _default({*found.lost, *(before - after)}):
                self.store.remove(quad)
            self.store.extend(_default({*found.gained, *(after - before)}))
            assert not set(found.gained) & after and not set(found.lost) & after
            if self.consistent:
                assert bool(found.inconsistencies) != closure.consistent
        self.consistent = closure.consistent
        assert self.published() - (after | closure.inferred) == set(), "kept or inferred too much"
        assert (after | closure.inferred) - self.published() == set(), "inferred or kept too little"
        return found


def _default(many: Iterable[ox.Triple]) -> list[ox.Quad]:
    return [ox.Quad(triple.subject, triple.predicate, triple.object) for triple in many]


def quads(many: Iterable[ox.Triple], graph: ox.NamedNode = GRAPHS[0]) -> list[ox.Quad]:
    return [ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in map(stored_triple, many)]


def begin(ontology: Iterable[ox.Triple]) -> World:
    world = World()
    world.change(quads(ontology, GRAPHS[2]))
    return world


Step = tuple[list[ox.Quad], list[int], date]
Story = tuple[Triples, list[Step]]
DAYS = st.sampled_from([DAY, DAY, DAY, date(2025, 11, 30), date(2025, 12, 1), date(2026, 1, 2), date(2027, 5, 1)])


@st.composite
def stories(
    draw: st.DrawFn, *parts: st.SearchStrategy[Triples], axioms: st.SearchStrategy[Triples] = own_axioms
) -> Story:
    """An ontology, and steps: quads to add, the places (among what was ever added) of quads to withdraw, the day."""
    ontology = draw(graphs(axioms, most=6))
    steps = []
    for _ in range(draw(st.integers(1, 4))):
        added = [
            ox.Quad(*quad.triple, draw(st.sampled_from(GRAPHS[:2]))) for quad in quads(draw(graphs(*parts, most=5)))
        ]
        steps.append((added, draw(st.lists(st.integers(0, 30), max_size=4)), draw(DAYS)))
    return ontology, steps


def live(story: Story) -> None:
    ontology, steps = story
    world = begin(ontology)
    ever: list[ox.Quad] = []
    for added, places, day in steps:
        removed = [ever[place % len(ever)] for place in places if ever]
        world.change(added, removed, day)
        ever += added
    world.change([], ever)


@RELAXED
@given(stories(statements))
def test_random_changes(story: Story) -> None:
    live(story)


@RELAXED
@given(stories(statements, statements, same))
def test_random_changes_with_sameness(story: Story) -> None:
    live(story)


@RELAXED
@given(stories(statements, own_axioms))
def test_random_changes_of_the_ontology(story: Story) -> None:
    live(story)


@RELAXED
@given(stories(claim_parts, claim_parts, statements))
def test_random_claims_on_moving_days(story: Story) -> None:
    live(story)


@RELAXED
@given(stories(literal_statements, literal_statements, same, axioms=literal_axioms))
def test_random_values(story: Story) -> None:
    live(story)


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_the_examples_arrive_one_by_one_and_leave_again(directory: object) -> None:
    world = World()
    stated = quads(triples((directory / "in.ttl").read_text()))  # type: ignore[operator]
    for quad in stated:
        world.change([quad])
    for quad in stated:
        world.change([], [quad])
    assert len(world.store) == 0


def test_a_statement_that_two_graphs_assert_survives_the_loss_of_one() -> None:
    world = begin(triples(":A rdfs:subClassOf :B ."))
    stated = triples(":x a :A .")
    world.change([*quads(stated, GRAPHS[0]), *quads(stated, GRAPHS[1])])
    found = world.change([], quads(stated, GRAPHS[0]))
    assert found is not None and (found.gained, found.lost) == ([], [])


def test_a_statement_that_is_asserted_and_inferred_survives_either() -> None:
    world = begin(triples(":A rdfs:subClassOf :B ."))
    low, high = triples(":x a :A ."), triples(":x a :B .")
    world.change([*quads(low), *quads(high)])
    found = world.change([], quads(high))
    assert found is not None and found.gained == high
    world.change(quads(high))
    found = world.change([], quads(low))
    assert found is not None and (found.gained, found.lost) == ([], [])


def test_a_circle_falls_when_its_support_goes() -> None:
    world = begin(triples(":p a owl:SymmetricProperty , owl:TransitiveProperty ."))
    stated = quads(triples(":a :p :b . :b :p :c . :c :p :a ."))
    world.change(stated)
    world.change([], stated[:1])
    world.change([], stated[1:])
    assert world.published() == world.asserted()


CLAIM = ":c a cnrs:Claim ; rdf:subject :a ; rdf:predicate :p ; rdf:object :b"


@pytest.mark.parametrize(
    "change",
    [
        "cnrs:validUntil '2020'^^xsd:gYear",
        "cnrs:rank cnrs:deprecatedRank",
        "rdf:subject :other",
        "cnrs:validFrom '2030-01-01'^^xsd:date",
        "cnrs:validFrom 'unknown'",
    ],
)
def test_a_statement_about_a_claim_ends_what_it_said(change: str) -> None:
    world = begin(triples(":p rdfs:domain :C ."))
    world.change(quads(triples(f"{CLAIM} .")))
    said = set(triples(":a :p :b ; a :C ."))
    assert said <= world.published()
    more = quads(triples(f":c {change} ."))
    world.change(more)
    assert not said & world.published()
    world.change([], more)
    assert said <= world.published()
    assert world.anew == 1, "only the ontology needed a new closure"


def test_moving_the_day_ends_and_begins_claims() -> None:
    world = begin(triples(":p rdfs:domain :C ."))
    world.change(
        quads(triples(f"{CLAIM} ; cnrs:validFrom '2026-03'^^xsd:gYearMonth ; cnrs:validUntil '2027'^^xsd:gYear ."))
    )
    said = set(triples(":a :p :b ; a :C ."))
    for day, holds in (
        (date(2026, 3, 1), True),
        (date(2026, 2, 28), False),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ):
        world.change([], as_of=day)
        assert bool(said & world.published()) == holds, day


def test_a_claim_that_another_one_repeats_leaves_the_statement() -> None:
    world = begin([])
    one, other = quads(triples(f"{CLAIM} .")), quads(triples(CLAIM.replace(":c", ":d", 1) + " ."))
    world.change([*one, *other])
    world.change([], one)
    assert set(triples(":a :p :b .")) <= world.published()


def test_new_contradictions_are_told_with_their_premises() -> None:
    world = begin(triples(":A owl:disjointWith :B . :p rdfs:domain :B ."))
    world.change(quads(triples(":x a :A .")))
    found = world.change(quads(triples(":x :p :y .")))
    assert found is not None
    (told,) = found.inconsistencies
    assert told.rule == "cax-dw" and len(told.premises) == 3


def test_terms_that_a_rule_makes_the_same_are_told() -> None:
    world = begin(triples(":p a owl:InverseFunctionalProperty ."))
    world.change(quads(triples(":x :p :n .")))
    found = world.change(quads(triples(":y :p :n .")))
    assert found is not None and found.ties


def test_costly_sameness_is_refused_by_name() -> None:
    world = begin([])
    world.change(quads(triples("".join(f":x{number} :p :hub . " for number in range(40)))))
    assertions = Assertions(world.store, lambda graph: True)
    program = program_of(world.store, world.store.named_graphs())
    with pytest.raises(ReasoningBudget, match="would be the same") as caught:
        maintain(
            program,
            world.store,
            assertions,
            quads(triples(":hub owl:sameAs :other .")),
            [],
            day=Day(DAY, DAY),
            budget=Budget(sameness=50),
        )
    assert caught.value.limit == "sameness"


def test_an_explosion_names_the_axiom() -> None:
    world = begin(triples(":p a owl:TransitiveProperty ."))
    chain = quads(triples("".join(f":n{number} :p :n{number + 1} . " for number in range(30))))
    world.change([*chain[:15], *chain[16:]])
    assertions = Assertions(world.store, lambda graph: True)
    program = program_of(world.store, world.store.named_graphs())
    with pytest.raises(ReasoningBudget, match="TransitiveProperty") as caught:
        maintain(program, world.store, assertions, chain[15:16], [], day=Day(DAY, DAY), budget=Budget(statements=50))
    assert caught.value.limit == "statements"


def test_a_claim_that_is_the_same_as_another_is_left_to_a_new_closure() -> None:
    """Its own statements decide whether it holds, and then they are those of both."""
    text = ":claim{0} a cnrs:Claim ; rdf:subject :a ; rdf:predicate :p ; rdf:object :{1} ."
    world = begin(triples(""))
    world.change(quads(triples(f"{text.format(0, 'a')} {text.format(1, 'a')}")))
    world.change(quads(triples(":claim0 owl:sameAs :claim1 .")))
    world.change(quads(triples(text.format(0, "b"))))
    world.change([], quads(triples(":claim0 owl:sameAs :claim1 .")))


def test_that_a_term_is_the_same_as_itself_goes_with_its_assertion() -> None:
    world = begin(triples(":A rdfs:subClassOf :A ."))
    world.change(quads(triples(":a owl:sameAs :a . :a a :A ; owl:sameAs :b .")))
    world.change(quads(triples(":a :p :a .")), quads(triples(":a owl:sameAs :a .")))
