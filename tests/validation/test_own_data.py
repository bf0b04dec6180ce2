"""Our own shapes and data: what is judged of a change is what judging everything finds."""

from collections import Counter
from datetime import date
from itertools import zip_longest
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.rdf.skolem import skolemise
from cnrs_kg.rdf.terms import DEFAULT_GRAPH, stored_quad
from cnrs_kg.reasoning.closure import close
from cnrs_kg.validation.judge import judge_change, judge_store
from cnrs_kg.validation.report import Result
from cnrs_kg.validation.shapes import Shapes, compile_shapes

ROOT = Path(__file__).parents[2]


def triples(directory: str) -> list[ox.Triple]:
    found: list[ox.Triple] = []
    for file in sorted((ROOT / directory).rglob("*.ttl")):
        read = ox.parse(path=str(file), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        found += (stored_quad(quad).triple for quad in skolemise(read))
    return found


class World:
    """A part of the graph: two offices and all within two steps of them, so that judging everything stays quick."""

    def __init__(self) -> None:
        ontology, data = triples("ontology"), triples("data")
        everything = {*ontology, *data, *close(ontology, data, as_of=date(2026, 1, 1)).inferred}
        self.shapes: Shapes = compile_shapes(triples("shapes"))
        kept: set[object] = set()
        reached: set[object] = {t.subject for t in everything if str(t.object).endswith("#OfficeAbroad>")}
        reached = set(sorted(reached, key=str)[:2])
        for _ in range(2):
            kept |= reached
            reached = {t.subject for t in everything if t.object in reached and t.predicate != RDF("type")}
            reached |= {t.object for t in everything if t.subject in kept and not isinstance(t.object, ox.Literal)}
        schema = {t.subject for t in ontology}
        self.graph = {t for t in everything if t.subject in kept or (t.subject in schema and "claimable" in str(t))}
        self.held = self.graph | {t for t in everything if "subClassOf" in str(t.predicate)}
        predicates = sorted({str(step.step.predicate) for target in self.shapes.targets for step in target.readings})
        self.touched = sorted((t for t in self.graph if str(t.predicate) in predicates), key=str)
        self.store = ox.Store()
        self.store.extend(ox.Quad(*triple, DEFAULT_GRAPH) for triple in self.held)
        self.results = counted(judge_store(self.store, self.shapes, screened=False).results)


def counted(results: tuple[Result, ...]) -> Counter[str]:
    return Counter(map(repr, results))


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def check(world: World, added: set[ox.Triple], removed: set[ox.Triple]) -> None:
    gone, new = ([ox.Quad(*triple, DEFAULT_GRAPH) for triple in side] for side in (removed, added - world.held))
    for quad in gone:
        world.store.remove(quad)
    world.store.extend(new)
    try:
        now = counted(judge_store(world.store, world.shapes).results)
        found = judge_change(world.store, world.shapes, new, gone)
    finally:
        for quad in new:
            world.store.remove(quad)
        world.store.extend(gone)
    results = counted(found.results)
    assert now - world.results <= results <= now
    assert all(result.value is None for result in found.results if repr(result) in results - (now - world.results))


def test_statements_of_each_kind_are_traced_back(world: World) -> None:
    """A statement of each property, and of each class, goes; then it comes back with a value that is another's."""
    kinds: dict[tuple[object, object], ox.Triple] = {}
    for triple in world.touched:
        kinds.setdefault((triple.predicate, triple.object if triple.predicate == RDF("type") else None), triple)
    others = list(kinds.values())[1:]
    for triple, other in zip_longest(kinds.values(), others, fillvalue=others[0]):
        check(world, set(), {triple})
        check(world, {ox.Triple(triple.subject, triple.predicate, other.object)}, {triple})


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_change_of_our_data_is_judged_as_everything_is(world: World, data: st.DataObject) -> None:
    some = st.lists(st.sampled_from(world.touched), min_size=1, max_size=6, unique=True)
    pairs = zip(data.draw(some), data.draw(some), strict=False)
    added = {ox.Triple(one.subject, other.predicate, other.object) for one, other in pairs}
    check(world, added, set(data.draw(some)))
