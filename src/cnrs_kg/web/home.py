"""The home page and the list of problem types."""

import logging
from typing import TYPE_CHECKING

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cnrs_kg.errors import CnrsKgError
from cnrs_kg.web import atlas, memento
from cnrs_kg.web.bridge import incoming, response
from cnrs_kg.web.messages import Reply, url
from cnrs_kg.web.problems import KINDS
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.service_description import public_url
from cnrs_kg.web.sparql import PATH
from cnrs_kg.web.terms import short

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph

LOG = logging.getLogger(__name__)
_EXAMPLES = 9
FIGURES = (
    "units", "institutes", "offices", "organisations", "countries", "claims", "sources", "statements", "inferred",
    "graphs",
)  # fmt: skip
"""In the order in which a newcomer reads them."""


def blueprint(kg: "KnowledgeGraph", pages: Pages) -> Blueprint:
    """The pages that say what this is."""
    found = Blueprint("home", __name__)

    @found.get("/")
    def home() -> ResponseReturnValue:
        return response(_home(kg, pages))

    @found.get("/problems")
    def problems() -> ResponseReturnValue:
        kinds = sorted({kind for kind in KINDS.values()}, key=lambda kind: (kind.status, kind.name))
        return response(pages.render("problems.html", incoming(), etag_of=("problems",), kinds=kinds))

    return found


def _home(kg: "KnowledgeGraph", pages: Pages) -> Reply:
    version = kg.current()
    figures: dict[str, int] | None = None
    graphs, lists = [], {}
    if version is not None:
        try:
            figures = kg.figures(version)
            graphs = kg.named_graphs(version)
            lists = {f"/{name}": kg.lists.listing(name, version).items for name in ("units", "offices")}
        except CnrsKgError as error:
            LOG.warning("no figures for the home page: %s", error.detail)
    state = (version.number, version.digest, version.created) if version and figures else None
    return pages.render(
        "home.html",
        incoming(),
        etag_of=("home", state) if state else None,
        headers=[memento.modified(version.created)] if version else (),
        version=version,
        figures=[(name, figures[name]) for name in FIGURES if name in figures] if figures else None,
        graphs=graphs,
        map=atlas.drawn(lists, language_of(incoming())[0]) if any(lists.values()) else None,
        examples=[example for example in kg.examples() if not example.id.endswith("-own")][:_EXAMPLES],
        example_url=lambda query: url(PATH, {"query": query}),
        graph_url=lambda iri: url(PATH, {"query": f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 1000"}),
        short=short,
        endpoint=f"{public_url(kg)}/sparql",
        graph_store=f"{public_url(kg)}/rdf-graph-store",
    )
