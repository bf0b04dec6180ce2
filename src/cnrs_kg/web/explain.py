"""`/explain`: why a statement holds, as a page, as JSON or as RDF; a form without a statement."""

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.rdf.formats import RDF_FORMATS, rdf_syntax
from cnrs_kg.rdf.namespaces import PREFIXES
from cnrs_kg.rdf.reading import read_predicate, read_term
from cnrs_kg.reasoning.proof_rdf import to_rdf
from cnrs_kg.reasoning.terms import Node, shown
from cnrs_kg.validation.labels import in_language
from cnrs_kg.web import memento
from cnrs_kg.web.bridge import incoming as current_request
from cnrs_kg.web.bridge import response
from cnrs_kg.web.messages import BadRequest, Incoming, Reply, parameters, url
from cnrs_kg.web.negotiation import HTML, NotAcceptable, best
from cnrs_kg.web.problems import NotFound
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.replies import tagged
from cnrs_kg.web.sparql import identity
from cnrs_kg.web.statements import Called, cells, rows

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.submissions.explaining import Explanation

PATH = "/explain"
JSON = "application/json"
MOST = 10
_RDF = [syntax for syntax in RDF_FORMATS if syntax.name in ("turtle", "ntriples", "trig", "nquads")]
_OFFERS = (
    (HTML, (HTML, "application/xhtml+xml")),
    (JSON, (JSON,)),
    *((syntax.media_type, (syntax.media_type, *syntax.aliases)) for syntax in _RDF),
)
_NAMES = {"html": HTML, "json": JSON, **{syntax.name: syntax.media_type for syntax in _RDF}}
_ONCE = ("s", "p", "o", "version", "format", "proofs", "lang")


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The resource that explains."""
    found = Blueprint("explain", __name__)

    @found.get(PATH)
    def explain() -> ResponseReturnValue:
        return response(_answer(kg, pages, current_request()))

    return found


def _answer(kg: "KnowledgeGraph", pages: Pages, incoming: Incoming) -> Reply:
    asked = _once(incoming)
    media_type = _media_type(asked.get("format"), incoming.header("Accept"))
    moment = memento.asked(kg, asked.get("version"), incoming.header("Accept-Datetime"))
    if not any(asked.get(name, "").strip() for name in "spo"):
        return pages.render("explain.html", incoming, asked=asked, explanation=None, proofs=())
    missing = [name for name in "spo" if not asked.get(name, "").strip()]
    if missing:
        raise BadRequest(
            f"{', '.join(missing)}: missing", advice="A statement has a subject s, a predicate p, an object o."
        )
    statement = (read_term(asked["s"]), read_predicate(asked["p"]), read_term(asked["o"]))
    found = kg.explain(statement, version=moment.version, proofs=_number(asked.get("proofs")))
    if media_type == HTML:
        return _page(pages, incoming, asked, found, moment)
    if not found.derivations:
        near = [" ".join(map(shown, one)) for one in found.near]
        raise NotFound("The statement does not hold", advice="See what does, in `near`." if near else None, near=near)
    return _document(incoming, found, media_type, moment)


def _once(incoming: Incoming) -> dict[str, str]:
    pairs = parameters(incoming.query_string)
    for name in _ONCE:
        if sum(key == name for key, _ in pairs) > 1:
            raise BadRequest(f"{name}: given more than once")
    return {name: value for name, value in pairs if name in _ONCE}


def _number(text: str | None) -> int:
    if text is None:
        return 1
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST:
        raise BadRequest(f"proofs: {text[:40]!r} is not a number from 1 to {MOST}")
    return int(text)


def _media_type(name: str | None, accept: str | None) -> str:
    available = list(_NAMES)
    if name is not None:
        if name not in _NAMES and name not in _NAMES.values():
            raise NotAcceptable(f"format: {name[:80]!r} is none of the formats of a proof", available=available)
        return _NAMES.get(name, name)
    chosen, _ = best(_OFFERS if accept and "html" in accept else _OFFERS[1:], accept or "")
    if chosen is None:
        raise NotAcceptable("A proof comes in none of the formats that you accept", available=available)
    return chosen


def _document(incoming: Incoming, found: "Explanation", media_type: str, moment: memento.Asked) -> Reply:
    proofs = found.proofs()

    def body() -> bytes:
        if media_type == JSON:
            documents = [proof.to_json() for proof in proofs]
            return json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False).encode()
        syntax = rdf_syntax(media_type)
        triples = dict.fromkeys(triple for proof in proofs for triple in to_rdf(proof))
        prefixes = PREFIXES if syntax.prefixes else None
        return ox.serialize(triples, None, syntax.format, prefixes=prefixes) or b""

    told = memento.headers(moment, PATH, incoming.query_string)
    state = ("explain", identity(moment.version), incoming.query_string)
    return tagged(incoming, state, media_type, body, headers=told)


def _page(
    pages: Pages, incoming: Incoming, asked: dict[str, str], found: "Explanation", moment: memento.Asked
) -> Reply:
    called = _called(found, language_of(incoming)[0])
    pairs = [(name, value) for name, value in asked.items() if name not in ("format", "lang")]
    return pages.render(
        "explain.html",
        incoming,
        status=200 if found.derivations else 404,
        headers=memento.headers(moment, PATH, incoming.query_string),
        asked=asked,
        explanation=found,
        statement=cells(found.statement, called),
        proofs=[list(rows(proof, called, language_of(incoming)[0])) for proof in found.proofs()],
        near=[(cells(one, called), _explain_url(one, asked)) for one in found.near],
        more=None if asked.get("proofs") else url(PATH, [*pairs, ("proofs", "5")]),
        downloads=[(name, url(PATH, [*pairs, ("format", name)])) for name in ("json", "turtle")],
        blame=url("/blame", [(name, asked[name]) for name in ("s", "p", "o", "version") if name in asked]),
    )


def _explain_url(statement: tuple[Node, ...], asked: dict[str, str]) -> str:
    texts = [str(term) for term in statement]
    version = [("version", asked["version"])] if "version" in asked else []
    return url(PATH, [*zip("spo", texts, strict=True), *version])


def _called(found: "Explanation", language: str) -> Called:
    return lambda iri: in_language(found.labels.get(iri, {}), language)
