"""This module sets the times of TLS that the event loop counts, for which Uvicorn has no options.

Before a handshake is over there is no connection that a protocol knows, and so none of its deadlines counts: a client
that connects and says nothing would have the event loop's own minute. After a connection was closed, the loop cuts it
30 s later, also when the client is still reading; the sweep of connections knows better (see `transport.farewells`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

import uvicorn

from zonda.transport.farewells import CAN_ASK
from zonda.transport.limits import Limits

LONGEST_SHUTDOWN = 24 * 3600.0
"""Seconds that a client may take to read what was written before its connection was closed."""
_CREATING = ("create_server", "create_unix_server")
"""The event loop's methods with which Uvicorn listens."""


def tls_times(config: uvicorn.Config) -> Mapping[str, float]:
    """The times for a loaded configuration, as the event loop's keywords; absent where the loop's own hold.

    A handshake has as many seconds as the head that comes after it.
    """
    if config.ssl is None:
        return {}
    times: dict[str, float] = {}
    limits: Limits = getattr(config, "limits", None) or Limits()
    if limits.head_timeout:
        times["ssl_handshake_timeout"] = limits.head_timeout
    if CAN_ASK and all_are_swept(config):
        times["ssl_shutdown_timeout"] = LONGEST_SHUTDOWN
    return times


def all_are_swept(config: uvicorn.Config) -> bool:
    """No connection has a protocol of another package, which nobody but the event loop would cut."""
    protocols = (config.http_protocol_class, config.ws_protocol_class)
    return all(getattr(protocol, "is_swept", False) for protocol in protocols if protocol is not None)


@contextmanager
def listening_with(times: Mapping[str, float], context: SSLContext | None) -> Iterator[None]:
    """Set the times of all servers that are created with `context` in the block."""
    if not times:
        yield
        return
    loop = asyncio.get_running_loop()
    for name in _CREATING:
        setattr(loop, name, _timed(getattr(loop, name), times, context))
    try:
        yield
    finally:
        for name in _CREATING:
            delattr(loop, name)


def _timed(
    create: Callable[..., Awaitable[Any]], times: Mapping[str, float], context: SSLContext | None
) -> Callable[..., Awaitable[Any]]:
    async def create_timed(*arguments: Any, **options: Any) -> Any:
        if options.get("ssl") is context:
            options = {**times, **options}
        return await create(*arguments, **options)

    return create_timed
