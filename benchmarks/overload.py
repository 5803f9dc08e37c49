"""This module measures how soon a client is told that there are too many, while the server has all that it can do.

    python -m benchmarks.overload

As many connections as `limit_concurrency` allows are held. Fifty clients more come without a pause, and again when they
were refused, so that the server's core is full; what is measured is how long one more waits for its 503. Afterwards all
others leave, and it is measured how soon a client is served again.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack

from benchmarks.processes import HOST, LOAD_CORE, NotServing, free_port, serving, stop

_LIMIT = 100
_REFUSED = 500
_STORM = 50
_REQUEST = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


def ask(port: int) -> tuple[float, bytes]:
    """Milliseconds from the opening of a connection to its answer, and the answer."""
    began = time.perf_counter()
    with socket.create_connection((HOST, port), timeout=10) as connection:
        connection.sendall(_REQUEST)
        answer = connection.recv(65536)
    return (time.perf_counter() - began) * 1000, answer


def held(port: int) -> socket.socket:
    """A connection whose request has not come to its end."""
    connection = socket.create_connection((HOST, port), timeout=10)
    connection.sendall(b"GET /hello HTTP/1.1\r\nHost")
    return connection


def measure() -> None:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.overload", "serve", str(port)]
    busy = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{_STORM}", "-d60s", f"http://{HOST}:{port}/hello"]
    with serving(command, port):
        with ExitStack() as opened:
            for _ in range(_LIMIT):
                opened.enter_context(held(port))
            opened.callback(stop, subprocess.Popen(busy, stdout=subprocess.DEVNULL))
            time.sleep(1)
            found = [ask(port) for _ in range(_REFUSED)]
        wrong = [answer for _, answer in found if not answer.startswith(b"HTTP/1.1 503")]
        if wrong:
            raise NotServing(f"{len(wrong)} of {_REFUSED} were not refused: {wrong[0][:100]!r}")
        began = time.perf_counter()
        while not ask(port)[1].startswith(b"HTTP/1.1 200"):
            time.sleep(0.001)
        served_again = (time.perf_counter() - began) * 1000
    times = sorted(milliseconds for milliseconds, _ in found)
    print(f"503, half of {_REFUSED} within {statistics.median(times):.1f} ms")
    print(f"503, 99 % within {times[int(len(times) * 0.99)]:.1f} ms, the last within {times[-1]:.1f} ms")
    print(f"200 again after {served_again:.1f} ms")


def serve(port: int) -> None:
    import zonda

    app = zonda.Zonda()

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"message": "Hello"}

    zonda.run(app, host=HOST, port=port, access_log=False, log_level="error", limit_concurrency=_LIMIT)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(int(sys.argv[2]))
    else:
        measure()
