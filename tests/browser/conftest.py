"""Debian's Chromium over the server as it runs: pages with JavaScript and without, in any language and size."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ..serving import serving
from .watching import Watch

CHROMIUM = Path(os.environ.get("CNRS_KG_CHROMIUM", "/usr/bin/chromium"))
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 60_000
"""Milliseconds until what a page should show is missing: long, for machines that do other things as well."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; absent it is a reason to skip, but not in CI."""
    if not CHROMIUM.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium libatomic1")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the project's graph, for reading only."""
    with serving(built, tmp_path_factory.mktemp("site")) as served:
        yield served.url


Opener = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Opener]:
    """Opens pages, each in a context of its own; the test fails at its end if one of them misbehaved."""
    with ExitStack() as stack:
        yield opener(chromium, stack, site)


@pytest.fixture
def page(open_page: Opener) -> Page:
    """A page of a browser with JavaScript, in English."""
    return open_page()


@pytest.fixture
def plain_page(open_page: Opener) -> Page:
    """A page of a browser without JavaScript, in English."""
    return open_page(java_script_enabled=False)


def opener(chromium: Browser, stack: ExitStack, server: str) -> Opener:
    """A function that opens a page at a server with the options of a context, watched until the stack ends."""

    def opened(**options: Any) -> Page:
        given: dict[str, Any] = {"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce", **options}
        watch = Watch(server)
        stack.callback(_nothing_wrong, watch)  # after the context is closed, when everything has been said
        context = stack.enter_context(chromium.new_context(base_url=server, **given))
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        return context.new_page()

    return opened


def _nothing_wrong(watch: Watch) -> None:
    assert not watch.faults, "\n".join(watch.faults)
