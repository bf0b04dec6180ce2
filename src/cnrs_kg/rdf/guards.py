"""What is looked at before a native parser sees a request or a document.

pyoxigraph 0.5.13 descends recursively and without a limit. On a stack of 512 MiB it bore 30,000 nested groups,
parentheses, calls or triple terms of every kind tried, and died between 60,000 and 300,000; its time grows with the
square of a chain of operators (10,000 `||`: 14 s) or of the nesting of JSON-LD (3,000: 4 s). No valid document of the
W3C suites comes near the limits here.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

from cnrs_kg.errors import QueryTooComplex, RdfSyntaxError, TooNested, UploadTooLarge
from cnrs_kg.rdf.formats import RdfSyntax
from cnrs_kg.rdf.sparql_lexer import Kind, line_and_column, tokens

NESTING = 1_000
"""Default limit of nesting, for requests and documents alike."""
OPERATORS = 20_000
"""Default limit of operators and clauses in one request."""

_OPENING = frozenset({"{", "(", "[", "<<", "<<(", "{|"})
_CLOSING = frozenset({"}", ")", "]", ">>", ")>>", "|}"})
_UNARY = frozenset({"!", "+", "-"})
_OPERATORS = frozenset({"||", "&&", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "|", "^", "!", "?"})
_CLAUSES = frozenset({"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "AS", "IN", "EXISTS", "GRAPH", "VALUES"})
_LONG_IRI = 2_000
# A string that is not closed reaches to the end: to look again from each quotation mark takes time by their square.
_JSON_STRING = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?', re.DOTALL)
_JSON_BRACKET = re.compile(_JSON_STRING.pattern + rb"|([\[{])|([\]}])", re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_XML_TAG = re.compile(
    rb"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)|<!\[CDATA\[(?:[^\]]|\](?!\]>))*+(?:\]\]>|\Z)|<\?(?:[^?]|\?(?!>))*+(?:\?>|\Z)"
    rb"|(<[^\s<>/!?](?:[^<>\"'/]|/(?!>)|\"[^\"]*+\"|'[^']*+')*+>)|(</[^<>]*+>)",
    re.DOTALL,
)
_TURTLE_SKIPPED = (
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""' + rb"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    rb'|"(?:[^"\\\n]++|\\.)*+"' + rb"|'(?:[^'\\\n]++|\\.)*+'" + rb"|\#[^\n]*+"
)
_TURTLE_TRIPLE = re.compile(_TURTLE_SKIPPED + rb"|(<<)|(>>)|<[^<>\n]*+>", re.DOTALL)


def check_request(text: str, *, nesting: int = NESTING, operators: int = OPERATORS) -> None:
    """Raise `QueryTooComplex` if a SPARQL request is deeper, or chains more operators, than the limits allow."""
    if not _may_be_deep(text, nesting, operators):
        return
    depth = chain = seen = 0
    for token in tokens(text):
        if token.kind is Kind.IRI and len(token.text) > _LONG_IRI:
            # `?a<((((…1))))>2` reads as an IRI here, as the grammar has it, but pyoxigraph also tries the operator.
            deepest = depth + sum(map(token.text.count, "([{!"))
        elif token.kind is Kind.PUNCTUATION:
            depth = max(0, depth + (token.text in _OPENING) - (token.text in _CLOSING))
            chain = chain + 1 if token.text in _UNARY else 0
            deepest = max(depth, chain)
            seen += token.text in _OPERATORS
        else:
            deepest = chain = 0
            seen += token.kind is Kind.WORD and token.text.upper() in _CLAUSES
        if deepest > nesting:
            raise _too_complex("nested", nesting, "query_nesting", text, token.start)
        if seen > operators:
            raise _too_complex("chained", operators, "query_operators", text, token.start)


def _may_be_deep(text: str, nesting: int, operators: int) -> bool:
    """A look at C speed, enough for nearly every request: too short, or too few brackets and signs."""
    if len(text) <= min(nesting, operators):
        return False
    return len(text) > operators or sum(map(text.count, "{([<!+-")) > nesting


def _too_complex(what: str, limit: int, name: str, text: str, offset: int) -> QueryTooComplex:
    line, column = line_and_column(text, offset)
    unit = "levels" if what == "nested" else "operators or clauses"
    return QueryTooComplex(
        f"The request is {what} over {limit:,} {unit} at line {line}, column {column}",
        limit=name,
        position=(line, column),
        advice="Split the request, use VALUES for long lists, or IN instead of a chain of ||.",
    )


def check_document(data: bytes, syntax: RdfSyntax, *, nesting: int = NESTING) -> None:
    """Raise `TooNested` or `RdfSyntaxError` for a document that the native parser of its syntax would not survive."""
    if syntax.name == "jsonld":
        check_json_nesting(data, nesting=nesting)
    elif syntax.name == "rdfxml":
        check_xml_entities(data)
        check_xml_nesting(data, nesting=nesting)
    else:
        check_triple_terms(data, nesting=nesting)


def check_json_nesting(data: bytes, *, nesting: int = NESTING) -> None:
    """Raise `TooNested` for JSON deeper than the limit; its grammar is not judged."""
    brackets = _JSON_STRING.sub(b"", data).translate(None, _NO_BRACKETS)
    if _deepest(brackets, nesting) > nesting:
        raise _too_nested(data, _JSON_BRACKET, nesting)


def check_xml_nesting(data: bytes, *, nesting: int = NESTING) -> None:
    """Raise `TooNested` for XML deeper than the limit: pyoxigraph's time grows with the square of the depth."""
    if data.count(b"</") <= nesting:
        return
    depth = 0
    for match in _XML_TAG.finditer(data):
        depth = max(0, depth + (match.lastindex == 1) - (match.lastindex == 2))
        if depth > nesting:
            raise _too_nested(data, _XML_TAG, nesting)


def check_triple_terms(data: bytes, *, nesting: int = NESTING) -> None:
    """Raise `TooNested` for Turtle, TriG, N3, N-Triples or N-Quads with triple terms deeper than the limit.

    Their other brackets need no check: pyoxigraph keeps those on the heap.
    """
    if data.count(b"<<") <= nesting:
        return
    depth = 0
    for match in _TURTLE_TRIPLE.finditer(data):
        depth = max(0, depth + (match.lastindex == 1) - (match.lastindex == 2))
        if depth > nesting:
            raise _too_nested(data, _TURTLE_TRIPLE, nesting)


def _deepest(brackets: bytes, limit: int) -> int:
    depth = 0
    for byte in brackets:
        depth += 1 if byte in b"[{" else -1
        if depth > limit:
            return depth
    return 0


def _too_nested(data: bytes, bracket: re.Pattern[bytes], nesting: int) -> TooNested:
    """The error with the place where the limit is passed, searched only now."""
    depth = offset = 0
    for match in bracket.finditer(data):
        depth = max(0, depth + (match.lastindex == 1) - (match.lastindex == 2))
        if depth > nesting:
            offset = match.start()
            break
    line, column = byte_position(data, offset)
    return TooNested(
        f"The document is nested deeper than {nesting:,} levels at line {line}, column {column}",
        limit="upload_nesting",
        position=(line, column),
        advice="Give the inner nodes IRIs of their own and list them side by side.",
    )


def byte_position(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a byte; columns in characters, as far as the bytes before are UTF-8."""
    start = data.rfind(b"\n", 0, offset) + 1
    column = len(data[start:offset].decode("utf-8", errors="replace")) + 1
    return data.count(b"\n", 0, offset) + 1, column


_MARKS = (
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\xfe\xff", "UTF-16"),
    (b"\xff\xfe", "UTF-16"),
)
_UTF8_MARK = b"\xef\xbb\xbf"
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)")
_UTF8_NAMES = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_NO_TEXT = (
    (b"PK\x03\x04", "a zip archive", "If it is a workbook, give it the extension .xlsx, or send its media type."),
    (b"\xd0\xcf\x11\xe0", "a file of Office 97", "Save it as .xlsx, and give it that extension."),
    (b"\x1f\x8b", "compressed by gzip", "Unpack it, or send it with Content-Encoding: gzip."),
    (b"%PDF", "a PDF", "Send RDF, or a spreadsheet made from the template."),
    (b"\x89PNG", "an image", "Send RDF, or a spreadsheet made from the template."),
    (b"\xff\xd8\xff", "an image", "Send RDF, or a spreadsheet made from the template."),
)
_LOOKED_AT = 400
_RECODE = "Save the document as UTF-8 and send it again."


def refuse_no_text(data: bytes) -> None:
    """Raise `RdfSyntaxError` for an archive, an image or another document that is no text."""
    for start, name, advice in _NO_TEXT:
        if data.startswith(start):
            raise RdfSyntaxError(f"The document is {name}, no text", limit="charset", position=(1, 1), advice=advice)


def utf8_text(data: bytes, media_type: str = "") -> bytes:
    """The document without its byte order mark; `RdfSyntaxError` if it is, or says that it is, anything but UTF-8."""
    declared = _CHARSET.search(media_type)
    if declared and declared[1].lower() not in _UTF8_NAMES:
        raise RdfSyntaxError(f"The charset {declared[1]} is not read here, only UTF-8", limit="charset", advice=_RECODE)
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise RdfSyntaxError(f"The document is {name}, not UTF-8", limit="charset", position=(1, 1), advice=_RECODE)
    refuse_no_text(data)
    halves = sorted(data[part:_LOOKED_AT:2].count(0) for part in (0, 1))
    if halves[1] > 2 * halves[0] and 4 * halves[1] > len(data[:_LOOKED_AT]):
        raise RdfSyntaxError("The document is UTF-16, not UTF-8", limit="charset", position=(1, 1), advice=_RECODE)
    data = data.removeprefix(_UTF8_MARK)
    encoding = _XML_ENCODING.match(data.lstrip()[:500])
    if encoding and encoding[1].decode("latin-1").lower() not in _UTF8_NAMES:
        name = encoding[1].decode("latin-1")
        raise RdfSyntaxError(
            f"The document declares the encoding {name}, not UTF-8", limit="charset", position=(1, 1), advice=_RECODE
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = byte_position(data, error.start)
        letter = data[error.start : error.start + 1].decode("cp1252", errors="replace")
        raise RdfSyntaxError(
            f"Not UTF-8 at line {line}, column {column} (byte {data[error.start]:#04x})",
            limit="charset",
            position=(line, column),
            advice=f"In Windows-1252 it would be “{letter}”. {_RECODE}" if letter.isprintable() else _RECODE,
        ) from None
    return data


_ENTITY = re.compile(rb"<!ENTITY\s+(%\s+)?([^\s%]+)\s+(?:\"([^\"]*)\"|'([^']*)'|(SYSTEM|PUBLIC)\b)")
_REFERENCE = re.compile(rb"&([^#;&\s][^;&\s]*+);")
_EXPANSION = 2**20


def check_xml_entities(data: bytes) -> None:
    """Raise `RdfSyntaxError` for a document type that could read files or blow up the document.

    Internal entities of plain text, as ontologies use them for namespaces, are let through as long as all that they
    stand for is no larger than the document itself, or a megabyte.
    """
    start = data.find(b"<!DOCTYPE")
    if start < 0:
        return
    lengths: dict[bytes, int] = {}
    for match in _ENTITY.finditer(data):
        value = match[3] if match[3] is not None else match[4]
        if match[1] or value is None or b"&" in value or b"%" in value or b"<" in value:
            raise _entity_refused(data, match.start(), "an external, parameter or nested entity")
        lengths[match[2]] = len(value)
    if data.count(b"<!ENTITY") != len(lengths) or re.match(rb"<!DOCTYPE[^\[>]*\b(SYSTEM|PUBLIC)\b", data[start:]):
        raise _entity_refused(data, start, "a document type that is not plain internal entities")
    expanded = sum(lengths.get(match[1], 0) for match in _REFERENCE.finditer(data))
    if expanded > max(len(data), _EXPANSION):
        raise _entity_refused(data, start, "entities that stand for more than the document itself")


def _entity_refused(data: bytes, offset: int, what: str) -> RdfSyntaxError:
    line, column = byte_position(data, offset)
    return RdfSyntaxError(
        f"The document has {what}, at line {line}, column {column}",
        limit="xml_entities",
        position=(line, column),
        advice="Write the text out where the entity is used, and leave the document type away.",
    )


_BLOCK = 2**16
_MEMBERS = 10_000


def bounded_gunzip(compressed: bytes | Iterable[bytes], limit: int, name: str = "upload_bytes") -> bytes:
    """What a gzip stream (of one or more members) holds: at most `limit` bytes, else `UploadTooLarge`.

    `RdfSyntaxError` if it is damaged, ends early or has more members than anybody needs. Never holds more than the
    limit and one block; the time is that of the stream's length, however it is cut into members.
    """
    found = BytesIO()

    def keep(part: bytes) -> None:
        if found.tell() + len(part) > limit:
            raise UploadTooLarge(
                f"The body is larger than {limit:,} bytes once decompressed",
                limit=name,
                advice="Send it in several parts.",
            )
        found.write(part)

    member, members = zlib.decompressobj(wbits=31), 0
    for block in _blocks(compressed):
        while block:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
                members += 1
                if members > _MEMBERS:
                    raise RdfSyntaxError(f"The gzip stream has more than {_MEMBERS:,} members", limit="gzip")
            block = _inflate(member, block, keep)
    if not member.eof:
        raise RdfSyntaxError("The gzip stream ends early", limit="gzip", advice="Send the whole file.")
    return found.getvalue()


def _blocks(compressed: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of a size whose rest can be copied for each member."""
    for piece in [compressed] if isinstance(compressed, bytes) else compressed:
        for start in range(0, len(piece), _BLOCK):
            yield piece[start : start + _BLOCK]


def _inflate(member: "zlib._Decompress", block: bytes, keep: Callable[[bytes], None]) -> bytes:
    """Feed one block to one member; what is left of it belongs to the next."""
    try:
        keep(member.decompress(block, _BLOCK))
        while member.unconsumed_tail and not member.eof:
            keep(member.decompress(member.unconsumed_tail, _BLOCK))
    except zlib.error as error:
        raise RdfSyntaxError(f"The gzip stream is damaged: {error}", limit="gzip") from None
    return member.unused_data
