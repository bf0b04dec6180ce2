import io
import os
import threading
from collections import Counter

import pytest

from cnrs_kg.errors import EngineBusy
from cnrs_kg.web.bodies import LARGE, FileBody, Slots, received, taken


@pytest.mark.parametrize("size", [4, LARGE + 4], ids=["in memory", "on the disk"])
def test_a_stream_is_read_as_far_as_wanted(tmp_path, size):
    for wanted, found in ((size - 1, size - 1), (size + 10, size)):
        spool = received(io.BytesIO(b"x" * size), wanted, tmp_path)
        assert (spool.descriptor is not None) is (size > LARGE)
        assert taken(spool) == b"x" * found
        spool.close()
    assert not list(tmp_path.iterdir())


def test_a_stream_that_breaks_off_leaves_no_file(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            found = super().read(size)
            if not found:
                raise OSError
            return found

    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError):
        received(Broken(b"x" * (LARGE + 1)), LARGE + 2, tmp_path)
    assert set(os.listdir("/proc/self/fd")) == before


def test_nobody_takes_more_slots_than_are_left_to_others():
    slots, got = Slots(most=16, patience=0), Counter()
    for address in "abcdef":
        while True:
            try:
                slots.take(address)
            except EngineBusy as refusal:
                assert (refusal.limit, refusal.extra["retry_after"]) == ("bodies", 1)
                break
            got[address] += 1
    assert got == {"a": 8, "b": 4, "c": 2, "d": 1, "e": 1}


def test_a_slot_is_given_back_whatever_happens():
    slots = Slots(most=1, patience=0)
    for _ in range(3):
        with pytest.raises(OSError), slots.held("a"):
            raise OSError
    with slots.held("a"):
        pass


def test_who_waits_gets_the_slot_that_becomes_free():
    slots = Slots(most=1, patience=30)
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
    slots = Slots(most=1, patience=0)
    file = io.BytesIO(b"x" * 200_000)
    assert b"".join(FileBody(file, "a", slots)) == b"x" * 200_000
    assert file.closed
    with slots.held("a"):
        pass


def test_a_file_is_closed_also_when_nobody_read_it():
    slots = Slots(most=1, patience=0)
    file = io.BytesIO(b"abc")
    body = FileBody(file, "a", slots)
    body.close()
    body.close()
    assert file.closed
    slots.take("a")


def test_who_does_not_read_holds_no_more_than_its_slots():
    slots = Slots(most=2, patience=0)
    slow = iter(FileBody(io.BytesIO(b"abc"), "a", slots))
    assert next(slow) == b"abc"
    refused = io.BytesIO(b"abc")
    with pytest.raises(EngineBusy):
        FileBody(refused, "a", slots)
    assert refused.closed
    assert b"".join(FileBody(io.BytesIO(b"abc"), "b", slots)) == b"abc"
