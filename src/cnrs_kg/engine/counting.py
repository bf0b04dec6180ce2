"""How many rows a serialised answer has, told only as exactly as it matters.

https://www.w3.org/TR/sparql11-results-json/, https://www.w3.org/TR/rdf-sparql-XMLres/,
https://www.w3.org/TR/sparql11-results-csv-tsv/
"""

import re
from collections.abc import Iterable, Iterator

from cnrs_kg.engine.spool import Spool

UNKNOWN = -1
_SHORTEST = {"json": 3, "xml": 8, "csv": 2, "tsv": 1}
_BOUND = {"json": b",{", "xml": b"<result>", "csv": b"\n", "tsv": b"\n"}
_JSON_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"')
_JSON_CLOSED = re.compile(rb'(?:[^"]++|"(?:[^"\\]++|\\.)*+")*+')
_CSV_QUOTED = re.compile(rb'"[^"]*+"')
_CSV_CLOSED = re.compile(rb'(?:[^"]++|"[^"]*+")*+')


def count_rows(name: str, spool: Spool, limit: int) -> int:
    """The rows of an answer if it may have more than `limit`, or if counting is cheap; else `UNKNOWN`."""
    small = spool.size // _SHORTEST[name] <= limit
    if small and name in ("json", "csv"):
        return UNKNOWN
    bound = count_across(spool.blocks(), _BOUND[name])
    if name == "xml":
        return bound
    if name == "tsv":
        return bound - 1
    if bound < limit:
        return UNKNOWN
    return count_json_rows(spool.blocks()) if name == "json" else count_csv_rows(spool.blocks())


def count_across(blocks: Iterable[bytes], wanted: bytes) -> int:
    """How often `wanted` occurs, also where it straddles two blocks."""
    total, tail = 0, b""
    for block in blocks:
        total += (tail + block).count(wanted)
        tail = (tail + block)[1 - len(wanted) :] if len(wanted) > 1 else b""
    return total


def count_json_rows(blocks: Iterable[bytes]) -> int:
    """Row objects follow `[` or `,`; the objects of terms follow a colon, once strings are out of the way."""
    bare = (_JSON_STRING.sub(b"", part) for part in _without_open_string(blocks, _JSON_CLOSED))
    return sum(part.count(b"[{") + part.count(b",{") for part in bare)


def count_csv_rows(blocks: Iterable[bytes]) -> int:
    """Lines outside quotes, but for the header."""
    bare = (_CSV_QUOTED.sub(b"", part) for part in _without_open_string(blocks, _CSV_CLOSED))
    return sum(part.count(b"\n") for part in bare) - 1


def _without_open_string(blocks: Iterable[bytes], closed: re.Pattern[bytes]) -> Iterator[bytes]:
    """The blocks cut anew, so that no string and no `[{` straddles two."""
    rest = b""
    for block in blocks:
        data = rest + block
        match = closed.match(data)
        end = match.end() if match else 0
        if data[end - 1 : end] in (b"[", b","):
            end -= 1
        yield data[:end]
        rest = data[end:]
    yield rest
