"""This module bounds the time of a TLS handshake.

Before it is over there is no connection that a protocol knows, and so none of its deadlines counts: a client that
connects and says nothing would have the event loop's own minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

_CREATING = ("create_server", "create_unix_server")
"""The event loop's methods with which Uvicorn listens. It has no option for the time of a handshake."""


@contextmanager
def handshakes_within(seconds: float | None, context: SSLContext | None) -> Iterator[None]:
    """Bound the handshakes of all servers that are created with `context` in the block. None and 0 set no bound."""
    if context is None or not seconds:
        yield
        return
    loop = asyncio.get_running_loop()
    for name in _CREATING:
        setattr(loop, name, _bounded(getattr(loop, name), seconds, context))
    try:
        yield
    finally:
        for name in _CREATING:
            delattr(loop, name)


def _bounded(
    create: Callable[..., Awaitable[Any]], seconds: float, context: SSLContext
) -> Callable[..., Awaitable[Any]]:
    async def create_bounded(*arguments: Any, **options: Any) -> Any:
        if options.get("ssl") is context:
            options.setdefault("ssl_handshake_timeout", seconds)
        return await create(*arguments, **options)

    return create_bounded
