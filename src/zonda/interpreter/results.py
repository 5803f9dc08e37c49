"""This module calls the endpoint and turns what it returned into a response, one function a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from zonda.analysis.dependant import Dependant
from zonda.analysis.fields import ModelField
from zonda.background import tasks_of
from zonda.concurrency import run_in_threadpool
from zonda.encoders import jsonable_encoder
from zonda.exceptions import EndpointContext, ResponseValidationError
from zonda.interpreter.dependencies import SolvedDependency
from zonda.interpreter.replacements import current
from zonda.runtime.corrections import response_without_type
from zonda.runtime.encoding import finite, writes_finite_numbers
from zonda.telemetry import operation, run_endpoint
from zonda.types import IncEx
from zonda.utils import is_body_allowed_for_status_code


@dataclass(frozen=True, slots=True)
class ResponseOptions:
    """How a returned value becomes a response."""

    response_class: type[Response]
    is_default_class: bool
    status_code: int | None
    field: ModelField | None
    filters: Mapping[str, Any]
    """`include`, `exclude`, `by_alias` ...: the keywords of `serialize_response`."""
    is_corrected: bool = False


async def run_endpoint_function(*, dependant: Dependant, values: dict[str, Any], is_coroutine: bool) -> Any:
    """Call the endpoint: awaited, or in a worker thread."""
    call = dependant.call
    assert call is not None, "dependant.call must be a function"
    if not is_coroutine:
        return await run_in_threadpool(run_endpoint, call, values)
    with operation("fastapi.endpoint", call):
        return await call(**values)


async def serialize_response(
    *,
    field: ModelField | None = None,
    response_content: Any,
    include: IncEx | None = None,
    exclude: IncEx | None = None,
    by_alias: bool = True,
    exclude_unset: bool = False,
    exclude_defaults: bool = False,
    exclude_none: bool = False,
    is_coroutine: bool = True,
    endpoint_ctx: EndpointContext | None = None,
    dump_json: bool = False,
) -> Any:
    """What is sent of a returned value: what the response model lets through, or what JSON can hold."""
    if field is None:
        return jsonable_encoder(response_content)
    if is_coroutine:
        value, errors = field.validate(response_content, {}, loc=("response",))
    else:
        value, errors = await run_in_threadpool(field.validate, response_content, {}, loc=("response",))
    if errors:
        raise ResponseValidationError(errors, body=response_content, endpoint_ctx=endpoint_ctx)
    serialize = field.serialize_json if dump_json else field.serialize
    return serialize(
        value,
        include=include,
        exclude=exclude,
        by_alias=by_alias,
        exclude_unset=exclude_unset,
        exclude_defaults=exclude_defaults,
        exclude_none=exclude_none,
    )


async def respond(
    content: Any,
    solved: SolvedDependency,
    options: ResponseOptions,
    dependant: Dependant,
    *,
    is_coroutine: bool,
    endpoint_ctx: EndpointContext,
) -> Response:
    """The response for what an endpoint returned; a Response is taken as it is."""
    if isinstance(content, Response):
        content.background = tasks_of(content, solved.background_tasks)
        return content
    dump_json = options.field is not None and options.is_default_class
    with operation("fastapi.serialization", dependant.call):
        serialized = await current("serialize_response")(
            field=options.field,
            response_content=content,
            **options.filters,
            is_coroutine=is_coroutine,
            endpoint_ctx=endpoint_ctx,
            dump_json=dump_json,
        )
        if not dump_json and writes_finite_numbers(options.response_class):
            serialized = finite(serialized)
        arguments = response_arguments(solved, options.status_code)
        response = (
            Response(serialized, media_type="application/json", **arguments)
            if dump_json
            else options.response_class(serialized, **arguments)
        )
    if not is_body_allowed_for_status_code(response.status_code):
        response.body = b""
    response.headers.raw.extend(solved.response.headers.raw)
    return response_without_type(response) if options.is_corrected else response


def response_arguments(solved: SolvedDependency, status_code: int | None) -> dict[str, Any]:
    """What the Response's constructor gets: a status that a dependency set counts over the route's."""
    arguments: dict[str, Any] = {"background": solved.background_tasks}
    status = solved.response.status_code or status_code
    if status is not None:
        arguments["status_code"] = status
    return arguments
