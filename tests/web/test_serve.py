"""The server as it runs, over a small published graph."""

import json
import logging
import os
import resource
import select
import signal
import socket
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from cnrs_kg.config import Settings
from cnrs_kg.store.versions import Versions
from cnrs_kg.web import serve, static_files

from ..serving import serving
from ..waiting import until

GRAPH = ox.NamedNode("https://w3id.org/cnrs-kg/graph/source")
QUERY = "SELECT ?name { <https://w3id.org/cnrs-kg/id/unit/cintra> ?p ?name }"


def fetch(url, **options):
    return urllib.request.urlopen(urllib.request.Request(url, **options), timeout=120)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    directory = tmp_path_factory.mktemp("served")
    versions = Versions(directory / "var")
    with versions.writing() as branch:
        unit = ox.NamedNode("https://w3id.org/cnrs-kg/id/unit/cintra")
        branch.apply([ox.Quad(unit, ox.NamedNode("http://x/label"), ox.Literal("CINTRA"), GRAPH)])
        branch.publish()
    versions.close()
    with serving(directory / "var", directory, CNRS_KG_QUERY_TIMEOUT="600") as found:
        yield found


def test_a_query_over_the_wire(server):
    with fetch(f"{server.url}/sparql?{urlencode({'query': QUERY})}") as reply:
        found = json.load(reply)
        assert reply.headers["Server"] and reply.headers["ETag"]
    assert [row["name"]["value"] for row in found["results"]["bindings"]] == ["CINTRA"]


def test_head_has_the_length_of_get(server):
    url = f"{server.url}/sparql?{urlencode({'query': QUERY})}"
    with fetch(url) as get, fetch(url, method="HEAD") as head:
        assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.read()))
        assert head.read() == b""


def test_a_body_may_wait_to_be_asked_for_and_other_expectations_are_refused(server):
    url, kind = f"{server.url}/sparql", {"Content-Type": "application/sparql-query"}
    with fetch(url, data=QUERY.encode(), headers={**kind, "Expect": "100-continue"}) as reply:
        assert reply.status == 200
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(url, data=QUERY.encode(), headers={**kind, "Expect": "nothing-known"})
    assert refused.value.code == 417
    refused.value.close()


def test_a_body_that_is_declared_too_large_is_refused_and_the_server_lives(server):
    host, port = server.url.removeprefix("http://").split(":")
    kind = "Content-Type: application/sparql-query"
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\n{kind}\r\nContent-Length: {10**12}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=120) as client:
        client.sendall(head.encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert fetch(f"{server.url}/healthz").read() == b"ok\n"


@pytest.mark.parametrize(
    "raw",
    [b"\x00" * 100, b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 3_000_000, b"GET / HTTP/1.1\r\nA: b\x00c\r\n\r\n"],
    ids=["zeros", "version", "endless", "header"],
)
def test_what_is_no_http_ends_that_connection_alone(server, raw):
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=120) as client:
        try:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65_536):
                pass
        except OSError:
            pass
    assert fetch(f"{server.url}/healthz").read() == b"ok\n"


def address(server):
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


@pytest.fixture
def many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4000:
        pytest.skip("this machine allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_connections_that_ask_nothing_keep_nobody_out(server):
    """granian's own bound is 1,024."""
    with ExitStack() as held:
        for _ in range(1100):
            held.enter_context(socket.create_connection(address(server), timeout=120))
        assert urllib.request.urlopen(f"{server.url}/healthz", timeout=120).read() == b"ok\n"


def test_the_same_endless_query_asked_very_often_keeps_nobody_out(server):
    """More requests than there are threads."""
    twice = "{ ?s ?p ?o } UNION { ?s ?p ?o }"
    text = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"{{ {twice} }}".replace("?", f"?v{i}") for i in range(60)) + " }"
    head = f"GET /sparql?{urlencode({'query': text})} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as held:
        clients = [held.enter_context(socket.create_connection(address(server), timeout=120)) for _ in range(400)]
        for client in clients:
            client.sendall(head)
        assert urllib.request.urlopen(f"{server.url}/healthz", timeout=120).read() == b"ok\n"
        refused = [client for client in clients if select.select([client], [], [], 0)[0]]
        assert all(client.recv(12) == b"HTTP/1.1 503" for client in refused)


def test_the_server_interrupts_no_worker(server):
    """Its threads are of the batch class, those of the workers are not (docs/decisions/0022)."""
    fetch(f"{server.url}/sparql?" + urlencode({"query": QUERY})).close()
    (serving,) = children(server.process.pid)
    assert classes(serving) == {os.SCHED_BATCH}
    (forking,) = filter(is_fork_server, children(serving))
    until(lambda: any(classes(pid) == {os.SCHED_OTHER} for pid in children(forking)))


def test_a_machine_that_allows_no_batch_class_is_served_all_the_same(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    serve._let_workers_finish()


def test_a_connection_whose_client_takes_nothing_ends_after_a_while():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = set(os.listdir("/proc/self/fd"))
        answer = serve._listening(lambda environ, start_response: [environ])
        assert answer("one", None) == ["one"] and answer("two", None) == ["two"]
        assert set(os.listdir("/proc/self/fd")) == before, "a pipe that is kept open keeps who reads it waiting"
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == serve.UNREAD


def children(pid):
    return {int(child) for task in tasks(pid) for child in of_one(task / "children").split()}


def is_fork_server(pid):
    return b"cnrs_kg.engine.forkserver" in of_one(Path(f"/proc/{pid}/cmdline"))


def classes(pid):
    found = set()
    for task in tasks(pid):
        with suppress(ProcessLookupError):
            found.add(os.sched_getscheduler(int(task.name)))
    return found


def tasks(pid):
    """Its threads, of which any may end at any time, and so may the process."""
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return []


def of_one(file):
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_a_signal_stops_it_and_every_request_left_a_line(server):
    before = server.log.stat().st_size
    fetch(f"{server.url}/healthz").close()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(120) == 0
    text = server.log.read_text()
    assert "INFO cnrs_kg.web.requests 127.0.0.1 GET /healthz 200 " in text[before:]
    assert "Traceback" not in text


def test_logging_is_configured_once():
    ours = logging.getLogger("cnrs_kg")
    before = (list(ours.handlers), ours.level, ours.propagate)
    try:
        serve.configure_logging()
        count = len(ours.handlers)
        serve.configure_logging()
        assert len(ours.handlers) == count
    finally:
        ours.handlers[:], ours.level, ours.propagate = before


@pytest.mark.parametrize("there", [True, False])
def test_it_says_once_that_the_editor_is_not_built(monkeypatch, caplog, tmp_path, there):
    if there:
        (tmp_path / "manifest.json").write_text('{"editor.js": {"file": "editor-12345678.js"}}')
    monkeypatch.setattr(static_files, "BUILT", tmp_path)
    monkeypatch.setattr(serve, "Granian", lambda *args, **options: SimpleNamespace(serve=lambda **target: None))
    monkeypatch.setattr(logging.getLogger("cnrs_kg"), "propagate", True)
    monkeypatch.setattr(serve, "configure_logging", lambda: None)
    with caplog.at_level(logging.INFO, logger="cnrs_kg"):
        serve.serve(Settings(data_dir=tmp_path), tmp_path)
    assert caplog.text.count("make web") == (0 if there else 1)
