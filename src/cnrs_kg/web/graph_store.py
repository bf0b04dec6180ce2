"""`/rdf-graph-store`: graphs as resources.

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnrs_kg.rdf.formats import rdf_syntax
from cnrs_kg.rdf.namespaces import GRAPH, IN_DOCUMENTS
from cnrs_kg.rdf.writing import serialised
from cnrs_kg.submissions.direct import target
from cnrs_kg.submissions.proposal import Document
from cnrs_kg.web import caching, conditions, memento, multipart, negotiation, security
from cnrs_kg.web.bodies import FileBody
from cnrs_kg.web.messages import BadRequest, Incoming, MediaTypeRefused, MethodRefused, Reply, parameters
from cnrs_kg.web.parameters import absolute_iri
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.sparql import changed, client, identity, submitted

if TYPE_CHECKING:
    from cnrs_kg.accounts import Account
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

PATH = "/rdf-graph-store"
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
_ALWAYS = (("Vary", caching.VARY), *security.CROSS_ORIGIN, *security.HEADERS)
_DOCUMENTS = {GRAPH(name).value: name for name in ("ontology", "shapes")}
_CHARSETS = ("utf-8", "utf8", "us-ascii")


class GraphStore:
    """The graph store: called with a request, gives a reply."""

    def __init__(self, kg: "KnowledgeGraph") -> None:
        self._kg = kg

    def __call__(self, incoming: Incoming) -> Reply:
        """The reply to a request; raises what `problems` knows how to write."""
        if incoming.method == "OPTIONS":
            return Reply(204, (*_ALWAYS, *security.preflight(METHODS)))
        if incoming.method not in METHODS:
            raise MethodRefused(f"{incoming.method[:20]} is not a method of this resource", allow=METHODS)
        pairs = parameters(incoming.query_string)
        account = security.account(incoming, self._kg.accounts)
        if incoming.method in ("GET", "HEAD"):
            return self._read(self._graph(incoming, pairs), pairs, account, incoming)
        writer = security.require(account, "steward", purpose="Writing a graph")
        if any(name == "version" for name, _ in pairs):
            raise BadRequest("A past version cannot be changed", advice="Write without version.")
        if incoming.method == "DELETE":
            return self._delete(incoming, self._graph(incoming, pairs), writer)
        return self._write(incoming, pairs, writer)

    def _graph(self, incoming: Incoming, pairs: list[tuple[str, str]]) -> str | None:
        """The IRI of the graph that the request is about; None for the default graph."""
        named = [value for name, value in pairs if name == "graph"]
        default = [value for name, value in pairs if name == "default"]
        direct = incoming.path.removeprefix(PATH).lstrip("/")
        if len(named) + len(default) + bool(direct) != 1 or any(default):
            raise BadRequest("A request is about one graph", advice="Add ?graph=IRI (encoded), or ?default, once.")
        if default:
            return None
        if direct:
            return absolute_iri(f"{public_url(self._kg)}{PATH}/{direct}", "graph")
        return absolute_iri(named[0], "graph")

    def _read(
        self, graph: str | None, pairs: list[tuple[str, str]], account: "Account | None", incoming: Incoming
    ) -> Reply:
        options = dict(pairs)
        media_type = negotiation.graph_format(incoming.header("Accept"), options.get("format") or None)
        found = memento.asked(self._kg, options.get("version") or None, incoming.header("Accept-Datetime"))
        version = found.version
        tag = _tag(version, graph, media_type, account.role if account else "")
        headers = (
            ("ETag", tag),
            ("Cache-Control", f"{'private' if account else 'public'}, no-cache"),
            *memento.headers(found, incoming.path, incoming.query_string, moved=found.by_time),
            *_ALWAYS,
        )
        condition = incoming.header("If-None-Match")
        if condition is not None and condition.strip() != "*" and caching.matches(condition, tag):
            return Reply(304, headers)
        if graph in _DOCUMENTS and not self._kg.plain:
            return self._document(_DOCUMENTS[graph], version, media_type, headers)
        answer = self._kg.graph(graph, media_type=media_type, version=version, client=client(incoming, account))
        if answer is None:
            raise _no_such_graph(graph)
        content = (("Content-Type", negotiation.content_type(media_type)), ("Content-Length", str(answer.size)))
        return Reply(
            200,
            (*content, *headers),
            FileBody(answer.file, incoming.address) if answer.file is not None else answer.body or b"",
        )

    def _document(self, name: str, version: "Version", media_type: str, headers: Sequence[tuple[str, str]]) -> Reply:
        """Ontology or shapes with blank nodes for lists and paths: other tools take an IRI there for a name."""
        body = serialised(self._kg.references.of(version).documents[name], media_type, IN_DOCUMENTS)
        content = (("Content-Type", negotiation.content_type(media_type)), ("Content-Length", str(len(body))))
        return Reply(200, (*content, *headers), body)

    def _delete(self, incoming: Incoming, graph: str | None, writer: "Account") -> Reply:
        check = _condition(incoming, graph, writer)
        if not writer.may("curator"):
            return self._submitted(graph, [(b"", "application/n-triples")], writer, check, replaces=True)
        outcome = self._kg.direct.delete(graph, agent=writer.name, client=writer.name, check=check)
        if outcome is None:
            raise _no_such_graph(graph)
        return changed(outcome)

    def _write(self, incoming: Incoming, pairs: list[tuple[str, str]], writer: "Account") -> Reply:
        fresh = incoming.method == "POST" and incoming.path.rstrip("/") == PATH
        fresh = fresh and not any(name in ("graph", "default") for name, _ in pairs)
        graph = f"{public_url(self._kg)}{PATH}/{uuid.uuid4()}" if fresh else self._graph(incoming, pairs)
        parts, replaces = self._parts(incoming), incoming.method == "PUT"
        check = _condition(incoming, graph, writer)
        if not writer.may("curator"):
            return self._submitted(graph, parts, writer, check, replaces=replaces)
        write = self._kg.direct.replace if replaces else self._kg.direct.add
        base_iri = graph or f"{public_url(self._kg)}{PATH}"
        outcome = write(graph, parts, agent=writer.name, client=writer.name, base_iri=base_iri, check=check)
        location = (("Location", graph),) if fresh and graph else ()
        return changed(outcome, 201 if outcome.created or fresh else 200, *location)

    def _submitted(
        self,
        graph: str | None,
        parts: Sequence[tuple[bytes, str]],
        steward: "Account",
        check: conditions.Check,
        *,
        replaces: bool,
    ) -> Reply:
        """A steward's write waits for a curator (decision 10); relative IRIs are resolved as in any submission."""
        current = self._kg.current()
        if current is not None:
            check(current, graph is None or any(one.iri == graph for one in self._kg.named_graphs(current)))
        documents = [Document(f"document-{number}", *part) for number, part in enumerate(parts, 1)]
        return submitted(self._kg, documents, steward, target(graph, replacing=replaces).value, replaces=replaces)

    def _parts(self, incoming: Incoming) -> list[tuple[bytes, str]]:
        """The documents that were sent, each with its media type."""
        limit = self._kg.settings.upload_bytes
        media_type, options = incoming.media_type()
        if media_type != multipart.MEDIA_TYPE:
            return [(incoming.body(limit), _checked(media_type, options.get("charset")))]
        return [
            (part.data, _checked(part.head.get_content_type(), part.head.get_content_charset()))
            for part in multipart.read(incoming, limit)
        ]


def _checked(media_type: str, charset: str | None) -> str:
    """The media type if its format and charset are read here; else `UnsupportedFormat` or `MediaTypeRefused`."""
    if (charset or "utf-8").lower() not in _CHARSETS:
        raise MediaTypeRefused(f"The charset {str(charset)[:40]!r} is not read here", advice="Send UTF-8.")
    return rdf_syntax(media_type).media_type


def _tag(version: "Version", graph: str | None, media_type: str, role: str) -> str:
    """The entity tag of a graph in a format, for a role."""
    return caching.etag(*identity(version), graph, media_type, "", "identity", caching.build(), role)


def _condition(incoming: Incoming, graph: str | None, writer: "Account") -> conditions.Check:
    """The conditions of a write: in whatever format the graph was read, with the writer's token or without."""

    def tags(version: "Version") -> set[str]:
        return {_tag(version, graph, name, role) for name, _ in negotiation.GRAPHS for role in ("", writer.role)}

    return conditions.of_write(incoming, tags)


def _no_such_graph(graph: str | None) -> NotFound:
    return NotFound(f"There is no graph {graph or 'default'}", advice="GET /sparql lists the named graphs.")
