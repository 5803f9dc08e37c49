"""Tests of taking connections from a socket that workers share."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from zonda.server import accepting
from zonda.server.accepting import Listener

pytestmark = pytest.mark.anyio


class Echo(asyncio.Protocol):
    """Sends back what comes, and counts the connections of each listener."""

    def __init__(self, taken: list[asyncio.Protocol]) -> None:
        self.taken = taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.taken.append(self)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(data)


class TiredSocket(socket.socket):
    """The system refuses once, as it does where no file descriptor is left."""

    refusals = 1

    def accept(self) -> tuple[socket.socket, object]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(64)
        yield sock


def listener_of(sock: socket.socket, taken: list[asyncio.Protocol]) -> Listener:
    return Listener(sock, lambda: Echo(taken), ssl=None, backlog=64)


async def until(taken: list[list[asyncio.Protocol]], number: int) -> None:
    async with asyncio.timeout(20):
        while sum(map(len, taken)) < number:  # noqa: ASYNC110  (each turn of the loop is looked at)
            await asyncio.sleep(0)


async def test_connections_that_wait_are_shared_out(sock: socket.socket) -> None:
    """Of ten that wait each of two listeners takes some: neither takes all that is there when it wakes."""
    taken: list[list[asyncio.Protocol]] = [[], []]
    with ExitStack() as clients, sock.dup() as other:
        for _ in range(10):
            clients.enter_context(socket.create_connection(sock.getsockname()))

        listeners = [listener_of(sock, taken[0]), listener_of(other, taken[1])]
        await until(taken, 10)

        assert [len(part) for part in taken] == [5, 5]
        for listener in listeners:
            listener.close()
            await listener.wait_closed()


async def test_a_connection_works_and_is_not_delayed(sock: socket.socket) -> None:
    """What is taken is given to a protocol, on a socket that sends small writes at once."""
    taken: list[asyncio.Protocol] = []
    listener = listener_of(sock, taken)

    reader, writer = await asyncio.open_connection(*sock.getsockname())
    writer.write(b"hello")

    assert await reader.readexactly(5) == b"hello"
    assert isinstance(taken[0], Echo)
    assert taken[0].transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    writer.close()
    listener.close()


async def test_no_more_is_taken_once_it_is_closed(sock: socket.socket) -> None:
    """A connection that comes after `close` is left to the other workers."""
    taken: list[list[asyncio.Protocol]] = [[], []]
    closed = listener_of(sock, taken[0])
    closed.close()
    with sock.dup() as other, socket.create_connection(sock.getsockname()):
        listener = listener_of(other, taken[1])
        await until(taken, 1)
        listener.close()

    assert [len(part) for part in taken] == [0, 1]


async def test_it_goes_on_after_the_system_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without file descriptors it says so, pauses, and takes the connection when there are some again."""
    monkeypatch.setattr(accepting, "_PAUSE_SECONDS", 0.0)
    taken: list[list[asyncio.Protocol]] = [[]]
    with TiredSocket() as sock, caplog.at_level(logging.ERROR, "uvicorn.error"):
        sock.bind(("127.0.0.1", 0))
        listener = listener_of(sock, taken[0])
        with socket.create_connection(sock.getsockname()):
            await until(taken, 1)
        listener.close()

    assert "Too many open files" in caplog.text
