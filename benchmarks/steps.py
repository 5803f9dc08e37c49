"""This module counts the machine instructions of one request on the native path, without sockets: make bench-steps.

Bytes are fed to a protocol whose transport forgets what is written. Callgrind counts; two runs of different length are
subtracted, so that starting Python is not in the figure. Run by itself it is the loop that is counted:

    python -m benchmarks.steps hello 20000          the loop, with the CPU time of one request
    python -m benchmarks.steps --count hello body   instructions a request

Besides subjects it takes the names in `variants.py`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benchmarks.processes import HOST
from benchmarks.subject import Subject, subject_module
from benchmarks.variants import VARIANTS, log_to_nowhere

_FEW, _MANY = 200, 1200
_WARM = 300


class ForgettingTransport(asyncio.Transport):
    """Takes what is written and keeps only the last two pieces of it."""

    def __init__(self) -> None:
        super().__init__({"peername": (HOST, 50000), "sockname": (HOST, 8000)})
        self.written = self.before = b""

    def write(self, data: Any) -> None:
        self.written, self.before = data, self.written

    def has_written(self, start: bytes) -> bool:
        """A response that begins so, in one piece or in two."""
        return self.written.startswith(start) or self.before.startswith(start)

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


def request_bytes(subject: Subject) -> bytes:
    """The request as wrk sends it."""
    headers = {"Host": f"{HOST}:8000", **subject.headers}
    if subject.body:
        headers["Content-Length"] = str(len(subject.body))
    lines = [f"{subject.method} {subject.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + subject.body


async def run(name: str, requests: int) -> float:
    """Answer so many requests, one after the other; the CPU seconds of one."""
    import uvicorn
    from uvicorn.server import ServerState

    from zonda.transport.protocol import ZondaProtocol

    variant = VARIANTS.get(name)
    subject = subject_module("hello" if variant else name)
    app = variant.app() if variant else subject.fastapi()
    http = "httptools" if variant and variant.protocol == "uvicorn" else ZondaProtocol
    config = uvicorn.Config(app, http=http, log_config=None)
    config.load()
    log_to_nowhere(logging.getLogger("uvicorn.access"), is_on=variant is not None and variant.access_log)
    state = ServerState()
    state.default_headers = [(b"date", b"Fri, 20 Nov 2026 14:00:00 GMT"), (b"server", b"uvicorn")]
    protocol = config.http_protocol_class(config, state, {})
    transport = ForgettingTransport()
    protocol.connection_made(transport)
    feed, data = protocol.data_received, request_bytes(subject.SUBJECT)
    await _loop(feed, data, _WARM, state)
    assert transport.has_written(b"HTTP/1.1 %d " % subject.SUBJECT.answer.status), transport.written
    began = time.process_time()
    await _loop(feed, data, requests, state)
    return (time.process_time() - began) / requests


async def _loop(feed: Callable[[bytes], None], data: bytes, requests: int, state: Any) -> None:
    for _ in range(requests):
        wanted = state.total_requests + 1
        feed(data)
        while state.total_requests != wanted or state.tasks:  # noqa: ASYNC110  (an event would be in the figure)
            await asyncio.sleep(0)


def instructions(name: str) -> float:
    """Machine instructions that one request takes."""
    return (_counted(name, _MANY) - _counted(name, _FEW)) / (_MANY - _FEW)


def _counted(name: str, requests: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        command += [sys.executable, "-m", "benchmarks.steps", name, str(requests)]
        said = subprocess.run(command, check=True, capture_output=True, text=True, env=_steady()).stderr
    found = re.search(r"Collected : (\d+)", said)
    if found is None:
        raise RuntimeError(said)
    return int(found[1])


def _steady() -> dict[str, str]:
    """The same hashes in each run, so that the same work is counted."""
    return {**os.environ, "PYTHONHASHSEED": "0"}


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--count"]:
        for name in arguments[1:]:
            print(f"{name:20} {instructions(name):9.0f} instructions", flush=True)
        return
    import uvloop

    import zonda.compat

    zonda.compat.install()
    name, requests = arguments
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(f"{name:20} {1e6 * runner.run(run(name, int(requests))):9.2f} µs")


if __name__ == "__main__":
    main(sys.argv[1:])
