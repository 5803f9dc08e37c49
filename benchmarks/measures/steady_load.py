"""This module asks at a steady rate, whatever the server does, and tells how long answers took from when they were due.

A client that waits for an answer before it asks again hides the requests that it did not send meanwhile. Here each
request has its time, and one that has to wait for a free connection has been waiting since then.

    python -m benchmarks.measures.steady_load PORT PATH HEADERS_AS_JSON RATE SECONDS CONNECTIONS AT_REST
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from benchmarks.environments import CHECKOUT, frameworks_python
from benchmarks.processes import HOST, LOAD_CORE

CONNECTIONS = 64
_TURN_SECONDS = 0.0005
_WARM_SECONDS = 0.5


class Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self.due = 0.0
        self._received = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._load.idle.append(self)

    def ask(self, due: float) -> None:
        self.due = due
        self._transport.write(self._load.request)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._received >= self._load.answer_length:
            self._received = 0
            self._load.take(self, self.due)


class Load:
    def __init__(self, request: bytes, answer_length: int) -> None:
        self.request = request
        self.answer_length = answer_length
        self.idle: deque[Client] = deque()
        self.asking: set[Client] = set()
        self.waiting: deque[float] = deque()
        self.latencies: list[float] = []

    def ask(self, due: float) -> None:
        if self.idle:
            client = self.idle.popleft()
            self.asking.add(client)
            client.ask(due)
        else:
            self.waiting.append(due)

    def take(self, client: Client, due: float) -> None:
        self.latencies.append(time.perf_counter() - due)
        if self.waiting:
            client.ask(self.waiting.popleft())
        else:
            self.asking.discard(client)
            self.idle.append(client)


def answer_length(port: int, request: bytes) -> int:
    """The bytes of an answer, head included: all answers are of the same length."""
    with socket.create_connection((HOST, port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while True:
            received += connection.recv(65536)
            head, end, body = received.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if end and length and len(body) >= int(length[1]):
                break
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"another answer: {received[:200]!r}")
    return len(received)


async def ask_steadily(
    port: int, request: bytes, rate: float, seconds: float, connections: int, at_rest: int
) -> list[float]:
    """The latencies in seconds, without those of the first half second."""
    length = answer_length(port, request)
    load, before = Load(request, length), Load(request, length)
    clients = await _open(load, port, connections) + await _open(before, port, at_rest)
    for _ in range(at_rest):
        before.ask(0.0)
    while len(before.latencies) < at_rest:  # noqa: ASYNC110  (each turn of the loop is looked at)
        await asyncio.sleep(_TURN_SECONDS)
    began, asked = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds + _WARM_SECONDS:
        while asked < now * rate:
            load.ask(began + asked / rate)
            asked += 1
        await asyncio.sleep(_TURN_SECONDS)
    await asyncio.sleep(0.3)
    end = time.perf_counter()
    for transport in clients:
        transport.close()
    unanswered = [*load.waiting, *(client.due for client in load.asking)]
    # What has no answer yet has waited for it until now, and will wait longer.
    return [*load.latencies[int(rate * _WARM_SECONDS) :], *(end - due for due in unanswered)]


async def _open(load: Load, port: int, number: int) -> list[asyncio.Transport]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(lambda: Client(load), HOST, port))[0] for _ in range(number)]


def latencies_at(
    port: int,
    path: str,
    headers: Mapping[str, str],
    rate: float,
    seconds: float,
    connections: int = CONNECTIONS,
    at_rest: int = 0,
) -> dict[str, float]:
    """Milliseconds: the median, and what 99 of 100 requests took at most; asked from the core of the load.

    The requests are shared out among `connections`; as many as `at_rest` more have asked once.
    """
    command = ["taskset", "-c", str(LOAD_CORE), str(frameworks_python()), "-m", "benchmarks.measures.steady_load"]
    command += [str(port), path, json.dumps(dict(headers)), *map(str, (rate, seconds, connections, at_rest))]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKOUT).stdout
    found: dict[str, float] = json.loads(said)
    return found


def main(port: str, path: str, headers: str, *load: str) -> None:
    import uvloop

    fields = {"Host": f"{HOST}:{port}", **json.loads(headers)}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    request = "\r\n".join(lines).encode() + b"\r\n\r\n"
    rate, seconds, connections, at_rest = map(float, load)
    asking = ask_steadily(int(port), request, rate, seconds, int(connections), int(at_rest))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = sorted(runner.run(asking))
    print(json.dumps({"p50": 1e3 * found[len(found) // 2], "p99": 1e3 * found[int(len(found) * 0.99)]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
