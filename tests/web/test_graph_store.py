import pyoxigraph as ox
import pytest

from cnrs_kg import errors

from .fakes import GRAPH

NEW = "http://example.org/new"
TURTLE = "text/turtle"
DATA = "<http://x/s> <http://x/p> <o> ."


def at(graph: str | None) -> str:
    from urllib.parse import quote

    return "/rdf-graph-store?default" if graph is None else f"/rdf-graph-store?graph={quote(graph, safe='')}"


@pytest.mark.parametrize("graph", [GRAPH, None])
def test_a_graph_is_read_and_its_format_negotiated(client, graph):
    turtle, json = client.get(at(graph)), client.get(at(graph), headers={"Accept": "application/ld+json"})
    assert turtle.status_code == 200 and turtle.content_type == "text/turtle; charset=utf-8"
    assert len(list(ox.parse(turtle.data, ox.RdfFormat.TURTLE))) == 2
    assert json.content_type == "application/ld+json"


def test_head_tells_whether_a_graph_is_there(client):
    found, missing = client.head(at(GRAPH)), client.head(at(NEW))
    assert (found.status_code, found.data, missing.status_code) == (200, b"", 404)
    assert found.headers["ETag"] == client.get(at(GRAPH)).headers["ETag"]


def test_a_graph_is_revalidated(client):
    tag = client.get(at(GRAPH)).headers["ETag"]
    assert client.get(at(GRAPH), headers={"If-None-Match": tag}).status_code == 304
    assert client.get(at(None), headers={"If-None-Match": tag}).status_code == 200


def test_a_graph_of_a_past_version(client, kg):
    reply = client.get(at(GRAPH) + "&version=1")
    assert kg.asked[-1]["version"].number == 1 and "Memento-Datetime" in reply.headers
    assert client.get(at(GRAPH) + "&version=2").status_code == 410


def test_put_creates_then_replaces(client, curator):
    first = client.put(at(NEW), data=DATA, content_type=TURTLE, headers=curator)
    second = client.put(at(NEW), data=DATA.replace("/s", "/t"), content_type=TURTLE, headers=curator)
    assert (first.status_code, second.status_code) == (201, 200)
    assert client.get(at(NEW), headers={"Accept": "application/n-triples"}).text == (
        "<http://x/t> <http://x/p> <http://example.org/o> .\n"
    )


def test_post_adds(client, curator):
    client.post(at(NEW), data=DATA, content_type=TURTLE, headers=curator)
    assert client.post(at(NEW), data=DATA.replace("/s", "/t"), content_type=TURTLE, headers=curator).status_code == 200
    assert client.get(at(NEW), headers={"Accept": "application/n-triples"}).text.count("\n") == 2


def test_post_without_a_graph_makes_one(client, curator):
    reply = client.post("/rdf-graph-store", data=DATA, content_type=TURTLE, headers=curator)
    assert reply.status_code == 201
    assert client.get(at(reply.headers["Location"])).status_code == 200


def test_a_graph_named_by_the_path(client, curator):
    assert client.put("/rdf-graph-store/a/1", data=DATA, content_type=TURTLE, headers=curator).status_code == 201
    assert client.get("/rdf-graph-store/a/1").status_code == 200
    assert client.get(at("http://127.0.0.1:8000/rdf-graph-store/a/1")).status_code == 200


def test_a_form_of_several_documents(client, curator):
    parts = []
    for name in ("a", "b"):
        parts += [
            "--XX",
            f'Content-Disposition: form-data; name="{name}"; filename="{name}.ttl"',
            "Content-Type: text/turtle; charset=utf-8",
            "",
            f"<http://x/{name}> <http://x/p> 'é' .",
            "",
        ]
    body = "\r\n".join([*parts, "--XX--", ""]).encode()
    kind = "multipart/form-data; boundary=XX"
    assert client.post(at(NEW), data=body, content_type=kind, headers=curator).status_code == 201
    assert client.get(at(NEW), headers={"Accept": "application/n-triples"}).text.count("é") == 2


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "multipart/form-data; boundary=XX", 400),
        (b"--XX--", "multipart/form-data; boundary=XX", 400),
        (b"x", "multipart/form-data", 400),
        (b"--XX\r\nContent-Type: image/png\r\n\r\nx\r\n--XX--", "multipart/form-data; boundary=XX", 415),
        (b"x", "image/png", 415),
        (b"x", None, 415),
        (b"x", "text/turtle; charset=utf-16", 415),
    ],
)
def test_hostile_bodies(client, curator, body, kind, status):
    assert client.post(at(NEW), data=body, content_type=kind, headers=curator).status_code == status


def test_delete(client, curator):
    assert client.delete(at(GRAPH), headers=curator).status_code == 200
    assert client.get(at(GRAPH)).status_code == 404
    assert client.delete(at(GRAPH), headers=curator).status_code == 404


@pytest.mark.parametrize("method", ["put", "post", "delete"])
def test_writing_needs_a_token(client, kg, method):
    before = len(kg.store)
    call = getattr(client, method)
    assert call(at(GRAPH), data=DATA, content_type=TURTLE).status_code == 401
    reader = {"Authorization": f"Bearer {kg.accounts.add('rita', 'reader')}"}
    assert call(at(GRAPH), data=DATA, content_type=TURTLE, headers=reader).status_code == 403
    assert len(kg.store) == before


@pytest.mark.parametrize(
    "path",
    [
        "/rdf-graph-store",
        "/rdf-graph-store?graph=a&default",
        "/rdf-graph-store?graph=http://a/&graph=http://b/",
        "/rdf-graph-store?graph=relative",
        "/rdf-graph-store?graph=http://a/%0d%0aX:1",
        "/rdf-graph-store?default=1",
        "/rdf-graph-store?graph=%zz",
        "/rdf-graph-store/a?default",
        "/rdf-graph-store/a%0d%0ab",
        "/rdf-graph-store?default&version=x",
    ],
)
def test_hostile_names_of_graphs(client, path):
    assert client.get(path).status_code == 400


def test_names_are_decoded_once(client, curator):
    for name in ("http://x/%31", "http://x/1"):
        assert client.put(at(name), data=DATA, content_type=TURTLE, headers=curator).status_code == 201


def test_a_change_that_does_not_conform_gives_the_report(client, kg, curator):
    kg.conforms = False
    reply = client.put(at(NEW), data=DATA, content_type=TURTLE, headers=curator)
    assert reply.status_code == 422 and reply.json["verdict"]["conforms"] is False


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.RdfSyntaxError("x", position=(2, 3)), 400),
        (errors.ProtectedGraph("x"), 403),
        (errors.StoreLocked("x"), 503),
    ],
)
def test_a_refusal_is_a_problem(client, kg, curator, error, status):
    kg.fail = error
    assert client.put(at(NEW), data=DATA, content_type=TURTLE, headers=curator).status_code == status


def test_a_past_version_is_not_written(client, curator):
    assert client.put(at(NEW) + "&version=1", data=DATA, content_type=TURTLE, headers=curator).status_code == 400


def test_options_and_other_methods(client):
    assert "DELETE" in client.options("/rdf-graph-store").headers["Allow"]
    assert "PUT" in client.patch(at(NEW)).headers["Allow"]


def test_a_format_that_is_none(client):
    assert client.get(at(GRAPH), headers={"Accept": "text/csv"}).status_code == 406
    assert client.get(at(GRAPH) + "&format=csv").status_code == 406
