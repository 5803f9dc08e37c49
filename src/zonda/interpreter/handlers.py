"""This module makes the function that answers requests of one route, step by step, as FastAPI's does.

It serves routes whose class builds its own handler, functions of `fastapi.routing` that a tool replaced, and
everyone who calls `get_request_handler` by hand. Replaceable functions are asked for at each request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, TypeVar

from pydantic_core import PydanticUndefined
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from zonda import params
from zonda.analysis.calls import is_coroutine_callable, is_generator
from zonda.analysis.dependant import Dependant
from zonda.analysis.fields import ModelField
from zonda.analysis.results import corrects
from zonda.analysis.secrets import without_secrets
from zonda.analysis.steps import steps_in
from zonda.datastructures import Default, DefaultPlaceholder, unmarked
from zonda.exceptions import EndpointContext, RequestValidationError, WebSocketRequestValidationError
from zonda.interpreter.dependencies import SolvedDependency
from zonda.interpreter.places import endpoint_context
from zonda.interpreter.replacements import current
from zonda.interpreter.requests import read_body
from zonda.interpreter.results import ResponseOptions, respond
from zonda.interpreter.sessions import stack_of
from zonda.interpreter.stacks import FUNCTION_KEY, REQUEST_KEY
from zonda.interpreter.steps import Session
from zonda.interpreter.streams import StreamKind, stream
from zonda.sse import EventSourceResponse
from zonda.telemetry import get_telemetry_data, operation, validation_failed
from zonda.types import IncEx

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
WebSocketHandler = Callable[[WebSocket], Coroutine[Any, Any, Any]]
Refusal = TypeVar("Refusal", RequestValidationError, WebSocketRequestValidationError)


def get_request_handler(
    dependant: Dependant,
    body_field: ModelField | None = None,
    status_code: int | None = None,
    response_class: type[Response] | DefaultPlaceholder = Default(JSONResponse),  # noqa: B008  (a mark, never changed)
    response_field: ModelField | None = None,
    response_model_include: IncEx | None = None,
    response_model_exclude: IncEx | None = None,
    response_model_by_alias: bool = True,
    response_model_exclude_unset: bool = False,
    response_model_exclude_defaults: bool = False,
    response_model_exclude_none: bool = False,
    dependency_overrides_provider: Any | None = None,
    embed_body_fields: bool = False,
    strict_content_type: bool | DefaultPlaceholder = Default(True),  # noqa: B008  (a mark, never changed)
    stream_item_field: ModelField | None = None,
    is_json_stream: bool = False,
    form_limits: Mapping[str, Any] | None = None,
) -> Handler:
    """The handler of one route: read the body, solve the dependencies, call the endpoint, make its response."""
    assert dependant.call is not None, "dependant.call must be a function"
    options = ResponseOptions(
        response_class=unmarked(response_class),
        is_default_class=isinstance(response_class, DefaultPlaceholder),
        status_code=status_code,
        field=response_field,
        filters={
            "include": response_model_include,
            "exclude": response_model_exclude,
            "by_alias": response_model_by_alias,
            "exclude_unset": response_model_exclude_unset,
            "exclude_defaults": response_model_exclude_defaults,
            "exclude_none": response_model_exclude_none,
        },
        is_corrected=corrects(dependency_overrides_provider),
    )
    stream_kind = _stream_kind(options.response_class, is_json_stream=is_json_stream)
    steps = steps_in(dependant)
    read = _reader(body_field, form_limits, strict_content_type=unmarked(strict_content_type))
    solve = _solver(dependant, dependency_overrides_provider, embed_body_fields=embed_body_fields)

    async def app(request: Request) -> Response:
        stack = stack_of(request.scope, REQUEST_KEY)
        stack_of(request.scope, FUNCTION_KEY)
        context = endpoint_context(dependant, request)
        _note(request=request)
        session = Session(steps, request)
        early = await session.early(solve, stack)
        if early is not None:
            return early
        body = await read(request, context)
        _note(body=_reported(body))
        solved = await solve(request, stack, body=body, **session.shared)
        if solved.errors:
            raise _noted(RequestValidationError(solved.errors, body=_reported(body), endpoint_ctx=context))
        return await session.answer(solved, partial(answer, request, solved, context))

    async def answer(request: Request, solved: SolvedDependency, context: EndpointContext) -> Response:
        if is_generator(dependant.call):
            return await stream(stream_kind, solved, options, dependant, stream_item_field, request, context)
        is_coroutine = is_coroutine_callable(dependant.call)
        content = await current("run_endpoint_function")(
            dependant=dependant, values=solved.values, is_coroutine=is_coroutine
        )
        return await respond(content, solved, options, dependant, is_coroutine=is_coroutine, endpoint_ctx=context)

    return app


def get_websocket_app(
    dependant: Dependant, dependency_overrides_provider: Any | None = None, embed_body_fields: bool = False
) -> WebSocketHandler:
    """The handler of one websocket route: solve the dependencies, call the endpoint."""
    solve = _solver(dependant, dependency_overrides_provider, embed_body_fields=embed_body_fields)

    async def app(websocket: WebSocket) -> None:
        stack = stack_of(websocket.scope, REQUEST_KEY)
        context = endpoint_context(dependant, websocket)
        _note(websocket=websocket)
        solved = await solve(websocket, stack)
        if solved.errors:
            raise _noted(WebSocketRequestValidationError(solved.errors, endpoint_ctx=context))
        assert dependant.call is not None, "dependant.call must be a function"
        with operation("fastapi.endpoint", dependant.call):
            await dependant.call(**solved.values)

    return app


def _reader(
    body_field: ModelField | None, form_limits: Mapping[str, Any] | None, *, strict_content_type: bool
) -> Callable[[Request, EndpointContext], Awaitable[Any]]:
    """What reads the body of a request; PydanticUndefined if the route has none."""
    is_form = body_field is not None and isinstance(body_field.field_info, params.Form)

    async def read(request: Request, context: EndpointContext) -> Any:
        if body_field is None:
            return PydanticUndefined
        return await read_body(
            request,
            is_form=is_form,
            form_limits=form_limits or {},
            strict_content_type=strict_content_type,
            endpoint_ctx=context,
        )

    return read


def _solver(
    dependant: Dependant, overrides_provider: Any | None, *, embed_body_fields: bool
) -> Callable[..., Awaitable[SolvedDependency]]:
    """What solves the dependencies of a request or a websocket, with what telemetry wants to know of it."""

    async def solve(connection: Request | WebSocket, stack: AsyncExitStack, **received: Any) -> SolvedDependency:
        with operation("fastapi.dependencies", dependant.call):
            solved: SolvedDependency = await current("solve_dependencies")(
                request=connection,
                dependency_overrides_provider=overrides_provider,
                async_exit_stack=stack,
                embed_body_fields=embed_body_fields,
                **{"dependant": dependant, **received},
            )
        if solved.errors:
            solved.errors = without_secrets(solved.errors, dependant, overrides_provider)
        _note(values=solved.values, errors=solved.errors)
        return solved

    return solve


def _note(**facts: Any) -> None:
    """Tell telemetry, where something is recorded, what is known of the request by now."""
    recorded = get_telemetry_data()
    if recorded is not None:
        for name, fact in facts.items():
            setattr(recorded, name, fact)


def _noted(error: Refusal) -> Refusal:
    validation_failed(error)
    return error


def _reported(body: Any) -> Any:
    return None if body is PydanticUndefined else body


def _stream_kind(response_class: type[Response], *, is_json_stream: bool) -> StreamKind:
    if is_json_stream:
        return StreamKind.JSON_LINES
    if isinstance(response_class, type) and issubclass(response_class, EventSourceResponse):
        return StreamKind.SERVER_SENT_EVENTS
    return StreamKind.RAW
