"""This module keeps websockets busy: each connection sends a text and waits for it to come back, again and again."""

from __future__ import annotations

import base64
import os
import selectors
import socket
import struct
import sys
import time

from benchmarks.processes import HOST

_PAYLOAD_MOST = 125
"""Bytes of a frame with the short form of its length."""


def open_websocket(port: int, path: str) -> socket.socket:
    """Connect and shake hands.

    Raises ConnectionError when the server does not switch protocols.
    """
    connection = socket.create_connection((HOST, port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        received = connection.recv(1)
        if not received:
            break
        head += received
    if not head.startswith(b"HTTP/1.1 101"):
        connection.close()
        raise ConnectionError(f"no websocket: {head[:200]!r}")
    return connection


def text_frame(text: bytes) -> bytes:
    """A masked frame, as clients send it."""
    if len(text) > _PAYLOAD_MOST:
        raise ValueError("Only short texts are sent")
    mask = b"\x01\x02\x03\x04"
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(text))
    return struct.pack("!BB", 0x81, 0x80 | len(text)) + mask + masked


def echoed_frame(text: bytes) -> bytes:
    """The frame that the server sends back."""
    return struct.pack("!BB", 0x81, len(text)) + text


def load(port: int, path: str, text: bytes, connections: int, seconds: float) -> int:
    """Echo on so many connections for so long; gives the number of echoes.

    Raises ConnectionError when something else comes back.
    """
    sent, wanted, echoes = text_frame(text), echoed_frame(text), 0
    selector = selectors.DefaultSelector()
    opened = [open_websocket(port, path) for _ in range(connections)]
    for connection in opened:
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(sent)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for key, _ in selector.select(1):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            received = connection.recv(4096)
            if received != wanted:
                raise ConnectionError(f"{received!r} instead of {wanted!r}")
            echoes += 1
            connection.sendall(sent)
    for connection in opened:
        connection.close()
    return echoes


if __name__ == "__main__":
    print(load(int(sys.argv[1]), sys.argv[2], sys.argv[3].encode(), int(sys.argv[4]), float(sys.argv[5])))
