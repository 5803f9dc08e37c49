"""This module gives packages what a form holds, field by field, in the words of FastAPI's private functions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from pydantic_core import PydanticUndefined
from starlette.datastructures import FormData

from zonda.analysis.fields import ModelField, serialize_sequence_value
from zonda.analysis.models import request_names
from zonda.analysis.sources import plan_body_parameter
from zonda.interpreter.extraction import extras, multidict_value
from zonda.runtime.forms import each_file_bytes, file_bytes

Item = tuple[str, Any, ModelField | None]
"""The name in the form, what was sent under it, and the field that takes it."""


def form_items(body_fields: list[ModelField], received_body: FormData) -> Iterator[Item]:
    """What was sent for each field, under the first of its names that was filled in; then what no field takes."""
    taken: set[str] = set()
    for field in body_fields:
        for name, _ in request_names(field):
            taken.add(name)
            value = multidict_value(field, received_body, alias=name)
            if value is not PydanticUndefined:
                yield name, value, field
                break
    for name, value in extras(received_body, taken).items():
        yield name, value, None


async def form_values(body_fields: list[ModelField], received_body: FormData) -> AsyncIterator[Item]:
    """The same, with uploads read for fields that are bytes."""
    for name, value, field in form_items(body_fields, received_body):
        if field is not None and plan_body_parameter(field).reads_bytes:
            if isinstance(value, list):
                value = serialize_sequence_value(field=field, value=await each_file_bytes(value))
            else:
                value = await file_bytes(value)
        yield name, value, field
