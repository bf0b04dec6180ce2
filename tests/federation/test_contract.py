"""What every connector keeps to, on a sample of its registry in the shape in which the registry delivers."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import copytree

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.federation.harvest import REGISTRIES
from cnrs_kg.federation.records import HarvestError
from cnrs_kg.federation.registries import Wanted
from cnrs_kg.federation.rnsr import COLUMNS
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.outbound.places import Place, Places
from cnrs_kg.rdf.namespaces import RDF
from cnrs_kg.rdf.terms import stored_triple
from cnrs_kg.store.graphs import Role, role

from . import reading
from .endpoint import Endpoint
from .test_cordis import PARTICIPATIONS, ROWS, table
from .test_eurio import DATA
from .test_hal import page as hal_page
from .test_hal import structure
from .test_linked import TURTLE
from .test_openaire import page as oai_page
from .test_openaire import unit
from .test_ror import record
from .test_wikidata import ITEMS

PROJECT = Path(__file__).parents[2]
RNSR_ROW = {"numero_national_de_structure": "199612400A", "tutelles": "CNRS;;X", "site_web": "jane@uni.example"}
RNSR_CELLS = ";".join(f'"{RNSR_ROW.get(name, "")}"' for name in COLUMNS)
SAMPLES: Mapping[str, bytes] = {
    "ror": (json.dumps(record()) + "\n" + json.dumps(record(id="https://ror.org/00jrey675"))).encode(),
    "rnsr": f"{';'.join(COLUMNS)}\n{RNSR_CELLS}\n".encode(),
    "hal": hal_page(structure(), structure(docid="7", parentDocid_i=["1042"])),
    "wikidata": next(Endpoint(ITEMS).pages(REGISTRIES["wikidata"])),
    "eurio": next(Endpoint(DATA).pages(REGISTRIES["eurio"])),
    "cordis": table(PARTICIPATIONS, *ROWS),
    "openaire": oai_page(unit("<Name>A</Name>"), unit("<Name>B</Name>", "OrgUnits/2")),
    "rdf": TURTLE,
}
PERSONAL = re.compile(r"[\w.-]+@[\w-]+\.\w+|mailto:|jane|martin|durand", re.IGNORECASE)
every = pytest.mark.parametrize("name", REGISTRIES)


def test_every_registry_has_a_sample() -> None:
    assert set(SAMPLES) == set(REGISTRIES)


@every
def test_records_have_an_iri_and_a_type_and_statements_as_the_store_keeps_them(name: str) -> None:
    found = list(REGISTRIES[name].read([reading.document(SAMPLES[name])], reading.Notes()))
    assert len({node for node, _ in found}) == len(found) > 0
    for node, triples in found:
        assert isinstance(node, ox.NamedNode)
        assert (
            ox.Triple(node, RDF("type"), next(one.object for one in triples if one.predicate == RDF("type"))) in triples
        )
        assert triples == [stored_triple(one) for one in triples]
        assert not [one for one in triples if isinstance(one.object, ox.BlankNode)]


@every
def test_nothing_personal_is_read_or_told(name: str) -> None:
    found, notes = reading.read(REGISTRIES[name], SAMPLES[name])
    assert not PERSONAL.findall(" ".join(map(str, found)) + " ".join(notes.lines()))


@every
def test_a_document_that_ends_early_or_is_a_page_is_refused(name: str) -> None:
    for data in (SAMPLES[name][:-20], b"<!DOCTYPE html>\n<html></html>", b"\x00" * 100):
        with pytest.raises(HarvestError):
            reading.read(REGISTRIES[name], data)


@every
def test_a_registry_says_what_it_is_and_where(name: str) -> None:
    registry = REGISTRIES[name]
    assert set(registry.title) == {"en", "fr"} and registry.home.startswith("https://")
    assert registry.licence is None or registry.licence.startswith("https://")
    assert role(ox.NamedNode(f"https://w3id.org/cnrs-kg/graph/{registry.name}")) is Role.HARVEST
    if registry.origin.url:
        url = registry.origin.url
        for start in registry.origin.starts(url) if registry.origin.starts else [url]:
            assert Places([Place.of(url)]).check(start).port == 443


@pytest.fixture(scope="module")
def graph(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    data_dir = tmp_path_factory.mktemp("contract") / "var"
    copytree(built, data_dir, symlinks=True)
    with KnowledgeGraph(Settings(data_dir=data_dir, workers=1), project=PROJECT) as kg:
        yield kg


@every
def test_a_harvest_conforms_changes_nothing_when_repeated_and_stays_when_the_next_is_broken(
    graph: KnowledgeGraph, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "sample"
    file.write_bytes(SAMPLES[name])
    first = graph.registries.harvest(name, Wanted(file), progress=lambda stage: None)
    assert first.outcome.conforms and first.outcome.changed, first.outcome.verdict.results
    again = graph.registries.harvest(name, Wanted(file), progress=lambda stage: None)
    assert not again.outcome.changed
    file.write_bytes(SAMPLES[name][:-20])
    with pytest.raises(HarvestError):
        graph.registries.harvest(name, Wanted(file), progress=lambda stage: None)
    assert graph.current() == first.outcome.version


def test_sources_of_one_kind_are_told_apart_by_labels(graph: KnowledgeGraph, tmp_path: Path) -> None:
    file = tmp_path / "sample"
    file.write_bytes(SAMPLES["openaire"])
    wanted = Wanted(file, label="uni-x")
    assert graph.registries.harvest("openaire", wanted, progress=lambda stage: None).outcome.changed
    rows = graph.rows("SELECT ?s { GRAPH <https://w3id.org/cnrs-kg/graph/harvest/uni-x> { ?s a ?type } }")
    assert len(rows) == 3
    for name, label in (("openaire", "../x"), ("openaire", "X"), ("ror", "uni-x")):
        with pytest.raises(HarvestError, match="cannot be called"):
            graph.registries.harvest(name, Wanted(file, label=label), progress=lambda stage: None)
