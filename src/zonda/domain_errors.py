"""This module holds `errors=`: which exceptions of an application's own are answered with which status.

    errors={NotFound: 404, Conflict: (409, ConflictBody)}

An ErrorAnswer is one entry, an ErrorTable what all declarations around an operation come to: one mapping for each of
them, from the application inward.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import CodeType, FunctionType
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketState

from zonda.exceptions import FastAPIError, ResponseValidationError
from zonda.validation_errors import located_errors

__all__ = ["ErrorAnswer", "ErrorTable", "WrongErrorAnswer", "phrase_of", "text_of"]


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


MOST_REASON = 123
"""Bytes that the reason of a close frame may have (RFC 6455)."""

_PHRASES = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}
"""RFC 9110's, which Python has since 3.13."""


class WrongErrorAnswer(FastAPIError, TypeError):
    """An entry of `errors=` that could never be answered as it says."""


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """How exceptions of one class are answered; an exception handler like any other."""

    kind: type[Exception]
    status: int
    model: type[BaseModel] | None = None

    async def __call__(self, connection: Any, error: Exception) -> Response | None:
        if await self.is_closed(connection, error):
            return None
        return Response(self.content(error), self.status, media_type="application/json")

    async def is_closed(self, connection: Any, error: Exception) -> bool:
        """A websocket that was accepted has no response any more, so it is closed with the text."""
        if not isinstance(connection, WebSocket) or connection.application_state is WebSocketState.CONNECTING:
            return False
        reason = text_of(error, self.status).encode()[:MOST_REASON].decode(errors="ignore")
        await connection.close(code=1011, reason=reason)
        return True

    def content(self, error: Exception) -> bytes:
        """The body: the text of the exception, or the model made of its attributes."""
        if self.model is None:
            return _encode({"detail": text_of(error, self.status)}).encode(errors="replace")
        return self.filled(error).model_dump_json(by_alias=True).encode()

    def filled(self, error: Exception) -> BaseModel:
        """The model made of an exception. Raises ResponseValidationError where it does not fit."""
        assert self.model is not None
        try:
            return self.model.model_validate(_Attributes(error, self.status), from_attributes=True)
        except ValidationError as failure:
            raise ResponseValidationError(located_errors(failure, ("response",)), body=error) from failure


def text_of(error: Exception, status: int) -> str:
    """What an exception says, or its status where it says nothing."""
    return str(error) or phrase_of(status)


def phrase_of(status: int) -> str:
    """What RFC 9110 calls a status."""
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Error"


class _Attributes:
    """An exception as a model reads it: its attributes, and its text as `detail` where it has none of that name."""

    def __init__(self, error: Exception, status: int) -> None:
        self._error = error
        self._status = status

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._error, name)
        except AttributeError:
            if name == "detail":
                return text_of(self._error, self._status)
            raise


class ErrorTable:
    """The entries around one operation: levels from the outermost declaration inward, each a mapping by class."""

    __slots__ = ("levels",)

    def __init__(self, levels: tuple[Mapping[type[Exception], ErrorAnswer], ...]) -> None:
        self.levels = levels

    @classmethod
    def of(cls, given: Any) -> ErrorTable | None:
        """What a user wrote, checked; a table as it is."""
        if given is None or isinstance(given, ErrorTable):
            return given
        if not isinstance(given, Mapping):
            raise WrongErrorAnswer(
                f"errors={given!r} is no mapping.\n"
                f"Instead: map exception classes to statuses, errors={{NotFound: 404}}."
            )
        return cls(({kind: _answer(kind, value) for kind, value in given.items()},))

    def inside(self, outer: ErrorTable | None) -> ErrorTable:
        return self if outer is None else ErrorTable((*outer.levels, *self.levels))

    def answers(self) -> Iterator[ErrorAnswer]:
        """Each entry that counts: the innermost for its class."""
        seen = set()
        for level in reversed(self.levels):
            for kind, answer in level.items():
                if kind not in seen:
                    seen.add(kind)
                    yield answer

    def __repr__(self) -> str:
        return f"ErrorTable({self.levels!r})"


def _answer(kind: Any, value: Any) -> ErrorAnswer:
    """One entry, or WrongErrorAnswer."""
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        raise WrongErrorAnswer(
            f"errors= has the key {kind!r}, which is no exception class.\n"
            "Instead: give a class that derives from Exception; statuses are handled by `exception_handlers=`."
        )
    if kind is Exception:
        raise WrongErrorAnswer(
            "errors= maps Exception itself, so that every fault of the program would be answered as if it were meant.\n"
            "Instead: give the application's errors a class of their own, or write an exception handler."
        )
    status, model = value if isinstance(value, tuple) and len(value) == 2 else (value, None)
    if not isinstance(status, int) or isinstance(status, bool) or not 400 <= status <= 599:
        raise WrongErrorAnswer(
            f"errors= answers {kind.__name__} with {value!r}, which is no status of an error.\n"
            "Instead: give a status from 400 to 599, or such a status and a model: `(409, ConflictBody)`."
        )
    if model is not None:
        _check_model(kind, model)
    return ErrorAnswer(kind, int(status), model)


def _check_model(kind: type[Exception], model: Any) -> None:
    """Whether the model can be made of such an exception, as far as its class tells."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise WrongErrorAnswer(
            f"errors= answers {kind.__name__} with the body {model!r}, which is no model.\n"
            "Instead: give a class that derives from pydantic.BaseModel."
        )
    known = None if hasattr(kind, "__getattr__") else _attributes_of(kind)
    for name, info in model.model_fields.items():
        names = {alias for alias in (info.validation_alias, info.alias, name) if isinstance(alias, str)}
        if info.is_required() and known is not None and not names & known:
            raise WrongErrorAnswer(
                f"errors= answers {kind.__name__} with {model.__name__}, whose field {name!r} is no attribute of "
                f"{kind.__name__}.\n"
                f"Instead: set `self.{name}` in {kind.__name__}.__init__(), or give the field of the model a default."
            )


def _attributes_of(kind: type[Exception]) -> set[str]:
    """The names that a class declares, and those that its functions mention, which may set them."""
    names = {"detail", *dir(kind)}
    for base in kind.__mro__:
        names.update(vars(base).get("__annotations__", ()))
        for value in vars(base).values():
            if isinstance(value, FunctionType):
                names.update(_mentioned(value.__code__))
    return names


def _mentioned(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _mentioned(constant)
