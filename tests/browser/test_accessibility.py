"""Every template, in both languages, light and dark, on a desktop and a phone: axe finds nothing, nothing overflows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from jinja2 import Environment, FileSystemLoader, meta
from playwright.sync_api import Browser, Page

from cnrs_kg import web

from ..web.test_reports import PLACE, PROOF, result, written
from .conftest import DESKTOP, PHONE, opener
from .stewarding import BAD, GOOD, RENAMED, Stewarded, stewarded
from .visits import VISITS, Visit

TEMPLATES = Path(web.__file__).parent / "templates"
ALL = [pytest.param(visit, id=str(visit)) for visits in VISITS.values() for visit in visits]
LOOKS = {"en": (("light", DESKTOP), ("dark", PHONE)), "fr": (("dark", DESKTOP), ("light", PHONE))}
"""Every pair of a language, a scheme and a size."""

SAMPLED = """() => {
  for (const parent of document.querySelectorAll("main *")) {
    const counts = new Map();
    for (const child of [...parent.children]) {
      const kind = child.tagName + child.className;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (counts.get(kind) > 6) child.remove();
    }
  }
}"""
"""Of many rows, facts or terms that a loop wrote, six are looked at: axe takes a minute for all of an ontology."""


@pytest.fixture(scope="module")
def stewards(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stewarded]:
    """Two submissions accepted, one with a fault, one to decide; of the versions only the last one is kept."""
    with stewarded(compared, tmp_path_factory.mktemp("stewards"), CNRS_KG_KEEP_VERSIONS="1") as found:
        for text in (GOOD, RENAMED, BAD, GOOD):
            found.post("/submissions?title=A%20name&message=Seen%20on%20its%20page", text, "steward")
        for number in (1, 2):
            found.post(f"/submissions/{number}/accept?reason=right", "", "curator")
        yield found


@pytest.fixture(scope="module")
def visitor(chromium: Browser, stewards: Stewarded) -> Iterator[Callable[[str | None], Page]]:
    """The page of nobody, or of somebody with a role who has signed in."""
    with ExitStack() as stack:
        opened = opener(chromium, stack, stewards.served.url)
        pages: dict[str | None, Page] = {}

        def visiting(role: str | None) -> Page:
            if role not in pages:
                pages[role] = opened()
                if role:
                    stewards.sign_in(pages[role], role)
            return pages[role]

        yield visiting


@pytest.fixture(scope="module")
def known(stewards: Stewarded) -> dict[str, object]:
    """Names in the paths of pages: the newest version, the one before it, a link to review."""
    newest = max(one["number"] for one in stewards.get("/versions"))
    (link, *_) = (one["name"] for one in stewards.get("/links?standing=review"))
    return {"newest": newest, "older": newest - 1, "link": link}


def violations(page: Page) -> list[str]:
    """What axe, loaded into the page, has to say."""
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']} at {node['target']}: {node['failureSummary']}" for one in found for node in one["nodes"]]


def width(page: Page) -> int:
    return int(page.evaluate("document.scrollingElement.scrollWidth"))


def test_every_page_template_is_visited():
    environment = Environment(loader=FileSystemLoader(TEMPLATES))
    names = set(environment.list_templates(extensions=["html"]))
    used = {
        other
        for name in names
        for other in meta.find_referenced_templates(environment.parse((TEMPLATES / name).read_text()))
    }
    assert names - used == {*VISITS, "report.html"}


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("visit", ALL)
def test_a_page_is_for_everybody(visitor: Callable[[str | None], Page], known, visit: Visit, language: str):
    page = visitor(visit.role)
    visit.by(page, language, known)
    look(page, language)


@pytest.mark.parametrize("language", LOOKS)
def test_a_report_that_stands_alone_is_for_everybody(chromium: Browser, tmp_path: Path, language: str):
    file = tmp_path / "report.html"
    wrong = result(places=(PLACE,), proof=PROOF.to_json(), example="a b c .", shape="https://example.org/shape")
    file.write_text(written(wrong, language=language), encoding="utf-8")
    with chromium.new_context(reduced_motion="reduce") as context:
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.goto(file.as_uri())
        look(page, language)
        assert page.evaluate("getComputedStyle(document.querySelector('.verdict')).borderRadius") != "0px"
        assert asked == [file.as_uri()]


def look(page: Page, language: str) -> None:
    """Look at a page as sizes and schemes show it."""
    page.set_viewport_size(PHONE)
    assert width(page) == PHONE["width"], "it scrolls sideways"
    page.evaluate(SAMPLED)
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme, size in LOOKS[language]:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        found += [f"{scheme}, {size['width']} px: {fault}" for fault in violations(page)]
    assert not found, "\n".join(found)
