"""An answer as the query page shows it: its table, and perhaps a drawing above it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from cnrs_kg.rdf.formats import RDF_FORMATS, RESULT_FORMATS
from cnrs_kg.web import atlas, terms
from cnrs_kg.web.messages import url
from cnrs_kg.web.parameters import SparqlRequest
from cnrs_kg.web.views import chart as charts
from cnrs_kg.web.views import graph as graphs
from cnrs_kg.web.views import places, statements

if TYPE_CHECKING:
    from cnrs_kg.engine.requests import Answer

TABLE, MAP, CHART, GRAPH = "table", "map", "chart", "graph"
TITLES = {
    "xlsx": "XLSX",
    "json": "JSON",
    "xml": "XML",
    "csv": "CSV",
    "tsv": "TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF/XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nquads": "N-Quads",
    "n3": "N3",
}


@dataclass(frozen=True)
class Told:
    """What there is to know to show an answer: the request, the reader's language, and what is known of things.

    `explains` says that statements of the answer are published, `draws` that the page has the script for graphs.
    """

    request: SparqlRequest
    path: str
    language: str
    base_iri: str
    known: places.Known
    explains: bool
    draws: bool

    def link(self, **changed: str) -> str:
        """The address of the same answer with other parameters; an empty one is left out."""
        kept = [pair for pair in self.request.pairs if pair[0] not in (*changed, "lang", "format")]
        return url(self.path, [*kept, *((name, value) for name, value in changed.items() if value)])


@dataclass(frozen=True)
class Drawing:
    """What stands above the table: one of these or none; `whole` says whether it shows everything."""

    map: atlas.Map | None = None
    chart: charts.Chart | None = None
    graph: Mapping[str, object] | None = None
    whole: bool = True


@dataclass(frozen=True)
class Shown:
    """An answer as the page shows it; `views` are the addresses of its views, `explained` the statements by row."""

    form: str
    total: int | None
    boolean: bool | None = None
    table: terms.Table | None = None
    downloads: tuple[tuple[str, str], ...] = ()
    view: str = TABLE
    views: tuple[tuple[str, str], ...] = ()
    explained: tuple[tuple[tuple[str, str], ...], ...] = ()
    drawing: Drawing = Drawing()
    pin: str | None = None


def shown(answer: "Answer", file: BinaryIO, told: Told) -> Shown:
    """The answer, read from a file in TSV or N-Triples."""
    downloads = _downloads(told, answer.form)
    if answer.form == "ASK":
        return Shown("ASK", None, boolean=file.read(64).strip() == b"true", downloads=downloads)
    triples = answer.form != "SELECT"
    table = (terms.triples if triples else terms.solutions)(file, told.base_iri)
    total = answer.rows if answer.rows is not None else len(table.rows) if table.complete else None
    views = _views(table, told, triples=triples)
    asked = dict(told.request.pairs).get("view", TABLE)
    view = asked if asked in views else TABLE
    return Shown(
        answer.form,
        total,
        table=table,
        downloads=downloads,
        view=view,
        views=tuple((name, told.link(view="" if name == TABLE else name)) for name in views),
        explained=_explained(table, told, triples=triples),
        drawing=_drawing(view, table, told, triples=triples),
    )


def _views(table: terms.Table, told: Told, *, triples: bool) -> list[str]:
    fitting = {
        TABLE: True,
        MAP: places.fits(table, told.base_iri),
        CHART: not triples and charts.columns(table) is not None,
        GRAPH: told.draws and (triples or graphs.columns(table) is not None),
    }
    return [name for name, fits in fitting.items() if fits and table.rows]


def _drawing(view: str, table: terms.Table, told: Told, *, triples: bool) -> Drawing:
    if view == MAP:
        return Drawing(map=places.drawn(table, told.base_iri, told.known, told.language), whole=table.complete)
    if view == CHART and (bars := charts.drawn(table)):
        return Drawing(chart=bars, whole=bars.complete)
    if view == GRAPH and (found := graphs.drawn(table, triples=triples)):
        ours = [one for one in found.things if one.startswith(told.base_iri)]
        labels = {iri: item.thing.label(told.language) for iri, item in told.known(ours).items()}
        return Drawing(graph=graphs.told(found, labels), whole=found.complete)
    return Drawing()


def _explained(table: terms.Table, told: Told, *, triples: bool) -> tuple[tuple[tuple[str, str], ...], ...]:
    if not told.explains:
        return ()
    version = [("version", told.request.version)] if told.request.version else []
    found = statements.explained(table, told.request.query or "", version, triples=triples)
    return tuple(found) if any(found) else ()


def _downloads(told: Told, form: str) -> tuple[tuple[str, str], ...]:
    syntaxes = RESULT_FORMATS if form in ("SELECT", "ASK") else RDF_FORMATS
    names = ("xlsx", *(syntax.name for syntax in syntaxes))
    return tuple((TITLES[name], told.link(view="", format=name)) for name in names)
