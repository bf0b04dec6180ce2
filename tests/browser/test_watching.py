"""The watch itself: a page that misbehaves fails the test that uses it."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import Error

from .conftest import opener


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("fetch('https://example.org/').catch(() => 0)", "Security Policy"),
        ("queueMicrotask(() => { throw Error('a fault of the script') })", "a fault of the script"),
        ("console.error('said so')", "said so"),
        ("document.body.setAttribute('onclick', 'f()')", "Security Policy"),
        ("document.body.append(Object.assign(document.createElement('script'), {text: 'f()'}))", "Security Policy"),
        (
            "new Promise(over => document.body.append(Object.assign(new Image(), {src: '/nowhere', onerror: over})))",
            "404",
        ),
    ],
    ids=["elsewhere", "throws", "console", "handler", "inline", "missing"],
)
def test_what_a_page_must_not_do_fails_its_test(chromium, site, script, said):
    with pytest.raises(AssertionError, match=said), ExitStack() as stack:
        page = opener(chromium, stack, site)()
        page.goto("/")
        page.evaluate(f"async () => {{ await {script} }}")
        page.wait_for_load_state("networkidle")


def test_a_page_may_be_an_error_itself(page):
    assert page.goto("/nowhere").status == 404


def test_without_javascript_no_script_runs(plain_page, page):
    marks = []
    for one in (plain_page, page):
        one.goto("/")
        marks.append(one.locator("[role=combobox]").count())
    assert marks == [0, 1]


def test_what_left_the_server_is_blocked(chromium, site):
    with pytest.raises(AssertionError, match="left the server: GET https://example.org/"), ExitStack() as stack:
        page = opener(chromium, stack, site)()
        with pytest.raises(Error, match="ERR_FAILED"):
            page.goto("https://example.org/")
