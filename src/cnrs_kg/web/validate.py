"""`/validate`: what would happen if documents were submitted; nothing is stored."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.errors import UnsupportedFormat
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.submissions.proposal import Document, media_type_of, media_type_of_file, propose
from cnrs_kg.validation.forms import expected, said, to_csv, to_rdf, to_sarif
from cnrs_kg.validation.report import Result, Verdict
from cnrs_kg.web import caching, security
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters
from cnrs_kg.web.negotiation import HTML, NotAcceptable, best, content_type
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.sparql import client

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/validate"
JSON, TURTLE, CSV, SARIF = "application/json", "text/turtle", "text/csv", "application/sarif+json"
_NAMES = {"html": HTML, "json": JSON, "turtle": TURTLE, "csv": CSV, "sarif": SARIF}
_OFFERS = tuple((media_type, (media_type,)) for media_type in (HTML, JSON, TURTLE, CSV, SARIF))
_PARTS = 100
_MORE = 2
_TRUE = ("true", "1", "on", "yes")


@dataclass(frozen=True)
class Sent:
    """What was sent: documents, and the fields beside them."""

    documents: tuple[Document, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Excerpt:
    """A place of a result: its name, and the line cut into what stands before, at and after it."""

    name: str
    before: str = ""
    marked: str = ""
    after: str = ""


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resource that validates."""
    found = Blueprint("validate", __name__)

    @found.get(PATH)
    def form() -> ResponseReturnValue:
        return response(pages.render("validate.html", current_request(), verdict=None, text="", results=()))

    @found.post(PATH)
    def validate() -> ResponseReturnValue:
        return response(_answer(kg, pages, current_request()))

    return found


def _answer(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    sent = _sent(incoming, kg.settings.upload_bytes)
    media_type = _media_type(sent.fields.get("format"), incoming.header("Accept"))
    verdict = kg.validate(
        propose(sent.documents, sent.fields.get("graph"), replaces=sent.fields.get("replace", "").lower() in _TRUE),
        alone=sent.fields.get("alone", "").lower() in _TRUE,
        client=client(incoming, None),
    )
    language = language_of(incoming)[0]
    if media_type != HTML:
        return _document(verdict, media_type, language)
    sources = {document.name: document.data for document in sent.documents}
    return pages.render(
        "validate.html",
        incoming,
        verdict=verdict,
        text=sent.fields.get("text", ""),
        results=[
            (one, said(one, language), expected(one, language), _excerpts(one, sources)) for one in verdict.results
        ],
    )


def _sent(incoming: Incoming, limit: int) -> Sent:
    query = dict(parameters(incoming.query_string))
    media_type, _ = incoming.media_type()
    body = incoming.body(limit)
    if media_type != "multipart/form-data":
        document = Document((query.get("name") or "document")[:200], body, media_type_of(media_type))
        return Sent((document,), query)
    head = f"Content-Type: {incoming.header('Content-Type')}\r\n\r\n".encode("latin-1", errors="replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = list(message.iter_parts()) if message.is_multipart() else []
    if not 0 < len(parts) <= _PARTS:
        raise BadRequest(f"The body is not a form of 1 to {_PARTS} parts")
    documents: list[Document] = []
    fields = dict(query)
    for part in parts:
        field, payload = part.get_param("name", header="content-disposition"), _payload(part)
        if field == "file" and payload:
            documents.append(_part(part, payload))
        elif isinstance(field, str) and field != "file":
            fields[field] = payload.decode(errors="replace")
    if fields.get("text", "").strip():
        documents.append(Document("text.ttl", fields["text"].encode(), TURTLE))
    if not documents:
        raise BadRequest("No document was sent", advice="Send a part named file, or a text in Turtle.")
    return Sent(tuple(documents), fields)


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _part(part: Message, payload: bytes) -> Document:
    name = PurePath(part.get_filename() or "document").name[:200]
    try:
        media_type = media_type_of(part.get_content_type())
    except UnsupportedFormat:  # browsers rarely know the media type of an RDF file
        media_type = media_type_of_file(PurePath(name))
    return Document(name, payload, media_type)


def _media_type(name: str | None, accept: str | None) -> str:
    if name is not None:
        if name not in _NAMES:
            raise NotAcceptable(f"format: {name[:80]!r} is none of the formats of a report", available=list(_NAMES))
        return _NAMES[name]
    offers = _OFFERS if accept and "html" in accept else _OFFERS[1:]
    chosen, _ = best(offers, accept or "")
    if chosen is None:
        raise NotAcceptable("A report comes in none of the formats that you accept", available=list(_NAMES))
    return chosen


def _document(verdict: Verdict, media_type: str, language: str) -> Reply:
    if media_type == JSON:
        body = json.dumps(verdict.to_json(), ensure_ascii=False).encode()
    elif media_type == SARIF:
        body = json.dumps(to_sarif(verdict, language), ensure_ascii=False).encode()
    elif media_type == CSV:
        body = to_csv(verdict, language).encode()
    else:
        body = ox.serialize(to_rdf(verdict), None, ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    headers = (
        ("Content-Type", content_type(media_type)),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Vary", caching.VARY),
        *security.CROSS_ORIGIN,
        *security.HEADERS,
    )
    return Reply(200, headers, body)


def _excerpts(result: Result, sources: Mapping[str, bytes]) -> list[Excerpt]:
    return [_excerpt(place, sources) for place in result.places[: 1 + _MORE]]


def _excerpt(place: Mapping[str, Any], sources: Mapping[str, bytes]) -> Excerpt:
    line, column = place["line"], place.get("column", 1)
    name = f"{place['file']}:{line}:{column}"
    lines = re.split(r"\r\n|\n|\r", sources.get(place["file"], b"").decode(errors="replace"))
    if line > len(lines):
        return Excerpt(name)
    text, end = lines[line - 1], place.get("endColumn", column + 1)
    return Excerpt(
        name, text[max(0, column - 81) : column - 1], text[column - 1 : end - 1] or " ", text[end - 1 : end + 79]
    )
