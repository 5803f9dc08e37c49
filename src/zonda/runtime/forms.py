"""This module reads forms and what their fields hold: text, uploads, and uploads as bytes."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from zonda.body_limit import parsed_in_memory
from zonda.runtime.bodies import content_type_of, unreadable
from zonda.runtime.extraction import Choices
from zonda.runtime.groups import is_empty_upload
from zonda.seams import Exchange


async def read_form(exchange: Exchange, **limits: int) -> FormData:
    """The parsed form; its files are closed when the exchange ends."""
    try:
        with parsed_in_memory(content_type_of(exchange.headers)):
            form = await exchange.request.form(**limits)
    except HTTPException:
        raise
    except Exception as error:
        raise unreadable() from error
    exchange.form = form
    return form


def form_value(form: FormData, name: str) -> Any:
    """The last value of a field; None if it is absent or was left empty."""
    value = form.get(name)
    return None if value == "" or is_empty_upload(value) else value


def form_values(form: FormData, name: str) -> list[Any]:
    """All values of a field without empty file inputs."""
    return [value for value in form.getlist(name) if not is_empty_upload(value)]


def first_form_value(form: FormData, choices: Choices) -> tuple[Any, str]:
    """The value under the first of several names that was filled in, and the name that errors speak of."""
    for name, error_name in choices:
        value = form_value(form, name)
        if value is not None:
            return value, error_name
    return None, choices[0][1]


def first_form_values(form: FormData, choices: Choices) -> tuple[list[Any], str]:
    for name, error_name in choices:
        values = form_values(form, name)
        if values:
            return values, error_name
    return [], choices[0][1]


async def file_bytes(value: Any) -> Any:
    """What an upload holds. It is read from where it stands and put back there: others may take the same file."""
    if not isinstance(value, UploadFile):
        return value
    position = value.file.tell()
    try:
        return await value.read()
    finally:
        await value.seek(position)


async def each_file_bytes(values: list[Any]) -> list[Any]:
    return [await file_bytes(value) for value in values]
