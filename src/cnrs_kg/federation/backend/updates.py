"""Statements as SPARQL Update tells another engine of them.

https://www.w3.org/TR/sparql11-update/
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH

DEFAULT = "urn:cnrs-kg:default"
"""The graph there that holds our default graph."""


def dropped(*graphs: str) -> list[str]:
    """The updates that leave nothing of some graphs."""
    return [f"DROP SILENT GRAPH <{graph}>" for graph in graphs]


def operations(statements: Iterable[tuple[bool, ox.Quad]]) -> Iterator[str]:
    """The updates that add the statements that are to be there, and remove the others."""
    rows: dict[bool, dict[str, list[str]]] = {True: defaultdict(list), False: defaultdict(list)}
    for wanted, quad in statements:
        graph = f"<{DEFAULT}>" if quad.graph_name == DEFAULT_GRAPH else str(quad.graph_name)
        rows[wanted][graph].append(f"{quad.subject} {quad.predicate} {quad.object} .")
    for wanted, graphs in rows.items():
        if graphs:
            data = "\n".join("\n".join((f"GRAPH {graph} {{", *lines, "}")) for graph, lines in graphs.items())
            yield f"{'INSERT' if wanted else 'DELETE'} DATA {{\n{data}\n}}"
