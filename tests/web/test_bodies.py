import io
import threading

import pytest

from cnrs_kg.errors import EngineBusy
from cnrs_kg.web.bodies import FileBody, Slots, read


def test_a_stream_is_read_as_far_as_wanted():
    assert read(io.BytesIO(b"abcdef"), 4) == b"abcd"
    assert read(io.BytesIO(b"abc"), 10) == b"abc"


def test_one_address_leaves_slots_to_others():
    slots = Slots(most=3, each=2, patience=0)
    with slots.held("a"), slots.held("a"):
        with pytest.raises(EngineBusy) as refusal, slots.held("a"):
            pass
        with slots.held("b"), pytest.raises(EngineBusy), slots.held("c"):
            pass
    assert (refusal.value.limit, refusal.value.extra["retry_after"]) == ("bodies", 1)


def test_a_slot_is_given_back_whatever_happens():
    slots = Slots(most=1, each=1, patience=0)
    for _ in range(3):
        with pytest.raises(OSError), slots.held("a"):
            raise OSError
    with slots.held("a"):
        pass


def test_who_waits_gets_the_slot_that_becomes_free():
    slots = Slots(most=1, each=1, patience=30)
    got = threading.Event()

    def wait():
        with slots.held("b"):
            got.set()

    with slots.held("a"):
        thread = threading.Thread(target=wait)
        thread.start()
    thread.join()
    assert got.is_set()


def test_a_file_is_sent_whole_and_gives_its_slot_back():
    slots = Slots(most=1, each=1, patience=0)
    file = io.BytesIO(b"x" * 200_000)
    assert b"".join(FileBody(file, "a", slots)) == b"x" * 200_000
    assert file.closed
    with slots.held("a"):
        pass


def test_a_file_is_closed_also_when_nobody_read_it():
    slots = Slots(most=1, each=1, patience=0)
    file = io.BytesIO(b"abc")
    body = FileBody(file, "a", slots)
    body.close()
    body.close()
    assert file.closed
    slots.take("a")


def test_who_does_not_read_holds_no_more_than_its_slots():
    slots = Slots(most=2, each=1, patience=0)
    slow = iter(FileBody(io.BytesIO(b"abc"), "a", slots))
    assert next(slow) == b"abc"
    refused = io.BytesIO(b"abc")
    with pytest.raises(EngineBusy):
        FileBody(refused, "a", slots)
    assert refused.closed
    assert b"".join(FileBody(io.BytesIO(b"abc"), "b", slots)) == b"abc"
