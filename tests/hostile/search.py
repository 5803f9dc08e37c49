"""This module sends hostile requests to the application and says which promise was broken.

Nothing that a client sends is answered with 500, never, in two ways, or after holding the loop up; and what is wrong
beyond doubt is refused, with an answer that a client can read.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass
from typing import Any

import h11

from ..transport.fuzz.collecting import collect
from ..transport.pipelines import Foreign
from ..transport.wires import Wire
from .application import make_application
from .requests import HostileRequest, draw

LONGEST = 0.3
"""CPU seconds in the loop's thread for one request of up to 1 MiB: three times what is promised of an idle machine,
as the thread's time still grows when others use the same core's caches."""

PATIENCE = 60.0
"""Seconds until a request counts as hanging."""


@dataclass(frozen=True)
class Finding:
    seed: str
    request: HostileRequest
    what: str

    def __str__(self) -> str:
        stream = self.request.stream()
        return f"{self.seed}: {self.what}\n  {stream[:1000]!r} ({len(stream)} bytes)"


@dataclass(frozen=True)
class Answer:
    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Sender:
    """Talks to the application over wires in memory, one connection for each request, on one path or the other."""

    def __init__(self) -> None:
        app = make_application()
        self.paths = (app, Foreign(app))
        self.app: Any = app

    async def judge(self, seed: str) -> Finding | None:
        choice = random.Random(seed)
        request = draw(choice)
        self.app = choice.choice(self.paths)
        what = await self.broken_promise(request)
        return Finding(seed, request, what) if what else None

    async def broken_promise(self, request: HostileRequest) -> str | None:
        try:
            data, seconds = await self._send(request)
            if LONGEST < seconds < 10 * LONGEST:
                # A collection of garbage or a busy machine does not happen three times.
                seconds = min(seconds, *[(await self._send(request))[1] for _ in range(2)])
        except TimeoutError:
            return "hangs"
        if seconds > LONGEST:
            return f"holds the loop up for {seconds * 1000:.0f} ms"
        try:
            answer = read_answer(data)
        except h11.RemoteProtocolError as error:
            return f"the answer cannot be read: {error}"
        return wrong_answer(request, answer)

    async def _send(self, request: HostileRequest) -> tuple[bytes, float]:
        """What is answered, and the CPU time that the loop's thread took for it; raises TimeoutError."""
        stream = request.stream()
        begun = time.thread_time()
        wire = Wire(self.app)
        async with asyncio.timeout(PATIENCE):
            wire.send(stream)
            await wire.transport.closed.wait()
        return wire.take(), time.thread_time() - begun


def read_answer(data: bytes) -> Answer:
    """The one answer on a connection; raises h11.RemoteProtocolError if it is none or not alone."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("host", "a"), ("connection", "close")]))
    client.send(h11.EndOfMessage())
    client.receive_data(data)
    client.receive_data(b"")
    head = client.next_event()
    body = b""
    while isinstance(event := client.next_event(), h11.Data):
        body += bytes(event.data)
    if not isinstance(head, h11.Response) or not isinstance(event, h11.EndOfMessage) or client.trailing_data[0]:
        raise h11.RemoteProtocolError("no single response")
    return Answer(head.status_code, tuple((bytes(name), bytes(value)) for name, value in head.headers), body)


def wrong_answer(request: HostileRequest, answer: Answer) -> str | None:
    if answer.status not in request.statuses:
        return f"answered with {answer.status}"
    if any(name == b"x-injected" for name, _ in answer.fields):
        return "a header field was injected"
    if (b"content-type", b"application/json") in answer.fields:
        try:
            json.loads(answer.body)
        except ValueError as error:
            return f"the body of the answer is no JSON: {error}"
    return None


def findings(inputs: int, seed: str, *, most: int = 10) -> tuple[int, list[Finding]]:
    """How many requests were sent, and what was found in them."""
    return collect(lambda: Sender().judge, inputs, seed, most=most)
