"""SHACL validation by pySHACL (https://www.w3.org/TR/shacl/), the judge whose report we trust.

It judges a graph whole, or what a change can affect: shape by shape, on the focus nodes that `affected` finds.
"""

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyoxigraph as ox
import rdflib
from pyshacl.errors import ReportableRuntimeError
from pyshacl.pytypes import SHACLExecutor
from pyshacl.shape import Shape
from rdflib.term import Node

from cnrs_kg.errors import ShapesError
from cnrs_kg.rdf.rdflib_terms import StatementsGraph, from_rdflib, graph_of, to_rdflib
from cnrs_kg.rdf.statements import Before, Merged, Statements, Stored
from cnrs_kg.rdf.terms import Term
from cnrs_kg.validation.affected import (
    SUBCLASS,
    Changed,
    Classes,
    affected,
    affected_by_values,
    changed,
    is_focus_node,
)
from cnrs_kg.validation.aliases import forgiven
from cnrs_kg.validation.paths import WalkTooLong
from cnrs_kg.validation.patterns import NotScreened
from cnrs_kg.validation.report import Result, in_order
from cnrs_kg.validation.results import Found, listed, result
from cnrs_kg.validation.screen import Screen
from cnrs_kg.validation.shapes import Shapes, Target, compile_shapes

LIMIT = 2_000
"""Nodes that may be met on the way from a change back to the focus nodes of a shape; beyond, it judges all of them."""

_FEW = 100
"""Nodes that may be met before values are judged on the way: judging so many costs less than telling them apart."""

DETAILED = 500
"""Nodes of a shape whose results pySHACL writes; more that fail are listed, without the value that fails."""

_DEEPEST = 50
_TREE = "the change moves classes"
_TOO_FAR = "the change reaches more than {:,} nodes"


@dataclass(frozen=True)
class Judgement:
    """What a change causes (`results`), and what was as faulty before it (`background`), where it was looked at.

    `whole` names each shape that judged all of its focus nodes, with the reason; `judged` counts pairs of shape and
    node, `listed` the results that do not say which value fails.
    """

    results: tuple[Result, ...] = ()
    background: tuple[Result, ...] = ()
    whole: tuple[tuple[str, str], ...] = ()
    judged: int = 0
    listed: int = 0


def judge(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> tuple[Result, ...]:
    """Every result of the data (inferences included) under the shapes, in order: by pySHACL alone, node by node.

    `ShapesError` for malformed shapes.
    """
    graph = graph_of(data)
    found = (_validate(target, graph, _focus_nodes(target, graph)) for target in compile_shapes(shapes).targets)
    return in_order(one.result for results in found for _, one in results)


def judge_store(
    store: ox.Store,
    shapes: Shapes,
    *,
    merged: Merged = lambda graph: True,
    screened: bool = True,
    detailed: int | None = DETAILED,
) -> Judgement:
    """Every result of the store's default graph; `merged` tells which named graphs it merges.

    Only the nodes that `Screen` finds suspicious are judged; `whole` names the shapes that it cannot screen. Without
    `screened` every node is judged, which takes long and says the same. `detailed` nodes of a shape that fails more are
    judged, the others listed; None: all are judged.
    """
    statements = Stored(store, merged)
    screen, graph = Screen(store, statements, Classes(statements)), StatementsGraph(statements)
    results: list[Result] = []
    whole: list[tuple[str, str]] = []
    judged = brief = 0
    for target in shapes.targets:
        nodes, reason = _suspects(screen, target, graph) if screened else (_focus_nodes(target, graph), None)
        if reason:
            whole.append((target.name, reason))
        judged += len(nodes)
        nodes, listed = _listed(screen, target, nodes, detailed) if screened else (nodes, [])
        results += listed
        brief += len(listed)
        results += (one.result for _, one in _validate(target, graph, nodes))
    return Judgement(in_order(results), (), tuple(whole), judged, brief)


def _listed(
    screen: Screen,
    target: Target,
    nodes: Collection[Term],
    most: int | None,
    is_new: Callable[[Term], bool] = lambda node: True,
) -> tuple[Collection[Term], list[Result]]:
    """The nodes to judge in detail, and the results of others, of which the screen is sure.

    Only nodes that are new are listed: of others, what was there before must be told apart.
    """
    if most is None or len(nodes) <= most:
        return nodes, []
    try:
        findings = screen.findings(target, nodes)
    except NotScreened:
        return nodes, []
    unsure = {node for one in findings for node in (screen.aliased(one) if one.exact else one.nodes)}
    unsure |= {node for node in nodes if not isinstance(node, ox.NamedNode) or not is_new(node)}
    sure = sorted({node for one in findings for node in one.nodes} - unsure, key=str)
    # The same term in all results of a node, so that they are smaller, in a pickle too.
    rest = {node: node for node in sure[most:]}
    others = [told for one in findings for told in listed(one, [rest[node] for node in one.nodes if node in rest])]
    return [*unsure, *sure[:most]], others


def _suspects(screen: Screen, target: Target, graph: rdflib.Graph) -> tuple[Collection[Term], str | None]:
    """The focus nodes that may fail a shape; all of them, and why, if that cannot be told."""
    try:
        return screen.suspects(target), None
    except NotScreened as reason:
        return _focus_nodes(target, graph), f"it cannot be screened: {reason}"


def judge_change(
    store: ox.Store,
    shapes: Shapes,
    added: Collection[ox.Quad],
    removed: Collection[ox.Quad],
    *,
    merged: Merged = lambda graph: True,
    limit: int = LIMIT,
    detailed: int | None = DETAILED,
) -> Judgement:
    """The results that a change to the default graph of a store causes; the store holds it already.

    `added` and `removed` are the quads that the store gained and lost: of the default graph, inferred ones included,
    and of named graphs, which only `sh:closed` asks for. They must be in stored form. A shape of which the change
    reaches more than `limit` nodes judges all of its focus nodes. `detailed` is as for `judge_store`.
    """
    now, before = Stored(store, merged), Before(store, added, removed, merged)
    sides = [changed(added, now, before, merged), changed(removed, before, now, merged)]
    classes = Classes(now)
    work = _Work(now, before, sides, classes, limit, Screen(store, now, classes), detailed)
    return _Judging(work, tree=any(SUBCLASS in side.by_predicate for side in sides)).of(shapes)


def conforms(statements: Statements, shapes: Shapes, shape: Node, node: Term) -> bool:
    """Whether a node conforms to the shape of this name; `KeyError` if there is none."""
    found = shapes.targets[0].shape.sg.lookup_shape_from_node(shape)
    return _conforms(found, StatementsGraph(statements), node)


@dataclass(frozen=True)
class _Work:
    now: Statements
    before: Statements
    sides: list[Changed]
    classes: Classes
    limit: int
    screen: Screen
    detailed: int | None


class _Judging:
    """One judgement of a change."""

    def __init__(self, work: _Work, *, tree: bool) -> None:
        self._work, self._tree = work, tree
        self._now, self._before = StatementsGraph(work.now), StatementsGraph(work.before)

    def of(self, shapes: Shapes) -> Judgement:
        results: list[Result] = []
        background: list[Result] = []
        whole: list[tuple[str, str]] = []
        judged = brief = 0
        for target in shapes.targets:
            nodes, reason = self._nodes(target)
            if reason:
                whole.append((target.name, reason))
            if not nodes:
                continue
            judged += len(nodes)
            nodes, others = _listed(
                self._work.screen, target, nodes, self._work.detailed, partial(self._is_new, target)
            )
            results += others
            brief += len(others)
            found = _validate(target, self._now, nodes)
            if not found:
                continue
            was = Counter(_key(old) for old in self._were(target, {node for node, _ in found}))
            for _, one in found:
                key = _key(one.result)
                old = was[key] > 0
                was[key] -= 1
                (background if old and not self._made_worse(one) else results).append(one.result)
        return Judgement(in_order(results), in_order(background), tuple(whole), judged, brief)

    def _nodes(self, target: Target) -> tuple[Collection[Term], str | None]:
        """The focus nodes to judge again, and why it is all of them if so."""
        reason = target.unknown or (_TREE if self._tree else None)
        if reason is None:
            try:
                return [node for node in self._affected(target) if self._judges(target, node, self._work.now)], None
            except WalkTooLong:
                reason = _TOO_FAR.format(self._work.limit)
        return _suspects(self._work.screen, target, self._now)[0], reason

    def _affected(self, target: Target) -> set[Term]:
        work = self._work
        try:
            return affected(target, work.sides, work.classes, min(_FEW, work.limit) if target.nested else work.limit)
        except WalkTooLong:
            return affected_by_values(target, work.sides, work.classes, work.limit, self._differs)

    def _differs(self, shape: Shape, node: Term) -> bool:
        """Whether a node conforms to a shape now and did not before, or the other way round."""
        return _conforms(shape, self._now, node) != _conforms(shape, self._before, node)

    def _judges(self, target: Target, node: Term, statements: Statements) -> bool:
        return is_focus_node(target, node, statements, self._work.classes)

    def _is_new(self, target: Target, node: Term) -> bool:
        """Whether the shape judges a node now and did not before."""
        return not (target.unknown or self._tree or self._judges(target, node, self._work.before))

    def _were(self, target: Target, nodes: Collection[Term]) -> Iterator[Result]:
        """What the shape found on these nodes before the change, those that it judged then."""
        if target.unknown or self._tree:
            same: Collection[Term] = set(_focus_nodes(target, self._before)) & set(nodes)
        else:
            same = [node for node in nodes if self._judges(target, node, self._work.before)]
        yield from (one.result for _, one in _validate(target, self._before, same))

    def _made_worse(self, found: Found) -> bool:
        """Whether a fault that counts values was there before, and the change adds to it."""
        if found.result.value is not None or found.result.focus_node is None:
            return False
        gained, lost = self._work.sides
        for step in found.steps:
            side = lost if found.missing else gained
            for triple in side.by_predicate.get(step.predicate, ()) if step.predicate else ():
                if (triple.object if step.inverse else triple.subject) == found.result.focus_node:
                    return True
        return False


def _key(result: Result) -> tuple[str, ...]:
    parts = (result.shape, result.constraint, result.focus_node, result.path, result.value, result.severity)
    return (*map(str, parts), *(f"{language}:{text}" for language, text in sorted(result.message.items())))


def _focus_nodes(target: Target, graph: rdflib.Graph) -> list[Term]:
    return [from_rdflib(node) for node in target.shape.focus_nodes(graph)]


def _validate(target: Target, graph: rdflib.Graph, nodes: Collection[Term]) -> list[tuple[Term, Found]]:
    """What a shape finds on each of these nodes; a result may be about a node that its path leads to."""
    shapes = target.shape.sg.graph
    return [
        (node, result(name, triples, shapes)) for node in nodes for name, triples in _ask(target.shape, graph, node)[1]
    ]


def _conforms(shape: Shape, graph: rdflib.Graph, node: Term) -> bool:
    return _ask(shape, graph, node)[0]


def _ask(shape: Shape, graph: rdflib.Graph, node: Term) -> tuple[bool, list[tuple[Any, Any]]]:
    """pySHACL's answer: whether a node conforms to a shape, and the statements of each result under its name."""
    focus: Any = to_rdflib(node)
    try:
        with warnings.catch_warnings():
            # rdflib warns of each ill-typed literal that it meets: here they are what is looked for.
            warnings.simplefilter("ignore", UserWarning)
            conforms, reports = shape.validate(SHACLExecutor(max_validation_depth=_DEEPEST), graph, focus=focus)
    except (ReportableRuntimeError, NotImplementedError, AssertionError) as error:
        raise ShapesError(f"the shape {shape.node} cannot be used: {error}") from error
    found = [(name, triples) for _, name, triples in reports]
    kept = forgiven(found, shape, graph)
    return conforms or (bool(found) and not kept), kept


class _Quiet(logging.Filter):
    """Keeps rdflib from logging a traceback for each ill-typed literal, which a report lists anyway."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Failed to convert Literal")


logging.getLogger("rdflib.term").addFilter(_Quiet())
