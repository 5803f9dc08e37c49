"""This module offers Starlette's responses under FastAPI's name, with the event source and two deprecated ones."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from typing_extensions import deprecated

from zonda.exceptions import FastAPIDeprecationWarning
from zonda.sse import EventSourceResponse

__all__ = [
    "EventSourceResponse",
    "FileResponse",
    "HTMLResponse",
    "JSONResponse",
    "ORJSONResponse",
    "PlainTextResponse",
    "RedirectResponse",
    "Response",
    "StreamingResponse",
    "UJSONResponse",
]


def _optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


ujson: Any = _optional("ujson")
orjson: Any = _optional("orjson")


def _deprecation(name: str) -> str:
    return (
        f"{name} is deprecated. Declare what the endpoint returns, by its annotation or `response_model`: Pydantic "
        "then writes the JSON in one step, faster than this class. "
        "See https://fastapi.tiangolo.com/advanced/custom-response/#orjson-or-response-model"
    )


@deprecated(_deprecation("UJSONResponse"), category=FastAPIDeprecationWarning, stacklevel=2)
class UJSONResponse(JSONResponse):
    """JSON written by the package `ujson`, which must be installed."""

    def render(self, content: Any) -> bytes:
        if ujson is None:
            raise AssertionError("ujson must be installed to use UJSONResponse")
        text: str = ujson.dumps(content, ensure_ascii=False)
        return text.encode()


@deprecated(_deprecation("ORJSONResponse"), category=FastAPIDeprecationWarning, stacklevel=2)
class ORJSONResponse(JSONResponse):
    """JSON written by the package `orjson`, which must be installed."""

    def render(self, content: Any) -> bytes:
        if orjson is None:
            raise AssertionError("orjson must be installed to use ORJSONResponse")
        written: bytes = orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)
        return written
