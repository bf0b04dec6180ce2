"""Reading submissions and deciding on them, in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0)."""

from typing import Any

from cnrs_kg.submissions.states import Action, State
from cnrs_kg.web.submission_pages import PATH

_ONE = f"{PATH}/{{number}}"
_PROBLEM = {"$ref": "#/components/responses/Problem"}
_NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
_TAG = {
    "ETag": {
        "description": "Names what was submitted and decided, and these bytes of it.",
        "schema": {"type": "string"},
    }
}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "description": "Entity tags that the client has: 304 where nothing changed.",
    "schema": {"type": "string"},
}
_READ = {
    "name": "If-Match",
    "in": "header",
    "description": "The entity tag with which the submission, its report or its diff was read, in whatever form: "
    "412 where it was amended or decided since.",
    "schema": {"type": "string"},
}
_CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Submission"}}}
_READERS = {
    "": "The submission, with its verdict on the current version.",
    "/report": "The verdict.",
    "/diff": "What the submission adds and withdraws.",
}
_DECISIONS = (Action.ACCEPT, Action.REJECT, Action.REQUEST_CHANGES, Action.WITHDRAW, Action.AMEND)

SCHEMA = {
    "type": "object",
    "required": ["number", "state", "title", "submitter", "basedOn", "version", "verdict", "links"],
    "properties": {
        "number": {"type": "integer"},
        "state": {"type": "string", "enum": [state.value for state in State]},
        "title": {"type": "string"},
        "submitter": {"type": ["string", "null"]},
        "basedOn": {"type": "integer"},
        "version": {"type": ["integer", "null"]},
        "verdict": {"type": "object"},
        "links": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
"""SUBMISSION of the contract."""


def paths() -> dict[str, Any]:
    """What is read of a submission, and each decision on it."""
    read = {f"{_ONE}{path}": {"get": _reading(path, told)} for path, told in _READERS.items()}
    return read | {f"{_ONE}/{action}": {"post": _deciding(action)} for action in _DECISIONS}


def _reading(path: str, told: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}} if path else _CONTENT
    return {
        "operationId": f"submission{path.replace('/', '-')}",
        "summary": told,
        "parameters": [_NUMBER, _KNOWN],
        "responses": {
            "200": {"description": told, "headers": _TAG, "content": content},
            "304": {"description": "The client has it.", "headers": _TAG},
            **{status: _PROBLEM for status in ("404", "406")},
        },
    }


def _deciding(action: Action) -> dict[str, Any]:
    reason = {"schema": {"type": "object", "properties": {"reason": {"type": "string"}}}}
    documents: dict[str, Any] = {"text/turtle": {"schema": {"type": "string"}}, "multipart/form-data": {}}
    refused = ["401", "403", "404", "409", "412"] + (["422"] if action is Action.ACCEPT else [])
    return {
        "operationId": f"submission-{action}",
        "summary": f"{action}, if it is what was read.",
        "parameters": [_NUMBER, _READ],
        "requestBody": {"content": documents if action is Action.AMEND else {"application/json": reason}},
        "responses": {
            "200": {"description": "The submission as it stands then.", "headers": _TAG, "content": _CONTENT},
            **{status: _PROBLEM for status in refused},
        },
    }
