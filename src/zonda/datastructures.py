"""This module holds the values of requests and declarations: uploads, headers, URLs, unset defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeVar, cast

from pydantic import GetJsonSchemaHandler
from pydantic_core import core_schema
from starlette.datastructures import URL, Address, FormData, Headers, QueryParams, State
from starlette.datastructures import UploadFile as StarletteUploadFile

__all__ = [
    "URL",
    "Address",
    "Default",
    "DefaultPlaceholder",
    "FormData",
    "Headers",
    "QueryParams",
    "StarletteUploadFile",
    "State",
    "UploadFile",
]


class UploadFile(StarletteUploadFile):
    """A file that a client sent in a form.

    Declared as a parameter it is read from the form; Starlette keeps small files in memory and others on disk.

        @app.post("/images")
        async def save(image: UploadFile):
            return {"name": image.filename, "bytes": len(await image.read())}
    """

    file: BinaryIO
    filename: str | None
    size: int | None
    headers: Headers
    content_type: str | None

    async def write(self, data: bytes) -> None:
        """Write to the file, in a thread once it has left the memory."""
        await super().write(data)

    async def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, all that is left by default."""
        return await super().read(size)

    async def seek(self, offset: int) -> None:
        """Move to `offset` bytes from the beginning."""
        await super().seek(offset)

    async def close(self) -> None:
        """Close the file and remove it from disk; done for you when the request ends."""
        await super().close()

    @classmethod
    def _validate(cls, value: Any, _: Any) -> UploadFile:
        if not isinstance(value, StarletteUploadFile):
            raise ValueError(f"Expected UploadFile, received: {type(value)}")
        return cast("UploadFile", value)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: Mapping[str, Any], handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "contentMediaType": "application/octet-stream"}

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: Callable[[Any], Mapping[str, Any]]
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(cls._validate)


class DefaultPlaceholder:
    """A default in a signature that can be told from the same value set on purpose."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DefaultPlaceholder) and other.value == self.value

    __hash__ = None  # type: ignore[assignment]  # equal by a value that need not be hashable


DefaultType = TypeVar("DefaultType")


def Default(value: DefaultType) -> DefaultType:  # noqa: N802  (FastAPI's name)
    """Mark `value` as a default that nobody set, so that an outer router's may take its place."""
    return cast("DefaultType", DefaultPlaceholder(value))


def unmarked(option: Any) -> Any:
    """The option itself, set on purpose or not."""
    return option.value if isinstance(option, DefaultPlaceholder) else option


_Unset = Default(None)
