"""The saved queries, and what is read and decided of submissions, in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0)."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnrs_kg.browsing.saved import LANGUAGES, LONGEST, Parameter, SavedQuery
from cnrs_kg.publishing.described import DESCRIPTION, LICENCE, TITLE
from cnrs_kg.rdf.formats import CSV, XLSX
from cnrs_kg.web import openapi_submissions
from cnrs_kg.web.negotiation import HTML

JSON, TURTLE = "application/json", "text/turtle"
FORMS = {"json": JSON, "csv": CSV, "xlsx": XLSX, "turtle": TURTLE, "html": HTML}
PAGE, MOST, FARTHEST = 100, 10_000, 10**9
"""Rows of a page, the most that may be asked for, and the most that may be left out before them."""
_PROBLEM = {"$ref": "#/components/responses/Problem"}


def document(queries: Mapping[str, SavedQuery], public: str, version: str) -> dict[str, Any]:
    """The description of the API that a server has under a URL."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE["en"],
            "description": DESCRIPTION["en"],
            "version": version,
            "license": {"name": "CC BY 4.0", "url": LICENCE.value},
        },
        "servers": [{"url": public}],
        "paths": {
            **{f"/api/{query.name}": {"get": _operation(query)} for query in queries.values()},
            **openapi_submissions.paths(),
        },
        "components": {
            "parameters": {one["name"]: one for one in _PAGING},
            "schemas": {"Answer": _ANSWER, "Problem": _PROBLEM_DOCUMENT, "Submission": openapi_submissions.SCHEMA},
            "responses": {
                "Problem": {
                    "description": "What was wrong, and what to do (RFC 9457).",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


def _operation(query: SavedQuery) -> dict[str, Any]:
    paging = [{"$ref": f"#/components/parameters/{one['name']}"} for one in _PAGING]
    text = {"schema": {"type": "string"}}
    return {
        "operationId": query.name,
        "summary": query.title["en"],
        "description": " / ".join(query.title.values()),
        "parameters": [*_parameters(query.parameters), *paging],
        "responses": {
            "200": {
                "description": "The rows, a page at a time; Link leads to the next one.",
                "content": {
                    JSON: {"schema": {"$ref": "#/components/schemas/Answer"}},
                    CSV: text,
                    XLSX: {},
                    TURTLE: text,
                },
            },
            **{status: _PROBLEM for status in ("400", "404", "406", "410", "503")},
        },
    }


def _parameters(found: tuple[Parameter, ...]) -> Iterator[dict[str, Any]]:
    for one in found:
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        if one.type == "language":
            schema = {"type": "string", "enum": list(LANGUAGES)}
        if one.default is not None:
            schema["default"] = one.default
        yield {
            "name": one.name,
            "in": "query",
            "required": one.required,
            "description": " / ".join(one.description.values()),
            "schema": schema,
            "example": one.example,
        }


_PAGING: list[dict[str, Any]] = [
    {
        "name": "limit",
        "in": "query",
        "description": "Rows of a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE},
    },
    {
        "name": "offset",
        "in": "query",
        "description": "Rows to leave out.",
        "schema": {"type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0},
    },
    {
        "name": "version",
        "in": "query",
        "description": "A past version of the graph.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    },
    {
        "name": "format",
        "in": "query",
        "description": "Beats the Accept header.",
        "schema": {"type": "string", "enum": list(FORMS)},
    },
]
_ANSWER = {
    "type": "object",
    "required": ["query", "version", "parameters", "total", "offset", "limit", "columns", "rows"],
    "properties": {
        "query": {"type": "string"},
        "version": {"type": "integer"},
        "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
        "total": {"type": "integer", "description": "Rows of the whole answer."},
        "offset": {"type": "integer"},
        "limit": {"type": "integer"},
        "columns": {"type": "array", "items": {"type": "string"}},
        "rows": {"type": "array", "items": {"type": "object"}},
    },
}
_PROBLEM_DOCUMENT = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "advice": {"type": "string"},
    },
}
