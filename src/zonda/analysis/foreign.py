"""This module recognises what FastAPI itself made: beside it, Zonda's own names are others, and mean nothing to it."""

from __future__ import annotations

from collections.abc import Iterable

from zonda.analysis.mistakes import Mistake


class ForeignObject(Mistake, TypeError):
    """A declaration that was imported from FastAPI, in a program where `fastapi` does not mean Zonda."""

    what = "{foreign} comes from the FastAPI that is installed, and only FastAPI reads it"
    instead = (
        "import it from `zonda`, or let `fastapi` mean Zonda in the whole program: start it with `zonda run`, "
        "or call `zonda.compat.install()` before anything imports fastapi."
    )


def refuse_foreign(objects: Iterable[object], parameter: str | None = None) -> None:
    """Raise ForeignObject for the first of the objects that is an instance of one of FastAPI's classes."""
    for item in objects:
        made_by = next((cls for cls in type(item).__mro__ if cls.__module__.partition(".")[0] == "fastapi"), None)
        if made_by is not None:
            raise ForeignObject(parameter, foreign=f"`{made_by.__module__}.{made_by.__qualname__}`")
