"""This module notes what is wrong with a request, one list for the whole of it, and raises it in the end."""

from __future__ import annotations

from typing import Any

from pydantic_core import ValidationError

from zonda.exceptions import (
    EndpointContext,
    FastAPIError,
    RequestValidationError,
    ResponseValidationError,
    WebSocketRequestValidationError,
)
from zonda.validation_errors import Location, located_errors

Errors = list[dict[str, Any]]


def missing(errors: Errors | None, location: Location) -> Errors:
    """Note that a required value is absent; the first note makes the list."""
    return noted(errors, [{"type": "missing", "loc": location, "msg": "Field required", "input": None}])


def invalid(errors: Errors | None, error: ValidationError, location: Location) -> Errors:
    """Note what Pydantic says of one value."""
    return noted(errors, located_errors(error, location))


def noted(errors: Errors | None, found: Errors) -> Errors:
    if errors is None:
        return found
    errors += found
    return errors


class Repeated(dict[str, Any]):
    """What is wrong with a dependency of a step that the route told of before: it keeps the step from being called."""


def repeated(errors: Errors) -> Errors:
    """Errors that count at another place, and are not told there."""
    return [Repeated(error) for error in errors]


def told_once(errors: Errors) -> Errors:
    """The errors without those that are repeated for steps."""
    return [error for error in errors if type(error) is not Repeated]


def request_errors(errors: Errors, body: Any, place: EndpointContext) -> RequestValidationError:
    """The 422 with all that was noted."""
    return RequestValidationError(errors, body=body, endpoint_ctx=place)


def websocket_errors(errors: Errors, place: EndpointContext) -> WebSocketRequestValidationError:
    """What refuses a websocket because of all that was noted."""
    return WebSocketRequestValidationError(errors, endpoint_ctx=place)


def response_errors(error: ValidationError, result: Any, place: EndpointContext) -> ResponseValidationError:
    """The 500 of an endpoint that returned something else than it declared."""
    return ResponseValidationError(errors=located_errors(error, ("response",)), body=result, endpoint_ctx=place)


class SwallowedError(FastAPIError, UnboundLocalError):
    """A function-scoped dependency caught what was raised and raised nothing, so that there is no response.

    FastAPI stumbles over its unset local variable here, hence the second base.
    """


NOT_AWAITED = (
    "Response not awaited. This comes of raising an exception and a dependency with yield that catches it and goes on: "
    "let its `except` block finish with `raise`, or name a narrower exception in it. See "
    "https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-with-yield/#dependencies-with-yield-and-except"
)


def response_not_awaited() -> FastAPIError:
    """The 500 of a request whose exception a request-scoped dependency swallowed."""
    return FastAPIError(NOT_AWAITED)


def swallowed() -> SwallowedError:
    """The 500 of a request whose exception a function-scoped dependency swallowed."""
    return SwallowedError(NOT_AWAITED)
