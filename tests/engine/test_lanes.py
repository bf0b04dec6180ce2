import threading
from typing import Any

import pytest

from cnrs_kg.engine.lanes import SHARED, STILL, FairQueue, Lanes, Waiter
from cnrs_kg.engine.process import Lane, now
from cnrs_kg.errors import EngineBusy

from ..waiting import until

SEATS = 3


class Worker:
    """What the lanes see of a worker."""

    def __init__(self, usual: float = 1.0) -> None:
        self.seats = [Seat(self) for _ in range(SEATS)]
        self.free: list[Any] = list(self.seats)
        self.lane: Lane | None = None
        self.moved = 0.0
        self.usual = usual


class Seat:
    def __init__(self, worker: Worker) -> None:
        self.worker = worker


def later() -> float:
    return now() + 600


def lanes(workers: int = 1, slow: int = 1, backlog: int = 10, usual: float = 1.0) -> Lanes:
    made = Lanes(workers, slow, backlog)
    for _ in range(workers + 1):
        fake: Any = Worker(usual)
        made.add(fake)
    return made


def in_thread(target: Any) -> threading.Thread:
    thread = threading.Thread(target=target)
    thread.start()
    return thread


def wait_until_waiting(found: Lanes, lane: str, count: int) -> None:
    until(lambda: found.numbers()[lane] >= count)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the test itself is held up between two calls, no worker is taken to be at something long."""
    monkeypatch.setattr("cnrs_kg.engine.lanes.STILL", float("inf"))


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


def test_a_place_is_kept_for_what_is_known_to_be_light():
    found = lanes(workers=2, backlog=2)
    assert found.acquire(Lane.QUICK, "a", later())
    threads = [in_thread(lambda: found.acquire(Lane.QUICK, "a", later())) for _ in range(2)]
    wait_until_waiting(found, "waiting", 2)
    with pytest.raises(EngineBusy):
        found.acquire(Lane.QUICK, "a", later())
    light = found.acquire(Lane.QUICK, "a", later(), brief=True, light=lambda: True)
    assert light and found.numbers()["running"] == 2
    found.discard_idle()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("unhurried")
def test_what_is_not_known_does_not_sit_at_the_place_that_is_kept():
    found = lanes(workers=2, usual=0)
    other = found.acquire(Lane.QUICK, "a", later())
    light = found.acquire(Lane.QUICK, "a", later(), brief=True, light=lambda: True)
    assert other and light
    got: list[Any] = []
    thread = in_thread(lambda: got.append(found.acquire(Lane.QUICK, "a", later(), brief=True)))
    wait_until_waiting(found, "waiting", 1)
    beside = found.acquire(Lane.QUICK, "a", later(), brief=True, light=lambda: True)
    assert beside and beside.worker is light.worker
    found.release(other, 1)
    thread.join()
    assert got[0].worker is other.worker


def test_a_single_place_is_for_both_by_turns():
    found = lanes(workers=1)
    first = found.acquire(Lane.QUICK, "a", later())
    assert first
    order: list[str] = []

    def ask(name: str, light: bool) -> None:
        seat = found.acquire(Lane.QUICK, "a", later(), light=lambda: light)
        assert seat
        order.append(name)
        found.release(seat, 1)

    threads = []
    for number, name in enumerate(("heavy", "heavy", "light", "light", "light")):
        threads.append(in_thread(lambda name=name: ask(name, name == "light")))
        wait_until_waiting(found, "waiting", number + 1)
    found.release(first, 1)
    for thread in threads:
        thread.join()
    assert order == ["light", "heavy", "light", "heavy", "light"]


def test_how_long_somebody_has_waited():
    found = lanes(workers=1)
    assert found.acquire(Lane.QUICK, "", later()) is not None
    assert found.waited() == 0
    thread = in_thread(lambda: found.acquire(Lane.QUICK, "", later()))
    until(lambda: found.waited() > 0.01)
    found.discard_idle()
    thread.join()
    assert found.waited() == 0


def test_places_and_not_workers_bound_the_quick_lane():
    found = lanes(workers=1)
    assert found.acquire(Lane.QUICK, "", later()) is not None
    assert found.acquire(Lane.QUICK, "", now()) is None
    assert found.numbers()["idle"] == 1


def test_a_slow_request_leaves_its_place_to_the_next():
    found = lanes(workers=1, slow=1)
    first = found.acquire(Lane.QUICK, "", later())
    assert first
    assert found.move_to_slow(first.worker)
    assert not found.move_to_slow(first.worker)
    second = found.acquire(Lane.QUICK, "", later())
    assert second
    assert not found.move_to_slow(second.worker)
    assert not found.leave(first.worker, Lane.QUICK)
    assert found.leave(first.worker, Lane.SLOW)
    assert not found.leave(first.worker, Lane.SLOW)
    assert found.numbers()["slow"] == 0


def test_whoever_waits_gets_the_worker_that_is_released():
    found = lanes(workers=1)
    first = found.acquire(Lane.QUICK, "", later())
    assert first is not None
    got: list[Any] = []
    thread = in_thread(lambda: got.append(found.acquire(Lane.QUICK, "", later())))
    wait_until_waiting(found, "waiting", 1)
    found.release(first, 1)
    thread.join()
    assert [seat.worker for seat in got] == [first.worker]


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
    found.release(worker, 1)
    thread.join()


def test_whoever_has_the_most_waiting_gives_way():
    queue = FairQueue()
    assert queue.displace("a") is None
    waiters = [Waiter(client) for client in ("greedy", "greedy", "greedy", "a")]
    for waiter in waiters:
        queue.add(waiter)
    assert queue.displace("greedy") is None
    assert queue.displace("new") is waiters[2]
    assert queue.displace("a") is None
    assert queue.displace("new") is waiters[1]
    assert queue.displace("new") is None
    assert [queue.pop() for _ in range(2)] == [waiters[0], waiters[3]]


def test_a_client_that_fills_the_backlog_keeps_nobody_out():
    found = lanes(workers=1, backlog=2)
    seat = found.acquire(Lane.QUICK, "greedy", later())
    assert seat
    met: list[Any] = []

    def wait(client: str) -> None:
        try:
            met.append((client, found.acquire(Lane.QUICK, client, later()) is not None))
        except EngineBusy as error:
            met.append((client, error.limit))

    threads = []
    for client, waiting in (("greedy", 1), ("greedy", 2), ("light", 2)):
        threads.append(in_thread(lambda client=client: wait(client)))
        wait_until_waiting(found, "waiting", waiting)
    until(lambda: met)
    assert met == [("greedy", "backlog")]
    with pytest.raises(EngineBusy):
        found.acquire(Lane.QUICK, "greedy", later())
    with pytest.raises(EngineBusy):
        found.acquire(Lane.QUICK, "light", later())
    found.discard_idle()
    for thread in threads:
        thread.join()
    assert sorted(met[1:]) == [("greedy", False), ("light", False)]


def test_cancelling_ends_the_wait():
    found = lanes(workers=1)
    found.acquire(Lane.QUICK, "", later())
    cancelled = threading.Event()
    got: list[Any] = []
    thread = in_thread(lambda: got.append(found.acquire(Lane.QUICK, "", later(), cancelled)))
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
        found.release(worker, 1)
        thread.join()
        worker = got[0] or found.acquire(Lane.QUICK, "", later())
        assert worker is not None
    assert found.numbers() == {"idle": 1, "running": 1, "slow": 0, "waiting": 0, "waiting_slow": 0, "seated": 0}


def test_closing_tells_those_who_wait():
    found = lanes(workers=1)
    found.acquire(Lane.QUICK, "", later())
    got: list[Any] = []
    thread = in_thread(lambda: got.append(found.acquire(Lane.QUICK, "", later())))
    wait_until_waiting(found, "waiting", 1)
    assert len(found.discard_idle()) == 1
    thread.join()
    assert got == [None]
    with pytest.raises(EngineBusy):
        found.acquire(Lane.QUICK, "", later())


def quick(found: Lanes, *, brief: bool = True) -> Any:
    return found.acquire(Lane.QUICK, "", later(), brief=brief)


@pytest.mark.usefixtures("unhurried")
def test_brief_requests_sit_together_where_their_turn_comes_at_once():
    found = lanes(workers=3, usual=SHARED / 100)
    seats = [quick(found) for _ in range(SEATS)]
    assert len({seat.worker for seat in seats}) == 1
    assert len(set(seats)) == SEATS
    assert found.numbers()["running"] == 1
    assert quick(found).worker is not seats[0].worker, "every seat is taken"
    for seat in seats:
        assert found.numbers()["running"] == 2
        found.release(seat, 0)
    assert found.numbers()["running"] == 1


@pytest.mark.usefixtures("unhurried")
def test_nobody_sits_behind_what_usually_takes_long():
    found = lanes(workers=3, usual=SHARED)
    assert quick(found).worker is not quick(found).worker


def test_nobody_sits_behind_a_request_that_takes_long_now():
    found = lanes(workers=3, usual=0)
    first = quick(found)
    first.worker.moved -= 2 * STILL
    assert quick(found).worker is not first.worker


@pytest.mark.usefixtures("unhurried")
def test_nobody_sits_with_what_may_be_long():
    found = lanes(workers=4, usual=0)
    upload = quick(found, brief=False)
    first = quick(found)
    assert first.worker is not upload.worker
    assert quick(found, brief=False).worker not in (upload.worker, first.worker)


@pytest.mark.usefixtures("unhurried")
def test_a_worker_is_known_by_what_it_was_asked():
    found = lanes(workers=1)
    for _ in range(500):
        found.release(quick(found), 0)
    first, second = quick(found), quick(found)
    assert second.worker is first.worker
    found.release(first, 100 * SHARED)
    for _ in range(50):
        found.release(second, 0)
        second = quick(found)
    got: list[Any] = []
    thread = in_thread(lambda: got.append(quick(found)))
    wait_until_waiting(found, "waiting", 1)
    found.leave(second.worker, Lane.QUICK)
    thread.join()
    assert got[0].worker is not second.worker


@pytest.mark.usefixtures("unhurried")
def test_a_worker_that_was_given_up_takes_nobody():
    found = lanes(workers=1, usual=0)
    first, second = quick(found), quick(found)
    assert found.leave(first.worker, Lane.QUICK)
    assert found.release(second, 0)
    assert found.numbers()["running"] == 0
    assert quick(found).worker is not first.worker
