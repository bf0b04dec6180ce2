"""Verdicts in the forms that other tools read: CSV, SARIF 2.1.0, and the SHACL report in RDF.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/ and https://www.w3.org/TR/shacl/#validation-report
"""

import csv
import io
from collections.abc import Iterator
from itertools import starmap
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from cnrs_kg.rdf.namespaces import RDF, RDFS, SH, XSD
from cnrs_kg.validation.excerpts import place_name
from cnrs_kg.validation.labels import in_language
from cnrs_kg.validation.report import Result, Verdict

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
_COLUMNS = (
    "severity",
    "kind",
    "shape",
    "constraint",
    "focusNode",
    "path",
    "value",
    "message",
    "file",
    "sheet",
    "line",
    "column",
    "expected",
    "found",
    "fixes",
    "example",
)


def to_csv(verdict: Verdict, lang: str) -> str:
    """A line for each result and place, and for each note; cells that would be taken for formulas are quoted."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for result in verdict.results:
        for place in result.places or ({},):
            row = (
                result.severity,
                result.kind,
                result.shape,
                result.constraint,
                result.focus_node,
                result.path,
                result.value,
                said(result, lang),
                place.get("file"),
                place.get("sheet"),
                place.get("line") or place.get("row"),
                place.get("column"),
                expected(result, lang),
                result.found,
                "\n".join(str(fix["replacement"]) for fix in result.fixes),
                result.example,
            )
            writer.writerow(_cell(value) for value in row)
    for note in verdict.told():
        said_row = dict.fromkeys(_COLUMNS, "") | {"severity": "Info", "kind": "note", "message": note[lang]}
        writer.writerow(_cell(value) for value in said_row.values())
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in "=+-@\t" and text[:1] else text


def said(result: Result, lang: str) -> str:
    """The message in a language, else in another."""
    return in_language(result.message, lang) or result.constraint or result.kind


def expected(result: Result, lang: str) -> str | None:
    """What was expected, in a language, else in another."""
    return in_language(result.expected or {}, lang)


def to_sarif(verdict: Verdict, lang: str) -> dict[str, Any]:
    """A SARIF log with one run: code forges show its results on the lines."""
    rules = sorted({(_rule(result), result.shape) for result in verdict.results}, key=str)
    notes = [{"level": "note", "message": {"text": note[lang]}} for note in verdict.told()]
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "cnrs-kg", "rules": list(starmap(_sarif_rule, rules))}},
                "language": lang,
                "columnKind": "unicodeCodePoints",
                "results": [_sarif(result, lang) for result in verdict.results],
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
            }
        ],
    }


def _sarif_rule(name: str, shape: str | None) -> dict[str, Any]:
    return {"id": name} | ({"helpUri": shape} if shape else {})


def _rule(result: Result) -> str:
    return result.shape or result.constraint or result.kind


def _sarif(result: Result, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": _rule(result),
        "level": _LEVELS[result.severity],
        "message": {"text": said(result, lang)},
    }
    locations = [_location(place) for place in result.places]
    fixes = [
        _sarif_fix(fix, place, lang) for fix in result.fixes for place in result.places[:1] if "endColumn" in place
    ]
    more: dict[str, Any] = {"expected": expected(result, lang), "found": result.found, "example": result.example}
    more["fixes"] = [str(fix["replacement"]) for fix in result.fixes] or None
    bag = {name: value for name, value in more.items() if value is not None}
    parts = {"locations": locations, "fixes": fixes, "properties": bag}
    return found | {name: part for name, part in parts.items() if part}


def _sarif_fix(fix: Any, place: Any, lang: str) -> dict[str, Any]:
    beside = fix.get("beside") or {}
    changes = [(place, fix["replacement"])]
    changes += [(beside["place"], beside["replacement"])] if "endColumn" in (beside.get("place") or {}) else []
    return {
        "description": {"text": in_language(fix["message"], lang)},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(where),
                "replacements": [{"deletedRegion": _region(where), "insertedContent": {"text": text}}],
            }
            for where, text in changes
        ],
    }


def _artifact(place: Any) -> dict[str, str]:
    """The file as a reference: a URI of its name (section 3.10.2)."""
    return {"uri": quote(place["file"])}


def _location(place: Any) -> dict[str, Any]:
    """A region of a text; a cell, which SARIF has no region for, by its name."""
    physical: dict[str, Any] = {"artifactLocation": _artifact(place)}
    if "line" in place:
        return {"physicalLocation": physical | {"region": _region(place)}}
    cell = f"{place['sheet']}!{place['column']}{place['row']}"
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": cell, "kind": "element"}]}


def _region(place: Any) -> dict[str, int]:
    names = {"line": "startLine", "column": "startColumn", "endColumn": "endColumn"}
    return {names[name]: place[name] for name in names if name in place}


def to_rdf(verdict: Verdict) -> Iterator[ox.Triple]:
    """The SHACL validation report; inconsistencies and syntax errors are results without a source shape."""
    report = ox.BlankNode("report")
    yield ox.Triple(report, RDF("type"), SH("ValidationReport"))
    yield ox.Triple(report, SH("conforms"), ox.Literal(verdict.conforms))
    for note in verdict.told():
        for lang, text in note.items():
            yield ox.Triple(report, RDFS("comment"), ox.Literal(text, language=lang))
    for number, result in enumerate(verdict.results, 1):
        node = ox.BlankNode(f"result{number}")
        yield ox.Triple(report, SH("result"), node)
        yield from _result(node, result)


def _result(node: ox.BlankNode, result: Result) -> Iterator[ox.Triple]:
    yield ox.Triple(node, RDF("type"), SH("ValidationResult"))
    yield ox.Triple(node, SH("resultSeverity"), SH(result.severity))
    if result.constraint and result.constraint.startswith("sh:"):
        yield ox.Triple(node, SH("sourceConstraintComponent"), SH(result.constraint.removeprefix("sh:")))
    if result.shape:
        yield ox.Triple(node, SH("sourceShape"), ox.NamedNode(result.shape))
    if result.focus_node is not None and not isinstance(result.focus_node, ox.Triple):
        yield ox.Triple(node, SH("focusNode"), result.focus_node)
    if result.path and result.path.startswith("<") and result.path.endswith(">") and result.path.count("<") == 1:
        yield ox.Triple(node, SH("resultPath"), ox.NamedNode(result.path[1:-1]))
    if result.value is not None and not isinstance(result.value, ox.Triple):
        yield ox.Triple(node, SH("value"), result.value)
    for lang, text in result.message.items():
        yield ox.Triple(node, SH("resultMessage"), ox.Literal(text, language=lang))
    for place in result.places[:1]:
        text = place_name(place)
        yield ox.Triple(node, SH("detail"), ox.BlankNode(f"{node.value}place"))
        yield ox.Triple(ox.BlankNode(f"{node.value}place"), RDF("value"), ox.Literal(text, datatype=XSD("string")))
