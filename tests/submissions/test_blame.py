"""Which submission, who, when, and which line: for statements asserted, inferred and withdrawn."""

from collections.abc import Iterator

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.reading import read_predicate, read_term
from cnrs_kg.submissions.blame import Blame
from cnrs_kg.submissions.proposal import PATCH

from ..test_schemas import validator
from ..validated_project import write_validated_project
from .test_stewards import ANNA, GOOD, ONE, STELLA, TWO, renames, submit

PAGE, STEWARD = (f"https://w3id.org/cnrs-kg/graph/{name}" for name in ("page", "steward"))


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """Version 2 is a submission, 3 a direct write, 4 a submission that renames, 5 a revert of it, 6 the same again."""
    project = write_validated_project(tmp_path_factory.mktemp("blame"))
    with KnowledgeGraph(Settings(data_dir=project / "var", workers=1), project=project) as found:
        assert found.build(progress=lambda stage: None).conforms
        submit(found, GOOD, title="A second unit")
        found.stewards.accept(1, ANNA, "well sourced")
        assert found.direct.update(f"INSERT DATA {{ <{ONE}> <urn:note> 'ä \"x\"' }}", agent="otto").conforms
        submit(found, renames("Uno"), STELLA, PATCH)
        found.stewards.accept(2, ANNA)
        found.stewards.revert(2, STELLA)
        found.stewards.accept(3, ANNA)
        submit(found, renames("Uno"), STELLA, PATCH, title="again")
        assert found.stewards.accept(4, ANNA).version == 6
        yield found


def blame(kg: KnowledgeGraph, subject: str, predicate: str, value: str, version: int | None = None) -> Blame:
    asked = (read_term(subject), read_predicate(predicate), read_term(value))
    found = kg.blame(asked, version=None if version is None else kg.version(version))
    validator("blame").validate(found.to_json())
    return found


def test_a_submitted_statement_has_its_submission_decision_and_line(kg: KnowledgeGraph) -> None:
    found = blame(kg, TWO, "a", "cnrs:Unit")
    (origin,) = found.origins
    assert (found.holds, found.inferred, origin.graph, origin.version.number) == (True, False, STEWARD, 2)
    assert origin.place == {"file": "new.ttl", "line": 3, "column": 42, "endColumn": 51}
    said = origin.to_json()
    assert (said["submission"]["number"], said["submission"]["submitter"], said["agent"]) == (1, "stella", "anna")
    assert (said["decision"]["agent"], said["decision"]["reason"]) == ("anna", "well sourced")


def test_a_statement_of_a_file_has_the_files_line(kg: KnowledgeGraph) -> None:
    (origin,) = blame(kg, ONE, "a", "cnrs:Unit").origins
    assert (origin.graph, origin.version.number, origin.submission) == (PAGE, 1, None)
    assert origin.place is not None and origin.place["file"] == "data/page.ttl"


def test_a_direct_write_has_who_and_no_place(kg: KnowledgeGraph) -> None:
    (origin,) = blame(kg, ONE, "<urn:note>", "'ä \"x\"'").origins
    assert (origin.version.number, origin.version.agent, origin.place) == (3, "otto", None)


def test_an_inferred_statement_has_the_origins_of_its_premises(kg: KnowledgeGraph) -> None:
    found = blame(kg, TWO, "cnrs:name", '"Two"@en')
    assert found.holds and found.inferred
    assert {origin.version.number for origin in found.origins} == {2}
    assert {origin.place["line"] for origin in found.origins if origin.place} == {4}
    mixed = blame(kg, TWO, "a", "cnrs:Organisation")
    assert {origin.version.number for origin in mixed.origins} == {1, 2}


def test_what_came_back_has_its_last_origin_and_a_past_version_its_own(kg: KnowledgeGraph) -> None:
    now, then = (blame(kg, ONE, "cnrs:name", '"Uno"@en', version) for version in (None, 4))
    assert {origin.version.number for origin in now.origins} == {6}
    assert {origin.version.number for origin in then.origins} == {4}


def test_what_was_withdrawn_has_what_withdrew_it(kg: KnowledgeGraph) -> None:
    direct = kg.direct.update(f"DELETE DATA {{ <{ONE}> <urn:note> 'ä \"x\"' }}", agent="otto")
    assert direct.version is not None
    found = blame(kg, ONE, "<urn:note>", "'ä \"x\"'")
    (origin,) = found.withdrawn
    assert (found.holds, found.origins, origin.graph, origin.version) == (False, (), STEWARD, direct.version)


def test_what_never_was_has_nobody(kg: KnowledgeGraph) -> None:
    found = blame(kg, ONE, "<urn:note>", "'never'")
    assert (found.holds, found.origins, found.withdrawn) == (False, (), ())


def test_a_lost_submission_leaves_the_version(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(number: int) -> None:
        from cnrs_kg.errors import SubmissionNotFound

        raise SubmissionNotFound("gone")

    monkeypatch.setattr(kg.stewards.queue, "get", lost)
    (origin,) = blame(kg, TWO, "a", "cnrs:Unit").origins
    assert (origin.version.number, origin.submission) == (2, None)
    assert origin.place is not None and origin.place["line"] == 3


def test_a_proof_ends_at_the_lines_that_were_submitted(kg: KnowledgeGraph) -> None:
    proofs = kg.explain((read_term(TWO), read_predicate("a"), read_term("cnrs:Organisation"))).proofs()
    leaf = next(one for one in proofs[0].premises if one.rule == "asserted" and str(one.statement[2]).endswith("Unit>"))
    assert leaf.place == {"file": "new.ttl", "line": 3, "column": 42, "endColumn": 51}
