"""The explaining process."""

from dataclasses import replace
from pathlib import Path

import pytest

from cnrs_kg.errors import EngineBusy, QueryMemory, QueryTimeout, VersionNotFound
from cnrs_kg.rdf.namespaces import ID, ORG
from cnrs_kg.submissions.explaining import WAITING, Explaining, Question, Task

MEMBER = Question(1, ID("unit/cintra"), ORG("hasMember"), ID("institute/insis"))


@pytest.fixture
def task(built: Path) -> Task:
    return Task(built, "https://w3id.org/cnrs-kg/", 600.0, 2**30)


def test_it_answers_one_question_after_the_other(task: Task) -> None:
    explaining = Explaining(task)
    try:
        first, second = explaining.explain(MEMBER), explaining.explain(MEMBER)
        assert first.derivations == second.derivations and first.places
    finally:
        explaining.close()


def test_an_error_there_is_raised_here_and_the_process_lives(task: Task) -> None:
    explaining = Explaining(task)
    try:
        with pytest.raises(VersionNotFound):
            explaining.explain(Question(99, ID("a"), ORG("b"), ID("c")))
        assert explaining.explain(MEMBER).derivations
    finally:
        explaining.close()


def test_a_search_that_takes_too_long_is_given_up(task: Task) -> None:
    explaining = Explaining(replace(task, seconds=0.0))
    try:
        with pytest.raises(QueryTimeout):
            explaining.explain(MEMBER)
    finally:
        explaining.close()


def test_a_search_that_takes_too_much_memory_is_given_up(task: Task) -> None:
    explaining = Explaining(replace(task, memory=2**20))
    try:
        with pytest.raises(QueryMemory) as caught:
            explaining.explain(MEMBER)
        assert caught.value.limit == "query_memory"
    finally:
        explaining.close()


def test_who_comes_when_too_many_wait_is_told_at_once(task: Task) -> None:
    explaining = Explaining(task)
    try:
        for _ in range(WAITING):
            explaining._places.acquire()
        with pytest.raises(EngineBusy):
            explaining.explain(MEMBER)
    finally:
        explaining.close()
