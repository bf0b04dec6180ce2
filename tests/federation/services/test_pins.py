"""Kept queries by their digests, within a number of bytes."""

import os
from pathlib import Path

import pytest

from cnrs_kg.errors import PinNotFound
from cnrs_kg.federation.services.pins import Pinned, Pins


def test_what_is_kept_is_found(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "pins")
    kept = Pinned("SELECT * { VALUES ?x { 'é' } }", 3, ("http://e/g",), ())
    name = pins.keep(kept)
    assert pins.find(name) == kept
    assert pins.keep(kept) == name
    assert Pins(tmp_path / "pins").find(name) == kept
    assert pins.keep(Pinned(kept.query, 4)) != name


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "0" * 64, "0" * 64 + "\n", "A" * 64])
def test_what_is_not_kept_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(PinNotFound):
        Pins(tmp_path).find(name)


def test_the_longest_unused_make_room(tmp_path: Path) -> None:
    pins = Pins(tmp_path, capacity=500)
    names = []
    for number in range(3):
        names.append(pins.keep(Pinned(f"{number}", 1)))
        os.utime(tmp_path / names[-1], (number, number))
    assert pins.find(names[0]).query == "0"
    big = pins.keep(Pinned("".join(map(chr, range(200, 400))), 1))
    assert pins.find(big)
    assert pins.find(names[0])
    with pytest.raises(PinNotFound):
        pins.find(names[1])


def test_one_that_is_larger_than_all_room_is_kept_alone(tmp_path: Path) -> None:
    pins = Pins(tmp_path, capacity=1)
    first, second = pins.keep(Pinned("1", 1)), pins.keep(Pinned("2", 1))
    assert pins.find(second)
    with pytest.raises(PinNotFound):
        pins.find(first)
