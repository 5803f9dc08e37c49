"""This module writes responses to connections: all that the native path and the ASGI path send passes here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zonda.transport.observing import tell_natively
from zonda.transport.wire import Wire

if TYPE_CHECKING:
    from zonda.transport.native import NativeExchange
    from zonda.transport.protocol import ZondaProtocol

_CLOSE = b"connection: close\r\n"
_CHUNKED = b"transfer-encoding: chunked\r\n"
_MANY_LENGTHS = 2048
_LENGTHS = tuple(b"%d\r\n" % size for size in range(_MANY_LENGTHS))
_LARGE = 64 * 1024
"""Bodies from this size on are written after their head instead of being copied behind it."""


def write_whole(exchange: NativeExchange, wire: Wire, body: bytes) -> None:
    """Write a response whose body is complete, in one piece."""
    connection = exchange.connection
    size = len(body)
    if not (wire.is_simple and exchange.keeps_alive and exchange.method != "HEAD" and size < _LARGE):
        _write_unusual(exchange, wire, body)
        return
    exchange.started = True
    own_headers = connection.server_state.default_headers
    if wire.opening_with is not own_headers:
        wire.opening = b"%b%bcontent-length: " % (wire.status_line, _own_lines(connection))
        wire.opening_with = own_headers
    length = _LENGTHS[size] if size < _MANY_LENGTHS else b"%d\r\n" % size
    try:
        connection.write(b"".join((wire.opening, length, wire.ending, body)))
    except RuntimeError:
        _check_is_lost(connection)
    if connection.observers is not None:
        tell_natively(exchange, wire.status, size)
    connection.end_response(exchange)


def _write_unusual(exchange: NativeExchange, wire: Wire, body: bytes) -> None:
    if wire.without_body:
        body = b""
    elif wire.length is not None and exchange.method != "HEAD" and wire.length != len(body):
        raise RuntimeError(f"Response content {'longer' if len(body) > wire.length else 'shorter'} than Content-Length")
    is_framed = wire.without_body or wire.is_chunked or wire.length is not None
    declared = None if is_framed else len(body)
    ResponseWriter(exchange, wire, declared, holds_head=len(body) < _LARGE).write(body, is_last=True)


def write_refusal(connection: ZondaProtocol, wire: Wire, body: bytes) -> None:
    """Write the answer to something that is no request; the connection closes after it."""
    length = b"content-length: %d\r\n" % len(body)
    connection.write(b"".join((wire.status_line, _own_lines(connection), length, wire.lines, b"\r\n", body)))


def _own_lines(connection: ZondaProtocol) -> bytes:
    share = connection.share
    if share.seen_headers is not connection.server_state.default_headers:
        share.note_headers(connection.server_state.default_headers)
    return share.lines


class ResponseWriter:
    """A response that is written piece by piece. Making one writes the head, or holds it for the first piece."""

    __slots__ = ("_drops_body", "_exchange", "_held", "_is_chunked", "_remaining", "pieces", "size", "wire")

    def __init__(
        self, exchange: NativeExchange, wire: Wire, length: int | None = None, *, holds_head: bool = False
    ) -> None:
        if wire.status < 200:
            raise RuntimeError(
                f"{wire.status} announces a response and is none: its client would take the next one for it. "
                "Use a status from 200 to 599."
            )
        self._exchange = exchange
        self.wire = wire
        self.size = 0
        """The bytes of the body that were written."""
        self.pieces = 0
        """How many were written by now: tells a stream that is silent from one that flows."""
        if wire.closes or not exchange.keeps_alive:
            exchange.give_up_keep_alive()  # also if the body comes to its end: the head says that nothing follows
        self._drops_body = exchange.method == "HEAD" or wire.without_body
        self._remaining = wire.length if length is None else length
        self._is_chunked = self._remaining is None and not self._drops_body and exchange.version != "1.0"
        exchange.started = True
        self._held = self._head(wire, length)
        if not holds_head:
            self._write(b"")

    def _head(self, wire: Wire, length: int | None) -> bytes:
        parts = [wire.status_line, _own_lines(self._exchange.connection)]
        if length is not None:
            parts.append(b"content-length: %d\r\n" % length)
        parts.append(wire.lines)
        if not (self._exchange.keeps_alive or wire.closes):
            parts.append(_CLOSE)
        if self._is_chunked:
            parts.append(_CHUNKED)
        parts.append(b"\r\n")
        return b"".join(parts)

    def write(self, chunk: bytes, *, is_last: bool = False) -> None:
        """Write a piece of the body; raises RuntimeError where it does not fit the length that was declared."""
        self.pieces += 1
        if self._drops_body:
            chunk = b""
            self._write(chunk)
        elif self._is_chunked:
            self._write_chunked(chunk, is_last)
        else:
            self._write_counted(chunk, is_last)
        self.size += len(chunk)
        if is_last:
            exchange = self._exchange
            if exchange.connection.observers is not None:
                tell_natively(exchange, self.wire.status, self.size)
            exchange.connection.end_response(exchange)

    def _write(self, piece: bytes) -> None:
        if self._held:
            piece, self._held = self._held + piece, b""
        if piece:
            connection = self._exchange.connection
            try:
                connection.write(piece)
            except RuntimeError:
                _check_is_lost(connection)

    def _write_chunked(self, chunk: bytes, is_last: bool) -> None:
        piece = b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunk else b""
        if is_last:
            piece += b"0\r\n\r\n"
        self._write(piece)

    def _write_counted(self, chunk: bytes, is_last: bool) -> None:
        if self._remaining is not None:
            self._remaining -= len(chunk)
            if self._remaining < 0:
                raise RuntimeError("Response content longer than Content-Length")
        self._write(chunk)
        if is_last and self._remaining:
            raise RuntimeError("Response content shorter than Content-Length")


def _check_is_lost(connection: ZondaProtocol) -> None:
    """Raise again what a write raised, unless the connection is lost.

    Between the loss and the news of it, asyncio drops what is written, and uvloop raises.
    """
    if not connection.transport.is_closing():
        raise
