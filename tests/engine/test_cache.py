from cnrs_kg.engine.cache import BRIEF, ResultCache
from cnrs_kg.engine.requests import Answer


def answer(length: int) -> Answer:
    return Answer("SELECT", "text/csv", b"x" * length, None, length)


def test_an_answer_is_found_again():
    cache = ResultCache(100_000)
    cache.put("a", answer(10), 1)
    assert cache.get("a") == answer(10)._replace(again=True)
    assert cache.get("b") is None
    assert cache.numbers()["cache_hits"] == 1
    assert cache.numbers()["cache_misses"] == 1


def test_bytes_are_bounded_and_the_longest_unused_goes_first():
    cache = ResultCache(10_000)
    cache.put("a", answer(3000), 0)
    cache.put("b", answer(3000), 0)
    assert cache.get("a")
    cache.put("c", answer(3000), 0)
    assert cache.get("b") is None
    assert cache.get("a")
    assert cache.get("c")
    assert cache.size == 8000 <= 10_000


def test_putting_again_counts_once():
    cache = ResultCache(10_000)
    for length in (3000, 1000, 2000):
        cache.put("a", answer(length), 0)
    assert cache.size == 3000
    assert cache.get("a") == answer(2000)._replace(again=True)


def test_what_is_too_large_or_in_a_file_is_not_kept(tmp_path):
    cache = ResultCache(100_000, largest=5000)
    cache.put("a", answer(4001), 0)
    (tmp_path / "f").touch()
    with open(tmp_path / "f", "rb") as file:
        cache.put("b", Answer("SELECT", "text/csv", None, file, 10), 0)
    assert cache.numbers()["cache_answers"] == 0
    assert cache.size == 0


def test_a_cache_of_nothing_keeps_nothing():
    cache = ResultCache(0)
    cache.put("a", answer(0), 0)
    assert cache.get("a") is None


def test_what_took_no_time_is_kept_when_it_is_asked_again():
    cache = ResultCache(100_000)
    cache.put("a", answer(10), 1, BRIEF / 2)
    assert cache.get("a") is None
    cache.put("a", answer(10), 1, BRIEF / 2)
    assert cache.get("a") is not None


def test_what_was_asked_once_long_ago_is_forgotten():
    cache = ResultCache(100_000)
    for turn in range(2):
        for number in range(20_000):
            cache.put(number, answer(1), 1, 0)
        assert cache.numbers()["cache_answers"] == 0, turn
