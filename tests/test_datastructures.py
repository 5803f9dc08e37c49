"""Uploads, and defaults that can be told from values."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile as StarletteUploadFile

from zonda.datastructures import Default, DefaultPlaceholder, UploadFile


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_an_upload_is_read_written_and_moved_in() -> None:
    """The methods of a file, awaited, and its size kept up to date."""
    file = UploadFile(io.BytesIO(b"data"), filename="a.txt", size=4)

    assert await file.read(2) == b"da"
    await file.seek(4)
    await file.write(b" and more")
    await file.seek(0)
    assert (await file.read(), file.size) == (b"data and more", 13)
    await file.close()
    assert file.file.closed


def test_pydantic_takes_any_of_starlettes_uploads_as_it_is() -> None:
    """A form gives Starlette's class; a field of ours holds the very object."""
    upload = StarletteUploadFile(io.BytesIO())

    assert TypeAdapter(UploadFile).validate_python(upload) is upload


@pytest.mark.parametrize("value", ["text", b"bytes", None])
def test_pydantic_refuses_what_is_no_upload(value: Any) -> None:
    """The message says what came instead."""
    with pytest.raises(ValidationError, match=f"Expected UploadFile, received: {type(value)}"):
        TypeAdapter(UploadFile).validate_python(value)


def test_an_upload_is_binary_in_a_schema() -> None:
    """OpenAPI 3.1 says so with `contentMediaType`."""

    class Form(BaseModel):
        image: UploadFile

    assert Form.model_json_schema()["properties"]["image"] == {
        "title": "Image",
        "type": "string",
        "contentMediaType": "application/octet-stream",
    }


def test_a_default_is_not_the_value() -> None:
    """It is equal to a default of the same value alone, and true or false as the value is."""
    default: Any = Default("a")

    assert isinstance(default, DefaultPlaceholder)
    assert (default.value, bool(default), bool(Default(""))) == ("a", True, False)
    assert default == Default("a")
    assert default not in ("a", Default("b"))
    with pytest.raises(TypeError):
        hash(default)
