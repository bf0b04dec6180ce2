"""What settings make of a server as it runs: those of the file, and those of the environment over them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from cnrs_kg.accounts import Accounts
from cnrs_kg.config import Settings
from cnrs_kg.knowledge_graph import KnowledgeGraph

from ..serving import Served, serving
from ..small_project import write_project
from ..waiting import until

FILE = """
public_url = "https://kg.example.org/"
query_timeout = "10 min"
query_memory = "64 MiB"
result_limit = 3
anonymous_submit = true
accept_own = true
[service_allow]
here = { url = "http://127.0.0.1:9/sparql", private = true, timeout = "1 s" }
"""
HASTY = "query_timeout = '1 s'"
CHANGE = b"<https://w3id.org/cnrs-kg/id/unit/one> <http://www.w3.org/2004/02/skos/core#note> 'A note'@en ."
PRODUCT = " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(12))
DOUBLED = "BIND('x' AS ?x0) " + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """A server by the settings of `FILE`, of which the environment says one otherwise; the token of a curator."""
    directory = tmp_path_factory.mktemp("settings")
    data = directory / "data"
    with KnowledgeGraph(Settings(data_dir=data), project=write_project(directory)) as kg:
        assert kg.build(progress=lambda stage: None).conforms
    accounts = Accounts(data / "app.sqlite")
    token = accounts.add("anna", "curator")
    accounts.close()
    (directory / "cnrs-kg.toml").write_text(FILE)
    with serving(data, directory, CNRS_KG_RESULT_LIMIT="1000") as found:
        yield found, token


def ask(server: Served, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    """The status of a reply and its JSON, or its text."""
    given = {"Accept": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    try:
        with urlopen(Request(f"{server.url}{path}", body, given), timeout=600) as reply:
            status, text = reply.status, reply.read()
    except HTTPError as error:
        with error:
            status, text = error.code, error.read()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text.decode()


def query(server: Served, text: str) -> tuple[int, Any]:
    return ask(server, "/sparql?" + urlencode({"query": text}))


def test_the_environment_beats_the_file(served: tuple[Served, str]) -> None:
    assert len(query(served[0], "SELECT * { ?s ?p ?o } LIMIT 10")[1]["results"]["bindings"]) == 10
    status, problem = query(served[0], f"SELECT * {{ {PRODUCT} }} LIMIT 1001")
    assert (status, problem["limit"]) == (507, "result_limit")


def test_a_limit_of_the_file_is_named_and_the_server_goes_on(served: tuple[Served, str]) -> None:
    found, problem = query(served[0], f"SELECT (STRLEN(?x30) AS ?n) {{ {DOUBLED} }}")
    assert (found, problem["limit"]) == (507, "query_memory")
    assert query(served[0], "ASK {}")[1]["boolean"] is True


def test_the_time_of_the_file_is_all_that_a_query_has(served: tuple[Served, str], tmp_path: Path) -> None:
    (tmp_path / "cnrs-kg.toml").write_text(HASTY)
    with serving(served[0].log.parent / "data", tmp_path) as hasty:
        found, problem = query(hasty, f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }}")
        assert (found, problem["limit"]) == (504, "query_timeout")
        until(lambda: query(hasty, "ASK {}")[0] == 200)  # it may be late itself


def test_the_public_url_is_told_whatever_the_host(served: tuple[Served, str]) -> None:
    for path in ("/.well-known/void", "/catalog", "/ldes", "/sparql"):
        status, text = ask(served[0], path, Accept="text/turtle", Host="elsewhere.example")
        assert status == 200 and "https://kg.example.org/" in text
        assert "elsewhere.example" not in text and "127.0.0.1" not in text.replace("http://127.0.0.1:9/sparql", "")


def test_anybody_submits_and_a_curator_accepts_their_own(served: tuple[Served, str]) -> None:
    server, token = served
    turtle, own = {"Content_Type": "text/turtle"}, {"Authorization": f"Bearer {token}"}
    status, made = ask(server, "/submissions", CHANGE, **turtle)
    assert status == 201 and made["submitter"] is None
    made = ask(server, "/submissions", CHANGE.replace(b"A note", b"Another"), **turtle, **own)[1]
    assert made["submitter"] == "anna"
    status, decided = ask(server, f"/submissions/{made['number']}/accept", b"", **own)
    assert status == 200 and decided["state"] == "accepted" and decided["version"] == 2


def test_service_asks_what_is_allowed_and_nothing_else(served: tuple[Served, str]) -> None:
    status, problem = query(served[0], "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }")
    assert status in (502, 504) and problem["service"] == "here"
    assert query(served[0], "SELECT * { SERVICE SILENT <http://127.0.0.1:9/sparql> { ?s ?p ?o } }")[0] == 200
    for word in ("SERVICE", "SERVICE SILENT"):
        status, problem = query(served[0], f"SELECT * {{ {word} <http://127.0.0.1:10/sparql> {{ ?s ?p ?o }} }}")
        assert (status, problem["limit"]) == (403, "service_allow")


@pytest.mark.parametrize("name", ["CNRS_KG_NOTHING", "CNRS_KG_QUERY_TIME"])
def test_a_server_does_not_start_with_a_setting_that_nobody_knows(tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cnrs_kg", "serve"],
        cwd=tmp_path,
        env={**os.environ, "CNRS_KG_DATA_DIR": str(tmp_path / "var"), name: "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert name in done.stderr and "Known settings" in done.stderr and "Traceback" not in done.stderr
