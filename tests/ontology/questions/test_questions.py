"""The competency questions, asked of the published graph: each must give what its `.srj` says, in both kinds of terms.

The expected answers were worked out from the sources, not copied from the output.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.browsing.questions import Question, questions
from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.namespaces import CNRS, ID, RDF, XSD
from cnrs_kg.reasoning.proof import Proof

PROJECT = Path(__file__).parents[3]
ANSWERS = Path(__file__).parent
VERSIONS, PROOF = 29, 30
"""Asked below: of an earlier version, and as an explanation."""
EACH = pytest.mark.parametrize("question", questions(), ids=lambda question: question.id)


def rows(solutions: ox.QuerySolutions) -> Counter[tuple[tuple[str, str], ...]]:
    names = [variable.value for variable in solutions.variables]
    return Counter(
        tuple((name, str(term)) for name, term in zip(names, solution, strict=True) if term is not None)
        for solution in solutions
    )


@EACH
def test_answer(question: Question, published: ox.Store) -> None:
    found = published.query(question.query)
    answer = ANSWERS / f"{question.id.removesuffix('-own')}.srj"
    expected = ox.parse_query_results(path=str(answer), format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions) and isinstance(expected, ox.QuerySolutions)
    assert rows(found) == rows(expected)


@EACH
def test_question_comes_first_in_both_languages(question: Question) -> None:
    english, french = question.query.splitlines()[:2]
    assert re.fullmatch(r"# en: .+\?( \(.+\))?", english)
    assert re.fullmatch(r"# fr: .+ \?( \(.+\))?", french)


def test_every_question_is_asked() -> None:
    numbers = {int(question.id.split("-")[1]) for question in questions()}
    assert numbers == set(range(1, 31)) - {VERSIONS, PROOF}


def test_what_is_asked_in_our_own_terms_is_asked_in_standard_ones_too() -> None:
    names = {question.id for question in questions()}
    own = {name for name in names if name.endswith("-own")}
    assert {name.removesuffix("-own") for name in own} <= names
    assert len(own) > 25


def test_every_answer_is_asked_for() -> None:
    assert {file.stem for file in ANSWERS.glob("*.srj")} == {one.id.removesuffix("-own") for one in questions()}


def test_an_earlier_version_still_says_what_it_said_of_the_offices(built: Path, tmp_path: Path) -> None:
    data = tmp_path / "var"
    shutil.copytree(built, data, symlinks=True)
    offices = next(one.query for one in questions() if one.id == "cq-05-offices-today")
    ended = f"""INSERT {{ GRAPH ?g {{ ?claim {CNRS("validUntil")} {ox.Literal("2024", datatype=XSD("gYear"))} }} }}
      WHERE {{ GRAPH ?g {{
        ?claim {RDF("subject")} {ID("office/beijing")} ; {RDF("predicate")} {CNRS("hasSite")} }} }}"""
    with KnowledgeGraph(Settings(data_dir=data, workers=1), project=PROJECT) as kg:
        first = kg.current()
        assert first is not None and kg.direct.update(ended, agent="curator").changed
        now, then = ({row["city"] for row in kg.rows(offices, version)} for version in (None, kg.at(first.created)))
    assert then - now == {"Beijing"} and not now - then


def test_why_thales_cooperates_with_the_cnrs(kg: KnowledgeGraph) -> None:
    statement = (ID("organisation/thales"), CNRS("cooperatesWith"), ID("organisation/cnrs"))
    found = kg.explain(statement).proofs()[0]
    asserted = [step for step in steps(found) if step.rule == "asserted"]
    assert found.rule != "asserted"
    assert all(step.place and step.place["line"] for step in asserted)
    assert {str(step.place["file"]).split("/")[0] for step in asserted if step.place} == {"data", "ontology"}


def steps(proof: Proof) -> Iterator[Proof]:
    yield proof
    for premise in proof.premises:
        yield from steps(premise)
