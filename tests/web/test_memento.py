from datetime import UTC, datetime

import pytest

from cnrs_kg.errors import VersionNotFound
from cnrs_kg.web import memento
from cnrs_kg.web.messages import BadRequest
from cnrs_kg.web.problems import NotReady

from .linked import links


def test_a_number_beats_a_time_beats_the_current_version(kg):
    moment = "Sat, 10 Jan 2026 12:00:00 GMT"
    assert memento.asked(kg, "3", moment).version.number == 3
    assert memento.asked(kg, None, moment).version.number == 1
    assert memento.asked(kg, None, None).version.number == 3


def test_only_what_was_asked_for_is_a_memento(kg):
    assert not memento.asked(kg, None, None).past
    told = dict(memento.headers(memento.asked(kg, None, None), "/b", "a=1", moved=True))
    assert told.keys() == {"Last-Modified", "Link"} and 'rel="memento"' not in told["Link"]


def test_mementos_that_are_kept_are_told_and_no_others(kg):
    told = dict(memento.headers(memento.asked(kg, "1", None), "/b", "version=1&a=1"))
    found = {link.target: link.parameters["rel"] for link in links(told["Link"])}
    assert found == {
        "/b?a=1": "original timegate",
        "/timemap/b?a=1": "timemap",
        "/b?a=1&version=1": "first memento",
        "/b?a=1&version=3": "next last memento",
    }


@pytest.mark.parametrize(
    ("path", "query", "original"),
    [
        ("/b c", "", "/b%20c"),
        ("/100%", "", "/100%25"),
        ("/Ã©", "", "/%C3%A9"),
        ("/東京", "", "/%E6%9D%B1%E4%BA%AC"),
        ("/b", 'q=%3E&r=<">', "/b?q=%3E&r=%3C%22%3E"),
        ("/b", "q=" + "x" * 5000, "/b"),
    ],
)
def test_what_is_no_part_of_a_header_is_encoded(kg, path, query, original):
    told = dict(memento.headers(memento.asked(kg, None, None), path, query))
    assert links(told["Link"])[0].target == original


def test_the_location_is_told_where_it_is_another(kg):
    moment = "Sat, 10 Jan 2026 12:00:00 GMT"
    told = dict(memento.headers(memento.asked(kg, None, moment), "/b", "a=1", moved=True))
    assert told["Content-Location"] == "/b?a=1&version=1" and told["Memento-Datetime"] == moment


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12)])
def test_a_number_may_name_the_empty_graph(text, number):
    assert memento.version_number(text, "from", empty=True) == number


@pytest.mark.parametrize("number", ["0", "01", "-1", "+1", "1.0", "x", "", " 1", "1\n", "٣", "9" * 30])
def test_text_that_is_no_number_of_a_version(kg, number):
    with pytest.raises(BadRequest):
        memento.asked(kg, number, None)


def test_a_version_that_never_was(kg):
    with pytest.raises(VersionNotFound):
        memento.asked(kg, "99", None)


def test_nothing_published(kg):
    kg._versions = []
    with pytest.raises(NotReady):
        memento.asked(kg, None, None)


@pytest.mark.parametrize(
    "text",
    ["Sat, 10 Jan 2026 12:00:00 GMT", "Sat, 10 Jan 2026 13:00:00 +0100", "Saturday, 10-Jan-26 12:00:00 GMT"],
)
def test_http_dates(text):
    assert memento.http_date(text) == datetime(2026, 1, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "x", "2026-01-10T12:00:00Z", "Sat, 40 Jan 2026 12:00:00 GMT", "0" * 5000])
def test_what_is_no_http_date(text):
    with pytest.raises(BadRequest):
        memento.http_date(text)


@pytest.mark.parametrize("headers", [{"Accept": "text/html"}, {}], ids=["page", "data"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/versions",
        "/versions/1",
        "/versions/1/diff",
        "/versions/1/patch",
        "/history?iri=id:unit/cintra",
        "/feed",
        "/ldes",
        "/ldes/from/1",
        "/ldes/1/1",
        "/units",
        "/catalog",
    ],
)
def test_what_depends_on_versions_says_when_it_was_modified(browser, graph, path, headers):
    found = browser.get(path, headers=headers)
    assert found.status_code == 200
    assert found.headers["Last-Modified"] == memento.http_date_of(graph.version(1).created)
