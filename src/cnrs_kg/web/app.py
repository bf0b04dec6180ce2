"""The application: Flask for the pages, and in front of it a thin WSGI path for the busy resources.

Decision 14: measured, the thin path under blocking threads is what reaches the figures.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from cnrs_kg import errors
from cnrs_kg.openid import OpenId
from cnrs_kg.web import (
    api,
    assistance,
    blame,
    bridge,
    card,
    cite,
    conditions,
    conflicts,
    described,
    explain,
    federation,
    feeds,
    forms,
    home,
    linked_data,
    links,
    lists,
    operations,
    problems,
    reference,
    search,
    security,
    sign_in,
    static_files,
    stream,
    submissions,
    timemap,
    validate,
    versions,
    webhooks,
)
from cnrs_kg.web.graph_store import GraphStore
from cnrs_kg.web.messages import BadRequest, Incoming, MethodRefused, Reply, header_value
from cnrs_kg.web.query_page import QueryPage
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.replays import Replays
from cnrs_kg.web.sparql import Sparql, close

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

LOG = logging.getLogger(__name__)
REQUESTS = logging.getLogger("cnrs_kg.web.requests")
STATIC_AGE = 86_400

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Log = Callable[[str], None]
Handler = Callable[[Incoming], Reply | None]


class Front:
    """Answers `/sparql` and the graph store itself, hands the rest to Flask; counts and logs every request."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], kg: "KnowledgeGraph", pages: Pages, log: Log) -> None:
        self._inner = inner
        self._kg = kg
        self._pages = pages
        self._log = log
        sparql, page, graphs = Sparql(kg), QueryPage(kg, pages), GraphStore(kg)
        replays = Replays(kg)

        def answered(incoming: Incoming) -> Reply:
            found = replays.find(incoming)
            if found is not None:
                return found
            made = sparql(incoming)
            if made is None:
                return page(incoming)
            replays.keep(incoming, made)
            return made

        self._sparql: Handler = answered
        self._graphs: Handler = graphs
        self.metrics = operations.Metrics()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        incoming = Incoming(environ, self._kg.settings.data_dir)
        try:
            return self._answered(environ, start_response, incoming)
        finally:
            incoming.close()

    def _answered(self, environ: Environ, start_response: StartResponse, incoming: Incoming) -> Iterable[bytes]:
        started = time.perf_counter()
        handler = self._handler(incoming)
        if handler is None:
            return self._pass_on(environ, start_response, incoming, started)
        reply = self._guarded(handler, incoming)
        self._note(incoming, reply.status, started)
        start_response(reply.status_line, list(reply.headers))
        if incoming.method == "HEAD":
            close(reply)
            return []
        return [reply.body] if isinstance(reply.body, bytes) else reply.body

    def _handler(self, incoming: Incoming) -> Handler | None:
        path = incoming.path
        if "HTTP_EXPECT" in incoming.environ and conditions.is_unexpected(incoming.environ["HTTP_EXPECT"]):
            return conditions.refuse_expectation
        if path in ("/sparql", "/sparql/"):
            return self._sparql
        return self._graphs if path == "/rdf-graph-store" or path.startswith("/rdf-graph-store/") else None

    def _pass_on(
        self, environ: Environ, start_response: StartResponse, incoming: Incoming, started: float
    ) -> Iterable[bytes]:
        def noting(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            self._note(incoming, int(status[:3]), started)
            return start_response(status, headers, exc_info)

        environ[bridge.KEY] = incoming
        try:
            return self._inner(environ, noting)
        except Exception:  # noqa: BLE001  the outer boundary: nothing may leave a client without an answer
            reply = self._failed(incoming)
        self._note(incoming, reply.status, started)
        start_response(reply.status_line, list(reply.headers))
        return [reply.body] if isinstance(reply.body, bytes) else reply.body

    def _guarded(self, handler: Handler, incoming: Incoming) -> Reply:
        try:
            reply = handler(incoming) or self.problem(problems.NotFound("Nothing is here"), incoming)
            if conditions.is_conditional(incoming):
                refused = conditions.refusal(
                    incoming, reply.status, reply.header("ETag"), reply.header("Last-Modified")
                )
                if refused is not None:
                    close(reply)
                    raise refused
            return reply
        except errors.CnrsKgError as error:
            return self.problem(error, incoming)
        except Exception:  # noqa: BLE001  the outer boundary: nothing may leave a client without an answer
            return self._failed(incoming)

    def _failed(self, incoming: Incoming) -> Reply:
        LOG.exception("%s %s failed", header_value(incoming.method), header_value(incoming.path))
        return self.problem(errors.CnrsKgError("The server failed; its log says more"), incoming)

    def problem(self, error: errors.CnrsKgError, incoming: Incoming) -> Reply:
        """An exception as a problem document, or as a page for a browser."""
        found = problems.problem(error, self._kg.settings.base_iri)
        if found.kind.status >= 500 and not isinstance(error, errors.QueryError):
            LOG.error("%s: %s", found.kind.name, header_value(found.detail))
        if problems.wants_page(incoming):
            return self._pages.problem(found, incoming)
        return problems.reply(found, language_of(incoming)[0]).with_headers(*security.CROSS_ORIGIN, *security.HEADERS)

    def _note(self, incoming: Incoming, status: int, started: float) -> None:
        seconds = time.perf_counter() - started
        self.metrics.answered(incoming.path, incoming.method, status, seconds)
        method, path = incoming.method, incoming.path
        if path not in operations.ROUTES or method not in operations.METHODS:
            method, path = header_value(method[:20]), header_value(path[:200])
        self._log(f"{incoming.address} {method} {path} {status} {seconds * 1000:.1f} ms")


def create_app(kg: "KnowledgeGraph", *, log: Log = REQUESTS.info, openid: OpenId | None = None) -> Flask:
    """The application over a graph; its `wsgi_app` is what a server runs. `log` takes a line for each request.

    `openid` signs people in, in the place of the one that the settings say.
    """
    app = Flask("cnrs_kg.web")
    app.url_map.strict_slashes = False  # /api/ is /api
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_AGE
    pages = Pages(app.jinja_env)
    front = Front(app.wsgi_app, kg, pages, log)
    app.register_blueprint(home.blueprint(kg, pages))
    app.register_blueprint(search.blueprint(kg, pages))
    app.register_blueprint(lists.blueprint(kg, pages))
    app.register_blueprint(linked_data.blueprint(kg, pages))
    app.register_blueprint(reference.blueprint(kg, pages))
    app.register_blueprint(feeds.blueprint(kg))
    app.register_blueprint(card.blueprint(kg, pages))
    app.register_blueprint(cite.blueprint(kg, pages))
    app.register_blueprint(blame.blueprint(kg, pages))
    app.register_blueprint(explain.blueprint(kg, pages))
    app.register_blueprint(validate.blueprint(kg, pages))
    app.register_blueprint(submissions.blueprint(kg, pages))
    app.register_blueprint(forms.blueprint(kg, pages))
    app.register_blueprint(links.blueprint(kg, pages))
    app.register_blueprint(conflicts.blueprint(kg, pages))
    app.register_blueprint(federation.blueprint(kg, pages))
    app.register_blueprint(described.blueprint(kg, pages))
    app.register_blueprint(stream.blueprint(kg))
    app.register_blueprint(timemap.blueprint(kg))
    app.register_blueprint(api.blueprint(kg, pages))
    app.register_blueprint(assistance.blueprint(kg))
    app.register_blueprint(webhooks.blueprint(kg, pages))
    app.register_blueprint(versions.blueprint(kg, pages))
    app.register_blueprint(sign_in.blueprint(kg, pages, openid))
    app.register_blueprint(operations.blueprint(kg, front.metrics))
    app.register_error_handler(errors.CnrsKgError, lambda error: _problem(front, error))
    app.register_error_handler(HTTPException, lambda error: _problem(front, _translated(error)))
    app.after_request(_secured)
    app.after_request(lambda response: _conditional(front, response))
    app.after_request(lambda response: static_files.pack(request, response))
    app.wsgi_app = front  # type: ignore[method-assign]
    return app


def _problem(front: Front, error: Exception) -> Any:
    if not isinstance(error, errors.CnrsKgError):
        raise error
    return bridge.response(front.problem(error, bridge.incoming()))


def _translated(error: HTTPException) -> errors.CnrsKgError:
    """Flask's own refusals in our tree."""
    if isinstance(error, MethodNotAllowed):
        return MethodRefused("The method is not one of this resource", allow=sorted(error.valid_methods or ()))
    if error.code == 404:
        return problems.NotFound("Nothing is here", advice="Start from the home page: /")
    return BadRequest(error.description or "The request cannot be understood")


def _conditional(front: Front, response: Any) -> Any:
    incoming = bridge.incoming()
    if not conditions.is_conditional(incoming):
        return response
    if request.endpoint == "static" and response.status_code == 412:
        response.status_code = 200  # Flask's own refusal of a file knows no `*`, and sends the file all the same
    headers = response.headers
    refused = conditions.refusal(incoming, response.status_code, headers.get("ETag"), headers.get("Last-Modified"))
    if refused is None:
        return response
    response.close()
    return bridge.response(front.problem(refused, incoming))


def _secured(response: Any) -> Any:
    for name, value in security.HEADERS:
        response.headers.setdefault(name, value)
    return response
