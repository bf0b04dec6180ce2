"""The competency questions, asked of the published graph: each `cq-*.rq` must give what its `.srj` says.

The expected answers were worked out from the sources, not copied from the output.
"""

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

QUESTIONS = sorted(Path(__file__).parent.glob("cq-*.rq"))
UNANSWERED = {28, 29, 30}  # links, past versions and proofs are asked elsewhere


def rows(solutions: ox.QuerySolutions) -> Counter[tuple[tuple[str, str], ...]]:
    names = [variable.value for variable in solutions.variables]
    return Counter(
        tuple((name, str(term)) for name, term in zip(names, solution, strict=True) if term is not None)
        for solution in solutions
    )


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_answer(file: Path, published: ox.Store) -> None:
    found = published.query(file.read_text())
    expected = ox.parse_query_results(path=str(file.with_suffix(".srj")), format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions) and isinstance(expected, ox.QuerySolutions)
    assert rows(found) == rows(expected)


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_question_comes_first_in_both_languages(file: Path) -> None:
    english, french = file.read_text().splitlines()[:2]
    assert re.fullmatch(r"# en: .+\?( \(.+\))?", english)
    assert re.fullmatch(r"# fr: .+ \?( \(.+\))?", french)


def test_every_question_is_asked() -> None:
    numbers = {int(file.stem.split("-")[1]) for file in QUESTIONS}
    assert numbers == set(range(1, 31)) - UNANSWERED
