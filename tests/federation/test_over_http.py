"""Each registry that is asked in pages, harvested from a host on loopback that answers as the registry does."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from shutil import copytree
from urllib.parse import parse_qs, urlsplit

import pytest

from cnrs_kg.config import Settings
from cnrs_kg.federation.registries import Registries, Wanted
from cnrs_kg.federation.sparql import RESULTS
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ..outbound.hosts import Handler, reply, serving, unhurried
from .endpoint import Endpoint
from .test_eurio import DATA
from .test_hal import page, structure
from .test_linked import FIRST, LAST
from .test_oaipmh import formats, oai
from .test_openaire import NAMESPACE, record, unit
from .test_wikidata import ITEMS

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def registries(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registries]:
    data_dir = tmp_path_factory.mktemp("over-http") / "var"
    copytree(built, data_dir, symlinks=True)
    with KnowledgeGraph(Settings(data_dir=data_dir, workers=1), project=PROJECT) as kg:
        own = kg.registries
        yield Registries(own._store, data_dir / "harvests", own.links._publish, own._published, unhurried)


def asked(handler: BaseHTTPRequestHandler) -> dict[str, str]:
    return {name: value for name, (value, *_) in parse_qs(urlsplit(handler.path).query).items()}


def hal(handler: BaseHTTPRequestHandler) -> None:
    pages = {"*": page(structure(), nextCursorMark="a+b="), "a+b=": page(structure(docid="9"), nextCursorMark="a+b=")}
    reply(handler, 200, pages[asked(handler)["cursorMark"]], Content_Type="application/json; charset=utf-8")


def endpoint(turtle: str) -> Handler:
    store = Endpoint(turtle)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        assert RESULTS[0] in handler.headers["Accept"]
        reply(handler, 200, store.answer(handler.path), Content_Type=f"{RESULTS[0]}; charset=utf-8")

    return answer


def cris(handler: BaseHTTPRequestHandler) -> None:
    wanted = asked(handler)
    project = f'<Project xmlns="{NAMESPACE}" id="Projects/1"><Title>P</Title></Project>'
    token = "<resumptionToken>1/2</resumptionToken>"
    bodies = {
        "ListMetadataFormats": formats("http://purl.org/dc/", NAMESPACE),
        "openaire_cris_orgunits": oai(f"<ListRecords>{unit('<Name>A</Name>')}{token}</ListRecords>"),
        "1/2": oai(f"<ListRecords>{unit('<Name>B</Name>', 'OrgUnits/2')}</ListRecords>"),
        "openaire_cris_projects": oai(f"<ListRecords>{record(project, 'Projects/1')}</ListRecords>"),
    }
    key = wanted.get("resumptionToken") or wanted.get("set") or wanted["verb"]
    assert wanted.get("metadataPrefix") == ("p1" if "set" in wanted else None)
    reply(handler, 200, bodies[key], Content_Type="text/xml;charset=UTF-8")


def catalogue(handler: BaseHTTPRequestHandler) -> None:
    host = f"http://{handler.headers['Host']}/".encode()
    body = FIRST.replace(b"<https://x.example/c?", b"<" + host + b"c?") if "page" not in handler.path else LAST
    reply(handler, 200, body, Content_Type="text/turtle")


HOSTS: dict[str, tuple[Handler, int]] = {
    "hal": (hal, 2),
    "wikidata": (endpoint(ITEMS), 2),
    "eurio": (endpoint(DATA), 3),
    "openaire": (cris, 3),
    "rdf": (catalogue, 4),
}


@pytest.mark.parametrize("registry", HOSTS)
def test_every_page_is_harvested(registries: Registries, registry: str) -> None:
    host, records = HOSTS[registry]
    with serving(host) as url:
        first = registries.harvest(registry, Wanted(url + "x", private=True), progress=lambda stage: None)
        assert first.outcome.conforms and first.outcome.changed and first.records == records
        again = registries.harvest(registry, Wanted(url + "x", private=True), progress=lambda stage: None)
        assert not again.outcome.changed
