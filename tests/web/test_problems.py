import inspect

import pytest

from cnrs_kg import errors
from cnrs_kg.web import problems
from cnrs_kg.web.messages import Incoming

BASE = "https://w3id.org/cnrs-kg/"
ALL = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.CnrsKgError)]


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_exception_has_its_own_row(cls):
    assert cls in problems.KINDS


def test_names_are_unique():
    names = [kind.name for kind in problems.KINDS.values()]
    assert len(names) == len(set(names))


def test_a_class_that_is_not_named_takes_its_parents_row():
    class Other(errors.QueryTimeout):
        pass

    assert problems.kind_of(Other("x")).name == "query-timeout"


def test_a_stranger_is_asked_who_they_are():
    found = problems.problem(errors.PermissionRefused("x", authenticated=False), BASE)
    assert found.kind.status == 401 and found.headers == (("WWW-Authenticate", 'Bearer realm="cnrs-kg"'),)


def test_extra_members_do_not_hide_the_standard_ones():
    found = problems.problem(errors.QueryTimeout("x", **{"status": 200, "title": "t", "rows": 3}), BASE)
    assert (found.to_json()["status"], found.to_json()["rows"]) == (504, 3)


def test_a_detail_of_any_length_is_bounded():
    assert len(problems.problem(errors.QueryError("x" * 100_000), BASE).detail) == 4000


def test_hostile_text_stays_in_the_body():
    reply = problems.reply(problems.problem(errors.QueryError("a\r\nX: é <b>"), BASE))
    assert all("\r" not in value and "\n" not in value for _, value in reply.headers)


@pytest.mark.parametrize(
    ("accept", "page"),
    [("text/html,*/*;q=0.8", True), ("application/json, text/html", False), ("*/*", False), (None, False)],
)
def test_a_page_for_a_browser(accept, page):
    environ = {"REQUEST_METHOD": "GET"} | ({"HTTP_ACCEPT": accept} if accept else {})
    assert problems.wants_page(Incoming(environ)) is page
