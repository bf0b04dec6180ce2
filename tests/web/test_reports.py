"""The report that stands alone: a page that asks for nothing."""

import re
from typing import Any

import pyoxigraph as ox
import pytest

from cnrs_kg.rdf.namespaces import OWL, RDF
from cnrs_kg.reasoning.proof import ASSERTED, Proof
from cnrs_kg.validation.report import Result, Verdict
from cnrs_kg.web import reports

from .test_pages import Page

NEW = ox.NamedNode("https://w3id.org/cnrs-kg/id/unit/new")
HOSTILE = "<script>alert(1)</script> & \"'"
PLACE = {"file": "new.ttl", "line": 2, "column": 3, "endColumn": 6}
LEAF = Proof(NEW, RDF("type"), OWL("Thing"), ASSERTED, graph="https://w3id.org/cnrs-kg/graph/steward", place=PLACE)
PROOF = Proof(NEW, RDF("type"), OWL("Nothing"), "cls-nothing2", premises=(LEAF,))
SOURCES = {"new.ttl": f"first\n  bad {HOSTILE}\n".encode()}


def result(**more: Any) -> Result:
    said: dict[str, Any] = {"message": {"en": "A name is missing.", "fr": "Il manque un nom."}, "focus_node": NEW}
    return Result("Violation", "shape", **{**said, **more})


def written(*results: Result, language: str = "en", sources: dict[str, bytes] | None = None) -> str:
    return reports.page(Verdict(results, version=7, added=3), SOURCES if sources is None else sources, language)


@pytest.mark.parametrize(("language", "said"), [("en", "A name is missing."), ("fr", "Il manque un nom.")])
def test_it_speaks_one_language_and_names_what_was_judged(language: str, said: str) -> None:
    page = written(result(), language=language)
    assert f'<html lang="{language}">' in page and said in page
    assert "new.ttl" in page and "Version 7" in page


def test_it_asks_for_nothing_and_runs_nothing() -> None:
    page = written(result(places=(PLACE,)))
    assert not re.search(r"<(script|link|img|iframe|form)\b| src=|url\(|@import", page)
    assert "default-src 'none'" in page and "<style>" in page


def test_what_is_hostile_is_text() -> None:
    wrong = result(
        message={"en": HOSTILE},
        label={"en": HOSTILE},
        value=ox.Literal(HOSTILE),
        places=(PLACE,),
        expected={"en": HOSTILE},
        found=HOSTILE,
        example=HOSTILE,
        fixes=({"message": {"en": HOSTILE}, "replacement": HOSTILE},),
    )
    page = written(wrong, sources={**SOURCES, HOSTILE: b""})
    assert HOSTILE not in page and "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp;") == 9


def test_a_proof_is_told_down_to_the_line() -> None:
    page = written(result(proof=PROOF.to_json(), places=(PLACE,)))
    assert "cls-nothing2" in page and "new.ttl:2:3" in page and "graph/steward" in page
    assert "<mark>bad</mark>" in page
    assert Page(page).all("details") == [{"class": "proof", "open": None}]


def test_links_lead_to_the_iris_and_never_to_a_script() -> None:
    evil = ox.NamedNode("javascript:alert(1)")
    proof = Proof(NEW, ox.NamedNode("urn:p"), evil, ASSERTED).to_json()
    page = written(result(shape="https://w3id.org/cnrs-kg/shapes#Unit", proof=proof), result(shape=evil.value))
    assert set(re.findall(r'href="([^"]*)"', page)) == {NEW.value, "https://w3id.org/cnrs-kg/shapes#Unit"}


def test_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_ALONE", 2)
    page = written(*[result()] * 5)
    assert page.count("A name is missing.") == 2 and "3 more results" in page


def test_what_conforms_says_so() -> None:
    assert "It conforms." in written()
