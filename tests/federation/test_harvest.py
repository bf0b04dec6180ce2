"""A harvest is the difference from the one before; a file that is none changes nothing."""

import gzip
import json
import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.errors import CnrsKgError
from cnrs_kg.federation import documents as module
from cnrs_kg.federation.documents import documents
from cnrs_kg.federation.harvest import REGISTRIES, Harvested
from cnrs_kg.federation.records import STATUS, HarvestError, Notes
from cnrs_kg.federation.registries import Wanted
from cnrs_kg.federation.rnsr import COLUMNS
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.rdf.namespaces import OWL

from ..outbound.hosts import reply, serving
from .test_ror import record

PROJECT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("CNRS_KG_SHARED") or PROJECT.parent / "shared") / "registries"
FILES = {"ror": "ror-v2.1.jsonl.gz", "rnsr": "rnsr-2022-02.csv"}
E_MAIL = re.compile(r"[\w.-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
OTHER, THIRD = "https://ror.org/00jrey675", "https://ror.org/013cjyk83"
FOURTH, FIFTH = "https://ror.org/04xfq0f34", "https://ror.org/02ex6cf31"
Harvest = Callable[..., Harvested]


@pytest.fixture(scope="module")
def graph(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    data_dir = tmp_path_factory.mktemp("harvest") / "var"
    copytree(built, data_dir, symlinks=True)
    with KnowledgeGraph(Settings(data_dir=data_dir, workers=1), project=PROJECT) as kg:
        yield kg


@pytest.fixture
def take(graph: KnowledgeGraph, tmp_path: Path) -> Harvest:
    def harvest(*records: dict[str, Any], data: bytes | None = None, partial: bool = False) -> Harvested:
        file = tmp_path / "ror.jsonl"
        file.write_bytes(data or "".join(json.dumps(one) + "\n" for one in records).encode())
        return graph.registries.harvest("ror", Wanted(file, partial), progress=lambda stage: None)

    return harvest


def held(kg: KnowledgeGraph, iri: str) -> dict[str, set[str]]:
    rows = kg.rows(f"SELECT ?p ?o {{ GRAPH <https://w3id.org/cnrs-kg/graph/ror> {{ <{iri}> ?p ?o }} }}")
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["p"].rpartition("/")[2].rpartition("#")[2], set()).add(row["o"])
    return found


def test_a_harvest_follows_the_registry(graph: KnowledgeGraph, take: Harvest) -> None:
    first = take(record(), record(id=OTHER, established=2011))
    assert first.outcome.conforms and first.records == 2 and first.outcome.changed
    assert held(graph, OTHER)["foundingDate"] == {"2011"}
    again = take(record(), record(id=OTHER, established=2011))
    assert not again.outcome.changed and again.outcome.version == first.outcome.version
    changed = take(record(), record(id=OTHER, established=2012))
    assert changed.outcome.verdict.added == changed.outcome.verdict.withdrawn == 1
    gone = take(record())
    assert gone.outcome.changed and not held(graph, OTHER)


def test_a_partial_file_leaves_the_other_records(graph: KnowledgeGraph, take: Harvest) -> None:
    take(record(), record(id=OTHER, established=2011))
    found = take(record(id=OTHER, established=2015), partial=True)
    assert found.outcome.verdict.added == found.outcome.verdict.withdrawn == 1
    assert held(graph, OTHER)["foundingDate"] == {"2015"} and held(graph, record()["id"])["foundingDate"] == {"1939"}


def test_a_correction_survives_the_next_harvest(graph: KnowledgeGraph, take: Harvest) -> None:
    take(record(id=OTHER, established=2011))
    date = '"{}"^^<http://www.w3.org/2001/XMLSchema#gYear>'
    change = f"<{OTHER}> <https://schema.org/foundingDate> "
    place = "GRAPH <https://w3id.org/cnrs-kg/graph/ror>"
    text = f"DELETE DATA {{ {place} {{ {change} {date.format(2011)} }} }}; "
    text += f"INSERT DATA {{ {place} {{ {change} {date.format(1999)} }} }}"
    assert graph.direct.update(text).conforms
    found = take(record(id=OTHER, established=2013))
    assert held(graph, OTHER)["foundingDate"] == {"1999"}
    assert any("the correction stays" in note for note in found.notes)


def test_a_build_leaves_what_was_harvested(graph: KnowledgeGraph, take: Harvest) -> None:
    take(record(id=OTHER, established=2011))
    assert graph.build(force=True, progress=lambda stage: None).conforms
    assert held(graph, OTHER)["prefLabel"]
    assert not take(record(id=OTHER, established=2011)).outcome.changed


def test_the_graph_says_where_it_comes_from(graph: KnowledgeGraph, take: Harvest) -> None:
    take(record())
    said = held(graph, "https://w3id.org/cnrs-kg/graph/ror")
    assert said["wasDerivedFrom"] == {"https://ror.org/"} and said["license"] and len(said["title"]) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no record"),
        (b"<html>", "HTML"),
        (gzip.compress(json.dumps(record()).encode() * 1000)[:-20], "cut short"),
        (b"\x1f\x8b\x00garbage", "cannot be read"),
        (json.dumps(record()).encode()[:-30], "not JSON"),
    ],
)
def test_a_file_that_is_none_changes_nothing(graph: KnowledgeGraph, take: Harvest, data: bytes, said: str) -> None:
    before = graph.current()
    with pytest.raises(HarvestError, match=said):
        take(data=data or b"\n")
    assert graph.current() == before


def test_a_bomb_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 10_000)
    file = tmp_path / "bomb.gz"
    file.write_bytes(gzip.compress(b"x\n" * 1_000_000))
    with pytest.raises(HarvestError, match="more than 10,000 bytes"):
        list(documents(file)[0])


def test_a_record_that_comes_again_is_told(take: Harvest) -> None:
    found = take(record(), record(established=1940))
    assert found.records == 1 and any("come again" in note for note in found.notes)


def test_records_that_share_an_identifier_or_are_each_others_parents_stay_two(
    graph: KnowledgeGraph, take: Harvest
) -> None:
    shared = [{"type": "wikidata", "all": ["Q42"], "preferred": "Q42"}]
    first, second = (
        record(id=one, external_ids=shared, relationships=[{"type": "parent", "id": other, "label": "x"}])
        for one, other in ((FOURTH, FIFTH), (FIFTH, FOURTH))
    )
    found = take(first, second)
    assert found.outcome.conforms and not graph.rows(f"SELECT ?x {{ <{FOURTH}> <{OWL('sameAs').value}> ?x }}")
    assert held(graph, FOURTH)["subOrganizationOf"] == {FIFTH} and held(graph, FIFTH)["subOrganizationOf"] == {FOURTH}


def test_a_record_that_the_registry_withdraws_stays_and_says_so(graph: KnowledgeGraph, take: Harvest) -> None:
    take(record(id=FOURTH))
    withdrawn = record(id=FOURTH, status="withdrawn", relationships=[{"type": "successor", "id": FIFTH, "label": "x"}])
    assert take(withdrawn).outcome.conforms
    assert held(graph, FOURTH)["status"] == {STATUS("Withdrawn").value}
    assert held(graph, FOURTH)["isReplacedBy"] == {FIFTH}


def test_nothing_is_harvested_before_the_first_build(tmp_path: Path) -> None:
    file = tmp_path / "ror.jsonl"
    file.write_text(json.dumps(record()))
    with KnowledgeGraph(Settings(data_dir=tmp_path / "var", workers=1), project=PROJECT) as kg:
        with pytest.raises(CnrsKgError, match="nothing is published"):
            kg.registries.harvest("ror", Wanted(file), progress=lambda stage: None)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.skipif(
    not SHARED.is_dir() and os.environ.get("CI") != "true", reason=f"no registries at {SHARED} (set CNRS_KG_SHARED)"
)
def test_the_real_files_are_read_whole(name: str) -> None:
    notes, nodes = Notes(), 0
    for node, triples in REGISTRIES[name].read(documents(SHARED / FILES[name]), notes):
        nodes += 1
        assert len(triples) > 3 and not [one for one in triples if E_MAIL.search(one.object.value)], node  # type: ignore[union-attr]
    assert nodes == {"ror": 35_990, "rnsr": 4_506}[name]
    if name == "ror":
        assert notes.counts["relations of a record to itself"] == 3


def test_no_column_that_is_read_names_a_person() -> None:
    assert not {"nom", "responsable", "directeur"} & set(COLUMNS)


def test_what_is_fetched_is_harvested_and_its_provenance_told(graph: KnowledgeGraph) -> None:
    data = [(json.dumps(record(id=THIRD, established=2001)) + "\n").encode()]
    with serving(lambda handler: reply(handler, 200, data[0])) as url:
        wanted = Wanted(url + "ror.jsonl", private=True, agent="harvester")
        found = graph.registries.harvest("ror", wanted, progress=lambda stage: None)
        version = found.outcome.version
        assert found.outcome.changed and version is not None
        told = graph.rows(f"""
            PREFIX prov: <http://www.w3.org/ns/prov#>  PREFIX dcterms: <http://purl.org/dc/terms/>
            SELECT ?from ?digest ?who ?what WHERE {{ GRAPH <https://w3id.org/cnrs-kg/graph/provenance> {{
                <https://w3id.org/cnrs-kg/id/version/{version.number}> prov:wasGeneratedBy ?harvest .
                ?harvest a prov:Activity ; prov:startedAtTime ?begun ; prov:endedAtTime ?ended ; prov:used ?file ;
                    prov:wasAssociatedWith/dcterms:title ?who ; dcterms:description ?what .
                ?file prov:hadPrimarySource ?from ; dcterms:identifier ?digest
                FILTER (?begun <= ?ended && LANG(?what) = "en") }} }}""")
        digest = f"sha256:{sha256(data[0]).hexdigest()}"
        assert [(row["from"], row["digest"], row["who"]) for row in told] == [(url + "ror.jsonl", digest, "harvester")]
        assert told[0]["what"].startswith("1 records; ") and told[0]["what"].endswith("withdrawn")
        again = graph.registries.harvest("ror", wanted, progress=lambda stage: None)
        assert not again.outcome.changed
        data[0] = b"<html>"
        with pytest.raises(HarvestError, match="HTML"):
            graph.registries.harvest("ror", wanted, progress=lambda stage: None)
        assert graph.current() == version
        data[0] = (json.dumps(record(id=THIRD, established=2002)) + "\n").encode()
        assert graph.registries.harvest("ror", wanted, progress=lambda stage: None).outcome.changed
