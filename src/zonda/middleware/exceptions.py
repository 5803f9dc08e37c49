"""This module offers Starlette's innermost middleware, which runs exception handlers."""

from starlette.middleware.exceptions import ExceptionMiddleware

__all__ = ["ExceptionMiddleware"]
