"""This module is Uvicorn's configuration with targets: an application that each process loads by itself."""

from __future__ import annotations

import logging
import sys
from multiprocessing.synchronize import Lock
from traceback import TracebackException
from types import TracebackType
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from zonda.server.target import Target, TargetError
from zonda.server.tracebacks import innermost, is_users
from zonda.transport.limits import Limits

PROTOCOL = "zonda.transport.protocol:ZondaProtocol"
WEBSOCKETS = "zonda.transport.websockets:ZondaWebSocketProtocol"
"""Import strings: worker processes import the classes themselves."""

GRACEFUL_SECONDS = 20
"""How long requests may take to end at shutdown: less than the 30 s after which orchestrators kill."""

# Our options that Uvicorn does not have: the name of each in the protocol's limits.
LIMITS = {
    "limit_line_size": "line_size",
    "limit_head_size": "head_size",
    "limit_head_fields": "head_fields",
    "limit_chunk_extensions": "chunk_extensions",
    "limit_parsed_body": "parsed_body",
    "limit_body_rate": "body_rate",
    "timeout_head": "head_timeout",
    "timeout_body_grace": "body_grace",
    "timeout_send": "send_timeout",
}

logger = logging.getLogger("uvicorn.error")


class Config(uvicorn.Config):
    """Loads the target when the server process starts, and explains what went wrong with it."""

    first_failure: Lock | None = None
    """Taken by the worker that tells why it cannot start; absent where there is no other."""

    def __init__(self, app: Any, **options: Any) -> None:
        options.setdefault("timeout_graceful_shutdown", GRACEFUL_SECONDS)
        # Uvicorn's own word for "choose for me", which its command line passes on.
        for option, own in (("http", PROTOCOL), ("ws", WEBSOCKETS)):
            if options.get(option, "auto") == "auto":
                options[option] = own
        # Asked for by the protocol.
        self.limits = Limits(**{name: options.pop(option) for option, name in LIMITS.items() if option in options})
        super().__init__(app, **options)

    @property
    def should_reload(self) -> bool:
        return self.reload and isinstance(self.app, Target)

    def load_app(self) -> Any:
        if not isinstance(self.app, Target):
            return super().load_app()
        try:
            return self.app.load()
        except TargetError as error:
            self.tell(str(error))
        except Exception as error:  # noqa: BLE001  (a user's module may raise anything)
            error.__traceback__ = users_part(error)
            self.tell(f"Could not load {self.app}{place(error)}:", error)
        sys.exit(STARTUP_FAILURE)

    def tell(self, message: str, error: BaseException | None = None) -> None:
        """Log why nothing can be served; of workers that fail alike at the start, the first one does."""
        if self.first_failure is None or self.first_failure.acquire(block=False):
            logger.error("%s", message, exc_info=error)


def users_part(error: BaseException) -> TracebackType | None:
    """The traceback without our own frames and those of the import system in front; a syntax error has no others."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None and not is_users(filename(traceback)):
        traceback = traceback.tb_next
    return None if isinstance(error, SyntaxError) and traceback and not is_users(filename(traceback)) else traceback


def filename(traceback: TracebackType) -> str:
    return traceback.tb_frame.f_code.co_filename


def place(error: BaseException) -> str:
    """` (shop/main.py, line 12)`, or nothing where no line of the user is known"""
    found = innermost(TracebackException.from_exception(error))
    return "" if found is None else f" ({found.filename}, line {found.lineno})"
