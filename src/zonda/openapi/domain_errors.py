"""This module describes the answers of `errors=` as responses of an operation."""

from __future__ import annotations

from typing import Any

from zonda.domain_errors import ErrorAnswer, phrase_of
from zonda.openapi.routes import RouteLike
from zonda.openapi.schemas import Schemas

_TEXT: dict[str, Any] = {
    "title": "Error",
    "type": "object",
    "properties": {"detail": {"title": "Detail", "type": "string"}},
    "required": ["detail"],
}


def add_domain_errors(responses: dict[str, Any], route: RouteLike, schemas: Schemas) -> None:
    """Add what `errors=` answers; what `responses=` says about a status stays as it is."""
    own = getattr(route, "own", None)
    if own is None or own.errors is None:
        return
    written = {str(status).upper() for status in route.responses or ()}
    for status, answers in _by_status(own.errors.answers()).items():
        if str(status) not in written:
            _add(responses, status, [_schema(answer, route, schemas) for answer in answers])


def _by_status(answers: Any) -> dict[int, list[ErrorAnswer]]:
    by_status: dict[int, list[ErrorAnswer]] = {}
    for answer in answers:
        by_status.setdefault(answer.status, []).append(answer)
    return dict(sorted(by_status.items()))


def _schema(answer: ErrorAnswer, route: RouteLike, schemas: Schemas) -> dict[str, Any]:
    if answer.model is None:
        return _TEXT
    fields: Any = getattr(route, "error_fields", {})
    return dict(schemas.of(fields[answer.model]))


def _add(responses: dict[str, Any], status: int, schemas: list[dict[str, Any]]) -> None:
    """One response for all exceptions with this status, beside what is documented for wrong input."""
    described = responses.setdefault(str(status), {"description": phrase_of(status)})
    content = described.setdefault("content", {}).setdefault("application/json", {})
    known = content.get("schema")
    alternatives: list[dict[str, Any]] = []
    for schema in [*([known] if known else []), *schemas]:
        if schema not in alternatives:
            alternatives.append(schema)
    content["schema"] = alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
