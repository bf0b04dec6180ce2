"""Feeds are what RFC 4287 wants, whatever their texts hold."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cnrs_kg.publishing.atom import ATOM, Entry, Feed, written

from .feed_rules import check

DAY = datetime(2026, 11, 28, 12, tzinfo=UTC)


def entry(title: str = "one", when: datetime = DAY, author: str | None = None) -> Entry:
    return Entry("https://kg.example/1", title, when, "https://kg.example/1?a=1&b=2", title, author)


def feed(*entries: Entry, title: str = "t") -> Feed:
    own = "https://kg.example/feed?iri=a&page=2"
    return Feed(own, title, "fr", own, "https://kg.example/", DAY, entries, {"next": own + "&x"})


def text(data: bytes, path: str) -> list[str | None]:
    names = {"a": ATOM}
    return [found.text for found in etree.fromstring(data).iterfind(path, names)]


def test_a_feed_without_entries_is_a_feed() -> None:
    data = written(feed())
    check(data)
    assert text(data, "a:updated") == ["2026-11-28T12:00:00.000Z"]


def test_a_feed_is_as_new_as_its_newest_entry_in_utc() -> None:
    later = datetime(2026, 11, 29, 1, tzinfo=timezone(timedelta(hours=2)))
    data = written(feed(entry(), Entry("https://kg.example/2", "two", later, "https://kg.example/2", "s", "Anna")))
    check(data)
    assert text(data, "a:updated") == ["2026-11-28T23:00:00.000Z"]
    assert text(data, "a:entry/a:author/a:name") == ["Anna"]


@given(st.text(min_size=1))
def test_texts_are_escaped_and_never_break_the_feed(title: str) -> None:
    check(written(feed(entry(f"<b>&amp;]]>{title}", author=title), title=title)))


def test_markup_is_text() -> None:
    assert text(written(feed(entry("<b>x</b> & y"))), "a:entry/a:title") == ["<b>x</b> & y"]
