"""What to do about a syntax error, where the text itself tells."""

import re

from cnrs_kg.rdf.formats import RdfSyntax
from cnrs_kg.rdf.namespaces import PREFIXES

_OTHERS = (
    (re.compile(rb"\s*[{\[]\s*(\"|\}|\])"), "jsonld", "JSON-LD", ".jsonld"),
    (re.compile(rb"\s*(<\?xml|<rdf:RDF|<!DOCTYPE)"), "rdfxml", "RDF/XML", ".rdf"),
    (re.compile(rb"(\s|#[^\n]*\n)*(@prefix|@base|PREFIX\s)", re.IGNORECASE), "turtle", "Turtle", ".ttl"),
    (re.compile(rb"\s*(TX|H|A|D)\s+[.<]"), "", "an RDF patch", ".rdfp"),
)
_LIKE_TURTLE = {"turtle", "trig", "n3"}
_SAID = (
    (
        "A dot is expected",
        "End the statement before with a full stop; put ; between properties, , between values.",
    ),
    (
        "Unexpected end of file",
        "A quotation mark, < or bracket opened here is not closed, or a full stop is missing.",
    ),
    ("Unexpected end", "End the last statement with a full stop, and close what was opened."),
    ("followed by a dot", "End each statement with a full stop, on its own line where the format has lines."),
    ("Line jumps are not allowed", 'Close the quotation mark on the same line, or write """ around several lines.'),
    ("not a valid subject", "A subject is an IRI or a name with a prefix; see whether the statement before ended."),
    (
        "not a valid predicate",
        "A property is an IRI or a name with a prefix; ; comes before it, , before further values.",
    ),
    (
        "not a valid RDF object",
        "A value is an IRI, a name with a prefix, a number, true, false or a quoted text.",
    ),
    ("Invalid IRI code point", "Close the IRI with >, and write spaces in it as %20."),
    ("No scheme found", "Write the IRI whole, from https:// on, or declare a base."),
    ("language code", "Write the language behind @, without a space: @en, @fr."),
    ("datatype IRI after ^^", "Write the datatype behind ^^, without a space: ^^xsd:date."),
    ("escape character", "Write the backslash as \\\\."),
    ("No @vocab key", "Write its IRI whole, or @vocab into the context."),
    ("Unknown prefix", 'Declare it in the first element: xmlns:prefix="…".'),
    ("XML namespaces are required", "Give elements and attributes a prefix that is declared, such as rdf:about."),
    ("ill-formed document", "Close each element by its own name, the inner ones first."),
    ("Unexpected text event", "Write the text into an element named after a property."),
    ("relative IRI", "Write the IRI whole, from https:// on, or declare a base."),
    ("LoadDocumentCallback", "Nothing is fetched here: put the context into the document."),
    ("should end with a ']'", "Close the bracket with ]."),
)
_PREFIX = re.compile(r"The prefix (\w*): has not been declared")
_CURLY = "“”„«»‘’"


def hint(error: str, data: bytes, position: tuple[int, int] | None, syntax: RdfSyntax) -> str | None:
    """A sentence of advice for what a parser says of a document in this syntax; None where nothing is plain."""
    for pattern, name, called, extension in _OTHERS:
        written = syntax.name in _LIKE_TURTLE if name == "turtle" else syntax.name == name
        if not written and pattern.match(data[:2_000]):
            return f"This looks like {called}: give the file the extension {extension}, or send its media type."
    undeclared = _PREFIX.search(error)
    if undeclared:
        iri = PREFIXES.get(undeclared[1], "…")
        return f"Declare it at the beginning: @prefix {undeclared[1]}: <{iri}> ."
    if position is not None and any(mark in _line(data, position[0]) for mark in _CURLY):
        return "Write straight quotation marks, \" or ', where the line has typographic ones around a value."
    return next((advice for said, advice in _SAID if said in error), None)


def _line(data: bytes, number: int) -> str:
    rows = re.split(r"\r\n|\n|\r", data.decode("utf-8", errors="replace"))
    return rows[number - 1] if 0 < number <= len(rows) else ""
