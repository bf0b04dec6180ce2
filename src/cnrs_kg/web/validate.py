"""`/validate`: what would happen if documents were submitted; nothing is stored."""

from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.web import reports, sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply
from cnrs_kg.web.negotiation import HTML
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.sparql import client

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/validate"


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
    found = sent.read(incoming, kg.settings.upload_bytes)
    media_type = reports.media_type(found.fields.get("format"), incoming.header("Accept"))
    verdict = kg.validate(found.proposal(), alone=found.flag("alone"), client=client(incoming, None))
    language = language_of(incoming)[0]
    if media_type != HTML:
        return reports.document(verdict, media_type, language)
    sources = {document.name: document.data for document in found.documents}
    text, rows = found.fields.get("text", ""), reports.rows(verdict, sources, language)
    return pages.render("validate.html", incoming, verdict=verdict, text=text, results=rows)
