"""This module counts the machine instructions of one request on the native path, without sockets: make bench-steps.

Bytes are fed to a protocol whose transport forgets what is written. Callgrind counts between the calls of `mark`, so
that starting Python is not in the figure. Run by itself it is the loop that is counted:

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
from collections.abc import Iterable, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from benchmarks.processes import HOST
from benchmarks.subject import Subject, subject_module
from benchmarks.variants import VARIANTS, log_to_nowhere

_COUNTED = 1000
WARM = 300


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


class Served:
    """An application on a connection that only `ask` writes to."""

    def __init__(self, name: str) -> None:
        """`name` is that of a subject or of a variant."""
        import uvicorn
        from uvicorn.server import ServerState

        from zonda.transport.protocol import ZondaProtocol

        variant = VARIANTS.get(name)
        module = subject_module("hello" if variant else name)
        self.subject: Subject = module.SUBJECT
        app = variant.app() if variant else module.fastapi()
        http = "httptools" if variant and variant.protocol == "uvicorn" else ZondaProtocol
        config = uvicorn.Config(app, http=http, log_config=None)
        config.load()
        log_to_nowhere(logging.getLogger("uvicorn.access"), is_on=variant is not None and variant.access_log)
        self._state = ServerState()
        self._state.default_headers = [(b"date", b"Fri, 20 Nov 2026 14:00:00 GMT"), (b"server", b"uvicorn")]
        protocol_class: Any = config.http_protocol_class
        self.protocol = protocol_class(config, self._state, {})
        self.transport = ForgettingTransport()
        self.protocol.connection_made(self.transport)
        self._feed = self.protocol.data_received

    async def ask(self, requests: Iterable[bytes]) -> None:
        """One after the other, each answered to its end."""
        state: Any = self._state
        for data in requests:
            wanted = state.total_requests + 1
            self._feed(data)
            while state.total_requests != wanted or state.tasks:  # noqa: ASYNC110  (an event would be in the figure)
                await asyncio.sleep(0)


async def run(name: str, requests: int) -> float:
    """Answer so many requests, one after the other; the CPU seconds of one."""
    served = Served(name)
    data, status = request_bytes(served.subject), served.subject.answer.status
    await served.ask(repeat(data, WARM))
    assert served.transport.has_written(b"HTTP/1.1 %d " % status), served.transport.written
    mark()
    began = time.process_time()
    await served.ask(repeat(data, requests))
    seconds = time.process_time() - began
    mark()
    return seconds / requests


def mark() -> None:
    """Where `counted_parts` begins another part: a call of the C library that nothing else makes."""
    os.getsid(0)


def instructions(name: str) -> float:
    """Machine instructions that one request takes."""
    _, counted, _ = counted_parts("benchmarks.steps", name, str(_COUNTED))
    return counted / _COUNTED


def counted_parts(*arguments: str) -> Sequence[int]:
    """Machine instructions of `python -m` with these arguments: before, between and after its marks."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--dump-before=getsid", f"--callgrind-out-file={folder}/out"]
        command += [sys.executable, "-m", *arguments]
        ended = subprocess.run(command, check=False, capture_output=True, text=True, env=_steady())
        if ended.returncode:
            raise RuntimeError(ended.stderr)
        parts = [path.read_text() for path in Path(folder).iterdir()]
    return [count for _, count in sorted((_number(part, "part"), _number(part, "summary")) for part in parts)]


def _number(part: str, key: str) -> int:
    found = re.search(rf"^{key}: (\d+)$", part, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"no {key} in what callgrind wrote")
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
