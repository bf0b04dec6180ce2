"""Problems that consumers may meet are told in French to those who read it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnrs_kg import errors
from cnrs_kg.engine.service import plan_of
from cnrs_kg.rdf import hints
from cnrs_kg.telling import french as module
from cnrs_kg.telling.french import both, french, known

SOURCE = Path(__file__).parents[2] / "src" / "cnrs_kg"
MET = """NotFound Gone NotAcceptable BadRequest NotReady MethodRefused MediaTypeRefused BadParameter VersionNotFound
VersionGone QueryTimeout QueryMemory ResultTooLarge EngineBusy UploadTooLarge QueryTooComplex QueryCrashed
DatasetRefused ServiceRefused ServiceFailed PinNotFound LoadRefused RdfError RdfSyntaxError UnsupportedFormat
BlankNodeRefused TooNested PatchSyntaxError QuerySyntaxError UpdateRefused ProtectedGraph PermissionRefused
SubmissionError SubmissionNotFound IllegalTransition StaleSubmission QueueFull Refused StoreLocked VersionMoved
QueryCancelled LinkNotFound NotScreened Unknown PreconditionFailed ExpectationFailed""".split()
HELPERS = ["_no_workbook", "_too_many", "_entity_refused", "_refused"]
"""Functions that make such errors of texts among their arguments."""
ELSEWHERE = {"submissions/sources.py"}
"""What only builders of the project read."""
KNOWN = known()


Names = dict[str, list[str]]


def said(node: ast.expr, names: Names) -> list[str]:
    """The texts that an expression may be, what varies as `{}`; none where it is no text of the source."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.BinOp):
        return [one + other for one in said(node.left, names) for other in said(node.right, names)]
    if isinstance(node, ast.Name):
        return names.get(node.id, []) if node.id.isupper() or node.id in ("advice", "detail") else []
    return [*said(node.body, names), *said(node.orelse, names)] if isinstance(node, ast.IfExp) else []


def named(tree: ast.AST) -> Names:
    """The texts that names of a module may stand for."""
    found: Names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).extend(said(node.value, {}))
    return found


def texts(file: Path) -> Iterator[str]:
    """What the problems and notes of the kinds that are met say, in a module."""
    tree = ast.parse(file.read_text())
    names = named(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MET or name in HELPERS:
                advice = [keyword.value for keyword in node.keywords if keyword.arg in ("advice", "detail")]
                for part in (*(node.args if name in HELPERS else node.args[:1]), *advice):
                    yield from said(part, names)


def is_told(text: str) -> bool:
    """Whether a text has its French, once what varies is there."""
    return text.strip("{}:;. ") in ("", "sh", "sh:datatype") or french(text.replace("{}", "7")) is not None


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda file: str(file.relative_to(SOURCE)))
def test_what_consumers_may_meet_has_its_french(file: Path) -> None:
    if str(file.relative_to(SOURCE)) not in ELSEWHERE:
        assert [text for text in texts(file) if not is_told(text)] == []


def test_hints_have_their_french() -> None:
    advice = [advice for _, advice in hints._SAID]
    kinds = [called for _, _, called, _ in hints._OTHERS]
    assert [text for text in (*advice, *kinds) if french(text) is None] == []


def test_what_varies_comes_over() -> None:
    for english, told in KNOWN.items():
        assert english.count("{}") >= told.count("{}"), english
        assert "'" not in told.replace("{'", "").replace("\" ou '", ""), english
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


def test_texts_inside_texts_are_told_too() -> None:
    said = "Not text/turtle: Parser error at line 7 between columns 6 and 9: _:p is not a valid predicate"
    assert french(said) == "Ce n’est pas du Turtle (text/turtle) : ligne 7, colonnes 6 à 9 : _:p n’est pas un prédicat"
    assert french("judged whole: <urn:s>, since it cannot be screened: a path that is repeated") == (
        "jugée en entier : <urn:s>, car elle ne se présélectionne pas : un chemin répété"
    )


def test_both_languages_have_every_sentence() -> None:
    assert both("The gzip stream ends early", None, "not known") == {
        "en": "The gzip stream ends early. not known",
        "fr": "Le flux gzip est incomplet. not known",
    }


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
