"""Engines as they are installed, over the wire: `oxigraph serve` (PyPI), and Debian's Virtuoso where there is one."""

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import QueryRequest
from cnrs_kg.errors import OutboundAnswer
from cnrs_kg.federation.backend.backend import Backend
from cnrs_kg.federation.backend.endpoint import BackendEndpoint
from cnrs_kg.rdf.namespaces import XSD
from cnrs_kg.store.versions import Version, Versions

from ...serving import free_port
from ...store.helpers import SOURCE, STEWARD, quad, triple
from .engines import QUERIES, ask, counts, publish

ROWS = tuple(text for text in QUERIES if text.startswith("SELECT"))
"""Virtuoso answers ASK over named graphs with a row."""
TSV = "text/tab-separated-values"
VIRTUOSO_INI = """
[Database]
DatabaseFile = {0}/virtuoso.db
ErrorLogFile = {0}/virtuoso.log
LockFile = {0}/virtuoso.lck
TransactionFile = {0}/virtuoso.trx
xa_persistent_file = {0}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {0}/temp.db
TransactionFile = {0}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{1}
NumberOfBuffers = 2000
[HTTPServer]
ServerPort = 127.0.0.1:{2}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 8
[Client]
SQL_ROWVERSION = 0
"""


@contextmanager
def running(command: list[str], url: str, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process, once it answers at a URL; killed at the end."""
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory)
    try:
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(url, timeout=30).close()
                break
            except urllib.error.HTTPError as error:
                error.close()
                break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def oxigraph(tmp_path: Path) -> Iterator[tuple[BackendEndpoint, subprocess.Popen[bytes]]]:
    program, place = Path(sys.executable).parent / "oxigraph", f"127.0.0.1:{free_port()}"
    if not program.exists():
        pytest.skip("oxigraph is not installed")
    with running([str(program), "serve", "-b", place], f"http://{place}/", tmp_path) as process:
        yield BackendEndpoint(f"http://{place}/query", f"http://{place}/update"), process


@pytest.fixture
def virtuoso(tmp_path: Path) -> Iterator[tuple[BackendEndpoint, subprocess.Popen[bytes]]]:
    if not shutil.which("virtuoso-t") or not shutil.which("isql-vt"):
        pytest.skip("virtuoso-opensource is not installed")
    directory, sql, http = tmp_path / "virtuoso", free_port(), free_port()
    directory.mkdir()
    (directory / "virtuoso.ini").write_text(VIRTUOSO_INI.format(directory, sql, http))
    command = ["virtuoso-t", "+foreground", "+configfile", str(directory / "virtuoso.ini")]
    url = f"http://127.0.0.1:{http}/sparql"
    with running(command, url, directory) as process:
        grant = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", 'EXEC=grant SPARQL_UPDATE to "SPARQL";']
        subprocess.run(grant, check=True, capture_output=True, timeout=60)
        yield BackendEndpoint(url, url), process


def agree(found: Backend, pool: Pool, version: Version, queries: tuple[str, ...] = QUERIES) -> None:
    """Each query is answered alike there and here."""
    for text in queries:
        here = pool.query(QueryRequest(text, version.path, result_format=TSV)).read()
        assert sorted(ask(found, version, text, TSV).splitlines()) == sorted(here.splitlines()), text


def test_oxigraph(oxigraph: tuple[BackendEndpoint, "subprocess.Popen[bytes]"], pool: Pool, versions: Versions) -> None:
    endpoint, process = oxigraph
    found = Backend(endpoint, pool, versions)
    publish(versions, [quad(number, SOURCE) for number in range(8)], inferred=[triple(9)])
    found.follower.follow()
    version = publish(versions, [quad(1), quad(12)], [quad(0, SOURCE)])
    found.follower.follow()
    agree(found, pool, version)
    assert counts(found) == (len(QUERIES), 0, 0)
    process.kill()
    process.wait()
    agree(found, pool, version)
    assert counts(found) == (len(QUERIES), 1, len(QUERIES) - 1)
    found.close()


def test_virtuoso(virtuoso: tuple[BackendEndpoint, "subprocess.Popen[bytes]"], pool: Pool, versions: Versions) -> None:
    """It does not mean by SPARQL what we do, which is found out before it is told anything."""
    found = Backend(virtuoso[0], pool, versions)
    version = publish(versions, [quad(number, SOURCE) for number in (0, 2, 3)])
    with pytest.raises(OutboundAnswer, match="says to SELECT"):
        found.follower.follow()
    assert found.status()["unfit"]
    agree(found, pool, version)
    assert counts(found) == (0, 0, len(QUERIES))
    found.close()


def test_virtuoso_as_if_nobody_had_tried_it_out(
    virtuoso: tuple[BackendEndpoint, "subprocess.Popen[bytes]"], pool: Pool, versions: Versions
) -> None:
    """It holds names, texts and numbers; of two dates that begin alike it loses one, which is noticed."""
    found = Backend(virtuoso[0], pool, versions)
    found.follower._tried = True
    publish(versions, [quad(number, SOURCE) for number in (0, 2, 3)], inferred=[triple(7)])
    found.follower.follow()
    version = publish(versions, [quad(1)], [quad(2, SOURCE)])
    found.follower.follow()
    agree(found, pool, version, ROWS)
    assert counts(found) == (len(ROWS), 0, 0)
    ask(found, version, "SELECT * { VALUES ?x { 1 2 3 4 5 6 7 8 9 } }")
    assert counts(found) == (len(ROWS), 1, 0), "more rows than it gives"
    dates = [ox.Literal("2016", datatype=XSD("gYear")), ox.Literal("2016-01-01", datatype=XSD("date"))]
    founded = ox.NamedNode("x:s"), ox.NamedNode("x:founded")
    version = publish(versions, [ox.Quad(*founded, date, STEWARD) for date in dates])
    with pytest.raises(OutboundAnswer, match="says of urn:cnrs-kg:default"):
        found.follower.follow()
    agree(found, pool, version, ROWS)
    assert counts(found) == (len(ROWS), 1, len(ROWS))
    found.close()
