"""This module tests workers under load: rolled, recycled, ended, dying, and without descriptors."""

from __future__ import annotations

import http.client
import os
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from .conftest import SECONDS, Running, Start

APPLICATION = """
import asyncio
import os
import resource
import signal
import time
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, WebSocket


@asynccontextmanager
async def lifespan(app):
    yield
    print("lifespan ended", flush=True)


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def pid() -> int:
    return os.getpid()


@app.get("/held")
async def held() -> str:
    print("held", flush=True)
    while not os.path.exists("released"):
        await asyncio.sleep(0.05)
    return "released"


@app.get("/late")
async def late() -> str:
    print("late", flush=True)
    await asyncio.sleep(4)
    return "late"


@app.get("/background")
async def background(tasks: BackgroundTasks) -> None:
    async def task() -> None:
        await asyncio.sleep(1)
        print("background task ended", flush=True)
    tasks.add_task(task)


@app.get("/few-descriptors")
async def few_descriptors() -> None:
    used = len(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 8, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


@app.websocket("/ws")
async def websocket(websocket: WebSocket) -> None:
    await websocket.accept()
    print("websocket open", flush=True)
    message = await websocket.receive()
    print("websocket closed with", message["code"], flush=True)
"""

RUN = ("zonda", "run", "--host", "127.0.0.1", "--port", "{port}")
TWO = (*RUN, "--workers", "2")


@pytest.fixture(autouse=True)
def application(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(APPLICATION)


RESTED_SECONDS = 0.4
"""A connection that rested less than that is not closed under a request: a server in shutdown waits for 0.5 s."""


class Load:
    """Clients that ask all the time; all that is not 200 is a failure. The kept ones say when they may be closed.

    A kept connection may be closed under a client that the machine held up for long.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.is_over = threading.Event()
        self.failures: list[str] = []
        self.pids: set[int] = set()
        self.answered = 0
        self.threads = [threading.Thread(target=self.ask, args=[keeps]) for keeps in (False, True) * 2]

    def ask(self, keeps: bool) -> None:
        while not self.is_over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
            used = None
            try:
                while self.ask_once(connection) and keeps:
                    used = time.monotonic()
                    if self.is_over.wait(0.002):
                        break
            except (OSError, http.client.HTTPException, AssertionError) as error:
                has_rested = used is not None and time.monotonic() - used > RESTED_SECONDS
                if not (has_rested and isinstance(error, ConnectionError)):
                    self.failures.append(repr(error))
            finally:
                connection.close()

    def ask_once(self, connection: http.client.HTTPConnection) -> bool:
        """True if the connection may be used again."""
        connection.request("GET", "/")
        response = connection.getresponse()
        text = response.read()
        assert response.status == 200, response.status
        self.pids.add(int(text))
        self.answered += 1
        return not response.will_close


@contextmanager
def load_on(server: Running) -> Iterator[Load]:
    load = Load(server.port)
    for thread in load.threads:
        thread.start()
    try:
        yield load
    finally:
        load.is_over.set()
        for thread in load.threads:
            thread.join(SECONDS)
    assert load.failures == []
    assert load.answered


def pid_in(server: Running, text: str) -> int:
    """The worker that the next line with this text is about."""
    server.wait_for(text)
    found = re.search(r"Worker \[(\d+)\]|\[(\d+)\]", server.seen[-1])
    assert found is not None
    return int(found[1] or found[2])


def started(start: Start, *arguments: str) -> tuple[Running, list[int]]:
    server = start(*TWO, *arguments)
    return server, [pid_in(server, "serves"), pid_in(server, "serves")]


def ask(port: int, path: str = "/") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return client


def read_all(client: socket.socket) -> bytes:
    answer = b""
    while piece := client.recv(65536):
        answer += piece
    return answer


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_roll_loses_no_request(start: Start) -> None:
    """SIGHUP replaces every worker, one after the other, while all requests are answered."""
    server, before = started(start)

    with load_on(server) as load:
        server.process.send_signal(signal.SIGHUP)
        after = [pid_in(server, "serves"), pid_in(server, "serves")]
        assert not set(before) & set(after)
        server.wait_for("Finished server process")

    assert load.pids & set(after)
    before_the_last_began = server.output().rpartition("Started server process")[0]
    assert "Finished server process" in before_the_last_began


def test_recycling_loses_no_request(start: Start) -> None:
    """A worker that has answered `--limit-max-requests` goes on until another serves in its place, without delay."""
    server, _ = started(start, "--limit-max-requests", "50")

    with load_on(server):
        for _ in range(3):
            server.wait_for("has answered its requests and is replaced")
            server.wait_for("serves")

    assert "replacement starts in" not in server.output()


def test_new_connections_are_refused_while_workers_drain(start: Start) -> None:
    """After SIGTERM nobody waits in vain: the port is closed, and what was asked before is answered."""
    server, _ = started(start)
    with ask(server.port, "/late") as client:
        server.wait_for("late")
        server.process.terminate()
        while is_open(server.port):
            pass
        assert select.select([client], [], [], 0)[0] == []
        answer = read_all(client)

    assert b"200 OK" in answer
    assert b"connection: close" in answer
    assert answer.endswith(b'"late"')
    assert server.wait() == 0


def test_a_roll_is_broken_off_by_the_end(start: Start) -> None:
    """SIGTERM is heard while a worker drains for another one, and both come to their end."""
    server, _ = started(start)
    with ask(server.port, "/late") as client:
        server.wait_for("late")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("serves")
        server.process.terminate()
        assert read_all(client).endswith(b'"late"')

    assert server.wait() == 0


def test_websockets_and_background_tasks_at_the_end(start: Start) -> None:
    """At SIGTERM a websocket is closed with 1012, and a background task has its time before the lifespan ends."""
    server = start(*RUN)
    server.answers()
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as client:
        client.sendall(
            b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        server.wait_for("websocket open")
        assert server.get("/background")[0] == 200
        server.process.terminate()
        received = read_all(client)
        server.wait_for("background task ended")
        server.wait_for("lifespan ended")

    assert received.endswith(b"\x88\x02" + (1012).to_bytes(2, "big"))
    assert "websocket closed with 1012" in server.output() + "".join(server.seen)


ENDLESS = """
import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    yield
    print("lifespan begins to end", flush=True)
    await asyncio.Event().wait()


app = FastAPI(lifespan=lifespan)


@app.get("/")
def hello() -> str:
    return "hello"
"""


def test_a_lifespan_without_an_end_is_not_waited_for(tmp_path: Path, start: Start) -> None:
    """The whole end is bounded, also when the application does not come to its own."""
    (tmp_path / "main.py").write_text(ENDLESS)
    server = start(*RUN, "--timeout-graceful-shutdown", "0")
    server.answers()

    server.process.terminate()
    server.wait_for("lifespan begins to end")
    server.wait_for("has not come to its end in time")
    server.wait()


def test_a_worker_that_does_not_end_is_killed(tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose event loop stands still ends with its supervisor all the same."""
    (tmp_path / "main.py").write_text(APPLICATION.replace("await asyncio.sleep(4)", "time.sleep(1000)"))
    (tmp_path / "program.py").write_text(
        "import sys\nimport zonda\nimport zonda.server.supervisor as supervisor\n"
        "if __name__ == '__main__':\n"
        "    supervisor.longest_end = lambda config: 0.0\n    supervisor.KILL_SECONDS = 0.5\n"
        "    zonda.run('main:app', port=int(sys.argv[1]), workers=2)\n"
    )
    server = start("program", "{port}")
    server.wait_for("serves")
    server.wait_for("serves")
    with ask(server.port, "/late"):
        server.wait_for("late")
        server.process.terminate()
        server.wait_for("did not end in time and is killed")

    assert server.wait() == 0


def test_a_killed_worker_is_replaced_while_the_other_serves(start: Start) -> None:
    """`kill -9` of a worker costs only what that worker was asked; the other one answers meanwhile."""
    server, workers = started(start)

    os.kill(workers[0], signal.SIGKILL)
    server.wait_for("ended with status -9")
    assert server.get() == (200, str(workers[1]))
    assert pid_in(server, "serves") not in workers


def test_workers_are_added_and_taken_away(start: Start) -> None:
    """SIGTTIN adds a worker, SIGTTOU ends one; the last one stays."""
    server, _ = started(start)

    server.process.send_signal(signal.SIGTTIN)
    pid_in(server, "serves")
    for _ in range(2):
        server.process.send_signal(signal.SIGTTOU)
        server.wait_for("ending a worker")
        server.wait_for("Finished server process")
    server.process.send_signal(signal.SIGTTOU)

    assert server.get()[0] == 200


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_accepting_survives_the_want_of_descriptors(start: Start, loop: str) -> None:
    """A server without a descriptor for a connection serves again as soon as it has one, and does not fill its log."""
    server = start(*RUN, "--loop", loop)
    server.answers()
    assert server.get("/few-descriptors")[0] == 200
    with ExitStack() as stack:
        for _ in range(30):
            client = stack.enter_context(socket.socket())
            client.settimeout(SECONDS)
            client.connect(("127.0.0.1", server.port))
            client.sendall(b"GET / HTTP/1.1\r\n")

    answer = b""
    while b"200 OK" not in answer:  # those that were refused a descriptor may still be in front
        assert server.process.poll() is None
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answer = read_all(client)
        except ConnectionError:
            continue

    assert "Traceback" not in server.output()


BEHIND_ASGI = """

class Outer:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


app = Outer(app)
"""


@pytest.mark.parametrize("more", ["", BEHIND_ASGI], ids=["native", "asgi"])
def test_beyond_the_limit_of_concurrency(tmp_path: Path, start: Start, more: str) -> None:
    """Too many at once are told when to come back while the others are held, and served afterwards."""
    (tmp_path / "main.py").write_text(APPLICATION + more)
    server = start(*RUN, "main:app", "--limit-concurrency", "4")
    server.answers()
    with ExitStack() as stack:
        held = []
        for _ in range(3):
            held.append(stack.enter_context(ask(server.port, "/held")))
            server.wait_for("held")
        with ask(server.port) as refused:
            answer = read_all(refused)
        (tmp_path / "released").touch()
        for client in held:
            assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")

    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable")
    assert b"retry-after: 1" in answer.lower()
    assert server.get()[0] == 200
