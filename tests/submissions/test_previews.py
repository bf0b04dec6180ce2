"""What is asked of a submission before it is decided."""

import json
import shutil
from pathlib import Path

import pytest

from cnrs_kg.errors import IllegalTransition
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions.previews import KEPT, Previews
from cnrs_kg.submissions.proposal import PATCH
from cnrs_kg.submissions.states import Action

from .test_stewards import ANNA, BAD, GOOD, ONE, OTTO, STELLA, TWO, kg, project, renames, submit

__all__ = ["kg", "project"]


def holds(kg: KnowledgeGraph, pattern: str, **options: int) -> bool:
    text = f"PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#> ASK {{ {pattern} }}"
    return bool(json.loads(kg.query(text, **options).read())["boolean"])  # type: ignore[arg-type]


def stores(kg: KnowledgeGraph) -> list[str]:
    return sorted(path.name for path in kg.store.scratch().iterdir() if path.name.startswith("preview"))


def test_a_query_sees_what_would_be_published_with_its_consequences(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD)
    submit(kg, renames("Uno"), OTTO, PATCH)
    assert holds(kg, f"<{TWO}> a cnrs:Organisation", submission=1)
    assert not holds(kg, f"<{TWO}> a cnrs:Organisation", submission=2) and not holds(kg, f"<{TWO}> ?p ?o")
    assert holds(kg, f'<{ONE}> cnrs:name "Uno"@en', submission=2)
    assert not holds(kg, f'<{ONE}> cnrs:name "One"@en', submission=2)
    assert len(stores(kg)) == 2


def test_what_does_not_conform_can_be_looked_at(kg: KnowledgeGraph) -> None:
    submit(kg, BAD)
    assert holds(kg, f"<{TWO}> a cnrs:Organisation", submission=1)


def test_a_new_version_drops_them_and_renews_the_verdict(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD)
    submit(kg, f'<{ONE}> <http://www.w3.org/2004/02/skos/core#note> "x"@en .', OTTO)
    holds(kg, "?s ?p ?o", submission=1)
    before = stores(kg)
    kg.stewards.accept(2, ANNA)
    assert holds(kg, f'<{ONE}> <http://www.w3.org/2004/02/skos/core#note> "x"@en', submission=1)
    assert len(stores(kg)) == 1 and stores(kg) != before
    assert kg.stewards.queue.get(1).content.verdict["version"] == 2


def test_of_an_accepted_one_its_version_is_asked(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD)
    kg.stewards.accept(1, ANNA)
    assert holds(kg, f"<{TWO}> a cnrs:Unit", submission=1) and stores(kg) == []
    assert kg.stewards.preview(1) == kg.version(2).path


@pytest.mark.parametrize("action", [Action.REJECT, Action.WITHDRAW])
def test_what_is_over_is_not_previewed(kg: KnowledgeGraph, action: Action) -> None:
    submit(kg, GOOD)
    kg.stewards.decide(1, action, STELLA if action is Action.WITHDRAW else ANNA)
    with pytest.raises(IllegalTransition):
        kg.query("ASK {}", submission=1)


def test_a_preview_that_was_dropped_meanwhile_is_built_again(kg: KnowledgeGraph, monkeypatch) -> None:
    submit(kg, GOOD)
    query, dropped = kg.pool.query, list[Path]()

    def late(request, **options):
        if not dropped:
            dropped.append(request.store)
            shutil.rmtree(request.store)
        return query(request, **options)

    monkeypatch.setattr(kg.pool, "query", late)
    assert holds(kg, f"<{TWO}> a cnrs:Organisation", submission=1) and dropped[0].is_dir()


def test_a_few_are_kept_and_each_is_built_once(tmp_path: Path) -> None:
    previews, built = Previews(lambda: tmp_path), list[str]()

    def build(path: Path) -> None:
        path.mkdir()
        built.append(path.name)

    for number in (*range(1, KEPT + 3), KEPT + 2):
        previews.of((number, "a" * 64, 1), build)
    assert len(built) == KEPT + 2 and previews.count() == len(list(tmp_path.iterdir())) == KEPT
    previews.of((KEPT + 2, "b" * 64, 1), build)
    assert not any(path.name.startswith(f"preview-{KEPT + 2}-a") for path in tmp_path.iterdir())
    previews.of((1, "a" * 64, 2), build)
    assert previews.count() == len(list(tmp_path.iterdir())) == 1


def test_a_preview_that_cannot_be_built_is_none(tmp_path: Path) -> None:
    previews = Previews(lambda: tmp_path)

    def failing(path: Path) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        previews.of((1, "a", 1), failing)
    assert previews.count() == 0
