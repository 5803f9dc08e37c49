"""This module describes problems of RFC 9457, for `Zonda(problem_details=True)`."""

from __future__ import annotations

from typing import Any

from zonda.openapi.constants import REF_PREFIX
from zonda.openapi.responses import validation_error_definition

_MEMBERS: dict[str, Any] = {
    "type": {"title": "Type", "type": "string", "format": "uri-reference", "default": "about:blank"},
    "title": {"title": "Title", "type": "string"},
    "status": {"title": "Status", "type": "integer"},
    "detail": {"title": "Detail", "type": "string"},
}

PROBLEM_REF = {"$ref": f"{REF_PREFIX}ProblemDetails"}

problem_definitions: dict[str, Any] = {
    "ProblemDetails": {
        "title": "ProblemDetails",
        "type": "object",
        "properties": _MEMBERS,
        "required": ["type", "title", "status"],
    }
}

validation_problem_definitions: dict[str, Any] = {
    "ValidationError": validation_error_definition,
    "ValidationProblemDetails": {
        "title": "ValidationProblemDetails",
        "type": "object",
        "properties": {
            **_MEMBERS,
            "errors": {"title": "Errors", "type": "array", "items": {"$ref": f"{REF_PREFIX}ValidationError"}},
        },
        "required": ["type", "title", "status", "errors"],
    },
}


def problem_response() -> dict[str, Any]:
    """The answer with any other status: 404 and 405, 413, 500, those of `HTTPException`."""
    return {"description": "Problem", "content": {"application/problem+json": {"schema": dict(PROBLEM_REF)}}}


def validation_problem_response() -> dict[str, Any]:
    schema = {"$ref": f"{REF_PREFIX}ValidationProblemDetails"}
    return {"description": "Validation Error", "content": {"application/problem+json": {"schema": schema}}}
