"""A version's statements as columns, in Apache Parquet (https://parquet.apache.org/docs/file-format/).

Needs pyarrow, which the extra `parquet` brings. Rows are those of the N-Quads: all that the default graph holds has no
`graph`, and is `inferred` where no named graph holds it.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from cnrs_kg.rdf.terms import DEFAULT_GRAPH

MEDIA_TYPE = "application/vnd.apache.parquet"
COLUMNS = ("subject", "predicate", "object", "datatype", "language", "graph", "inferred")
GROUP = 65_536
"""Rows of a group, which are in memory at a time."""
Row = tuple[str, str, str, str | None, str | None, str | None, bool]


def available() -> bool:
    """Whether the library is there."""
    return find_spec("pyarrow") is not None


def write(store: ox.Store, path: Path, facts: dict[str, str]) -> None:
    """Write all quads of a store to a file, with `facts` about it in its metadata."""
    import pyarrow as pa  # imported only where a file is made: it takes 60 MB and is not always there
    from pyarrow.parquet import ParquetWriter

    fields = [pa.field(name, pa.bool_() if name == "inferred" else pa.string()) for name in COLUMNS]
    schema = pa.schema(fields, metadata=facts)
    rows = _rows(store)
    with ParquetWriter(
        path, schema, compression="zstd", use_dictionary=["predicate", "datatype", "language", "graph"]
    ) as file:
        while group := list(islice(rows, GROUP)):
            columns = zip(*group, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
            file.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _rows(store: ox.Store) -> Iterator[Row]:
    for quad in store:
        graph = None if quad.graph_name == DEFAULT_GRAPH else _name(quad.graph_name)
        inferred = graph is None and not _asserted(store, quad)
        yield _name(quad.subject), quad.predicate.value, *_object(quad.object), graph, inferred


def _asserted(store: ox.Store, quad: ox.Quad) -> bool:
    found = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(one.graph_name != DEFAULT_GRAPH for one in found)


def _object(term: Any) -> tuple[str, str | None, str | None]:
    """What the term says, its datatype and its language; neither for what is no literal."""
    if isinstance(term, ox.Literal):
        return term.value, term.datatype.value, term.language
    return _name(term), None, None


def _name(term: Any) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
