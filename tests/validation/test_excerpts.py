import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnrs_kg.validation import excerpts
from cnrs_kg.validation.excerpts import Excerpt, Excerpts


def shown(data: bytes, line: int, **place: int) -> Excerpt:
    return Excerpts({"file": data}).of({"file": "file", "line": line, **place})


@given(st.lists(st.sampled_from(["a", "é", "\n", "\r", "\r\n"]), max_size=60), st.integers(1, 8))
def test_each_line_is_found_however_it_ends(parts, block):
    """Wherever the blocks are cut."""
    text = "".join(parts)
    lines = re.split("\r\n|\n|\r", text) if text else []
    found = Excerpts({"file": text.encode()})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(excerpts, "_BLOCK", block)
        places = [{"file": "file", "line": number, "column": 2} for number in range(len(lines) + 2)]
        cut = [found.of(place) for place in (*places, *reversed(places))]
    expected = [
        Excerpt(f"file:{number}:2", lines[number - 1][:1], lines[number - 1][1:2] or " ", lines[number - 1][2:])
        if 0 < number <= len(lines)
        else Excerpt(f"file:{number}:2")
        for number in range(len(lines) + 2)
    ]
    assert cut == [*expected, *reversed(expected)]


def test_a_place_is_shown_with_what_stands_around_it():
    found = shown(b"one\n" + "é".encode() * 100 + b"VALUE" + b"z" * 100, 2, column=101, endColumn=106)
    assert found == Excerpt("file:2:101", "é" * 80, "VALUE", "z" * 80)


def test_what_is_no_line_of_a_known_document_has_its_name_alone():
    assert shown(b"", 1) == Excerpt("file:1")
    assert shown(b"x" * 2**21, 1, column=7) == Excerpt("file:1:7")
    assert Excerpts({}).of({"file": "other", "line": 1}) == Excerpt("other:1")
    assert Excerpts({}).of({"file": "a.xlsx", "sheet": "Units", "row": 2, "column": "B"}) == Excerpt("a.xlsx, Units!B2")
