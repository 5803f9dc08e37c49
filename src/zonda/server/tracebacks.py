"""This module shows a developer where their own code failed: frames of libraries are left out of tracebacks."""

from __future__ import annotations

import copy
import sys
import sysconfig
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException
from types import TracebackType
from typing import Any

from uvicorn.config import LOGGING_CONFIG
from uvicorn.logging import DefaultFormatter

LIBRARIES = (
    Path(__file__).parent.parent,
    *(Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "platstdlib", "purelib", "platlib")),
)

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class FriendlyFormatter(DefaultFormatter):
    """Uvicorn's log lines with friendly tracebacks."""

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 logging's name
        return friendly(ei[1]) if ei[1] is not None else super().formatException(ei)


def friendly_log_config() -> dict[str, Any]:
    config = copy.deepcopy(LOGGING_CONFIG)
    config["formatters"]["default"]["()"] = f"{__name__}.{FriendlyFormatter.__qualname__}"
    return config


def friendly(error: BaseException) -> str:
    """The traceback of the user's own frames; the whole one if the user has none in it."""
    described = TracebackException.from_exception(error)
    hidden = hide_libraries(described)
    lines = "".join(described.format()).rstrip()
    place = innermost(described)
    if place is None:
        return "".join(TracebackException.from_exception(error).format()).rstrip()
    note = f"\n({hidden} frames of libraries left out; `zonda dev --full-tracebacks` shows them)" if hidden else ""
    return f"{lines}{note}\n→ {place.filename}:{place.lineno} in {place.name}"


def hide_libraries(described: TracebackException) -> int:
    """Take the frames of libraries out of an error and of those behind it; return how many they were."""
    kept = [shorten(frame) for frame in described.stack if is_users(frame.filename)]
    hidden = len(described.stack) - len(kept)
    described.stack = StackSummary.from_list(kept)
    return hidden + sum(map(hide_libraries, behind(described)))


def shorten(frame: FrameSummary) -> FrameSummary:
    """The same frame with its path seen from the working directory."""
    path = Path(frame.filename)
    if path.is_relative_to(Path.cwd()):
        frame.filename = str(path.relative_to(Path.cwd()))
    return frame


def is_users(file: str) -> bool:
    if file.startswith("<"):
        return False
    path = Path(file).resolve()
    return not any(path.is_relative_to(place) for place in LIBRARIES) and path.parent != Path(sys.prefix) / "bin"


def innermost(described: TracebackException) -> FrameSummary | None:
    """The user's line that was running, of the error itself or of the one behind it."""
    source = getattr(described, "filename", None)  # a syntax error's: nothing of that file has run
    if source is not None and is_users(source):
        return shorten(FrameSummary(source, int(described.lineno or 1), "<module>"))
    own = [frame for frame in described.stack if is_users(frame.filename)]
    if own:
        return shorten(own[-1])
    return next((place for other in behind(described) if (place := innermost(other))), None)


def behind(described: TracebackException) -> list[TracebackException]:
    """The errors that an error was raised from, or is a group of."""
    others = (described.__cause__, described.__context__, *(getattr(described, "exceptions", None) or ()))
    return [other for other in others if other is not None]
