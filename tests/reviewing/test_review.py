"""What reviewers look at, on a small published graph with questions of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import IllegalTransition, QueryTimeout
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.reviewing import wording
from cnrs_kg.reviewing.answers import LISTED, changed
from cnrs_kg.reviewing.review import Review
from cnrs_kg.reviewing.watched import Watched
from cnrs_kg.submissions.proposal import PATCH
from cnrs_kg.submissions.states import Action

from ..submissions.test_stewards import ANNA, BASE, GOOD, ONE, STELLA, renames, submit
from ..test_schemas import validator
from ..validated_project import write_validated_project

LABELS = "SELECT ?thing ?label { ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
PARTNERS = f"ASK {{ ?one <{BASE}/ontology#partner> ?other }}"
WATCHED = (
    Watched("labels", {"en": "What is everything called?"}, LABELS, "/labels"),
    Watched("partners", {"en": "Is anything a partner?"}, PARTNERS, "/partners"),
)
MATCH = "http://www.w3.org/2004/02/skos/core#exactMatch"


@pytest.fixture
def kg(tmp_path: Path) -> Iterator[KnowledgeGraph]:
    project = write_validated_project(tmp_path)
    with KnowledgeGraph(Settings(data_dir=project / "var", workers=1), project=project) as found:
        assert found.build(progress=lambda stage: None).conforms
        vars(found)["review"] = Review(found.stewards, found.store, found.pool, WATCHED, found.publication.dumps.of)
        yield found


def impact(kg: KnowledgeGraph, number: int = 1) -> Any:
    found = kg.review.impact(kg.stewards.get(number))
    validator("impact").validate({"number": number} | found.to_json())
    return found


def test_rows_gained_and_lost_of_the_questions_that_a_change_touches(kg: KnowledgeGraph) -> None:
    submit(kg, renames("Uno"), STELLA, PATCH)
    found = impact(kg)
    (answer,) = found.answers
    assert (answer.question.name, answer.columns, answer.unanswered) == ("labels", ("thing", "label"), None)
    assert answer.gained == ((ox.NamedNode(ONE), ox.Literal("Uno", language="en")),)
    assert answer.lost == ((ox.NamedNode(ONE), ox.Literal("One", language="en")),)
    names = {quad.predicate.value for quad in kg.stewards.patch(kg.stewards.get(1)).added}
    assert "label" not in "".join(names), "the label is inferred, and its question was asked"
    assert kg.review.impact(kg.stewards.get(1)) is found


def test_an_answer_that_becomes_yes(kg: KnowledgeGraph) -> None:
    submit(kg, f"<{ONE}> <{BASE}/ontology#partner> <{ONE}> .")
    answers = {one.question.name: one for one in impact(kg).answers}
    assert answers["partners"].gained == ((None,),) and answers["partners"].lost == ()


def test_what_is_accepted_is_compared_with_the_version_before(kg: KnowledgeGraph) -> None:
    submit(kg, renames("Uno"), STELLA, PATCH)
    before = impact(kg)
    kg.stewards.accept(1, ANNA)
    submit(kg, renames("Due").replace("One", "Uno"), STELLA, PATCH)
    assert impact(kg) == before and impact(kg, 2).version == 2


def test_what_was_given_up_has_no_impact(kg: KnowledgeGraph) -> None:
    submit(kg, GOOD)
    kg.stewards.decide(1, Action.REJECT, ANNA)
    with pytest.raises(IllegalTransition):
        kg.review.impact(kg.stewards.get(1))


def test_exports_that_change(kg: KnowledgeGraph) -> None:
    record = "https://ror.org/02feahw73"
    submit(kg, f"<{ONE}> <{MATCH}> <{record}> .")
    exports = impact(kg).exports
    assert [(one.graph, one.role, one.added, one.withdrawn) for one in exports.graphs] == [
        (f"{BASE}/graph/steward", "steward", 1, 0)
    ]
    assert exports.members == 1 and "cnrs-kg.nq.gz" in exports.dumps
    assert [one.to_json() for one in exports.records] == [
        {"thing": ONE, "registry": "ror.org", "record": record, "link": "+"}
    ]
    kg.stewards.accept(1, ANNA)
    submit(kg, renames("Uno"), STELLA, PATCH)
    (again,) = impact(kg, 2).exports.records
    assert (again.record, again.link) == (record, None), "the name is a claim, the record is of what it is about"


def test_nothing_changes(kg: KnowledgeGraph) -> None:
    submit(kg, "")
    found = impact(kg)
    assert (found.asked, found.answers, found.exports.graphs, found.exports.members) == (0, (), (), 0)


def test_as_text(kg: KnowledgeGraph) -> None:
    submit(kg, renames("Uno"), STELLA, PATCH)
    lines = list(wording.text(impact(kg), "en"))
    assert any(line.startswith("Answers that change: 1 of 1 ") for line in lines)
    assert "  What is everything called? [labels]" in lines and "    + id:unit/one · Uno" in lines
    assert any("Exports qui changent" in line for line in wording.text(impact(kg), "fr"))


QUESTION = Watched("q", {"en": "q"}, "SELECT ?n { }", "/")


def rows(*values: str) -> bytes:
    found = ", ".join(f'{{"n": {{"type": "literal", "value": "{value}"}}}}' for value in values)
    return f'{{"head": {{"vars": ["n"]}}, "results": {{"bindings": [{found}]}}}}'.encode()


def test_a_row_that_is_there_once_more_is_gained_and_order_is_nothing() -> None:
    (found,) = changed([QUESTION], lambda _: rows("a", "b"), lambda _: rows("b", "a", "a"))
    assert found.gained == ((ox.Literal("a"),),) and found.lost == ()
    assert list(changed([QUESTION], lambda _: rows("a", "b"), lambda _: rows("b", "a"))) == []


def test_a_question_that_is_not_answered_says_why() -> None:
    def late(_: Watched) -> bytes:
        raise QueryTimeout("no answer in 2 s")

    (found,) = changed([QUESTION], lambda _: rows("a"), late)
    assert (found.unanswered, found.gained) == ("no answer in 2 s", ())


def test_an_answer_that_is_too_large_is_not_compared(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnrs_kg.reviewing.review.LARGEST", 10)
    submit(kg, renames("Uno"), STELLA, PATCH)
    (answer,) = impact(kg).answers
    assert answer.unanswered is not None and "too large" in answer.unanswered


def test_more_rows_than_are_listed_are_counted() -> None:
    many = [str(number) for number in range(LISTED + 5)]
    (found,) = changed([QUESTION], lambda _: rows(), lambda _: rows(*many))
    told = found.to_json()
    assert len(told["gained"]) == LISTED and told["gainedTotal"] == LISTED + 5


def test_what_follows_and_no_longer_follows(kg: KnowledgeGraph) -> None:
    submit(kg, renames("Uno"), STELLA, PATCH)
    before = kg.review.consequences(kg.stewards.get(1))
    rows = [row for thing in before for row in thing.rows if row.quad.subject == ox.NamedNode(ONE)]
    said = {(row.sign, row.quad.predicate.value.rpartition("#")[2], row.quad.object.value) for row in rows}
    assert said == {(sign, name, value) for sign, value in (("-", "One"), ("+", "Uno")) for name in ("name", "label")}
    assert {row.graph for row in rows} == {None}
    kg.stewards.accept(1, ANNA)
    after = kg.review.consequences(kg.stewards.get(1))
    assert {row.quad for thing in after for row in thing.rows} == {row.quad for thing in before for row in thing.rows}
    submit(kg, GOOD)
    kg.stewards.decide(2, Action.REJECT, ANNA)
    with pytest.raises(IllegalTransition):
        kg.review.consequences(kg.stewards.get(2))
