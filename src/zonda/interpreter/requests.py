"""This module reads a request's body, before any dependency runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticUndefined
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request

from zonda.body_limit import parsed_in_memory
from zonda.exceptions import EndpointContext
from zonda.interpreter.sessions import stack_of
from zonda.interpreter.stacks import FILES_KEY, REQUEST_KEY
from zonda.runtime.bodies import invalid_json, json_of_starlette, parse_json, says_json, unreadable
from zonda.telemetry import get_telemetry_data, validation_failed


async def read_body(
    request: Request,
    *,
    is_form: bool,
    form_limits: Mapping[str, Any],
    strict_content_type: bool,
    endpoint_ctx: EndpointContext,
) -> Any:
    """The parsed body: a form, JSON, bytes of another type; PydanticUndefined if there is none."""
    content_type = request.headers.get("content-type", "").encode("latin-1")
    try:
        with parsed_in_memory(content_type if is_form else b""):
            if is_form:
                return await _read_form(request, form_limits)
            content = await request.body()
        if not content:
            return PydanticUndefined
        if not says_json(content_type, strict_content_type):
            return content
        # A class with another way of reading JSON is what routes with a handler of their own are made for.
        return parse_json(content) if type(request).json is json_of_starlette else await request.json()
    except json.JSONDecodeError as error:
        invalid = invalid_json(error, endpoint_ctx)
        data = get_telemetry_data()
        if data is not None:
            data.body = error.doc
        validation_failed(invalid)
        raise invalid from error
    except StarletteHTTPException:
        raise
    except Exception as error:
        raise unreadable() from error


async def _read_form(request: Request, limits: Mapping[str, Any]) -> FormData:
    notes = request.scope.get("fastapi")
    outer = notes.get("form_limits") if isinstance(notes, dict) else None
    form = await request.form(**{**(outer or {}), **limits})
    key = FILES_KEY if FILES_KEY in request.scope else REQUEST_KEY
    stack_of(request.scope, key).push_async_callback(form.close)
    return form
