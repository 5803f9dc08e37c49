"""This module offers Starlette's outermost middleware, which answers what nothing else handled."""

from starlette.middleware.errors import ServerErrorMiddleware

__all__ = ["ServerErrorMiddleware"]
