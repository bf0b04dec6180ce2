import threading
from typing import Any

import pytest

from cnrs_kg.engine.lanes import FairQueue, Lane, Lanes, Waiter
from cnrs_kg.engine.process import now
from cnrs_kg.errors import EngineBusy

WORKERS: list[Any] = [object(), object(), object(), object()]


def later(seconds: float = 10) -> float:
    return now() + seconds


def lanes(workers: int = 1, slow: int = 1, backlog: int = 10) -> Lanes:
    made = Lanes(workers, slow, backlog)
    for worker in WORKERS[: workers + 1]:
        made.add(worker)
    return made


def in_thread(target: Any) -> threading.Thread:
    thread = threading.Thread(target=target)
    thread.start()
    return thread


def wait_until_waiting(found: Lanes, lane: str, count: int) -> None:
    while found.numbers()[lane] < count:
        pass


def test_clients_take_turns_whatever_they_send():
    queue = FairQueue()
    for client in ["greedy"] * 4 + ["a", "b"]:
        queue.add(Waiter(client))
    assert [queue.pop().client for _ in range(6)] == ["greedy", "a", "b", "greedy", "greedy", "greedy"]
    assert len(queue) == 0


def test_one_client_is_served_in_order():
    queue = FairQueue()
    waiters = [Waiter("a") for _ in range(3)]
    for waiter in waiters:
        queue.add(waiter)
    queue.remove(waiters[1])
    assert [queue.pop(), queue.pop()] == [waiters[0], waiters[2]]


def test_places_and_not_workers_bound_the_quick_lane():
    found = lanes(workers=1)
    assert found.acquire(Lane.QUICK, "", later()) is not None
    assert found.acquire(Lane.QUICK, "", now()) is None
    assert found.numbers()["idle"] == 1


def test_a_slow_request_leaves_its_place_to_the_next():
    found = lanes(workers=1, slow=1)
    assert found.acquire(Lane.QUICK, "", later())
    assert found.move_to_slow()
    assert found.acquire(Lane.QUICK, "", later())
    assert not found.move_to_slow()


def test_whoever_waits_gets_the_worker_that_is_released():
    found = lanes(workers=1)
    first = found.acquire(Lane.QUICK, "", later())
    assert first is not None
    got: list[Any] = []
    thread = in_thread(lambda: got.append(found.acquire(Lane.QUICK, "", later())))
    wait_until_waiting(found, "waiting", 1)
    found.release(first, Lane.QUICK)
    thread.join()
    assert got == [first]


def test_the_backlog_is_bounded_and_says_when_to_come_back():
    found = lanes(workers=1, backlog=1)
    worker = found.acquire(Lane.QUICK, "", later())
    assert worker
    thread = in_thread(lambda: found.acquire(Lane.QUICK, "", later()))
    wait_until_waiting(found, "waiting", 1)
    with pytest.raises(EngineBusy) as caught:
        found.acquire(Lane.QUICK, "", later())
    assert caught.value.limit == "backlog"
    assert caught.value.extra["retry_after"] >= 1
    found.release(worker, Lane.QUICK)
    thread.join()


def test_cancelling_ends_the_wait():
    found = lanes(workers=1)
    found.acquire(Lane.QUICK, "", later())
    cancelled = threading.Event()
    got: list[Any] = []
    thread = in_thread(lambda: got.append(found.acquire(Lane.QUICK, "", later(60), cancelled)))
    wait_until_waiting(found, "waiting", 1)
    cancelled.set()
    thread.join()
    assert got == [None]
    assert found.numbers()["waiting"] == 0


def test_the_last_worker_is_not_lost_when_it_comes_at_the_deadline():
    """A waiter that gives up while it is being given a worker has it all the same."""
    found = lanes(workers=1)
    worker = found.acquire(Lane.QUICK, "", later())
    assert worker
    for _ in range(50):
        got: list[Any] = []
        thread = in_thread(lambda got=got: got.append(found.acquire(Lane.QUICK, "", now() + 0.001)))
        found.release(worker, Lane.QUICK)
        thread.join()
        worker = got[0] or found.acquire(Lane.QUICK, "", later())
        assert worker is not None
    assert found.numbers() == {"idle": 1, "running": 1, "slow": 0, "waiting": 0, "waiting_slow": 0}


def test_closing_tells_those_who_wait():
    found = lanes(workers=1)
    found.acquire(Lane.QUICK, "", later())
    got: list[Any] = []
    thread = in_thread(lambda: got.append(found.acquire(Lane.QUICK, "", later(60))))
    wait_until_waiting(found, "waiting", 1)
    assert len(found.discard_idle()) == 1
    thread.join()
    assert got == [None]
    with pytest.raises(EngineBusy):
        found.acquire(Lane.QUICK, "", later())
