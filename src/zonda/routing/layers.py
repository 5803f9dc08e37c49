"""This module holds what routers put around their routes: middleware, exception handlers, `errors`.

Layer     of a router or of one inclusion, as it is declared; may be added to until its first request
Layers    all of them around one route, built (`built_layers.py`)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from zonda.exceptions import FastAPIError
from zonda.own_options import NOTHING, OwnOptions

if TYPE_CHECKING:
    from zonda.domain_errors import ErrorAnswer, ErrorTable
    from zonda.middleware.rings import Ring

ErrorLevel = Mapping[type[Exception], "ErrorAnswer"]


class NoMiddleware(FastAPIError, TypeError):
    """An entry of a router's `middleware=` that is none."""


class Layer:
    """What stands around the routes of one router, or of one inclusion of it."""

    def __init__(
        self,
        middleware: Sequence[Middleware] | None = None,
        exception_handlers: Mapping[Any, Callable[..., Any]] | None = None,
        errors: ErrorTable | None = None,
    ) -> None:
        self.middleware = [checked(item) for item in middleware or ()]
        self.exception_handlers = dict(exception_handlers or {})
        self.errors: ErrorLevel = errors.levels[-1] if errors is not None else {}
        self.is_built = False
        self.is_application = False
        """It is that of an application's own router, whose `errors` stand among the application's handlers."""
        self._rings: tuple[Ring, ...] | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Layer:
        """A copy that no application has started with; its `errors` are those of the copied routes."""
        copied = memo[id(self)] = Layer(self.middleware, self.exception_handlers)
        copied.errors = deepcopy(self.errors, memo)
        copied.is_application = self.is_application
        return copied

    def add_middleware(self, declaration: Middleware) -> None:
        self._refuse_when_built("middleware")
        self.middleware.insert(0, declaration)

    def add_exception_handler(self, key: int | type[Exception], handler: Callable[..., Any]) -> None:
        self._refuse_when_built("an exception handler")
        self.exception_handlers[key] = handler

    def _refuse_when_built(self, what: str) -> None:
        if self.is_built:
            raise RuntimeError(f"Cannot add {what} to a router after an application with it has started")

    def rings(self) -> tuple[Ring, ...]:
        """Its middleware as it is built for a router that answers by itself, outside of any application's finder."""
        if self._rings is None:
            from zonda.middleware.rings import rings_of

            self._rings = rings_of(self.middleware)
        return self._rings


def checked(declaration: Any) -> Middleware:
    if isinstance(declaration, Middleware):
        return declaration
    shown = getattr(declaration, "__qualname__", repr(declaration))
    raise NoMiddleware(
        f"middleware= has {shown}, which is no Middleware.\n"
        f"Instead: name the class and its arguments, middleware=[Middleware({shown}, ...)]; "
        'a function is added with `@router.middleware("http")`.'
    )


# What stands around one route


def layers_of(speaker: Any, root: Any) -> tuple[Layer, ...]:
    """The layers around a route that is reached from `root`, the outermost first."""
    inclusion = getattr(speaker, "_include_context", None)
    if inclusion is None:
        return (root.layer,)
    return (*inclusion.layers, inclusion.included_router.layer)


def errors_of(speaker: Any, layers: Sequence[Layer]) -> list[ErrorLevel]:
    """The `errors` of the route alone."""
    own: OwnOptions = getattr(speaker, "own", None) or NOTHING
    known = {id(layer.errors) for layer in layers}
    return [level for level in (own.errors.levels if own.errors else ()) if id(level) not in known]
