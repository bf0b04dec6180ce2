"""`/sparql` for a browser: a form, and the answer as a table. Works without scripts."""

from dataclasses import replace
from typing import TYPE_CHECKING

from cnrs_kg import errors
from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS
from cnrs_kg.rdf.namespaces import ALL
from cnrs_kg.web import memento, terms
from cnrs_kg.web.messages import Incoming, Reply, url
from cnrs_kg.web.parameters import SparqlRequest, read
from cnrs_kg.web.problems import Problem, problem
from cnrs_kg.web.query_texts import scripted
from cnrs_kg.web.rendering import Pages, language_of
from cnrs_kg.web.sparql import PATH, client
from cnrs_kg.web.static_files import built
from cnrs_kg.web.views.answer import TITLES, Shown, Told, shown

if TYPE_CHECKING:
    from cnrs_kg.knowledge_graph import KnowledgeGraph
    from cnrs_kg.store.versions import Version

TSV, N_TRIPLES = "text/tab-separated-values", "application/n-triples"
_VERSIONS = 50
_START = """PREFIX cnrs: <https://w3id.org/cnrs-kg/ontology#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?unit ?name ?code {
  ?unit a org:OrganizationalCollaboration ;
    skos:prefLabel ?name .
  OPTIONAL { ?unit skos:notation ?code }
  FILTER (lang(?name) = "%s")
}
ORDER BY ?name
LIMIT 100
"""


class QueryPage:
    """The page: called with a request, gives a reply."""

    def __init__(self, kg: "KnowledgeGraph", pages: Pages) -> None:
        self._kg = kg
        self._pages = pages
        self._editor = built("editor.js")

    def __call__(self, incoming: Incoming, submission: int | None = None) -> Reply:
        """The page, with the answer or the problem if a query was sent; of a submission as if it were published."""
        request = incoming.notes.get("sparql") or read(incoming, self._kg.settings)
        answered: Shown | None = None
        found: Problem | None = None
        moment: memento.Asked | None = None
        try:
            moment = memento.asked(self._kg, request.version, incoming.header("Accept-Datetime"))
            if request.query is not None and request.query.strip():
                answered = self._answer(request, moment, incoming, submission)
        except errors.CnrsKgError as error:
            found = problem(error, self._kg.settings.base_iri).told(language_of(incoming)[0])
        return self._page(incoming, request, moment if submission is None else None, answered, found)

    def _answer(
        self, request: SparqlRequest, moment: memento.Asked, incoming: Incoming, submission: int | None
    ) -> Shown:
        answer = self._kg.query(
            request.query or "",
            default_graphs=request.default_graphs,
            named_graphs=request.named_graphs,
            result_format=TSV,
            graph_format=N_TRIPLES,
            client=client(incoming, None),
            **({"version": moment.version} if submission is None else {"submission": submission}),
        )
        if answer.pin:  # what is downloaded is this very answer, not what other endpoints say by then
            view = [pair for pair in request.pairs if pair[0] == "view"]
            request = request._replace(pairs=(("pin", answer.pin), *view))
        told = Told(
            request,
            incoming.path,
            language_of(incoming)[0],
            self._kg.settings.base_iri,
            lambda iris: self._kg.lists.known(iris, moment.version),
            explains=submission is None and request.default_graphs is None and request.named_graphs is None,
            draws=self._editor is not None,
        )
        with terms.opened(answer.body, answer.file) as file:
            return replace(shown(answer, file, told), pin=answer.pin)

    def _page(
        self,
        incoming: Incoming,
        request: SparqlRequest,
        moment: memento.Asked | None,
        answered: Shown | None,
        found: Problem | None,
    ) -> Reply:
        asked = moment.version if moment else None
        action = incoming.path.rstrip("/")
        listed = self._kg.versions() if action == PATH else []
        versions = sorted(listed, key=lambda version: version.number, reverse=True)[:_VERSIONS]
        mementos: list[tuple[str, str]] = []
        if moment is not None and request.pin is None:
            pairs = [pair for pair in request.pairs if pair[0] != "update"]
            mementos = memento.headers(moment, PATH, url("", pairs).removeprefix("?"))
        state = (asked.number, asked.digest, asked.created, len(versions)) if asked else None
        return self._pages.render(
            "sparql.html",
            incoming,
            status=found.kind.status if found else 200,
            headers=[*(found.headers if found else ()), *mementos],
            etag_of=None if found or not state else ("sparql", state, request.pairs, answered and answered.pin),
            pairs=[pair for pair in request.pairs if pair[0] != "update"],
            query=request.query if request.query is not None else _START % language_of(incoming)[0],
            asked=asked,
            moment=moment,
            chosen_version=request.version,
            versions=versions,
            hidden=[pair for pair in request.pairs if pair[0] in ("default-graph-uri", "named-graph-uri") and pair[1]],
            shown=answered,
            cite=_cite(request, asked, answered.pin) if answered and asked else None,
            problem=found,
            excerpt=_excerpt(request.query or "", found.position) if found and found.position else None,
            examples=self._kg.examples(),
            services=self._kg.services.endpoints,
            pin_url=lambda pin: url(PATH, {"pin": pin}),
            action=action,
            editor=self._editor,
            texts=scripted(language_of(incoming)[0]),
            example_url=lambda query: url(action, {"query": query}),
            result_formats=RESULT_FORMATS,
            graph_formats=RDF_FORMATS,
            namespaces=ALL,
            titles=TITLES,
        )


def _cite(request: SparqlRequest, version: "Version", pin: str | None) -> str:
    if pin or request.pin:
        return url("/cite", {"pin": pin or request.pin or ""})
    kept = [pair for pair in request.pairs if pair[0] not in ("format", "lang", "version", "view")]
    return url("/cite", [*kept, ("version", str(version.number))])


def _excerpt(query: str, position: tuple[int, int]) -> tuple[str, str] | None:
    """The line that a position names, cut around its column, and blanks that lead a mark to it."""
    lines = query.splitlines()
    line, column = position
    if not 1 <= line <= len(lines):
        return None
    start = max(0, column - 60)
    text = lines[line - 1][start : start + 120].replace("\t", " ")
    return text, " " * max(0, min(column - 1 - start, len(text)))
