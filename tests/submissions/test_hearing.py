"""What workers say of documents is read elsewhere: the process that asks them hands it on."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.engine.requests import Answer
from cnrs_kg.errors import ProtectedGraph, RdfError
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.submissions import reading
from cnrs_kg.submissions.hearing import Heard, HeardProposal, Rows, Update, heard
from cnrs_kg.submissions.proposal import PATCH, UPDATE, Document, propose

from ..small_project import write_project

ROWS = "".join(f'A <https://w3id.org/cnrs-kg/id/unit/{number}> <urn:x:p> "{number}" .\n' for number in range(3_000))
MANY = f"INSERT {{ ?s ?p ?o . <urn:x:s> <urn:x:p> {', '.join(map(str, range(3_000)))} }} WHERE {{ ?s ?p ?o }}"


@pytest.fixture
def silent(small: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> KnowledgeGraph:
    """A graph whose own process may not read what documents say."""

    def refuse(*_: object) -> None:
        raise AssertionError("this is read in the process that judges")

    monkeypatch.setattr(reading.Reader, "read", refuse)
    return small


@pytest.mark.parametrize(("text", "media_type"), [(ROWS, PATCH), (MANY, UPDATE)], ids=["patch", "update"])
def test_what_documents_say_is_read_in_the_process_that_judges(
    silent: KnowledgeGraph, text: str, media_type: str
) -> None:
    verdict = silent.validate(propose([Document("sent", text.encode(), media_type)]))
    assert verdict.added >= 3_000


@pytest.fixture
def keeping_nothing(tmp_path: Path) -> Iterator[KnowledgeGraph]:
    """A graph whose answers of more than 64 KiB are files."""
    settings = Settings(data_dir=tmp_path / "var", workers=1, cache_bytes=2**12)
    with KnowledgeGraph(settings, project=write_project(tmp_path)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        yield kg


@contextmanager
def hearing(kg: KnowledgeGraph, document: Document, *, replaces: bool = False) -> Iterator[Heard]:
    """A document as the process hears it that it is handed on to."""
    current = kg.current()
    assert current is not None
    proposal = propose([document], replaces=replaces)
    with heard(kg.pool, proposal, current, kg.settings.base_iri, "") as found:
        passed: HeardProposal = pickle.loads(pickle.dumps(found))
        yield passed.documents[0]


def test_a_large_patch_goes_to_another_process_as_files(keeping_nothing: KnowledgeGraph) -> None:
    withdrawn = ROWS.replace("A <", "D <")
    with hearing(keeping_nothing, Document("sent", f"TX .\n{ROWS}{withdrawn}TC .\n".encode(), PATCH)) as one:
        assert isinstance(one.said, Rows)
        assert one.said.added.answer.file is not None and one.said.removed.answer.file is not None
        (added, spot), *others = one.said.added.placed()[0]
        assert spot is not None and spot.place("sent")["line"] == 2 and len(others) == 2_999
        assert added.object == ox.Literal("0")
        (_, spot), *others = one.said.removed.placed()[0]
        assert spot is not None and spot.place("sent")["line"] == 3_002 and len(others) == 2_999


def test_what_an_update_changes_goes_to_another_process_as_a_file(keeping_nothing: KnowledgeGraph) -> None:
    text = f'{MANY} ; DELETE DATA {{ <urn:x:nothing> a "x" }}'
    with hearing(keeping_nothing, Document("sent", text.encode(), UPDATE)) as one:
        assert isinstance(one.said, Update)
        changes = one.said.changes
        assert changes.answer.file is not None
        assert sum(quad.subject == ox.NamedNode("urn:x:s") for quad in changes.added) == 3_000
        assert (changes.removed, changes.missed, changes.notices) == ([], [], ())
        changes.answer.close()


def test_why_a_document_cannot_be_read_is_said_of_it(small: KnowledgeGraph) -> None:
    with hearing(small, Document("sent", b"A <urn:x", PATCH)) as one:
        assert isinstance(one.said, RdfError) and one.said.position == (1, 3)
    with hearing(small, Document("sent", b"", UPDATE), replaces=True) as one:
        assert isinstance(one.said, RdfError) and "withdraw" in one.said.detail


def test_a_graph_that_may_not_be_written_is_refused_before_anything_is_read(small: KnowledgeGraph) -> None:
    current = small.current()
    assert current is not None
    proposal = propose([Document("sent", b"nonsense", PATCH)], "graph/ontology")
    with pytest.raises(ProtectedGraph), heard(small.pool, proposal, current, small.settings.base_iri, ""):
        pass


def test_an_answer_in_memory_goes_to_another_process_whole() -> None:
    answer = Answer("SELECT", "text/csv", b"a\n", size=2, rows=1)
    assert pickle.loads(pickle.dumps(answer)) == answer
    answer.close()
    assert (answer.part(0, 1), answer.part(1)) == (b"a", b"\n")
