"""This module holds every exception and warning that Zonda raises or lets applications raise.

Exception
├── starlette HTTPException
│   └── HTTPException                      an answer with a status, raised by applications
├── starlette WebSocketException
│   └── WebSocketException                 a close code, raised by applications
├── ValidationException                    values that did not validate, with the endpoint they were for
│   ├── RequestValidationError             the client's mistake: 422
│   ├── WebSocketRequestValidationError    the client's mistake: close 1008
│   └── ResponseValidationError            the application's mistake: 500
└── RuntimeError
    └── FastAPIError  (= ZondaError)       the developer's mistake
        ├── DependencyScopeError           a request-scoped generator that needs a function-scoped one
        └── PydanticV1NotSupportedError    a `pydantic.v1` model
UserWarning
└── FastAPIDeprecationWarning              shown by default, as a DeprecationWarning is not
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.exceptions import WebSocketException as StarletteWebSocketException

if TYPE_CHECKING:
    from pydantic import BaseModel

    RequestErrorModel: type[BaseModel]
    WebSocketErrorModel: type[BaseModel]

__all__ = [
    "DependencyScopeError",
    "EndpointContext",
    "FastAPIDeprecationWarning",
    "FastAPIError",
    "HTTPException",
    "PydanticV1NotSupportedError",
    "RequestErrorModel",
    "RequestValidationError",
    "ResponseValidationError",
    "StarletteHTTPException",
    "StarletteWebSocketException",
    "ValidationException",
    "WebSocketErrorModel",
    "WebSocketException",
    "WebSocketRequestValidationError",
    "ZondaError",
]


class EndpointContext(TypedDict, total=False):
    """Where an endpoint was written, for the text of validation errors."""

    function: str
    path: str
    file: str
    line: int


class HTTPException(StarletteHTTPException):
    """Raise this to answer with a status and a reason.

    `raise HTTPException(404, "No such item")` sends `{"detail": "No such item"}`.
    `detail` may be anything that JSON can hold.
    """

    def __init__(self, status_code: int, detail: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status_code=status_code, detail=detail, headers=headers)


class WebSocketException(StarletteWebSocketException):
    """Raise this to close a websocket with a code of RFC 6455, such as `status.WS_1008_POLICY_VIOLATION`."""

    def __init__(self, code: int, reason: str | None = None) -> None:
        super().__init__(code=code, reason=reason)


class FastAPIError(RuntimeError):
    """A mistake in the application, found when it is declared or, at the latest, when a request meets it."""


ZondaError = FastAPIError


class DependencyScopeError(FastAPIError):
    """A dependency that is closed after the reply needs one that is closed before it."""


class PydanticV1NotSupportedError(FastAPIError):
    """A model of `pydantic.v1` was used where a Pydantic 2 model is needed."""


class FastAPIDeprecationWarning(UserWarning):
    """Something that still works and will go; a UserWarning, so that Python shows it without being asked."""


class ValidationException(Exception):
    """Values that did not validate: `errors()` lists them as Pydantic does, the text says for which endpoint."""

    def __init__(self, errors: Sequence[Any], *, endpoint_ctx: EndpointContext | None = None) -> None:
        self._errors = errors
        self.endpoint_ctx = endpoint_ctx
        place: EndpointContext = endpoint_ctx or {}
        self.endpoint_function = place.get("function")
        self.endpoint_path = place.get("path")
        self.endpoint_file = place.get("file")
        self.endpoint_line = place.get("line")

    def errors(self) -> Sequence[Any]:
        return self._errors

    def place_below(self, method: str, root_path: str) -> None:
        """Name the operation by the method that was used, and by its whole path if it is mounted somewhere."""
        if self.endpoint_path is not None:
            root, path = root_path.rstrip("/"), self.endpoint_path.partition(" ")[2]
            self.endpoint_path = f"{method} {path if path.startswith(f'{root}/') else root + path}"

    def _format_endpoint_context(self) -> str:
        if self.endpoint_file and self.endpoint_line and self.endpoint_function:
            place = f'\n\n  File "{self.endpoint_file}", line {self.endpoint_line}, in {self.endpoint_function}'
            return f"{place}\n    {self.endpoint_path}" if self.endpoint_path else place
        return f"\n\n  Endpoint: {self.endpoint_path}" if self.endpoint_path else ""

    def __str__(self) -> str:
        count = len(self._errors)
        lines = [f"{count} validation error{'' if count == 1 else 's'}:", *(f"  {error}" for error in self._errors)]
        return "\n".join(lines) + self._format_endpoint_context()


class RequestValidationError(ValidationException):
    """A request whose parameters or body did not validate; `body` is what was received."""

    def __init__(self, errors: Sequence[Any], *, body: Any = None, endpoint_ctx: EndpointContext | None = None) -> None:
        super().__init__(errors, endpoint_ctx=endpoint_ctx)
        self.body = body


class WebSocketRequestValidationError(ValidationException):
    """The opening request of a websocket did not validate."""

    def __init__(self, errors: Sequence[Any], *, endpoint_ctx: EndpointContext | None = None) -> None:
        super().__init__(errors, endpoint_ctx=endpoint_ctx)


class ResponseValidationError(ValidationException):
    """What an endpoint returned does not fit its response model; `body` is what it returned."""

    def __init__(self, errors: Sequence[Any], *, body: Any = None, endpoint_ctx: EndpointContext | None = None) -> None:
        super().__init__(errors, endpoint_ctx=endpoint_ctx)
        self.body = body


_MODELS = {"RequestErrorModel": "Request", "WebSocketErrorModel": "WebSocket"}


def __getattr__(name: str) -> Any:
    """FastAPI's two models of nothing, made for those who ask for them."""
    title = _MODELS.get(name)
    if title is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from pydantic import create_model

    return globals().setdefault(name, create_model(title))


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODELS})
