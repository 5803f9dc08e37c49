"""What a websocket's client meets: frames that are no messages, messages without end, silence."""

from __future__ import annotations

import base64
import logging
import os
import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from zonda import FastAPI, Response, WebSocket, WebSocketDisconnect
from zonda.transport.limits import Limits
from zonda.transport.websockets import ZondaWebSocketProtocol

from .servers import request, serving

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SIZE = 64 * 1024
HANDSHAKE = (
    "GET /{path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: {key}\r\n{more}\r\n"
)


def application() -> FastAPI:
    app = FastAPI()
    app.state.flood_ended = threading.Event()
    app.state.began = threading.Event()
    app.state.was_told = threading.Event()

    @app.websocket("/flood")
    async def flood(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text("x" * SIZE)
        except WebSocketDisconnect:
            app.state.flood_ended.set()

    @app.websocket("/late")
    async def late(websocket: WebSocket) -> None:
        await websocket.receive()
        app.state.began.set()
        app.state.messages = [await websocket.receive()]
        app.state.was_told.set()

    @app.websocket("/")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect as left:
            app.state.codes = [*getattr(app.state, "codes", ()), left.code]

    return app


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, compressed: bool = False) -> bytes:
    """A frame as a client sends it (RFC 6455, section 5.2), under the mask that changes nothing."""
    first = bytes([fin << 7 | compressed << 6 | opcode])
    if len(data) < 126:
        length = bytes([0x80 | len(data)])
    elif len(data) < 65536:
        length = bytes([0x80 | 126]) + struct.pack("!H", len(data))
    else:
        length = bytes([0x80 | 127]) + struct.pack("!Q", len(data))
    return first + length + bytes(4) + data


def opening(path: str = "", more: str = "") -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return HANDSHAKE.format(path=path, key=key, more=more).encode("latin-1")


class Client:
    """A websocket on which any bytes can be sent."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = b""

    def need(self, size: int) -> bytes:
        while len(self.received) < size:
            piece = self.connection.recv(65536)
            if not piece:
                raise EOFError(self.received)
            self.received += piece
        taken, self.received = self.received[:size], self.received[size:]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and data; all that the tests receive is short."""
        first, length = self.need(2)
        return first & 15, self.need(length)

    def close_code(self) -> int:
        """The code with which the server closes."""
        opcode, data = self.frame()
        assert opcode == CLOSE
        return int(struct.unpack("!H", data[:2])[0])


@contextmanager
def opened(address: tuple[str, int], more: str = "", path: str = "") -> Iterator[Client]:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(opening(path, more))
        client = Client(connection)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.need(1)
        assert head.startswith(b"HTTP/1.1 101 ")
        yield client


def served(**options: Any) -> Any:
    return serving(application(), ws=ZondaWebSocketProtocol, ws_max_size=SIZE, **options)


def test_a_close_may_come_in_the_middle_of_a_message() -> None:
    """RFC 6455, section 5.4: a control frame may stand between the frames of a message."""
    with served() as address, opened(address) as client:
        client.connection.sendall(frame(TEXT, b"half", fin=False) + frame(CLOSE, struct.pack("!H", 1000)))

        assert client.close_code() == 1000


def test_the_parts_of_a_message_become_one() -> None:
    """A ping between them is answered first (RFC 6455, section 5.5.2)."""
    with served() as address, opened(address) as client:
        client.connection.sendall(frame(TEXT, b"one ", fin=False) + frame(PING, b"?") + frame(0, b"two"))

        assert client.frame() == (10, b"?")
        assert client.frame() == (TEXT, b"one two")


@pytest.mark.parametrize("fragments", [1, 3])
def test_a_message_has_a_largest_size(fragments: int) -> None:
    """Past it the websocket is closed with 1009 (RFC 6455, section 7.4.1), in one frame or in several."""
    part = b"x" * (SIZE // fragments + 1)
    with served() as address, opened(address) as client:
        for number in range(fragments):
            opcode = BINARY if number == 0 else 0
            client.connection.sendall(frame(opcode, part, fin=number == fragments - 1))

        assert client.close_code() == 1009


def test_the_size_counts_after_decompression() -> None:
    """A small frame that inflates to far more is closed like one that was sent in full (RFC 7692)."""
    deflate = zlib.compressobj(wbits=-12)
    bomb = deflate.compress(b"x" * (SIZE * 500)) + deflate.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < SIZE
    extension = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    with served() as address, opened(address, extension) as client:
        client.connection.sendall(frame(TEXT, bomb.removesuffix(b"\x00\x00\xff\xff"), compressed=True))

        assert client.close_code() == 1009


def test_a_client_that_answers_no_ping_is_closed() -> None:
    """RFC 6455, section 5.5.2: a pong is due; without one the websocket ends with 1011."""
    with served(ws_ping_interval=0.05, ws_ping_timeout=0.05) as address, opened(address) as client:
        assert client.frame()[0] == PING
        assert client.close_code() == 1011


PINGS = 150_000
"""Some twenty megabytes: more than sockets hold."""


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_client_that_pings_and_does_not_read_is_not_answered_for_ever(loop: str) -> None:
    """RFC 6455, section 5.5.3: the last ping alone may be answered; memory is not filled with answers to the others."""
    with served(loop=loop) as address, opened(address) as client:
        for first in range(0, PINGS, 1000):
            pings = [frame(PING, b"%125d" % number) for number in range(first, first + 1000)]
            client.connection.sendall(b"".join(pings))
        answered = 0
        opcode, data = client.frame()
        while int(data) != PINGS - 1:
            answered += 1
            opcode, data = client.frame()
        client.connection.sendall(frame(TEXT, b"still here"))

        assert opcode == PONG
        assert client.frame() == (TEXT, b"still here")
        assert answered < PINGS * 0.8


def test_tiny_fragments_take_no_more_memory_than_they_carry() -> None:
    """A message of fragments of one byte or none is kept as few long pieces, and comes whole."""
    made: list[Any] = []

    class Kept(ZondaWebSocketProtocol):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.append(self)

    with serving(application(), ws=Kept, ws_max_size=SIZE) as address, opened(address) as client:
        client.connection.sendall(frame(TEXT, b"x", fin=False) + frame(0, b"x", fin=False) * 20_000)
        client.connection.sendall(frame(0, fin=False) * 20_000 + frame(PING))
        assert client.frame() == (PONG, b"")
        pieces = len(made[0].frames)
        client.connection.sendall(frame(0, b"x"))

        assert client.need(2) == b"\x81\x7e"
        assert client.need(2 + 20_002)[2:] == b"x" * 20_002
        assert pieces <= 20_002 // 2048 + 1


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_flood_of_messages_comes_in_order_and_whole(loop: str) -> None:
    """Messages that came faster than they are taken wait unread, to the last one and to the close behind it."""
    app = FastAPI()
    taken: list[str] = []
    is_over = threading.Event()

    @app.websocket("/")
    async def take(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                taken.append(await websocket.receive_text())
        except WebSocketDisconnect as left:
            taken.append(f"left {left.code}")
            is_over.set()

    messages = b"".join(frame(TEXT, b"%d" % number) for number in range(50_000))
    with serving(app, ws=ZondaWebSocketProtocol, loop=loop) as address:
        with opened(address) as client:
            client.connection.sendall(messages + frame(CLOSE, struct.pack("!H", 1001)))
        assert is_over.wait(20)

    assert taken == [*map(str, range(50_000)), "left 1001"]


def test_a_shutdown_says_that_the_server_restarts() -> None:
    """Close code 1012 lets clients come back at once."""
    with ExitStack() as server, opened(server.enter_context(served())) as client:
        client.connection.sendall(frame(TEXT, b"hello"))
        assert client.frame() == (TEXT, b"hello")

        server.close()

        assert client.close_code() == 1012


@pytest.mark.parametrize("more", ["Sec-WebSocket-Protocol: caf\xe9\r\n", "Sec-WebSocket-Extensions: \xff;=\r\n"])
def test_odd_bytes_in_an_opening_harm_nobody(more: str) -> None:
    """Fields that make no sense are refused or ignored, and others are served."""
    with served() as address:
        with socket.create_connection(address, timeout=20) as connection:
            key = base64.b64encode(os.urandom(16)).decode()
            connection.sendall(HANDSHAKE.format(path="", key=key, more=more).encode("latin-1"))
            assert connection.recv(12) in {b"HTTP/1.1 101", b"HTTP/1.1 400"}
        with opened(address) as client:
            client.connection.sendall(frame(TEXT, b"still here"))

            assert client.frame() == (TEXT, b"still here")


class Impatient(ZondaWebSocketProtocol):
    limits = Limits(send_timeout=0.2)


def test_a_client_that_reads_nothing_is_cut_off() -> None:
    """Closing would wait for it as well: the task and what was sent would be kept for ever."""
    app = application()
    with (
        serving(app, ws=Impatient, ws_ping_interval=None, timeout_keep_alive=0.2) as address,
        opened(address, path="flood"),
    ):
        assert app.state.flood_ended.wait(20)


@pytest.mark.parametrize("early", [frame(TEXT, b"hello"), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", frame(TEXT, b"\xff")])
def test_nothing_may_follow_an_opening_before_its_answer(early: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """RFC 6455, section 4.1: whoever takes it for another request is not to find one in it."""
    with served() as address:
        answer = request(address, opening() + early)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("early", [frame(TEXT, b"hello"), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_nothing_may_come_while_an_opening_is_considered(early: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Also when the application has begun, which then sees its client leave."""
    app = application()
    with serving(app, ws=ZondaWebSocketProtocol) as address:
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(opening("late"))
            assert app.state.began.wait(20)
            connection.sendall(early)
            answer = connection.recv(65536)
        assert app.state.was_told.wait(20)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert [message["type"] for message in app.state.messages] == ["websocket.disconnect"]
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("pieces", [(b"\xff",), (b"caf\xc3", b"!"), (b"\xed\xa0", b"\x80")])
def test_a_text_that_is_none_is_one_line_in_the_log(
    pieces: tuple[bytes, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 6455, section 8.1: the websocket closes with 1007; a client cannot fill a log with tracebacks."""
    with served() as address, opened(address) as client:
        for number, piece in enumerate(pieces):
            client.connection.sendall(frame(0 if number else TEXT, piece, fin=number == len(pieces) - 1))

        assert client.close_code() == 1007

    assert not [record for record in caplog.records if record.exc_info]


def test_fields_have_small_names() -> None:
    """However a client spells them, cookies and fields are found: ASGI's names are in lower case."""
    app = FastAPI()

    @app.websocket("/")
    async def tell(websocket: WebSocket) -> None:
        await websocket.accept()
        assert [name for name, _ in websocket.scope["headers"] if name != name.lower()] == []
        await websocket.send_text(f"{websocket.headers['x-token']} {websocket.cookies['session']}")

    with (
        serving(app, ws=ZondaWebSocketProtocol) as address,
        opened(address, "X-Token: Abc:D\r\nCOOKIE: session=E\r\n") as client,
    ):
        assert client.frame() == (TEXT, b"Abc:D E")


@pytest.mark.parametrize(("path", "outcome"), [("", "[accepted]"), ("closed", "403"), ("refused", "404")])
def test_an_address_that_a_field_says_is_escaped_in_the_log(
    path: str, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is believed to speak for a client can neither speak to a terminal nor make up the rest of a line."""
    app = application()

    @app.websocket("/closed")
    async def closed(websocket: WebSocket) -> None:
        await websocket.close()

    @app.websocket("/refused")
    async def refused(websocket: WebSocket) -> None:
        await websocket.send_denial_response(Response(status_code=404))

    said = 'X-Forwarded-For: \x9b31m" 200\r\n'
    with (
        caplog.at_level(logging.INFO, logger="uvicorn.error"),
        serving(app, ws=ZondaWebSocketProtocol, forwarded_allow_ips="127.0.0.1") as address,
        socket.create_connection(address, timeout=20) as connection,
    ):
        connection.sendall(opening(path, said))
        assert connection.recv(9) == b"HTTP/1.1 "

    assert f'%C2%9B31m%22%20200:0 - "WebSocket /{path}" {outcome}' in caplog.messages


SPLIT = [(b"x-a\r\nx-evil", b"1"), (b"x-a", b"1\r\nx-evil: 1"), (b"x-a", b"\x00"), (b"x a", b"1")]


@pytest.mark.parametrize("kind", ["websocket.accept", "websocket.http.response.start"])
@pytest.mark.parametrize("field", SPLIT)
def test_headers_that_leave_are_checked(kind: str, field: tuple[bytes, bytes]) -> None:
    """RFC 9110, section 5: neither name nor value can begin a line of its own; the opening is answered with 500."""
    app = FastAPI()

    @app.websocket("/")
    async def answer(websocket: WebSocket) -> None:
        await websocket.send({"type": kind, "status": 403, "headers": [field]})

    with serving(app, ws=ZondaWebSocketProtocol) as address:
        answered = request(address, opening())

    assert answered.startswith(b"HTTP/1.1 500 ")
    assert b"evil" not in answered


def test_uvicorn_has_the_names_that_we_override_or_read() -> None:
    """A state or a step of Uvicorn's protocol that is renamed would be lost in silence."""
    theirs = WebSocketsSansIOProtocol
    states = ["conn", "handshake_initiated", "handshake_complete", "initial_response", "disconnected", "close_sent"]
    names = {
        theirs.__init__: [*states, "frames", "curr_msg_data_type"],
        theirs.connection_lost: ["queue"],
        theirs.send: ["disconnected", "handshake_complete", "initial_response"],
        theirs.handle_text: ["send_receive_event_to_app", "frames", "curr_msg_data_type"],
        theirs.handle_cont: ["send_receive_event_to_app", "frames"],
        theirs.data_received: ["handle_parser_exception"],
        theirs.handle_events: ["handle_cont", "handle_ping"],
        theirs.receive: ["queue", "read_paused"],
        theirs.pause_writing: ["writable"],
        theirs.resume_writing: ["writable"],
    }

    assert [
        (function.__name__, name)
        for function in names
        for name in names[function]
        if name not in function.__code__.co_names
    ] == []
