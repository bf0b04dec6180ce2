import threading

import pytest

from cnrs_kg.engine.flights import Flights
from cnrs_kg.engine.requests import Answer
from cnrs_kg.errors import QueryTimeout


def answer(tmp_path) -> Answer:
    path = tmp_path / "body"
    path.write_bytes(b"body")
    return Answer("SELECT", "text/csv", None, open(path, "rb"), 4)


def test_the_first_leads_and_the_others_follow():
    flights = Flights(9)
    flight, leads = flights.board("key")
    assert leads
    assert flights.board("key") == (flight, False)
    assert flights.board("other")[1]
    flights.land("key", flight, answer=None, error=None)
    assert flights.board("key")[1]


def test_each_follower_gets_a_file_of_its_own(tmp_path):
    flights = Flights(9)
    flight, _ = flights.board("key")
    flights.board("key")
    flights.board("key")
    original = answer(tmp_path)
    flights.land("key", flight, answer=original, error=None)
    copies = [flights.leave(flight), flights.leave(flight)]
    assert [copy.read() for copy in [original, *copies] if copy] == [b"body"] * 3


def test_an_error_reaches_the_followers():
    flights = Flights(9)
    flight, _ = flights.board("key")
    flights.board("key")
    got = []
    thread = threading.Thread(target=lambda: got.append(flights.follow(flight, 20)))
    thread.start()
    flights.land("key", flight, answer=None, error=QueryTimeout("late"))
    thread.join()
    assert got == [True]
    assert flights.leave(flight) is None
    with pytest.raises(QueryTimeout):
        raise flight.error


def test_a_follower_gives_up_at_its_own_deadline(tmp_path):
    flights = Flights(9)
    flight, _ = flights.board("key")
    flights.board("key")
    assert not flights.follow(flight, 0)
    flights.land("key", flight, answer=None, error=None)
    assert flight.followers == 0


def test_followers_are_bounded_and_others_evaluate_on_their_own():
    flights = Flights(1)
    flight, _ = flights.board("key")
    assert flights.board("key") == (flight, False)
    own, leads = flights.board("key")
    assert leads and own is not flight
    flights.land("key", own, answer=None, error=None)
    assert not flights.follow(flight, 0), "another one has landed"
    assert flights.board("key") == (flight, False), "a place is free again"
    flights.land("key", flight, answer=None, error=None)
    flights.leave(flight)
    assert flights.board("key")[1]
    assert not flights.board("key")[1]
