"""The catalogue conforms to DCAT-AP 3.0.1, by the shapes that its editors publish."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph
from cnrs_kg.web.app import create_app

from .manifest import SHARED

PROJECT = Path(__file__).parents[2]
ROOT = SHARED / "conformance" / "dcat-ap"
MISSING = {("dcat-ap-SHACL.ttl",): 2, ("dcat-ap-SHACL.ttl", "ranges.ttl"): 5}
"""Property shapes that the published files name and do not describe (the ranges go with the other file)."""

pytestmark = pytest.mark.skipif(
    not ROOT.is_dir() and os.environ.get("CI") != "true", reason=f"no DCAT-AP shapes at {ROOT} (set CNRS_KG_SHARED)"
)


def shapes(*names: str) -> rdflib.Graph:
    found = rdflib.Graph()
    for name in names:
        found.parse(ROOT / name)
    gone = [(shape, one) for shape, one in found.subject_objects(SH.property) if (one, SH.path, None) not in found]
    assert len(gone) == MISSING[names]
    for shape, one in gone:
        found.remove((shape, SH.property, one))
    return found


@pytest.fixture(scope="module")
def catalogues(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, rdflib.Graph]]:
    """The catalogue before and after its dumps were made."""
    data_dir = tmp_path_factory.mktemp("dcat") / "var"
    copytree(built, data_dir, symlinks=True, ignore=ignore_patterns("dumps"))
    settings = Settings(data_dir=data_dir, workers=1, public_url="https://kg.example")
    with KnowledgeGraph(settings, project=PROJECT) as kg:
        client = create_app(kg).test_client()
        without = rdflib.Graph().parse(data=client.get("/catalog?format=turtle").text, format="turtle")
        for dump in client.get("/dumps/").json:
            assert client.get(dump["href"]).status_code == 200
        whole = rdflib.Graph().parse(data=client.get("/catalog?format=turtle").text, format="turtle")
        yield {"without dumps": without, "with dumps": whole}


@pytest.mark.parametrize("names", MISSING, ids=" ".join)
@pytest.mark.parametrize("which", ["without dumps", "with dumps"])
def test_the_catalogue_conforms(catalogues: dict[str, rdflib.Graph], which: str, names: tuple[str, ...]) -> None:
    catalogue = catalogues[which]
    conforms, _, text = pyshacl.validate(catalogue, shacl_graph=shapes(*names))
    assert conforms, text
    assert (len(list(catalogue.subjects(rdflib.URIRef("http://spdx.org/rdf/terms#checksumValue")))) > 0) == (
        which == "with dumps"
    )


def test_the_shapes_judge_something(catalogues: dict[str, rdflib.Graph]) -> None:
    broken = rdflib.Graph()
    broken += catalogues["with dumps"]
    broken.remove((None, rdflib.URIRef("http://purl.org/dc/terms/title"), None))
    assert not pyshacl.validate(broken, shacl_graph=shapes("dcat-ap-SHACL.ttl"))[0]
