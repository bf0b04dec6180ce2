"""What a SPARQL Update request would add to a dataset and remove from it, without changing it.

https://www.w3.org/TR/sparql11-update/

The cost is that of the change and of the request's own patterns, whatever the size of the dataset.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from cnrs_kg.engine.dataset import Dataset, graph_name, named_dataset, readable
from cnrs_kg.engine.update_graphs import Target, clear, create, protected_graph, transfer
from cnrs_kg.engine.update_syntax import Operation, Span, is_word, parse_update
from cnrs_kg.engine.update_template import Template, read_data, read_template, solution_values
from cnrs_kg.engine.update_view import PLAIN, PUBLISHED, Policy, View
from cnrs_kg.errors import DatasetRefused, LoadRefused, ProtectedGraph, QueryCrashed, UpdateRefused
from cnrs_kg.rdf.sparql_lexer import Kind

__all__ = ["PLAIN", "PUBLISHED", "Changes", "Notice", "Policy", "changes"]

_DEFAULT_GRAPH = ox.DefaultGraph()
_NOTICES = 100
_STEP = 10_000
_MERGED = 200_000
"""Statements of several USING graphs, which are put together in memory."""


@dataclass(frozen=True)
class Notice:
    """Something that the request asked for and that was not done, though it is no failure."""

    kind: str
    """`inferred`: no graph asserts the triple; `protected`: a protected graph does; `silent`: SILENT hid a failure."""
    detail: str
    position: tuple[int, int]
    triple: ox.Triple | None = None
    graph: ox.NamedNode | None = None


@dataclass
class Changes:
    """The quads that would come and go; none is in both, none already there or already gone."""

    added: list[ox.Quad] = field(default_factory=list)
    removed: list[ox.Quad] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    """The first hundred."""
    missed: list[ox.Quad] = field(default_factory=list)
    """What was to be removed, shows in the default graph, and is not asserted there: it is inferred."""


def changes(
    store: ox.Store,
    text: str,
    *,
    policy: Policy,
    base_iri: str | None = None,
    using_default_graphs: Sequence[str] | None = None,
    using_named_graphs: Sequence[str] | None = None,
    scratch: Path | None = None,
    limit: int | None = None,
) -> Changes:
    """All that the request would do to `store`, or an exception and nothing.

    `using_default_graphs` and `using_named_graphs` are the protocol's `using-graph-uri` and `using-named-graph-uri`.
    `scratch` is a directory on the store's file system, for the checkpoint that a later operation needs to see the
    effect of an earlier one; without it the store is copied into memory. `limit` bounds the number of quads changed.
    """
    operations = parse_update(text, base_iri=base_iri)
    _refuse_load(operations)
    protocol = None
    if using_default_graphs is not None or using_named_graphs is not None:
        default, named = using_default_graphs or (), using_named_graphs or ()
        protocol = named_dataset([graph_name(iri) for iri in default], [graph_name(iri) for iri in named])
    with tempfile.TemporaryDirectory(dir=scratch, prefix="update-", ignore_cleanup_errors=True) as directory:
        view = View(store, policy, Path(directory) / "store" if scratch else None, limit)
        request = _Request(view, policy, base_iri, protocol)
        try:
            for operation in operations:
                request.run(operation)
        finally:
            view.close()
    return Changes(list(view.added), list(view.removed), request.notices, list(view.missed))


class _Request:
    """Runs operations one after the other on one view."""

    def __init__(self, view: View, policy: Policy, base_iri: str | None, protocol: Dataset | None) -> None:
        self.view = view
        self.policy = policy
        self.base_iri = base_iri
        self.protocol = protocol
        self.notices: list[Notice] = []

    def run(self, operation: Operation) -> None:
        handler = {
            "INSERT DATA": self.insert_data,
            "DELETE DATA": self.delete_data,
            "DELETE WHERE": self.delete_where,
            "MODIFY": self.modify,
            "CLEAR": self.clear,
            "DROP": self.clear,
            "CREATE": self.create,
            "ADD": self.transfer,
            "COPY": self.transfer,
            "MOVE": self.transfer,
            "LOAD": self.load,
        }[operation.name]
        try:
            handler(operation)
        except (UpdateRefused, ProtectedGraph) as error:
            if not operation.silent:
                raise
            self.note(Notice("silent", error.detail, operation.span.position))

    def insert_data(self, operation: Operation) -> None:
        block = operation.blocks["DATA"]
        quads = read_data(block.source, operation.prologue, base_iri=self.base_iri)
        self.view.change(self.to_insert(quads, operation, block), ())

    def delete_data(self, operation: Operation) -> None:
        block = operation.blocks["DATA"]
        quads = read_data(block.source, operation.prologue, base_iri=self.base_iri)
        self.view.change((), self.to_delete(quads, operation, block))

    def delete_where(self, operation: Operation) -> None:
        block = operation.blocks["WHERE"]
        template = read_template(block, operation.prologue, base_iri=self.base_iri)
        self.apply(operation, {"DELETE": template}, {"DELETE": block}, self.protocol or Dataset())

    def modify(self, operation: Operation) -> None:
        blocks = {word: block for word, block in operation.blocks.items() if word != "WHERE"}
        templates = {
            word: read_template(block, operation.prologue, base_iri=self.base_iri) for word, block in blocks.items()
        }
        self.apply(operation, templates, blocks, self.dataset(operation))

    def load(self, operation: Operation) -> None:
        self.note(Notice("silent", "LOAD SILENT was passed over: nothing is fetched", operation.span.position))

    def dataset(self, operation: Operation) -> Dataset:
        """https://www.w3.org/TR/sparql11-update/#deleteInsert on USING, which overrides WITH"""
        own = operation.using or operation.using_named
        if self.protocol and (own or operation.with_graph):
            raise DatasetRefused(
                "The request names its graphs twice: by parameters of the protocol, and by USING or WITH",
                position=operation.span.position,
            )
        if self.protocol:
            return self.protocol
        if own:
            return named_dataset(
                [self.iri(operation, one) for one in operation.using],
                [self.iri(operation, one) for one in operation.using_named],
            )
        if operation.with_graph:
            return Dataset([self.iri(operation, operation.with_graph)])
        return Dataset()

    def apply(
        self, operation: Operation, templates: dict[str, Template], blocks: dict[str, Span], dataset: Dataset
    ) -> None:
        """Instantiate the templates for every solution, then delete, then insert."""
        found: dict[str, dict[ox.Quad, None]] = {word: {} for word in templates}
        names = frozenset[str]().union(*(template.variables for template in templates.values()))
        for count, solution in enumerate(self.solutions(operation, names, dataset), 1):
            values = solution_values(solution, names)
            for word, template in templates.items():
                found[word].update(dict.fromkeys(template.fill(values)))
            if count % _STEP == 0:
                self.view.check_size(sum(map(len, found.values())))
        removed = self.to_delete(found.get("DELETE", ()), operation, blocks.get("DELETE"))
        added = self.to_insert(found.get("INSERT", ()), operation, blocks.get("INSERT"))
        self.view.change(added, removed)

    def solutions(self, operation: Operation, names: frozenset[str], dataset: Dataset) -> Iterator[ox.QuerySolution]:
        projection = " ".join(f"?{name}" for name in sorted(names)) or "*"
        try:
            store, dataset = readable(self.view.store, dataset, _MERGED)
            found = store.query(
                f"{operation.prologue}\nSELECT {projection} WHERE {operation.blocks['WHERE'].source}",
                base_iri=self.base_iri,
                default_graph=dataset.default,
                named_graphs=dataset.named,
            )
            assert isinstance(found, ox.QuerySolutions)
            yield from found
        except (RuntimeError, ValueError, OSError) as error:
            detail = f"The update could not be evaluated: {error}"
            raise QueryCrashed(detail, position=operation.span.position) from None

    def to_insert(self, quads: Iterable[ox.Quad], operation: Operation, block: Span | None) -> list[ox.Quad]:
        target = self.iri(operation, operation.with_graph) if operation.with_graph else self.policy.default_target
        placed = [_place(quad, target) for quad in quads]
        self.refuse_protected(placed, operation, block)
        return placed

    def to_delete(self, quads: Iterable[ox.Quad], operation: Operation, block: Span | None) -> list[ox.Quad]:
        target = self.iri(operation, operation.with_graph) if operation.with_graph else None
        placed: list[ox.Quad] = []
        for quad in quads:
            if self.policy.merges and target is None and isinstance(quad.graph_name, ox.DefaultGraph):
                placed += self.withdrawn(quad, operation)
            else:
                placed.append(_place(quad, target))
                if self.policy.merges and not self.view.holds(placed[-1]):
                    self.missed(placed[-1])
        self.refuse_protected(placed, operation, block)
        return placed

    def missed(self, quad: ox.Quad) -> None:
        """Note what is not where it was to be removed, if it follows from something else."""
        if _at(quad, _DEFAULT_GRAPH) in self.view.store:
            self.view.miss(quad)

    def withdrawn(self, quad: ox.Quad, operation: Operation) -> Iterator[ox.Quad]:
        """The triple in each graph that may be written; a notice where it stays all the same."""
        holders = self.view.holders(quad.triple)
        for graph in holders:
            if not self.policy.protected(graph):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        merged = [graph for graph in holders if self.policy.merged(graph)]
        kept = [graph for graph in merged if self.policy.protected(graph)]
        if kept:
            detail = f"{quad.triple} stays: the protected graph {kept[0]} asserts it"
            self.note(Notice("protected", detail, operation.span.position, quad.triple, kept[0]))
        elif not merged and quad in self.view.store:
            detail = f"{quad.triple} stays: it is inferred, no graph asserts it"
            self.note(Notice("inferred", detail, operation.span.position, quad.triple))
            self.view.miss(quad)

    def refuse_protected(self, quads: Iterable[ox.Quad], operation: Operation, block: Span | None) -> None:
        for graph in dict.fromkeys(quad.graph_name for quad in quads):
            if isinstance(graph, ox.NamedNode) and self.policy.protected(graph):
                raise protected_graph(graph, self.place(operation, block, graph))

    def place(self, operation: Operation, block: Span | None, graph: ox.NamedNode) -> tuple[int, int]:
        """Where the operation names the graph: GRAPH with its IRI, with a variable, WITH; else the operation."""
        if block is None:
            return operation.span.position
        variable = None
        for keyword, name in zip(block.tokens, block.tokens[1:], strict=False):
            if not is_word(keyword, "GRAPH"):
                continue
            span = Span(block.text, (name,))
            if name.kind is Kind.VARIABLE:
                variable = variable or span
            elif self.iri(operation, span) == graph:
                return span.position
        return (variable or operation.with_graph or operation.span).position

    def clear(self, operation: Operation) -> None:
        clear(self.view, *self.targets(operation))

    def create(self, operation: Operation) -> None:
        create(self.view, *self.targets(operation))

    def transfer(self, operation: Operation) -> None:
        transfer(self.view, operation.name, *self.targets(operation))

    def targets(self, operation: Operation) -> Iterator[Target]:
        for one in operation.targets:
            if isinstance(one, Span):
                yield Target(self.iri(operation, one), one.position)
            else:
                yield Target(one, operation.span.position)

    def iri(self, operation: Operation, span: Span) -> ox.NamedNode:
        """The IRI that a term of the request means, its prefix and base applied."""
        term = span.source
        (quad,) = read_data(f"{{ {term} {term} {term} }}", operation.prologue, base_iri=self.base_iri)
        return quad.predicate

    def note(self, notice: Notice) -> None:
        if len(self.notices) < _NOTICES:
            self.notices.append(notice)


def _refuse_load(operations: Iterable[Operation]) -> None:
    """LOAD SILENT may fail without consequence, and does."""
    for operation in operations:
        if operation.name == "LOAD" and not operation.silent:
            raise LoadRefused(
                "LOAD is refused: this endpoint fetches nothing",
                position=operation.span.position,
                advice="Send the statements in INSERT DATA, or the file by the Graph Store Protocol.",
            )


def _place(quad: ox.Quad, target: ox.NamedNode | None) -> ox.Quad:
    return quad if target is None or not isinstance(quad.graph_name, ox.DefaultGraph) else _at(quad, target)


def _at(quad: ox.Quad, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)
