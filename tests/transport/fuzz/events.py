"""This module lets random things happen to a connection, in random order, and says which promise was broken.

Pieces of requests arrive, cut anywhere; the client stops reading and goes on, says that it sends no more, leaves;
time passes; handlers of all kinds go a step further.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import h11
from starlette.background import BackgroundTasks

from zonda.own_options import OwnOptions
from zonda.seams import Head, Reply
from zonda.startup.guards import guarded

from ...hostile.search import PATIENCE
from ..pipelines import NativeApp, asgi
from ..wires import Wire

KINDS = [
    *("now", "slow", "body", "ignores", "stream", "quiet", "endless", "fails", "fails-late", "background"),
    *("cancelled", "cancelled-body"),
]


class Handlers:
    """Every kind of handler, noting what begins and what ends."""

    def __init__(self) -> None:
        self.begun: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.gate = asyncio.Event()

    async def respond(self, exchange: Any) -> Reply:
        if exchange.path.startswith("/cancelled"):
            return await guarded(OwnOptions(cancel_on_disconnect=True), self._respond)(exchange)
        return await self._respond(exchange)

    async def _respond(self, exchange: Any) -> Reply:
        _, kind, number = exchange.path.split("/")
        self._begin(f"{kind} {number}")
        head = Head(200, ((b"x-number", number.encode()),))
        stack = exchange.request_stack()
        stack.callback(self._end, f"{kind} {number}")
        if kind == "slow":
            await self.gate.wait()
        elif kind == "cancelled":
            await asyncio.Event().wait()
        elif kind in ("body", "cancelled-body"):
            await exchange.body()
        elif kind == "fails":
            raise ValueError(number)
        elif kind == "background":
            exchange.background = BackgroundTasks()
            exchange.background.add_task(self.gate.wait)
        elif kind in ("stream", "quiet", "endless", "fails-late"):
            return Reply(head, stream=self._parts(kind, number))
        return Reply(head, number.encode())

    async def _parts(self, kind: str, number: str) -> AsyncIterator[bytes]:
        self._begin(f"stream of {kind} {number}")
        try:
            yield b"a" * 100
            if kind == "quiet":
                await asyncio.Event().wait()
            if kind == "fails-late":
                raise ValueError(number)
            while kind == "endless":
                yield b"b" * 1000
            yield b"c"
        finally:
            self._end(f"stream of {kind} {number}")

    def _begin(self, what: str) -> None:
        self.begun[what] += 1

    def _end(self, what: str) -> None:
        self.ended[what] += 1


def draw_stream(choice: random.Random) -> tuple[bytes, list[int]]:
    """Sound requests after each other, sometimes with nonsense at the end; and the numbers that answers will have."""
    kinds = choice.choices(KINDS, k=choice.randint(1, 6))
    data = b"".join(draw_request(choice, kind, number) for number, kind in enumerate(kinds))
    expected = [number for number, kind in enumerate(kinds) if kind != "fails"]
    return (data + b"nonsense\r\n\r\n" if choice.random() < 0.2 else data), expected


def draw_request(choice: random.Random, kind: str, number: int) -> bytes:
    path = f"/{kind}/{number}"
    fields = ["Host: a"]
    body = b""
    if choice.random() < 0.5:
        content = b"x" * choice.choice([1, 10, 1000, 1000 if kind == "cancelled" else 70_000])
        if choice.random() < 0.5:
            fields.append(f"Content-Length: {len(content)}")
            body = content
        else:
            fields.append("Transfer-Encoding: chunked")
            end = b"\r\n0\r\n\r\n" if choice.random() < 0.9 else b"nonsense"
            body = b"%x\r\n%b%b" % (len(content), content, end)
        if choice.random() < 0.2:
            fields.append("Expect: 100-continue")
    if choice.random() < 0.1:
        fields.append("Connection: close")
    return "\r\n".join((f"POST {path} HTTP/1.1", *fields, "", "")).encode() + body


class Happening:
    """One connection to which things happen."""

    def __init__(self, choice: random.Random, *, is_native: bool) -> None:
        self.choice = choice
        self.handlers = Handlers()
        app: Any = NativeApp(self.handlers.respond) if is_native else asgi(self.handlers.respond)
        self.wire = Wire(app)
        self.protocol = self.wire.protocol
        self.sweeper = self.protocol.share.sweeper
        self.now = 1000.0
        self.sweeper.clock = lambda: self.now
        self.sweeper.now = self.now
        self.data, self.expected = draw_stream(choice)
        self.is_paused = False
        self.has_ended = False
        self.is_shut_down = False
        self.broken: list[str] = []

    async def run(self) -> list[str]:
        for _ in range(self.choice.randint(3, 40)):
            if self.wire.transport.is_closed:
                break
            await self.choice.choice(self.steps)(self)
        await self.go_to_the_end()
        await self.end()
        return self.broken + self.broken_promises()

    async def send(self) -> None:
        size = self.choice.choice([1, 20, 200, 5000, 100_000])
        if self.data and not self.has_ended and self.wire.transport.is_reading:
            piece, self.data = self.data[:size], self.data[size:]
            self.wire.send(piece)

    async def turn(self) -> None:
        for _ in range(self.choice.randint(1, 5)):
            await asyncio.sleep(0)

    async def pause(self) -> None:
        if not self.is_paused:
            self.is_paused = True
            self.protocol.pause_writing()

    async def go_on(self) -> None:
        if self.is_paused:
            self.is_paused = False
            self.protocol.resume_writing()

    async def sweep(self) -> None:
        self.now += self.choice.choice([1.0, 1.0, 3.0, 30.0])
        self.sweeper.sweep()

    async def open_gate(self) -> None:
        if self.choice.random() < 0.3:
            self.handlers.gate.set()

    async def say_the_end(self) -> None:
        if self.choice.random() < 0.2 and not self.has_ended:
            self.has_ended = True
            if not self.protocol.eof_received():
                self.wire.transport.close()

    async def shut_down(self) -> None:
        if self.choice.random() < 0.1:
            self.is_shut_down = True
            self.protocol.shutdown()

    async def leave(self) -> None:
        if self.choice.random() < 0.1:
            await self.wire.hang_up()

    steps = (send, send, send, send, turn, turn, turn, pause, go_on, go_on, sweep, open_gate, say_the_end)
    steps += (shut_down, leave)

    async def go_to_the_end(self) -> None:
        """A client that sends all and reads all is answered, or its connection is closed."""
        if self.has_ended or self.is_shut_down or self.choice.random() < 0.5:
            return
        await self.go_on()
        self.handlers.gate.set()
        for _ in range(100):
            if self.data and self.wire.transport.is_reading:
                self.wire.send(self.data)
                self.data = b""
            await asyncio.sleep(0)
        under_way = str(self.handlers.begun - self.handlers.ended)
        if self.wire.transport.is_closed or any(kind in under_way for kind in ("quiet", "endless", "cancelled ")):
            return
        numbers = answered(b"".join(self.wire.transport.writes))
        if self.data or numbers != self.expected:
            self.broken.append(f"{self.expected} asked, {numbers} answered, {len(self.data)} bytes not read")

    async def end(self) -> None:
        """The client leaves, whatever is under way."""
        await self.wire.hang_up()
        self.handlers.gate.set()
        for _ in range(100):
            await asyncio.sleep(0)

    def broken_promises(self) -> list[str]:
        broken = []
        if self.handlers.begun != self.handlers.ended:
            broken.append(f"begun {self.handlers.begun}, ended {self.handlers.ended}")
        if self.wire.state.tasks:
            broken.append(f"tasks left: {self.wire.state.tasks}")
        if self.protocol in self.wire.state.connections:
            broken.append("the connection is still counted")
        numbers = answered(b"".join(self.wire.transport.writes))
        if numbers != sorted(numbers) or len(numbers) != len(set(numbers)):
            broken.append(f"answers out of order: {numbers}")
        return broken


def answered(data: bytes) -> list[int]:
    """The numbers of the answers as a client reads them; raises h11.RemoteProtocolError for what is no answer."""
    numbers = []
    while data:
        client = h11.Connection(h11.CLIENT)
        client.send(h11.Request(method="POST", target="/", headers=[("host", "a"), ("content-length", "0")]))
        client.send(h11.EndOfMessage())
        client.receive_data(data)
        while True:
            event = client.next_event()
            if isinstance(event, h11.Response):
                numbers += [int(value) for name, value in event.headers if name == b"x-number"]
            elif isinstance(event, h11.EndOfMessage):
                break
            elif event in (h11.NEED_DATA, h11.PAUSED):
                return numbers
        if client.their_state is not h11.DONE:
            return numbers
        data = client.trailing_data[0]
    return numbers


def broken_promises(connections: int, seed: str) -> list[str]:
    """What went wrong on so many connections, on each of the two paths."""
    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(_happenings(connections, seed))
    finally:
        logging.disable(logging.NOTSET)


async def _happenings(connections: int, seed: str) -> list[str]:
    found: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.append(f"{name}: {context}"))
    for number in range(connections):
        for is_native in (True, False):
            name = f"{seed}-{number} {'native' if is_native else 'asgi'}"
            try:
                async with asyncio.timeout(PATIENCE):
                    found += [
                        f"{name}: {promise}" for promise in await run_one(f"{seed}-{number}", is_native=is_native)
                    ]
            except Exception as error:  # noqa: BLE001  (every one is a finding)
                found.append(f"{name}: {error!r}")
    return found


async def run_one(seed: str, *, is_native: bool) -> list[str]:
    return await Happening(random.Random(seed), is_native=is_native).run()
