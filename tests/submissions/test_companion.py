"""The process beside the server ends when told, whoever asks it meanwhile."""

import os
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.submissions.companion import Companion, Ended, serve


@contextmanager
def echo(task: object) -> Iterator[Callable[[object], object]]:
    def answer(question: object) -> object:
        if question == "refuse":
            raise CnrsKgError("it is refused")
        if question == "wait":
            threading.Event().wait()
        return task, question

    yield answer


def main() -> None:
    serve(echo)


@pytest.fixture
def companion() -> Iterator[Companion]:
    made = Companion(__name__, "task")
    yield made
    made.stop(kill=True)


def test_it_answers_and_raises_what_is_raised_there(companion: Companion) -> None:
    assert companion.ask("one") == ("task", "one")
    with pytest.raises(CnrsKgError, match="refused"):
        companion.ask("refuse")
    assert companion.ask("two") == ("task", "two")


def test_another_takes_the_place_of_one_that_ended(companion: Companion) -> None:
    companion.ask("one")
    assert companion.process is not None
    companion.process.kill()
    companion.process.wait()
    assert companion.ask("two") == ("task", "two")


def test_one_that_takes_too_long_is_ended(companion: Companion) -> None:
    with pytest.raises(TimeoutError):
        companion.ask("wait", seconds=0.01)
    assert companion.process is None


def test_it_is_asked_beside_a_thousand_connections(companion: Companion) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1200:
        pytest.skip("this machine allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1024)]
    try:
        assert companion.ask("one", seconds=60) == ("task", "one")
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_thread_that_asks_meets_the_end(companion: Companion) -> None:
    companion.ask("one")
    met: list[BaseException] = []

    def ask() -> None:
        try:
            companion.ask("wait")
        except Ended as error:
            met.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    companion.interrupt()
    thread.join(60)
    assert [type(error) for error in met] == [Ended]
    with pytest.raises(Ended):
        companion.ask("one")
    assert companion.process is None
