"""What a change entails on the published graph: by look-ups, equal to a new closure of everything."""

import random
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import CNRS, GRAPH, ID, RDF
from cnrs_kg.rdf.terms import DEFAULT_GRAPH
from cnrs_kg.reasoning.limits import Budget
from cnrs_kg.reasoning.recompute import recompute
from cnrs_kg.store import branch as branch_module
from cnrs_kg.store.branch import Branch
from cnrs_kg.store.graphs import role
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions import inference
from cnrs_kg.submissions.inference import consequences

BUDGET = Budget()


@dataclass(frozen=True)
class Step:
    added: frozenset[ox.Quad] = frozenset()
    removed: frozenset[ox.Quad] = frozenset()
    anew: bool = False


def published(branch: Branch) -> set[ox.Triple]:
    return {quad.triple for quad in branch.store.quads_for_pattern(None, None, None, DEFAULT_GRAPH)}


def agree(branch: Branch, as_of: date) -> None:
    asserted = {
        quad.triple
        for graph in branch.store.named_graphs()
        if branch.roles.merged(graph)
        for quad in branch.store.quads_for_pattern(None, None, None, graph)
    }
    anew = recompute(branch.store, branch.roles.merged, as_of=as_of, budget=BUDGET)
    assert published(branch) == asserted | set(anew.triples())


def day(branch: Branch) -> date:
    assert branch.base is not None and branch.base.as_of is not None
    return branch.base.as_of


@pytest.mark.parametrize("seed", range(4))
def test_random_withdrawals_and_their_return(built: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "recompute", None)  # look-ups alone
    chance = random.Random(seed)
    with Versions(built).trial() as branch:
        data = [
            quad for quad in branch.store if quad.graph_name not in (DEFAULT_GRAPH, GRAPH("ontology"), GRAPH("shapes"))
        ]
        taken = frozenset(chance.sample(sorted(data, key=str), 40))
        before = published(branch)
        consequences(branch, Step(removed=taken), day(branch), BUDGET)
        agree(branch, day(branch))
        consequences(branch, Step(added=taken), day(branch), BUDGET)
        assert published(branch) == before


def test_the_day_moves_by_look_ups(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "recompute", None)
    with Versions(built).trial() as branch:
        past = date(2012, 6, 1)
        consequences(branch, Step(), past, BUDGET)
        agree(branch, past)


@pytest.mark.parametrize("columns", [True, False])
def test_a_change_of_the_ontology_is_closed_anew(built: Path, columns: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not columns:
        without = lambda *given, **more: replace(recompute(*given, **more), difference=None)  # noqa: E731
        monkeypatch.setattr(inference, "recompute", without)
    axiom = ox.Quad(
        CNRS("Institute"), ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf"), ID("x"), GRAPH("g")
    )
    with Versions(built).trial() as branch:
        found = consequences(branch, Step(added=frozenset([axiom])), day(branch), BUDGET)
        gained = [quad for gained, quad in branch.changes() if gained and quad.graph_name == DEFAULT_GRAPH]
        assert 10 <= found.inferred == len(gained) < 1_000
        assert ox.Triple(ID("institute/insis"), RDF("type"), ID("x")) in published(branch)


def test_a_large_change_is_closed_anew(built: Path) -> None:
    many = frozenset(ox.Quad(ID(f"x/{number}"), CNRS("p"), ID("y"), GRAPH("g")) for number in range(10_000))
    with Versions(built).trial() as branch:
        consequences(branch, Step(added=many), day(branch), BUDGET)
        agree(branch, day(branch))


@pytest.mark.parametrize("bulk", [False, True], ids=["settled", "in bulk"])
def test_what_was_inferred_goes_and_comes_back_when_everything_is_closed_anew(
    built: Path, bulk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bulk:
        monkeypatch.setattr(branch_module, "BULK_FROM", 1)
    news = frozenset(ox.Quad(ID(f"x/{number}"), RDF("type"), CNRS("JointUnit"), GRAPH("g")) for number in range(5))
    with Versions(built).trial() as branch:
        data = [quad for quad in branch.store if quad.graph_name != DEFAULT_GRAPH and role(quad.graph_name).writable]
        taken = frozenset(random.Random(1).sample(sorted(data, key=str), 40))
        before = published(branch)
        found = consequences(branch, Step(added=news, removed=taken, anew=True), day(branch), BUDGET)
        assert found.inferred > 1_000
        assert branch.is_bulk == bulk
        agree(branch, day(branch))
        lost = before - published(branch)
        assert len(lost) > len({quad.triple for quad in taken} & lost) > 0
        assert ox.Triple(ID("x/0"), RDF("type"), CNRS("Organisation")) in published(branch)
