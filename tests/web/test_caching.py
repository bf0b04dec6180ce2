import gzip

import pytest

from cnrs_kg.web import caching


def test_a_tag_depends_on_every_part():
    assert caching.etag("a", "b") == caching.etag("a", "b")
    assert len({caching.etag("a", "b"), caching.etag("ab"), caching.etag("a", ""), caching.etag("", "a")}) == 4


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
        (None, False),
    ],
)
def test_if_none_match(header, found):
    assert caching.matches(header, '"a"') is found
    assert caching.matches(header, 'W/"a"') is found


def test_a_tag_names_the_state_that_its_bytes_are_about():
    tag = caching.etag_of_state("a1", "text/plain", b"x")
    assert caching.names_state(tag, "a1") and tag != caching.etag_of_state("a1", "text/plain", b"y")
    assert not any(caching.names_state(other, "a1") for other in (f"W/{tag}", tag[:-1], '"a1"', "a1", tag[1:]))
    assert not caching.names_state(tag, "a")


def test_only_bodies_of_a_middling_size_are_packed():
    assert [caching.worth_packing(size) for size in (0, 1023, 1024, 8 * 2**20, 8 * 2**20 + 1)] == [
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("size", [2000, 200_000])
def test_packing_is_reproducible(size):
    body = b"a" * size
    assert gzip.decompress(caching.packed(body)) == body
    assert caching.packed(body) == caching.packed(bytes(bytearray(body)))


def test_the_build_is_named():
    assert len(caching.build()) == 16
