"""This module offers Starlette's request classes under FastAPI's name."""

from starlette.requests import HTTPConnection, Request

__all__ = ["HTTPConnection", "Request"]
