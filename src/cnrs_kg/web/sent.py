"""Documents as they are sent to be judged: a raw body, or the parts of a form, and fields beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from cnrs_kg.errors import UnsupportedFormat
from cnrs_kg.submissions.proposal import Document, Proposal, media_type_of, media_type_of_file, propose
from cnrs_kg.web import multipart
from cnrs_kg.web.messages import BadRequest, Incoming, MediaTypeRefused, parameters
from cnrs_kg.web.parameters import FORM

TURTLE = "text/turtle"
_FIELDS_BYTES = 2**18
_SAID = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
    "": False,
}


@dataclass(frozen=True)
class Sent:
    """What was sent: documents, and the fields beside them."""

    documents: tuple[Document, ...]
    fields: Mapping[str, str]

    def flag(self, name: str) -> bool:
        """Whether a field says yes; `BadRequest` if it says neither yes nor no."""
        text = self.fields.get(name, "")
        found = _SAID.get(text.strip().lower())
        if found is None:
            raise BadRequest(f"{name}: {text[:80]!r} is neither true nor false")
        return found

    def proposal(self) -> Proposal:
        """What the documents and the fields `graph` and `replace` propose; `RdfError` if the graph is no IRI."""
        return propose(self.documents, self.fields.get("graph"), replaces=self.flag("replace"))


def read(incoming: Incoming, limit: int) -> Sent:
    """What was sent; `BadRequest` or `UnsupportedFormat` if nothing can be made of it."""
    query = dict(parameters(incoming.query_string))
    media_type, _ = incoming.media_type()
    if media_type != multipart.MEDIA_TYPE:
        name = (query.get("name") or "document")[:200]
        return Sent((Document(name, incoming.body(limit), media_type_of(media_type)),), query)
    documents, fields = _form(incoming, limit)
    fields = query | fields
    if fields.get("text", "").strip():
        documents.append(Document("text.ttl", fields["text"].encode(), TURTLE))
    if not documents:
        raise BadRequest("No document was sent", advice="Send a part named file, or a text in Turtle.")
    return Sent(tuple(documents), fields)


def _form(incoming: Incoming, limit: int) -> tuple[list[Document], dict[str, str]]:
    """The documents and the fields of a form in parts."""
    documents: list[Document] = []
    found: dict[str, str] = {}
    for part in multipart.read(incoming, limit):
        # a browser sends neither content nor name where no file was chosen
        if part.field == "file" and (part.data or part.head.get_filename()):
            documents.append(_document(part))
        elif part.field not in (None, "file"):
            found[part.field] = part.data.decode(errors="replace")
    return documents, found


def pairs(incoming: Incoming) -> list[tuple[str, str]]:
    """The fields of a form whose names may come more than once."""
    media_type, _ = incoming.media_type()
    if media_type != FORM:
        raise MediaTypeRefused(
            f"A body of type {media_type[:100] or 'unknown'} is not read here", advice=f"Send {FORM}."
        )
    return parameters(_utf8(incoming.body(_FIELDS_BYTES, "fields")))


def fields(incoming: Incoming) -> dict[str, str]:
    """The fields of a request that needs no document: of its query, its form, or its JSON object."""
    found = dict(parameters(incoming.query_string))
    media_type, _ = incoming.media_type()
    if media_type == multipart.MEDIA_TYPE:
        return found | _form(incoming, _FIELDS_BYTES)[1]
    body = incoming.body(_FIELDS_BYTES, "fields")
    if media_type == FORM:
        return found | dict(parameters(_utf8(body)))
    if media_type == "application/json" and body:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"The body is not JSON: {error}") from error
        if not isinstance(said, dict) or not all(isinstance(value, str | None) for value in said.values()):
            raise BadRequest("The body is not a JSON object of texts", advice='Send {"reason": "…"}.')
        return found | {name: value for name, value in said.items() if value is not None}
    if body:
        raise MediaTypeRefused(
            f"A body of type {media_type[:100] or 'unknown'} is not read here", advice=f"Send {FORM}."
        )
    return found


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"Byte {error.start + 1} of the body is not UTF-8", advice="Send UTF-8.") from error


def _document(part: multipart.Part) -> Document:
    name = PurePath(part.head.get_filename() or "document").name[:200]
    try:
        media_type = media_type_of(part.head.get_content_type())
    except UnsupportedFormat:  # browsers rarely know the media type of an RDF file
        media_type = media_type_of_file(PurePath(name))
    return Document(name, part.data, media_type)
