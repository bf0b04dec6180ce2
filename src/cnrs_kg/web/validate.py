"""`/validate`: what would happen if documents were submitted; nothing is stored."""

from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.submissions.proposal import SHEETS
from cnrs_kg.web import reports, sent
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import Incoming, Reply, parameters
from cnrs_kg.web.negotiation import HTML, NotAcceptable
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.sparql import client

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

PATH = "/validate"
SHOWN = 1_000
"""Results that the page shows; the other formats have them all."""
_SPREADSHEETS = {"xlsx": XLSX, "csv": CSV}


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resource that validates."""
    found = Blueprint("validate", __name__)

    @found.get(PATH)
    def form() -> ResponseReturnValue:
        return response(pages.render("validate.html", current_request(), verdict=None, text="", results=()))

    @found.get(f"{PATH}/template.<extension>")
    def template(extension: str) -> ResponseReturnValue:
        return response(_template(kg, current_request(), extension))

    @found.post(PATH)
    def validate() -> ResponseReturnValue:
        return response(_answer(kg, pages, current_request()))

    return found


def _answer(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    found = sent.read(incoming, kg.settings.upload_bytes)
    media_type = reports.media_type(found.fields.get("format"), incoming.header("Accept"))
    verdict = kg.validate(found.proposal(), alone=found.flag("alone"), client=client(incoming, None))
    language = language_of(incoming)[0]
    if media_type == XLSX:
        sheet = next((one for one in found.documents if one.media_type in SHEETS), found.documents[0])
        return reports.file(
            kg.sheets.marked(verdict, sheet, language, client=client(incoming, None)), XLSX, "marked.xlsx"
        )
    sources = {document.name: document.data for document in found.documents}
    if media_type != HTML:
        return reports.document(verdict, media_type, language, sources)
    text, rows = found.fields.get("text", ""), reports.rows(verdict, sources, language, SHOWN)
    return pages.render("validate.html", incoming, verdict=verdict, text=text, results=rows)


def _template(kg: "KnowledgeGraph", incoming: Incoming, extension: str) -> Reply:
    """A spreadsheet to fill in; `class` names the sheets wanted."""
    if extension not in _SPREADSHEETS:
        raise NotAcceptable(f"{extension[:80]!r} is none of the formats of a template", available=list(_SPREADSHEETS))
    names = [value for name, value in parameters(incoming.query_string) if name == "class"]
    media_type = _SPREADSHEETS[extension]
    body = kg.sheets.template(media_type, names, client=client(incoming, None))
    return reports.file(body, media_type, f"template.{extension}")
