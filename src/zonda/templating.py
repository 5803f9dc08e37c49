"""This module offers Starlette's Jinja2 templates under FastAPI's name."""

from starlette.templating import Jinja2Templates

__all__ = ["Jinja2Templates"]
