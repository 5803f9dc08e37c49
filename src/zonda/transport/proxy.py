"""This module honours the fields that a trusted proxy sets, as Uvicorn's ProxyHeadersMiddleware does for ASGI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

if TYPE_CHECKING:
    from zonda.transport.native import NativeExchange

_ORIGINAL_CALL = ProxyHeadersMiddleware.__call__

_SCHEMES = frozenset({"http", "https", "ws", "wss"})

Address = tuple[str, int] | None


def unwrap(app: Any) -> tuple[Any, Any]:
    """The application behind exactly Uvicorn's middleware and the hosts that it trusts, or `app` and None."""
    if type(app) is ProxyHeadersMiddleware and ProxyHeadersMiddleware.__call__ is _ORIGINAL_CALL:
        return app.app, app.trusted_hosts
    return app, None


def forwarded(exchange: NativeExchange, trusted_hosts: Any, client: Address, scheme: str) -> tuple[Address, str]:
    """Client and scheme as the proxy saw them. Only for a connection whose peer is trusted."""
    hops = []
    said = None
    for name, value in exchange.headers:
        if name == b"x-forwarded-for":
            hops.append(value)
        elif name == b"x-forwarded-proto":
            said = value.decode("latin-1").strip()
    if said in _SCHEMES:
        scheme = said
    if hops:
        host, port = trusted_hosts.get_trusted_client_address(b", ".join(hops).decode("latin-1"))
        if host:
            client = (host, port)
    return client, scheme
