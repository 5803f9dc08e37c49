"""This module offers Starlette's adapter that mounts a WSGI application."""

from starlette.middleware.wsgi import WSGIMiddleware

__all__ = ["WSGIMiddleware"]
