"""What the workers say of a proposal's documents: all that comes from outside is parsed and evaluated by them.

It may be a hundred times what was sent, so the server only hands it on, to the process that judges.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pyoxigraph as ox

from cnrs_kg.engine.pool import Pool
from cnrs_kg.engine.requests import Answer, Changes, ParsedUpload
from cnrs_kg.errors import (
    CnrsKgError,
    DatasetRefused,
    LoadRefused,
    ProtectedGraph,
    QuerySyntaxError,
    QueryTooComplex,
    RdfError,
    ServiceRefused,
    UpdateRefused,
)
from cnrs_kg.store.graphs import role
from cnrs_kg.store.versions import Version
from cnrs_kg.submissions.proposal import PATCH, SHEETS, UPDATE, Document, Proposal
from cnrs_kg.submissions.scrutiny import UNSTATED, protected

N_QUADS = "application/n-quads"
FAULTS = (
    *(RdfError, QuerySyntaxError, QueryTooComplex, DatasetRefused),
    *(UpdateRefused, LoadRefused, ServiceRefused, ProtectedGraph),
)
"""What is wrong with a document, rather than with the server or its moment."""


@dataclass(frozen=True)
class Rows:
    """What an RDF patch adds, and what it withdraws."""

    added: ParsedUpload
    removed: ParsedUpload


@dataclass(frozen=True)
class Update:
    """A SPARQL update, and what it would change."""

    text: str
    changes: Changes


Said = ParsedUpload | Answer | Rows | Update | CnrsKgError


@dataclass(frozen=True)
class Heard:
    """A document's name and what the workers say of it: for a spreadsheet lines, or why it cannot be read."""

    name: str
    said: Said


@dataclass(frozen=True)
class HeardProposal:
    """A proposal, made on the version `number`, whose documents the workers read."""

    documents: tuple[Heard, ...]
    number: int
    target: ox.NamedNode
    graph: ox.NamedNode | None = None
    replaces: bool = False


@contextmanager
def heard(pool: Pool, proposal: Proposal, base: Version, base_iri: str, client: str) -> Iterator[HeardProposal]:
    """The proposal as the workers tell it: their files are there as long as the block runs.

    `ProtectedGraph` if the graph that it is for may not be written.
    """
    if not role(proposal.target).writable:
        raise protected(proposal.target)
    with ExitStack() as held:
        ears = _Ears(pool, base, base_iri, client, held.callback)
        documents = []
        for document in proposal.documents:
            try:
                said = ears.said(document, replaces=proposal.replaces)
            except FAULTS as error:
                said = error
            documents.append(Heard(document.name, said))
        yield HeardProposal(tuple(documents), base.number, proposal.target, proposal.graph, proposal.replaces)


@dataclass(frozen=True)
class _Ears:
    pool: Pool
    base: Version
    base_iri: str
    client: str
    at_the_end: Callable[[Callable[[], None]], object]

    def said(self, document: Document, *, replaces: bool) -> Said:
        """What a worker says of a document, or one of the `FAULTS`."""
        if document.media_type in SHEETS:
            options = {"media_type": document.media_type}
            lines = self.pool.sheet("read", self.base.path, document.data, options=options, client=self.client)
            self.at_the_end(lines.close)
            return lines
        if document.media_type not in (PATCH, UPDATE):
            return self._parsed(document)
        if replaces:
            raise RdfError(
                "a patch and an update say themselves what they withdraw",
                advice="Send them without replace, or the graph's whole new content as RDF.",
            )
        if document.media_type == PATCH:
            return Rows(*(self._parsed(document, mark) for mark in "AD"))
        return self._update(document)

    def _parsed(self, document: Document, rows: str | None = None) -> ParsedUpload:
        media_type = N_QUADS if rows else document.media_type
        found = self.pool.parse(
            document.data, media_type, base_iri=UNSTATED, positions=True, rows=rows, client=self.client
        )
        self.at_the_end(found.answer.close)
        return found

    def _update(self, document: Document) -> Update:
        try:
            text = document.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise RdfError(f"not UTF-8 at byte {error.start + 1}", advice="Save the update as UTF-8.") from error
        found = self.pool.changes(text, self.base.path, base_iri=self.base_iri, client=self.client)
        self.at_the_end(found.answer.close)
        return Update(text, found)
