"""pySHACL's constraint components as our shapes use them: made once for each shape, found in a set.

pySHACL makes a component anew for each focus node of each shape, and looks each parameter up in a list: half of its
time. It keeps the two tables in a module variable, which this module fills; shapes graphs of others are not touched.
"""

from typing import Any

import pyshacl.shape
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.core.other_constraints import ClosedConstraintComponent
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph

from cnrs_kg.validation.shapes_graph import ShapesAsked


class ReadyShapes(ShapesGraph):
    """A shapes graph that keeps the components of its shapes, and what it says of each; it must not change."""

    def __init__(self, graph: Any) -> None:
        super().__init__(graph)
        self.components: dict[Any, Any] = {}
        self._said: dict[Any, list[Any]] = {}

    def predicate_objects(self, node: Any) -> list[Any]:
        """What is said of a node."""
        if node not in self._said:
            self._said[node] = list(self.graph.predicate_objects(node))
        return self._said[node]


class AssertedClosed(ClosedConstraintComponent):
    """`sh:closed` over what is asserted: what rules infer adds predicates that no submitter wrote.

    https://www.w3.org/TR/shacl/#ClosedConstraintComponent
    """

    def evaluate(self, executor: Any, target_graph: Any, focus_value_nodes: Any, _evaluation_path: Any) -> Any:
        """As in pySHACL."""
        graph = getattr(target_graph, "asserted", target_graph)
        return super().evaluate(executor, graph, focus_value_nodes, _evaluation_path)


_OURS = {ClosedConstraintComponent: AssertedClosed, SPARQLBasedConstraint: ShapesAsked}


class _Once:
    """Makes a component of one kind, once for each shape of a `ReadyShapes`."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._ours = _OURS.get(kind, kind)

    def __call__(self, shape: Shape) -> Any:
        if not isinstance(shape.sg, ReadyShapes):
            return self._kind(shape)
        made = shape.sg.components
        key = shape.node, self._kind
        if key not in made:
            made[key] = self._ours(shape)
            # The report in prose, which nobody reads here, would cost a fifth of the time.
            made[key].make_v_result_description = _no_prose
        return made[key]


def _no_prose(*_: object, **__: object) -> str:
    return ""


class _Parameters(list[Any]):
    """A list that knows its members."""

    def __init__(self, members: Any) -> None:
        super().__init__(members)
        self._members = frozenset(self)

    def __contains__(self, member: object) -> bool:
        return member in self._members


_KINDS = {kind: _Once(kind) for kind in CONSTRAINT_PARAMETERS_MAP.values()}
_TABLES = (
    _Parameters(ALL_CONSTRAINT_PARAMETERS),
    {parameter: _KINDS[kind] for parameter, kind in CONSTRAINT_PARAMETERS_MAP.items()},
)
pyshacl.shape.CONSTRAINT_PARAMS = _TABLES  # type: ignore[attr-defined]
