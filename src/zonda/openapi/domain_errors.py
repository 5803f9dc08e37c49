"""This module describes the answers of `errors=` as responses of an operation."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from zonda.domain_errors import ErrorAnswer, phrase_of
from zonda.openapi.problems import PROBLEM_REF
from zonda.openapi.routes import RouteLike
from zonda.openapi.schemas import Schemas
from zonda.problem_details import PROBLEM

_TEXT: dict[str, Any] = {
    "title": "Error",
    "type": "object",
    "properties": {"detail": {"title": "Detail", "type": "string"}},
    "required": ["detail"],
}


def add_domain_errors(responses: dict[str, Any], route: RouteLike, schemas: Schemas, *, problem_details: bool) -> None:
    """Add what `errors=` answers, if anything; what `responses=` says about a status stays as it is."""
    own = getattr(route, "own", None)
    if own is None or own.errors is None:
        return
    written = {str(status).upper() for status in route.responses or ()}
    media_type = PROBLEM if problem_details else "application/json"
    for status, answers in _by_status(own.errors.answers()).items():
        if str(status) not in written:
            described = [_schema(answer, route, schemas, problem_details) for answer in answers]
            _add(responses, status, media_type, described)


def _by_status(answers: Iterable[ErrorAnswer]) -> dict[int, list[ErrorAnswer]]:
    by_status: dict[int, list[ErrorAnswer]] = {}
    for answer in answers:
        by_status.setdefault(answer.status, []).append(answer)
    return dict(sorted(by_status.items()))


def _schema(answer: ErrorAnswer, route: RouteLike, schemas: Schemas, problem_details: bool) -> dict[str, Any]:
    plain = PROBLEM_REF if problem_details else _TEXT
    if answer.model is None:
        return plain
    fields: Any = getattr(route, "error_fields", {})
    model = dict(schemas.of(fields[answer.model]))
    return {"allOf": [plain, model]} if problem_details else model


def _add(responses: dict[str, Any], status: int, media_type: str, schemas: list[dict[str, Any]]) -> None:
    """One response for all exceptions with this status, beside what is documented for wrong input."""
    described = responses.setdefault(str(status), {"description": phrase_of(status)})
    content = described.setdefault("content", {}).setdefault(media_type, {})
    known = content.get("schema")
    alternatives: list[dict[str, Any]] = []
    for schema in [*([known] if known else []), *schemas]:
        if schema not in alternatives:
            alternatives.append(deepcopy(schema))
    content["schema"] = alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
