"""Media types and file extensions: the RDF and SPARQL result formats of pyoxigraph, and spreadsheets."""

from dataclasses import dataclass
from pathlib import PurePath

import pyoxigraph as ox

from cnrs_kg.errors import UnsupportedFormat

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The spreadsheets that are read and written."""
SAFE_CSV = f"{CSV}; header=present"
"""CSV in which no cell begins as a formula does: not what W3C's CSV of results is, to the letter."""
TABLES = {"csv": SAFE_CSV, "xlsx": XLSX}
"""What any answer, rows or graph, can be had as for a spreadsheet, by the names of formats."""


@dataclass(frozen=True)
class RdfSyntax:
    """An RDF format: its media type, further names in use, extension, and whether it carries named graphs."""

    name: str
    media_type: str
    extension: str
    format: ox.RdfFormat
    datasets: bool
    aliases: tuple[str, ...] = ()

    @property
    def prefixes(self) -> bool:
        """Whether the format has prefix declarations."""
        return self.name in {"turtle", "trig", "rdfxml", "n3"}


@dataclass(frozen=True)
class ResultSyntax:
    """A format of SPARQL results (SELECT and ASK)."""

    name: str
    media_type: str
    extension: str
    format: ox.QueryResultsFormat
    aliases: tuple[str, ...] = ()


RDF_FORMATS: tuple[RdfSyntax, ...] = (
    RdfSyntax("turtle", "text/turtle", "ttl", ox.RdfFormat.TURTLE, False, ("application/x-turtle",)),
    RdfSyntax("ntriples", "application/n-triples", "nt", ox.RdfFormat.N_TRIPLES, False, ("text/plain",)),
    RdfSyntax("rdfxml", "application/rdf+xml", "rdf", ox.RdfFormat.RDF_XML, False, ("application/xml", "text/xml")),
    RdfSyntax("jsonld", "application/ld+json", "jsonld", ox.RdfFormat.JSON_LD, True, ("application/json",)),
    RdfSyntax("trig", "application/trig", "trig", ox.RdfFormat.TRIG, True, ("application/x-trig",)),
    RdfSyntax("nquads", "application/n-quads", "nq", ox.RdfFormat.N_QUADS, True, ("text/x-nquads",)),
    RdfSyntax("n3", "text/n3", "n3", ox.RdfFormat.N3, False, ("text/rdf+n3",)),
)
RESULT_FORMATS: tuple[ResultSyntax, ...] = (
    ResultSyntax(
        "json",
        "application/sparql-results+json",
        "srj",
        ox.QueryResultsFormat.JSON,
        ("application/json", "text/json"),
    ),
    ResultSyntax(
        "xml",
        "application/sparql-results+xml",
        "srx",
        ox.QueryResultsFormat.XML,
        ("application/xml", "text/xml"),
    ),
    ResultSyntax("csv", "text/csv", "csv", ox.QueryResultsFormat.CSV),
    ResultSyntax("tsv", "text/tab-separated-values", "tsv", ox.QueryResultsFormat.TSV),
)


FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nquads": "N-Quads",
    "n3": "N3",
}
"""What https://www.w3.org/ns/formats/ calls them."""


def rdf_syntax(name: str) -> RdfSyntax:
    """The RDF format of a media type (parameters ignored), short name or extension; `UnsupportedFormat` otherwise."""
    wanted = name.split(";")[0].strip().lower()
    for syntax in RDF_FORMATS:
        if wanted in (syntax.media_type, syntax.name, syntax.extension, *syntax.aliases):
            return syntax
    known = ", ".join(syntax.media_type for syntax in RDF_FORMATS)
    raise UnsupportedFormat(
        f"{name!r} is not an RDF format that is read or written here", advice=f"Use one of: {known}."
    )


def result_syntax(name: str) -> ResultSyntax:
    """The format of SPARQL results of a media type, short name or extension; `UnsupportedFormat` otherwise."""
    wanted = name.split(";")[0].strip().lower()
    for syntax in RESULT_FORMATS:
        if wanted in (syntax.media_type, syntax.name, syntax.extension, *syntax.aliases):
            return syntax
    known = ", ".join(syntax.name for syntax in RESULT_FORMATS)
    raise UnsupportedFormat(f"{name!r} is not a format of SPARQL results", advice=f"Use one of: {known}.")


def syntax_of_file(path: PurePath) -> RdfSyntax:
    """The RDF format that a file's extension tells; `UnsupportedFormat` otherwise."""
    for syntax in RDF_FORMATS:
        if path.suffix.lower() == f".{syntax.extension}":
            return syntax
    known = ", ".join(f".{syntax.extension}" for syntax in RDF_FORMATS)
    raise UnsupportedFormat(f"{path.name}: no RDF format has this extension", advice=f"Rename it to one of: {known}.")
