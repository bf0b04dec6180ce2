"""What a version says of where it comes from."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.patch import read_patch
from cnrs_kg.store.versions import Versions
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import PATCH, Document, propose
from cnrs_kg.submissions.provenance import PROVENANCE, agent

from ..validated_project import write_validated_project
from .test_stewards import ANNA, GOOD, ONE, STELLA, TWO, renames, submit

ID = "https://w3id.org/cnrs-kg/id"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """A unit added by a first submission, one renamed by a second."""
    project = write_validated_project(tmp_path_factory.mktemp("provenance"))
    with KnowledgeGraph(Settings(data_dir=project / "var", workers=1), project=project) as found:
        assert found.build(progress=lambda stage: None).conforms
        submit(found, GOOD, title="A second unit", message="new", source="https://x.org/two")
        submit(found, renames("Uno"), STELLA, PATCH, source="a letter")
        for number in (1, 2):
            assert found.stewards.accept(number, ANNA).version == number + 1
        yield found


def ask(kg: KnowledgeGraph, pattern: str) -> bool:
    text = f"PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX dcterms: <http://purl.org/dc/terms/> ASK {{ {pattern} }}"
    return bool(json.loads(kg.query(text).read())["boolean"])


@pytest.mark.parametrize(
    "pattern",
    [
        f'<{ID}/submission/1> a prov:Activity ; dcterms:title "A second unit" ; dcterms:description "new"',
        f"<{ID}/submission/1> dcterms:source <https://x.org/two>",
        f'<{ID}/submission/2> dcterms:source "a letter"',
        f"<{ID}/submission/1> prov:wasAssociatedWith <{ID}/agent/stella>, <{ID}/agent/anna>",
        f"<{ID}/submission/1> prov:used <{ID}/version/1> ; prov:generated <{ID}/version/2>",
        f"<{ID}/version/3> prov:wasRevisionOf <{ID}/version/2> ; prov:wasAttributedTo <{ID}/agent/stella>",
        f'<{ID}/submission/1> prov:used ?file . ?file a prov:Entity ; dcterms:title "new.ttl"',
        f"<{ID}/submission/1> prov:startedAtTime ?t1 ; prov:endedAtTime ?t2 FILTER (?t1 < ?t2)",
        f"<{ID}/submission/2> prov:invalidated ?old ; prov:generated ?new . "
        f"?new <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> <{ONE}> "
        "FILTER NOT EXISTS { ?old <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> ?any }",
    ],
)
def test_it_can_be_queried(kg: KnowledgeGraph, pattern: str) -> None:
    assert ask(kg, pattern) and ask(kg, f"GRAPH {PROVENANCE} {{ {pattern.split('. ?new')[0].split('FILTER')[0]} }}")


def test_the_patch_names_submission_submitter_and_curator(kg: KnowledgeGraph) -> None:
    with kg.store.patch_file(2).open("rb") as lines:
        header = read_patch(lines).header
    assert header.items() >= {
        ("submission", "1"), ("submitter", "stella"), ("agent", "anna"), ("activity", f"{ID}/submission/1"),
    }  # fmt: skip
    assert kg.store.verify() == []


def test_records_are_not_counted_as_changes(kg: KnowledgeGraph) -> None:
    verdict = kg.stewards.get(1).content.verdict
    assert (verdict["added"], verdict["withdrawn"]) == (5, 0)


def test_the_digest_leaves_it_out(kg: KnowledgeGraph, tmp_path: Path) -> None:
    """The same statements give the same digest, whoever brought them."""
    other = write_validated_project(tmp_path)
    with KnowledgeGraph(Settings(data_dir=other / "var", workers=1), project=other) as again:
        assert again.build(progress=lambda stage: None).conforms
        outcome = again.direct.add(None, [(GOOD.encode(), "text/turtle")])
        assert outcome.version is not None and outcome.version.digest == kg.version(2).digest


def test_a_rollback_keeps_what_happened(tmp_path: Path) -> None:
    project = write_validated_project(tmp_path)
    with KnowledgeGraph(Settings(data_dir=project / "var", workers=1), project=project) as kg:
        assert kg.build(progress=lambda stage: None).conforms
        submit(kg, GOOD)
        kg.stewards.accept(1, ANNA)
        outcome = kg.rollback(1)
        assert outcome.version is not None and outcome.version.digest == kg.version(1).digest
        assert ask(kg, f"<{ID}/submission/1> ?p ?o") and not ask(kg, f"<{TWO}> ?p ?o")


def test_a_name_of_any_letters_is_an_iri() -> None:
    assert agent("Anaïs O'Neil @home").value == f"{ID}/agent/Ana%C3%AFs%20O%27Neil%20%40home"


def test_the_projects_own_shapes_have_nothing_against_it(built: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(built, tmp_path / "var", symlinks=True)
    Versions(tmp_path / "var").close()
    data = '<https://w3id.org/cnrs-kg/id/organisation/cnrs> <http://www.w3.org/2004/02/skos/core#note> "x"@en .'
    with KnowledgeGraph(Settings(data_dir=tmp_path / "var", workers=1)) as kg:
        proposal = propose([Document("note.ttl", data.encode(), "text/turtle")])
        made = kg.stewards.submit(proposal, About(message="m", source="https://x.org/"), STELLA)
        done = kg.stewards.accept(made.number, ANNA)
        assert done.version == 2, done.content.verdict["results"][:3]
        results = [one for one in done.content.verdict["results"] if "submission/" in str(one)]
        assert results == []
        store = kg.store.open(kg.version(2))
        assert any(isinstance(quad, ox.Quad) for quad in store.quads_for_pattern(None, None, None, PROVENANCE))
