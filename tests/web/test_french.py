"""Problems are told in the language of their reader."""

from typing import Any

import pytest

from cnrs_kg import errors
from cnrs_kg.web.problems import problem

from .test_pages import HTML


def test_a_problem_is_told_in_the_language_of_its_reader() -> None:
    found = problem(errors.VersionNotFound("there is no version 9", advice="The newest is version 2."), "https://x/")
    assert found.to_json("fr")["detail"] == "il n’y a pas de version 9"
    assert found.to_json("fr")["advice"] == "La plus récente est la version 2."
    assert found.to_json("en")["detail"] == "there is no version 9"
    other = problem(errors.StoreDamaged("no text of ours"), "https://x/")
    assert other.to_json("fr")["detail"] == "no text of ours"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/nothing", "Il n’y a rien à cette adresse"),
        ("/doc", "Aucun IRI n’a été donné"),
        ("/sparql?query=ASK{}&version=99", "il n’y a pas de version 99"),
        ("/api/units?place=place/asia&limit=x", "limit : 'x' n’est pas un nombre de 1 à"),
        ("/search?q=cnrs&page=0", "page : '0' n’est pas un nombre à partir de 1"),
        ("/versions/1?format=docx", "format : 'docx' n’est ni html ni json"),
    ],
)
def test_french_readers_are_answered_in_french(browser: Any, path: str, text: str) -> None:
    page = browser.get(path, headers={**HTML, "Accept-Language": "fr"})
    assert text in page.text.replace("&#39;", "'")
    document = browser.get(path, headers={"Accept": "application/json", "Accept-Language": "fr"})
    assert document.status_code == page.status_code and document.json["detail"].startswith(text)
    english = browser.get(path, headers={"Accept": "application/json", "Accept-Language": "en"})
    assert english.json["detail"].isascii()
