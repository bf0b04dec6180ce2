"""What stewards and curators do on the pages, with JavaScript and without, from a fault to a version and back."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from .conftest import Opener, opener
from .stewarding import BAD, CINTRA, GOOD, Stewarded, stewarded


@pytest.fixture(scope="module")
def stewards(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stewarded]:
    """A server for these stories, which leave it as they found it but for its history."""
    with stewarded(built, tmp_path_factory.mktemp("stewards")) as found:
        yield found


@pytest.fixture
def opened(chromium: Browser, stewards: Stewarded) -> Iterator[Opener]:
    with ExitStack() as stack:
        yield opener(chromium, stack, stewards.served.url)


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def people(request, opened, stewards) -> tuple[Page, Page]:
    """A steward and a curator, each in a browser of their own."""
    steward, curator = (opened(java_script_enabled=request.param) for _ in range(2))
    stewards.sign_in(steward, "steward")
    stewards.sign_in(curator, "curator")
    return steward, curator


def turtle(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/turtle", "buffer": text.encode()}


def submit(page: Page, text: str, **fields: str) -> str:
    """The address of the submission that a page of the queue made of a file."""
    page.goto("/submissions")
    form = page.locator("#submit")
    for label, value in fields.items():
        form.get_by_label(label).fill(value)
    form.get_by_label("or files").set_input_files(turtle("name.ttl", text))
    form.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/submissions/*")
    return page.url


def test_a_fault_is_shown_at_its_line(opened):
    for scripts in (True, False):
        page = opened(java_script_enabled=scripts)
        page.goto("/validate")
        page.get_by_label("or files").set_input_files(turtle("bad.ttl", BAD))
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("status")).to_contain_text("does not conform")
        fault = page.get_by_role("main").get_by_role("listitem").filter(has_text="A partner must be").first
        expect(fault).to_contain_text("bad.ttl:3:9")
        expect(fault.locator("mark")).to_have_text('"Thales"')
        expect(fault).to_contain_text("Did you mean Thales")


def test_from_a_submission_to_a_version_and_back(people):
    steward, curator = people
    address = submit(steward, GOOD, Title="The name of the alliance", Message="As on its page")
    expect(steward.get_by_role("status")).to_contain_text("conforms")
    expect(steward.get_by_role("button", name="Accept")).to_have_count(0)

    curator.goto("/submissions")
    curator.get_by_role("link", name="The name of the alliance").first.click()
    expect(curator).to_have_url(address)
    expect(curator.locator(".diff .added")).to_contain_text("CINTRA Alliance")
    curator.get_by_label("Reason").first.fill("well sourced")
    curator.get_by_role("button", name="Accept and publish").click()
    expect(curator.locator(".state").first).to_have_text("accepted")

    steward.goto("/versions")
    newest = steward.get_by_role("row").nth(1)
    expect(newest).to_contain_text("current")
    newest.get_by_role("link").first.click()
    expect(steward.locator(".diff .added").first).to_contain_text("CINTRA Alliance")
    steward.goto("/doc/unit/cintra")
    expect(steward.get_by_role("main")).to_contain_text("CINTRA Alliance")
    steward.get_by_role("link", name="History").click()
    expect(steward.locator(".diff").first).to_contain_text("CINTRA Alliance")

    steward.goto("/blame")
    for label, text in (("Subject", CINTRA), ("Predicate", "skos:altLabel"), ("Object", '"CINTRA Alliance"@en')):
        steward.get_by_label(label).fill(text)
    steward.get_by_role("button", name="Who?").click()
    origin = steward.locator(".origin")
    for said in ("The name of the alliance", "steward one", "curator one", "well sourced", "name.ttl:1"):
        expect(origin).to_contain_text(said)

    steward.goto(address)
    steward.get_by_label("Reason").last.fill("another alliance")
    steward.get_by_role("button", name="undoes this").click()
    expect(steward.locator(".diff .withdrawn")).to_contain_text("CINTRA Alliance")
    curator.goto(steward.url)
    curator.get_by_role("button", name="Accept and publish").click()
    expect(curator.locator(".state").first).to_have_text("accepted")
    curator.goto("/doc/unit/cintra")
    expect(curator.get_by_role("heading", level=1)).to_be_visible()
    expect(curator.get_by_role("main")).not_to_contain_text("CINTRA Alliance")


def test_a_submission_with_a_fault_is_not_accepted_but_amended(people):
    steward, curator = people
    address = submit(steward, BAD, Title="Partners")
    expect(steward.get_by_role("status")).to_contain_text("does not conform")
    curator.goto(address)
    expect(curator.get_by_role("button", name="Accept")).to_have_count(0)
    curator.get_by_role("button", name="Ask for changes").click()
    expect(curator.locator(".state").first).to_contain_text("changes")
    steward.reload()
    steward.get_by_label("Statements in Turtle").fill(
        BAD.replace('"Thales"', "<https://w3id.org/cnrs-kg/id/organisation/thales>")
    )
    steward.get_by_role("button", name="Amend").click()
    expect(steward.get_by_role("status")).to_contain_text("It conforms")
    steward.get_by_role("button", name="Withdraw").click()
    expect(steward.locator(".state").first).to_have_text("withdrawn")


def test_a_correction_begins_beside_the_fact(people):
    steward, _ = people
    steward.goto("/doc/unit/cintra")
    fact = steward.get_by_role("definition").filter(has_text="200919745C").first
    fact.get_by_role("link", name="Suggest a correction").click()
    steward.wait_for_url("**/form?*")
    field = steward.get_by_role("textbox", name="RNSR number").first
    expect(field).to_have_value("200919745C")
    expect(field).to_be_focused()
    field.fill("200919745D")
    steward.get_by_role("button", name="Preview").click()
    expect(steward.get_by_role("status")).to_contain_text("It conforms")
    expect(steward.locator(".diff .added")).to_contain_text("200919745D")
    steward.get_by_role("button", name="Submit", exact=True).click()
    steward.wait_for_url("**/submissions/*")
    expect(steward.locator(".diff .added")).to_contain_text("200919745D")


def test_who_is_not_signed_in_comes_back_to_where_they_were(opened, stewards):
    page = opened(java_script_enabled=False)
    page.goto("/form?thing=" + CINTRA)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Token").fill("nonsense")
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Token").fill(stewards.tokens["steward"])
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/form?thing=*")
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()
