"""Things that a curator declared to be the same (`owl:sameAs`) are one thing under several names.

They count once where a shape counts values, and a value conforms if one of its names does. The reasoner writes what is
said of one name for all others, so each shape would otherwise refuse the declaration itself.
"""

from collections.abc import Sequence
from typing import Any

import rdflib
from pyshacl.shape import Shape
from rdflib.namespace import OWL, SH
from rdflib.term import Node

Reports = Sequence[tuple[Any, Any]]


def forgiven(reports: Reports, shape: Shape, graph: rdflib.Graph) -> list[tuple[Any, Any]]:
    """The reports of pySHACL's (name, statements) that hold of things, whatever these are called as well."""
    said = [_said(name, triples) for name, triples in reports]
    faulty = {(*_source(one), one[SH.value]) for one in said if SH.value in one}
    return [report for report, one in zip(reports, said, strict=True) if not _is_name_alone(one, faulty, shape, graph)]


def _said(name: Node, triples: Any) -> dict[Node, Any]:
    found = {predicate: value for subject, predicate, value in triples if subject == name}
    return {name: value[1] if isinstance(value, tuple) else value for name, value in found.items()}


def _source(said: dict[Node, Any]) -> tuple[Any, ...]:
    return tuple(said.get(name) for name in (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent))


def _is_name_alone(said: dict[Node, Any], faulty: set[tuple[Any, ...]], shape: Shape, graph: rdflib.Graph) -> bool:
    focus, source, component = _source(said)
    value = said.get(SH.value)
    if SH.resultPath not in said or (component != SH.MaxCountConstraintComponent and not _names(value, graph)):
        return False
    judging = shape.sg.lookup_shape_from_node(source)
    values = judging.value_nodes(graph, [focus])[focus]
    if component == SH.MaxCountConstraintComponent:
        things = {min({one, *_names(one, graph)}) for one in values}
        return len(things) <= int(judging.sg.graph.value(source, SH.maxCount))
    return any((focus, source, component, one) not in faulty for one in _names(value, graph) & set(values))


def _names(value: Any, graph: rdflib.Graph) -> set[Any]:
    """What else a thing is called."""
    return set(graph.objects(value, OWL.sameAs)) if isinstance(value, rdflib.URIRef) else set()
