"""This module answers errors that the framework's own handlers would answer, without a Request and a Response for them.

Each function gives the reply of the handler that it is named after, or None where only the handler will do.
"""

from __future__ import annotations

import json.encoder
from typing import Any

from starlette.exceptions import HTTPException

from zonda.domain_errors import ErrorAnswer
from zonda.exception_handlers import http_exception_handler, request_validation_exception_handler
from zonda.exceptions import ValidationException
from zonda.problem_details import (
    PROBLEM,
    DomainProblem,
    http_problem,
    http_problem_content,
    validation_problem,
    validation_problem_content,
)
from zonda.runtime.encoding import encode_content, encode_json
from zonda.seams import Head, Reply
from zonda.utils import is_body_allowed_for_status_code

_JSON = ((b"content-type", b"application/json"),)
_PROBLEM = ((b"content-type", PROBLEM.encode()),)
_encode_string: Any = json.encoder.encode_basestring

_heads = {status: Head(status, _JSON) for status in range(200, 600) if is_body_allowed_for_status_code(status)}


_problem_heads = {status: Head(status, _PROBLEM) for status in _heads}


def own_reply(handler: object, error: Any) -> Reply | None:
    """What `handler` answers if it is one of the framework's own."""
    if handler is http_exception_handler:
        return http_error_reply(error)
    if handler is request_validation_exception_handler:
        return validation_reply(error)
    if handler is http_problem:
        return http_problem_reply(error)
    if handler is validation_problem:
        return validation_problem_reply(error)
    if isinstance(handler, ErrorAnswer):
        return domain_reply(handler, error)
    return None


def domain_reply(answer: ErrorAnswer, error: Exception) -> Reply:
    """What `errors=` says of an exception."""
    heads = _problem_heads if isinstance(answer, DomainProblem) else _heads
    return Reply(heads[answer.status], answer.content(error))


def http_error_reply(error: HTTPException) -> Reply | None:
    """`{"detail": ...}` with the error's status; errors with header fields of their own are left to the handler."""
    head = _heads.get(error.status_code)
    if head is None or getattr(error, "headers", None):
        return None
    detail: Any = error.detail
    try:
        if type(detail) is str:
            return Reply(head, b'{"detail":%b}' % _encode_string(detail).encode())
        return Reply(head, encode_content({"detail": detail}))
    except (ValueError, RecursionError):
        return None


def validation_reply(error: ValidationException) -> Reply | None:
    """422 with the errors; those that JSON cannot hold are left to the handler."""
    try:
        return Reply(_heads[422], encode_json({"detail": error.errors()}))
    except (ValueError, RecursionError):
        return None


def http_problem_reply(error: HTTPException) -> Reply | None:
    """The problem of an error with a status; errors with header fields of their own are left to the handler."""
    head = _problem_heads.get(error.status_code)
    if head is None or getattr(error, "headers", None):
        return None
    try:
        return Reply(head, encode_content(http_problem_content(error)))
    except (TypeError, ValueError, RecursionError):
        return None


def validation_problem_reply(error: ValidationException) -> Reply | None:
    """The problem of values that did not validate; those that JSON cannot hold are left to the handler."""
    try:
        return Reply(_problem_heads[422], encode_content(validation_problem_content(error)))
    except (ValueError, RecursionError):
        return None
