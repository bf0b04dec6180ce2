"""`/sparql`: query and update at one URL.

https://www.w3.org/TR/sparql11-protocol/
"""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cnrs_kg.errors import UnsupportedFormat
from cnrs_kg.rdf.formats import TABLES, XLSX
from cnrs_kg.submissions.about import About
from cnrs_kg.submissions.proposal import Document, propose
from cnrs_kg.web import caching, conditions, memento, negotiation, security, service_description
from cnrs_kg.web.bodies import FileBody
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, url
from cnrs_kg.web.parameters import METHODS, UPDATE, SparqlRequest, read
from cnrs_kg.web.problems import Refused

if TYPE_CHECKING:
    from cnrs_kg.accounts import Account
    from cnrs_kg.engine.pool import Answer
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

PATH = "/sparql"
_ALWAYS = (("Vary", caching.VARY), *security.CROSS_ORIGIN, *security.HEADERS)


class Asked(NamedTuple):
    """A query on its way: what was asked, of which version, by whom, in which formats."""

    request: SparqlRequest
    moment: memento.Asked
    formats: negotiation.Formats
    account: "Account | None"
    gzip: bool
    pin: str | None = None
    """The name under which the query is kept with what other endpoints answered to it."""
    weak: bool = False
    """Whether another engine may give the rows in another order: the same answer, not the same bytes."""

    def tag(self, media_type: str, *, packed: bool) -> str:
        """The entity tag of the answer in a format and a coding."""
        version, request = self.moment.version, self.request
        tag = caching.etag(
            *identity(version),
            request.query,
            request.default_graphs,
            request.named_graphs,
            media_type,
            "",  # no language: results do not depend on it
            "gzip" if packed else "identity",
            caching.build(),
            self.account.role if self.account else "",
            self.pin,
        )
        return f"W/{tag}" if self.weak else tag


class Sparql:
    """The endpoint: called with a request, gives a reply, or None where a page is wanted."""

    def __init__(self, kg: "KnowledgeGraph") -> None:
        self._kg = kg

    def __call__(self, incoming: Incoming) -> Reply | None:
        """The reply to a request; raises what `problems` knows how to write."""
        if incoming.method == "OPTIONS":
            return Reply(204, (*_ALWAYS, *security.preflight(METHODS)))
        account = security.account(incoming, self._kg.accounts)
        if account is None and incoming.method == "POST" and incoming.media_type()[0] == UPDATE:
            security.require(None, "steward", purpose="An update")  # before a body of any size is read
        request = replayed(self._kg, read(incoming, self._kg.settings))
        incoming.notes["sparql"] = request
        if request.update is not None:
            return self._update(request, account, incoming)
        formats = negotiation.formats(incoming.header("Accept"), request.format)
        if formats.html:
            return None
        moment = memento.asked(self._kg, request.version, incoming.header("Accept-Datetime"))
        incoming.notes["moment"] = moment
        gzip = negotiation.gzip_accepted(incoming.header("Accept-Encoding"))
        asked = Asked(request, moment, formats, account, gzip)
        if request.query is None:
            return self._description(asked, incoming)
        return self._query(asked._replace(weak=bool(self._kg.settings.query_backend)), incoming)

    def _query(self, asked: Asked, incoming: Incoming) -> Reply:
        condition = incoming.header("If-None-Match")
        if condition is not None and (unchanged := self._unchanged(asked, incoming, condition)):
            return unchanged
        answer = self._run(asked, incoming)
        incoming.notes["again"] = answer.again
        reply = self._answered(asked._replace(pin=answer.pin), incoming, answer)
        # A tag that none but the whole answer could tell: that of any answer, or of what other endpoints gave.
        if condition is None or incoming.method == "POST" or not caching.matches(condition, reply.header("ETag") or ""):
            return reply
        close(reply)
        return Reply(304, _without_content(reply.headers))

    def _run(self, asked: Asked, incoming: Incoming) -> "Answer":
        request = asked.request
        try:
            return self._kg.query(
                request.query or "",
                default_graphs=request.default_graphs,
                named_graphs=request.named_graphs,
                result_format=asked.formats.result,
                graph_format=asked.formats.graph,
                version=asked.moment.version,
                client=client(incoming, asked.account),
            )
        except UnsupportedFormat as error:
            wanted = request.format or incoming.header("Accept") or ""
            needed = "SELECT" if asked.formats.result is None else "CONSTRUCT"
            raise negotiation.not_acceptable(wanted, negotiation.available(needed)) from error

    def _unchanged(self, asked: Asked, incoming: Incoming, condition: str) -> Reply | None:
        """304 without running the query, where the client holds the very answer; a version never changes."""
        if incoming.method == "POST" or condition.strip() == "*":
            return None
        form = self._kg.form(asked.request.query or "")
        media_type = asked.formats.result if form in ("SELECT", "ASK") else asked.formats.graph
        for packed in (True, False) if asked.gzip else (False,):
            tag = asked.tag(media_type or "", packed=packed)
            if media_type and caching.matches(condition, tag):
                return Reply(304, (("ETag", tag), *_freshness(asked), *_mementos(asked, incoming), *_ALWAYS))
        return None

    def _answered(self, asked: Asked, incoming: Incoming, answer: "Answer") -> Reply:
        media_type = answer.media_type
        body: bytes | Iterable[bytes]
        packed = asked.gzip and media_type != XLSX and caching.worth_packing(answer.size)
        if packed:
            body = caching.packed(answer.read())
        elif answer.file is not None:
            body = FileBody(answer.file, incoming.address)
        else:
            body = answer.body or b""
        length = len(body) if isinstance(body, bytes) else answer.size
        return Reply(200, self._head(asked, incoming, media_type, length, packed=packed), body)

    def _head(
        self, asked: Asked, incoming: Incoming, media_type: str, length: int, *, packed: bool
    ) -> tuple[tuple[str, str], ...]:
        headers = [
            ("Content-Type", negotiation.content_type(media_type)),
            ("Content-Length", str(length)),
            ("ETag", asked.tag(media_type, packed=packed)),
            *_freshness(asked),
            *_ALWAYS,
        ]
        if packed:
            headers.append(("Content-Encoding", "gzip"))
        headers += [
            ("Content-Disposition", f'attachment; filename="answer.{name}"')
            for name, table in TABLES.items()
            if table == media_type
        ]
        if asked.pin is None:
            headers += _mementos(asked, incoming)
        else:  # other endpoints are in it, so none but the pinned answer stays as it is
            headers.append(("Link", memento.link(url(PATH, {"pin": asked.pin}))))
        return tuple(headers)

    def _description(self, asked: Asked, incoming: Incoming) -> Reply:
        if incoming.method == "POST":
            raise BadRequest("Neither query nor update was sent", advice="Send one of the parameters query and update.")
        media_type = asked.formats.graph
        if media_type is None or media_type in TABLES.values():
            raise negotiation.not_acceptable(
                asked.request.format or incoming.header("Accept") or "", negotiation.GRAPHS
            )
        tag = asked.tag(media_type, packed=False)
        headers = (("ETag", tag), *_freshness(asked), *_ALWAYS)
        if caching.matches(incoming.header("If-None-Match"), tag):
            return Reply(304, headers)
        body = service_description.written(service_description.describe(self._kg, asked.moment.version), media_type)
        content = (("Content-Type", negotiation.content_type(media_type)), ("Content-Length", str(len(body))))
        return Reply(200, (*content, *headers), body)

    def _update(self, request: SparqlRequest, account: "Account | None", incoming: Incoming) -> Reply:
        if request.version is not None:
            raise BadRequest("A past version cannot be changed", advice="Send the update without version.")
        curator = security.require(account, "steward", purpose="An update")
        text = request.update or ""
        check = conditions.of_write(incoming, lambda version: _tags(version, curator))
        if not curator.may("curator"):
            if request.using_graphs or request.using_named_graphs:
                raise BadRequest("A submission has no using-graph-uri", advice="Write USING into the update.")
            current = self._kg.current()
            if current is not None:
                check(current, True)
            return submitted(self._kg, [Document("update.ru", text.encode(), UPDATE)], curator)
        outcome = self._kg.direct.update(
            text,
            using_graphs=request.using_graphs,
            using_named_graphs=request.using_named_graphs,
            agent=curator.name,
            client=curator.name,
            check=check,
        )
        return changed(outcome)


def _tags(version: "Version", writer: "Account") -> set[str]:
    """The entity tags of the endpoint's description, in whatever format it was read, with a token or without."""
    plain = negotiation.Formats(None, None)
    bare = [Asked(SparqlRequest(), memento.Asked(version), plain, reader, gzip=False) for reader in (None, writer)]
    return {asked.tag(name, packed=False) for asked in bare for name, _ in negotiation.GRAPHS}


def replayed(kg: "KnowledgeGraph", request: SparqlRequest) -> SparqlRequest:
    """The request with the query and the dataset that its pin stands for, if it has one."""
    if request.pin is None:
        return request
    found = kg.services.pins.find(request.pin)
    version = str(found.version)
    if request.version not in (None, version):
        raise BadRequest(f"The pin is of version {version}", advice="Leave the version out.")
    return request._replace(
        query=found.query, version=version, default_graphs=found.default_graphs, named_graphs=found.named_graphs
    )


def identity(version: "Version") -> tuple[int, str, float]:
    """What tells a version from any other, also from one of another data directory."""
    return version.number, version.digest, version.created.timestamp()


def client(incoming: Incoming, account: "Account | None") -> str:
    """Whose turn it is in the queue."""
    return account.name if account else incoming.address


def changed(outcome: Any, status: int = 200, *headers: tuple[str, str]) -> Reply:
    """The reply to a change: its verdict and the version `published` by it, if any, as JSON.

    `Refused` with the verdict if nothing was changed for it.
    """
    verdict = outcome.to_json()
    if not outcome.conforms:
        raise Refused(
            "The change does not conform, so nothing was changed",
            advice="See the results in 'verdict': each says what is wrong, and where.",
            verdict=verdict,
        )
    published = outcome.version.number if outcome.changed and outcome.version else None
    text = json.dumps({**verdict, "published": published}, ensure_ascii=False, default=str).encode()
    content = (
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(text))),
        ("Cache-Control", "no-store"),
    )
    return Reply(status, (*content, *headers, *security.CROSS_ORIGIN, *security.HEADERS), text)


def submitted(
    kg: "KnowledgeGraph",
    documents: Sequence[Document],
    steward: "Account",
    graph: str | None = None,
    *,
    replaces: bool = False,
) -> Reply:
    """The reply to a direct write by who may only submit: it was made a submission, which waits for a curator."""
    proposal = propose(documents, graph, replaces=replaces)
    made = kg.stewards.submit(proposal, About(), steward, client=steward.name)
    text = json.dumps(made.to_json(), ensure_ascii=False).encode()
    headers = (
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(text))),
        ("Location", f"/submissions/{made.number}"),
        ("Cache-Control", "no-store"),
    )
    return Reply(202, (*headers, *security.CROSS_ORIGIN, *security.HEADERS), text)


def close(reply: Reply) -> None:
    """Let go of a reply that nobody will read."""
    release = getattr(reply.body, "close", None)
    if release is not None:
        release()


def _freshness(asked: Asked) -> tuple[tuple[str, str]]:
    scope = "private" if asked.account else "public"
    # What was asked by number never changes; whatever else is asked may have changed by the next request.
    # So may what other endpoints answer.
    fixed = asked.moment.by_number and asked.pin is None
    return (("Cache-Control", f"{scope}, max-age=86400" if fixed else f"{scope}, no-cache"),)


def _mementos(asked: Asked, incoming: Incoming) -> list[tuple[str, str]]:
    if asked.request.pin is not None:
        return [("Memento-Datetime", memento.http_date_of(asked.moment.version.created))]
    asked_by = incoming.query_string
    if incoming.method == "POST":
        asked_by = url("", [pair for pair in asked.request.pairs if pair[0] != "update"]).removeprefix("?")
    moved = incoming.method == "POST" or asked.moment.by_time
    return memento.headers(asked.moment, PATH, asked_by, moved=moved)


def _without_content(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0] not in ("Content-Type", "Content-Length", "Content-Encoding"))
