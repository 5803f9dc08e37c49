"""This module sends what each check of the transport stops to a transport without one of them.

python -m tests.switched        for each switch a line of JSON: its name, and check → what came of what the check stops
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from typing import Any

import uvicorn
from benchmarks.checks import SWITCHES, run
from benchmarks.steps import ForgettingTransport
from benchmarks.switches import switch_off
from uvicorn.server import ServerState

import zonda.compat
from zonda import Response, Zonda

BURST = 64


def make_app() -> Any:
    app: Any = Zonda()

    @app.get("/")
    async def hello() -> str:
        return "Hello"

    @app.post("/sum")
    async def sum_up(values: list[int]) -> int:
        return sum(values)

    @app.get("/two-lines")
    async def two_lines() -> Any:
        return Response(headers={"X-Lines": "one\r\ntwo"})

    return app


class Opened:
    """A connection to the application, that only the probe writes to."""

    def __init__(self, app: Any, concurrency: int | None = None) -> None:
        from zonda.transport.limits import Limits
        from zonda.transport.protocol import ZondaProtocol

        config: Any = uvicorn.Config(app, http=ZondaProtocol, log_config=None, limit_concurrency=concurrency)
        config.load()
        config.limits = Limits(parsed_body=100)
        self.state = ServerState()
        self.protocol = ZondaProtocol(config, self.state, {})
        self.transport = ForgettingTransport()
        self.protocol.connection_made(self.transport)

    async def send(self, data: str) -> int | None:
        """The status of the answer; None where there is none."""
        self.protocol.data_received(data.encode())
        return await self.status()

    async def status(self) -> int | None:
        for _ in range(10):
            await asyncio.sleep(0)
        found = re.match(rb"HTTP/1\.1 (\d+) ", self.transport.written)
        return None if found is None else int(found[1])


def head(first_line: str, *fields: str) -> str:
    return "".join(f"{line}\r\n" for line in (first_line, *fields, ""))


async def probe(app: Any) -> dict[str, int | None]:
    """Check → the status that what it stops was answered with; None where it was not answered, or not at once."""
    hello = head("GET / HTTP/1.1", "Host: a")
    post = "POST /sum HTTP/1.1", "Host: a", "Content-Type: application/json"
    late, full, deaf, busy = Opened(app), Opened(app), Opened(app), Opened(app)
    late.protocol.data_received(b"GET / HT")
    sweeper = late.protocol.share.sweeper
    sweeper.clock = lambda: sweeper.now + 60
    sweeper.sweep()
    full.protocol.pause_writing()
    deaf.protocol.is_deaf = True
    busy.protocol.data_received(hello.encode() * BURST)
    are_answered_at_once = busy.state.total_requests == BURST
    return {
        "first-line": await Opened(app).send(head("GET /#a HTTP/1.1", "Host: a")),
        "sizes": await Opened(app).send(head(f"GET /{'a' * 20_000} HTTP/1.1", "Host: a")),
        "fields": await Opened(app).send(f"\n{hello}"),
        "host": await Opened(app).send(head("GET / HTTP/1.1", "Host: a b")),
        "lengths": await Opened(app).send(head(*post, f"Content-Length: {2:022}") + "[]"),
        "body-size": await Opened(app).send(head(*post, "Content-Length: 200") + f"[{'1,' * 98}11]"),
        "deadlines": await late.status(),
        "turns": 200 if are_answered_at_once else None,
        "back-pressure": await full.send(hello),
        "endings": await deaf.send(hello),
        "concurrency": await Opened(app, concurrency=1).send(hello),
        "answers": await Opened(app).send(head("GET /two-lines HTTP/1.1", "Host: a")),
    }


def answer(switch: str) -> None:
    switch_off(SWITCHES[switch])
    for subject in ("hello", "parameters", "body"):
        asyncio.run(run(subject, requests=4))
    print(json.dumps([switch, asyncio.run(probe(make_app()))]), flush=True)


def main() -> None:
    """Each in a process that begins where all but the transport is loaded."""
    zonda.compat.install()
    for switch in SWITCHES:
        if os.fork() == 0:
            answer(switch)
            os._exit(0)
        _, status = os.wait()
        if status:
            sys.exit(f"{switch}: status {status}")


if __name__ == "__main__":
    main()
