"""HTTP requests and expected responses of a manifest, run in order against a live application.

https://www.w3.org/TR/HTTP-in-RDF10/, and the terms that the manifests add (described at their heads).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message

import pyoxigraph as ox
from werkzeug.test import Client, TestResponse

from cnrs_kg.rdf.namespaces import Namespace

from .compare import same_bag
from .manifest import MF, Entry, Manifest, Node

HT = Namespace("ht", "http://www.w3.org/2011/http#")
CNT = Namespace("cnt", "http://www.w3.org/2011/content#")
_STATUSES = {"OK": (200, 200), "Created": (201, 201), "NoContent": (204, 204), "NotFound": (404, 404)} | {
    f"StatusCode{digit}xx": (digit * 100, digit * 100 + 99) for digit in range(1, 6)
}
_FAMILIES = {
    "boolean": ("application/sparql-results+xml", "application/sparql-results+json"),
    "tabular": (
        "application/sparql-results+xml",
        "application/sparql-results+json",
        "text/csv",
        "text/tab-separated-values",
    ),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"),
}
_BOOLEANS = {
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
}


@dataclass(frozen=True)
class Endpoint:
    """A live application, where it answers what the manifests call `/sparql/` and `/gsp`, and who asks."""

    client: Client
    paths: Mapping[str, str]
    authority: str
    headers: Mapping[str, str]

    def open(self, path: str, method: str, headers: Mapping[str, str], body: bytes | None) -> TestResponse:
        for prefix, own in self.paths.items():
            if path.startswith(prefix):
                path = own + path.removeprefix(prefix)
                break
        return self.client.open(
            path, base_url=self.authority, method=method, headers={**self.headers, **headers}, data=body
        )


def run(entry: Entry, endpoint: Endpoint) -> None:
    """Send the entry's requests one after the other; each response must be what the manifest expects."""
    bound: dict[str, str] = {}
    for number, (request, response) in enumerate(_exchanges(entry), 1):
        headers, body = _message(entry.manifest, request)
        path, method = (
            _text(entry.manifest, request, HT("absolutePath")),
            _text(entry.manifest, request, HT("methodName")),
        )
        for name, value in bound.items():
            path = path.replace(name, value)
            body = body and body.replace(name.encode(), value.encode())
        found = endpoint.open(path, method, headers, body)
        where = f"request {number}, {method} {path}: {found.status} {found.text[:500]}"
        _check_status(entry.manifest, response, found, where)
        _check_content(entry.manifest, response, found, where)
        for location in entry.manifest.values(response, MF("expectedLocation")):
            assert found.location, where
            bound[location.value] = found.location


def _exchanges(entry: Entry) -> Iterator[tuple[Node, Node]]:
    for request in entry.manifest.items(entry.manifest.value(entry.action, HT("requests"))):
        response = entry.manifest.value(request, HT("resp"))
        assert response is not None
        yield request, response


def _message(manifest: Manifest, node: Node) -> tuple[dict[str, str], bytes | None]:
    """The header fields and the body of a request or response; a field that is not described is not sent."""
    fields = manifest.items(manifest.value(node, HT("headers")))
    headers = {_text(manifest, one, HT("fieldName")): _text(manifest, one, HT("fieldValue")) for one in fields}
    body = manifest.value(node, HT("body"))
    if body is None:
        return headers, None
    encoding = _text(manifest, body, CNT("characterEncoding"))
    return headers, _text(manifest, body, CNT("chars")).encode(encoding)


def _text(manifest: Manifest, node: Node, predicate: ox.NamedNode) -> str:
    value = manifest.value(node, predicate)
    assert value is not None, predicate
    return value.value


def _check_status(manifest: Manifest, response: Node, found: TestResponse, where: str) -> None:
    names = [status.value.rsplit("#", 1)[1] for status in manifest.values(response, MF("expectedStatus"))]
    assert names, "no status is expected"
    ranges = [_STATUSES[name] for name in names]
    assert any(low <= found.status_code <= high for low, high in ranges), f"{where}, expected {' or '.join(names)}"


def _check_content(manifest: Manifest, response: Node, found: TestResponse, where: str) -> None:
    for family in manifest.values(response, MF("expectedFormat")):
        assert found.mimetype in _FAMILIES[family.value], where
    for boolean in manifest.values(response, MF("expectedBoolean")):
        answer = ox.parse_query_results(found.data, format=_BOOLEANS[found.mimetype or ""])
        assert isinstance(answer, ox.QueryBoolean), where
        assert bool(answer) is (boolean.value == "true"), where
    headers, body = _message(manifest, response)
    for name, value in headers.items():
        assert _field(found.headers.get(name, "")) == _field(value), f"{where}, {name}: {found.headers.get(name)}"
    if body is not None:
        assert same_bag(_triples(found.data), _triples(body)), f"{where}, expected {body.decode()}"


def _field(value: str) -> tuple[str, str]:
    """A media type and its charset, whatever their case and order."""
    message = Message()
    message["Content-Type"] = value
    return message.get_content_type(), message.get_content_charset("")


def _triples(body: bytes) -> list[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, ...]]:
    found = ox.parse(body, format=ox.RdfFormat.TURTLE)
    return [(quad.subject, quad.predicate, quad.object) for quad in found]
