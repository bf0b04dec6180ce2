"""RDF files as a person names them on the command line: read in this process, behind the guards of `rdf.guards`.

Blank nodes stay blank nodes, each file's own, numbered in the order in which they appear: the same files give the same
statements.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.errors import CnrsKgError, RdfSyntaxError
from cnrs_kg.rdf import guards
from cnrs_kg.rdf.formats import RdfSyntax, syntax_of_file
from cnrs_kg.rdf.positions import READABLE, objects
from cnrs_kg.rdf.terms import stored_triple

NESTING = 500
"""Levels of nesting that the parser bears on a stack of 8 MiB, with room to spare."""
PLACED = 2**21
"""Bytes of the largest file whose statements are told by line and column: finding these takes a minute for 50 MB."""
STANDARD_INPUT = Path("-")
_WHERE = re.compile(r"Parser error at line \d+ (?:column \d+|between columns \d+ and \d+|.*?): ")
_REMOTE = "LoadDocumentCallback"
_TOO_LONG = "buffer maximal size"
Place = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """A file that was read: its bytes are kept only where they are few enough to tell places from."""

    name: str
    syntax: RdfSyntax
    base_iri: str
    first_node: int
    data: bytes | None

    @cached_property
    def places(self) -> dict[ox.Triple, Place]:
        """PLACE of the contract for each statement; empty for a large file, JSON-LD (in another order) and N3."""
        found: dict[ox.Triple, Place] = {}
        if self.data is None or self.syntax.name not in READABLE - {"jsonld"}:
            return found
        nodes = _Nodes(self.first_node)
        for quad, span in objects(self.data, self.syntax, base_iri=self.base_iri):
            if span is not None:
                found.setdefault(nodes.triple(quad), span.place(self.name))
        return found


@dataclass
class Documents:
    """The statements of files, each with the file that says it first; named graphs are read as one.

    `quoting` are those whose object is a triple term (RDF 1.2), `prefixes` those that the files declare.
    """

    statements: dict[ox.Triple, Document] = field(default_factory=dict)
    quoting: dict[ox.Triple, Document] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    _nodes: int = 0

    def read(self, path: Path, syntax: RdfSyntax | None = None) -> None:
        """Add a file (`-`: standard input); `RdfError` with file, line and column, `CnrsKgError` if there is none."""
        syntax = syntax or syntax_of_file(path)
        name = "<stdin>" if path == STANDARD_INPUT else str(path)
        try:
            data = guards.utf8_text(_bytes(path, name))
            guards.check_document(data, syntax, nesting=NESTING)
            kept = data if len(data) <= PLACED else None
            document = Document(name, syntax, path.resolve().as_uri(), self._nodes, kept)
            self._add(data, document)
        except CnrsKgError as error:
            if not error.detail.startswith(name):
                error.detail = f"{name}: {error.detail}"
            raise

    def document(self, triple: ox.Triple) -> str | None:
        """The file that says the statement, as written or as a store keeps it; None if no file does."""
        found = self.statements.get(triple) or self.statements.get(self._as_written.get(triple, triple))
        return found.name if found else None

    def place(self, triple: ox.Triple) -> Place | None:
        """PLACE of the contract for a statement that a file says; None if that is not known."""
        written = triple if triple in self.statements else self._as_written.get(triple, triple)
        document = self.statements.get(written)
        return document.places.get(written) if document else None

    @cached_property
    def _as_written(self) -> dict[ox.Triple, ox.Triple]:
        """The statements that a store keeps in another form."""
        forms = ((stored_triple(triple), triple) for triple in self.statements if isinstance(triple.object, ox.Literal))
        return {stored: triple for stored, triple in forms if stored != triple}

    def _add(self, data: bytes, document: Document) -> None:
        nodes = _Nodes(document.first_node)
        for quad in self._parsed(data, document):
            if document.syntax.name == "n3" and not isinstance(quad.graph_name, ox.DefaultGraph):
                continue  # inside a formula, which is not asserted
            triple = nodes.triple(quad)
            kind = self.quoting if isinstance(triple.object, ox.Triple) else self.statements
            kind.setdefault(triple, document)
        self._nodes = nodes.next

    def _parsed(self, data: bytes, document: Document) -> Iterator[ox.Quad]:
        try:
            parser = ox.parse(data, document.syntax.format, base_iri=document.base_iri)
            yield from parser
            self.prefixes = {**parser.prefixes, **self.prefixes}
        except SyntaxError as error:
            raise _syntax_error(error, document.syntax) from error
        except MemoryError as error:
            if _TOO_LONG not in str(error):
                raise
            raise RdfSyntaxError("a literal or an IRI is longer than 16 MiB", limit="token") from error


def read(paths: Iterable[Path], syntax: RdfSyntax | None = None) -> Documents:
    """The documents, of one syntax or of that which each extension tells; raises what `Documents.read` raises."""
    found = Documents()
    for path in paths:
        found.read(path, syntax)
    return found


class _Nodes:
    """Names the blank nodes of one document `b0`, `b1`, … from the next free number on."""

    def __init__(self, first: int) -> None:
        self.next = first
        self._names: dict[ox.BlankNode, ox.BlankNode] = {}

    def triple(self, quad: ox.Quad | ox.Triple) -> ox.Triple:
        subject, value = quad.subject, quad.object
        plain = not isinstance(subject, ox.BlankNode) and not isinstance(value, ox.BlankNode | ox.Triple)
        if plain and isinstance(quad, ox.Quad):
            return quad.triple
        return ox.Triple(self._term(subject), quad.predicate, self._term(value))

    def _term(self, term: Any) -> Any:
        if isinstance(term, ox.Triple):
            return self.triple(term)
        if not isinstance(term, ox.BlankNode):
            return term
        if term not in self._names:
            self._names[term] = ox.BlankNode(f"b{self.next}")
            self.next += 1
        return self._names[term]


def _bytes(path: Path, name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        raise CnrsKgError(f"{name}: {error.strerror}", advice="Name a file that can be read.") from error


def _syntax_error(error: SyntaxError, syntax: RdfSyntax) -> RdfSyntaxError:
    position = (error.lineno, error.offset) if error.lineno and error.offset else None
    if _REMOTE in error.msg:
        advice = "Nothing is fetched here: put the context into the document."
        return RdfSyntaxError("a remote JSON-LD context", position=position, limit="remote_context", advice=advice)
    said = _WHERE.sub("", error.msg)
    return RdfSyntaxError(
        f"not {syntax.media_type}: {said}", position=position, advice="Mend the file there, and try again."
    )
