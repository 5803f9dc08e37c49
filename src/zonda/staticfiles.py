"""This module offers Starlette's static files under FastAPI's name."""

from starlette.staticfiles import StaticFiles

__all__ = ["StaticFiles"]
