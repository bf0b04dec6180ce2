from datetime import UTC, datetime

import pytest

from cnrs_kg.errors import VersionNotFound
from cnrs_kg.web import memento
from cnrs_kg.web.messages import BadRequest
from cnrs_kg.web.problems import NotReady


def test_a_number_beats_a_time_beats_the_current_version(kg):
    moment = "Sat, 10 Jan 2026 12:00:00 GMT"
    assert memento.asked(kg, "3", moment).version.number == 3
    assert memento.asked(kg, None, moment).version.number == 1
    assert memento.asked(kg, None, None).version.number == 3


def test_only_what_was_asked_for_is_a_memento(kg):
    assert not memento.asked(kg, None, None).past
    assert memento.headers(memento.asked(kg, None, None), "/b", "/a", moved=True) == []


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
