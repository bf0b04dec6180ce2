"""Every support that the engine keeps is a right application of its rule, and none rests on itself."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnrs_kg.reasoning.closure import Closure, close
from cnrs_kg.reasoning.rules.model import Run

from . import checker
from .strategies import Triples, about_vocabulary, graphs, own_axioms, same, same_anything, statements
from .test_agreement import EXAMPLES
from .test_golden import DIRECTORIES
from .turtle import triples

DAY = date(2026, 1, 1)
RELAXED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(closure: Closure, stated: Triples) -> None:
    """All supports: right, resting on known facts only, and free of circles."""
    nodes = closure.engine.terms.nodes
    supports = closure.engine.supports
    asserted = {fact for fact, support in supports.items() if support is None}
    assert asserted == {closure.fact(triple) for triple in stated}
    check_contradictions(closure)
    order = {fact: number for number, fact in enumerate(supports)}
    for fact in supports:
        derivation = closure.derivation(fact)
        if derivation is None:
            continue
        for premise in derivation.premises:
            assert premise in asserted or order[premise] < order[fact], "rests on what came later"
        terms = [tuple(nodes[number] for number in premise) for premise in derivation.premises]
        conclusion = tuple(nodes[number] for number in fact)
        assert checker.step_is_right(derivation.rule, terms, conclusion), (derivation.rule, terms, conclusion)  # type: ignore[arg-type]


def check_contradictions(closure: Closure) -> None:
    """Each contradiction is a right application of a rule that concludes false."""
    nodes = closure.engine.terms.nodes
    for instance, premises, _ in closure.engine.contradictions.values():
        if instance.rule.run is not Run.VALUES:
            terms = [tuple(nodes[number] for number in premise) for premise in (*instance.axioms, *premises)]
            assert checker.step_is_right(instance.rule.name, terms, None), (instance.rule.name, terms)  # type: ignore[arg-type]


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "plain"])
def test_supports_of_the_examples(directory: object, compiled: bool) -> None:
    stated = triples((directory / "in.ttl").read_text())  # type: ignore[operator]
    check(close(stated, [], as_of=DAY, compiled=compiled), stated)


@RELAXED
@given(graphs(own_axioms, statements, statements, same, most=10), st.booleans())
def test_supports_of_random_graphs(graph: Triples, compiled: bool) -> None:
    check(close([], graph, as_of=DAY, compiled=compiled), graph)


@RELAXED
@given(graphs(own_axioms, statements, same_anything, about_vocabulary, most=8))
def test_supports_of_strange_graphs(graph: Triples) -> None:
    check(close(graph, [], as_of=DAY), graph)


@pytest.mark.parametrize(
    ("rule", "premises", "conclusion"),
    [
        ("prp-trp", ":p a owl:TransitiveProperty . :a :p :b . :c :p :d .", ":a :p :d ."),
        ("prp-trp", ":a :p :b . :b :p :d .", ":a :p :d ."),
        ("cax-sco", ":C rdfs:subClassOf :D . :x a :C .", ":x a :E ."),
        ("cls-int1", ":C owl:intersectionOf (:A :B) . :x a :A .", ":x a :C ."),
        ("prp-key", ":C owl:hasKey (:k) . :a a :C ; :k 1 . :b a :C ; :k 2 .", ":a owl:sameAs :b ."),
        ("prp-symp", ":p a owl:SymmetricProperty . :a :p :b . :c :p :d .", ":b :p :a ."),
    ],
)
def test_the_checker_refuses(rule: str, premises: str, conclusion: str) -> None:
    (end,) = triples(conclusion)
    given = [(t.subject, t.predicate, t.object) for t in triples(premises)]
    assert not checker.step_is_right(rule, given, (end.subject, end.predicate, end.object))
