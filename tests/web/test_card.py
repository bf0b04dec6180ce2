"""The card of a thing: any site may embed it, nothing in it runs, and it can be found by oEmbed."""

import html
from typing import Any
from urllib.parse import urlsplit

import pytest

from .conftest import PUBLIC
from .test_pages import HTML, Page

ID = "https://w3id.org/cnrs-kg/id/"
CINTRA = f"{ID}unit/cintra"


def card(browser: Any, iri: str = CINTRA, **options: str) -> Any:
    return browser.get("/card", query_string={"iri": iri, **options})


def test_any_site_may_embed_it_and_nothing_in_it_runs(browser: Any) -> None:
    reply = card(browser)
    assert reply.status_code == 200
    (policy,) = reply.headers.getlist("Content-Security-Policy")
    assert "frame-ancestors *" in policy and "default-src 'none'" in policy and "script-src" not in policy
    page = Page(reply.text)
    assert not page.all("script") and not page.all("form") and len(page.all("h1")) == 1
    assert all(link["href"].startswith(f"{PUBLIC}/") and link["target"] == "_blank" for link in page.all("a"))
    assert "X-Frame-Options" not in reply.headers


def test_other_pages_still_may_not_be_embedded(browser: Any) -> None:
    policies = browser.get("/doc/unit/cintra", headers=HTML).headers.getlist("Content-Security-Policy")
    assert len(policies) == 1 and "frame-ancestors 'none'" in policies[0]


@pytest.mark.parametrize(("language", "told"), [("en", ("Partner", "Singapore")), ("fr", ("Partenaire", "Singapour"))])
def test_it_tells_what_the_list_tells(browser: Any, language: str, told: tuple[str, str]) -> None:
    text = html.unescape(card(browser, lang=language).text)
    assert f'lang="{language}"' in text and "UMI 3288" in text and all(one in text for one in told)


@pytest.mark.parametrize("name", ["office/singapore", "institute/insis", "body/science-europe", "place/singapore"])
def test_anything_has_one(browser: Any, name: str) -> None:
    reply = card(browser, ID + name)
    assert reply.status_code == 200 and "<dd>" in reply.text
    assert card(browser, "https://w3id.org/cnrs-kg/ontology#JointUnit").status_code == 200


def test_it_is_not_sent_again(browser: Any) -> None:
    tag = card(browser).headers["ETag"]
    assert browser.get("/card", query_string={"iri": CINTRA}, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("iri", "status"), [("", 400), ("no iri", 400), ("urn:x:unknown", 404)])
def test_what_has_no_card(browser: Any, iri: str, status: int) -> None:
    assert card(browser, iri).status_code == status


def test_the_page_leads_there_and_gives_the_snippet(browser: Any) -> None:
    text = browser.get("/doc/unit/cintra", headers=HTML).text
    page = Page(text)
    (discovery,) = [link for link in page.all("link") if link.get("type") == "application/json+oembed"]
    told = browser.get(discovery["href"].removeprefix(PUBLIC)).json
    assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 420)
    (frame,) = Page(told["html"]).all("iframe")
    assert frame["title"] == told["title"] and browser.get(frame["src"].removeprefix(PUBLIC)).status_code == 200
    assert html.escape(told["html"], quote=True).replace("&quot;", "&#34;") in text
    assert urlsplit(frame["src"]).netloc == urlsplit(PUBLIC).netloc


@pytest.mark.parametrize(
    "address", [f"{PUBLIC}/doc/unit/cintra", f"{PUBLIC}/doc?iri={CINTRA}", CINTRA, f"{PUBLIC}/id/unit/cintra?lang=fr"]
)
def test_oembed_knows_the_addresses_of_things(browser: Any, address: str) -> None:
    reply = browser.get("/oembed", query_string={"url": address, "maxwidth": "200"})
    assert reply.status_code == 200 and reply.json["width"] == 200 and "cintra" in reply.json["html"]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"url": "https://elsewhere.example/doc/unit/cintra"}, 404),
        ({"url": f"{PUBLIC}/units"}, 404),
        ({"url": f"{PUBLIC}.evil/doc/unit/cintra"}, 404),
        ({"url": f"{PUBLIC}/doc/unit/none"}, 404),
        ({}, 404),
        ({"url": CINTRA, "format": "xml"}, 406),
        ({"url": CINTRA, "maxwidth": "0"}, 400),
        ({"url": CINTRA, "maxheight": "wide"}, 400),
        ({"url": CINTRA, "lang": "de"}, 400),
    ],
)
def test_what_oembed_refuses(browser: Any, options: dict[str, str], status: int) -> None:
    assert browser.get("/oembed", query_string=options).status_code == status
