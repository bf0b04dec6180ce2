"""Each rule by example: `golden/<rule-id>[.<case>]/in.ttl`, with what must follow: `out.ttl`, or the words of `false`.

`out.ttl` holds exactly what the rule says when it runs alone; together with all others it must still be said.
"""

from datetime import date
from pathlib import Path

import pytest

from cnrs_kg.reasoning.closure import close
from cnrs_kg.reasoning.rules import tables
from cnrs_kg.reasoning.rules.model import Rule, Run

from .turtle import triples

GOLDEN = Path(__file__).parent / "golden"
DIRECTORIES = sorted(path for path in GOLDEN.iterdir() if path.is_dir())
DAY = date(2026, 1, 1)
by_directory = pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)


def rules(directory: Path) -> tuple[Rule, ...]:
    """The rules that the directory is about; all where literals' values matter, which other rules ask about."""
    own = tuple(rule for rule in tables.ALL if rule.name == directory.name.split(".")[0])
    return tables.ALL if any(rule.run is Run.VALUES for rule in own) else own


def test_every_rule_has_an_example() -> None:
    assert {rule.name for rule in tables.ALL} == {directory.name.split(".")[0] for directory in DIRECTORIES}


@by_directory
def test_the_rule_alone(directory: Path) -> None:
    stated = triples((directory / "in.ttl").read_text())
    closure = close(stated, [], as_of=DAY, rules=rules(directory), compiled=False)
    if (directory / "false").exists():
        assert not closure.consistent
    else:
        assert closure.inferred == set(triples((directory / "out.ttl").read_text()))
        assert closure.consistent


@by_directory
@pytest.mark.parametrize(
    ("cut", "compiled"),
    [(0, True), (2, True), (None, True), (None, False)],
    ids=["as data", "as both", "as ontology", "plain"],
)
def test_with_all_rules(directory: Path, cut: int | None, compiled: bool) -> None:
    stated = triples((directory / "in.ttl").read_text())
    cut = len(stated) if cut is None else cut
    closure = close(stated[:cut], stated[cut:], as_of=DAY, compiled=compiled)
    if not (directory / "false").exists():
        assert set(triples((directory / "out.ttl").read_text())) <= closure.inferred
        assert closure.consistent
        return
    assert not closure.consistent
    if compiled and cut == len(stated):
        said = [line for found in closure.inconsistencies for line in (found.message["en"], found.message["fr"])]
        assert sorted(said) == sorted((directory / "false").read_text().splitlines())


@pytest.mark.parametrize(
    "directory", [path for path in DIRECTORIES if (path / "false").exists()], ids=lambda path: path.name
)
def test_an_inconsistency_names_stated_premises(directory: Path) -> None:
    stated = triples((directory / "in.ttl").read_text())
    closure = close(stated, [], as_of=DAY)
    known = {*stated, *closure.inferred}
    for found in closure.inconsistencies:
        assert found.premises and set(found.premises) <= known
