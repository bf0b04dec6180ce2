"""Problems that consumers may meet are told in French to those who read it."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnrs_kg import errors
from cnrs_kg.engine.service import plan_of
from cnrs_kg.web import french as module
from cnrs_kg.web.french import french
from cnrs_kg.web.problems import problem

from .test_pages import HTML

SOURCE = Path(__file__).parents[2] / "src" / "cnrs_kg"
MET = """NotFound Gone NotAcceptable BadRequest NotReady MethodRefused MediaTypeRefused BadParameter VersionNotFound
VersionGone QueryTimeout QueryMemory ResultTooLarge EngineBusy UploadTooLarge QueryTooComplex QueryCrashed
DatasetRefused ServiceRefused ServiceFailed PinNotFound LoadRefused""".split()
KNOWN = tomllib.loads((SOURCE / "web" / "french.toml").read_text())


def said(node: ast.expr) -> list[str]:
    """The texts that an expression may be, what varies as `{}`; none where it is no text of the source."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.BinOp):
        return [one + other for one in said(node.left) for other in said(node.right)]
    return [*said(node.body), *said(node.orelse)] if isinstance(node, ast.IfExp) else []


def texts(file: Path) -> Iterator[str]:
    """What the problems of the kinds that are met say, in a module."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MET:
                advice = [keyword.value for keyword in node.keywords if keyword.arg == "advice"]
                for part in (*node.args[:1], *advice):
                    yield from said(part)


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda file: str(file.relative_to(SOURCE)))
def test_what_consumers_may_meet_has_its_french(file: Path) -> None:
    assert [text for text in texts(file) if text not in KNOWN] == []


def test_what_varies_comes_over() -> None:
    for english, told in KNOWN.items():
        assert english.count("{}") >= told.count("{}") and "'" not in told.replace("{'", ""), english
        if "{}" in english:
            assert french(english.replace("{}", "7")) is not None
    assert french("page: 'x' is not a number from 1 on") == "page : 'x' n’est pas un nombre à partir de 1"
    assert french("The complete answer has more than 1,000 rows") == "La réponse complète a plus de 1,000 lignes"
    assert french("SERVICE at line 1, column 2: more than the 5 rows of x") == (
        "SERVICE ligne 1, colonne 2 : plus que les 5 lignes permises"
    )
    assert french("Nothing is published about <a> or <b>") == "Rien n’est publié sur <a> or <b>"
    assert french("Ask for version 1 or 3, or restore it from the patches.") == (
        "Demandez la version 1 ou 3, ou restaurez-la depuis ses différences."
    )


SERVICE = "SERVICE <http://x/> { ?s ?p ?o }"


@pytest.mark.parametrize(
    "group",
    [
        "SERVICE ?x { ?s ?p ?o }",
        f"FILTER EXISTS {{ {SERVICE} }}",
        f"BIND(UUID() AS ?s) {SERVICE}",
        f"SELECT * {{ {SERVICE} }}",
        f"OPTIONAL {{ OPTIONAL {{ {SERVICE} }} }}",
        f"SERVICE <http://y/> {{ {SERVICE} }}",
        *(f"{word} {{ {SERVICE} }}" for word in ("", "GRAPH ?g", "MINUS", "LATERAL")),
    ],
)
def test_where_service_cannot_stand_is_told_in_french(group: str) -> None:
    with pytest.raises(errors.ServiceRefused) as caught:
        plan_of(f"SELECT * {{ {group} }}", "")
    where = caught.value.detail.split(", ")[2]
    assert where in KNOWN
    assert caught.value.advice in KNOWN
    assert KNOWN[where] in (french(caught.value.detail) or "")


@pytest.mark.parametrize("text", ["", "Something else", "Nothing is published about <", "{}", "there is no version"])
def test_what_is_not_known_stays(text: str) -> None:
    assert french(text) is None


def test_a_long_text_is_matched_in_a_moment() -> None:
    steps = 0
    text = "x: " * 1300 + " is not a number from " * 20

    class Counted(str):
        def find(self, *arguments: Any) -> int:
            nonlocal steps
            steps += 1
            return super().find(*arguments)

    assert french(Counted(text)) is None
    assert steps < 10 * len(module._templates())


def test_a_problem_is_told_in_the_language_of_its_reader() -> None:
    found = problem(errors.VersionNotFound("there is no version 9", advice="The newest is version 2."), "https://x/")
    assert found.to_json("fr")["detail"] == "il n’y a pas de version 9"
    assert found.to_json("fr")["advice"] == "La plus récente est la version 2."
    assert found.to_json("en")["detail"] == "there is no version 9"
    other = problem(errors.QuerySyntaxError("Not SPARQL"), "https://x/")
    assert other.to_json("fr")["detail"] == "Not SPARQL"


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
