"""This module starts commands that serve, reads what they say, and ends them."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

SECONDS = 30.0


@dataclass
class Running:
    """A command that runs, with its output."""

    process: subprocess.Popen[str]
    port: int
    lines: queue.Queue[str] = field(default_factory=queue.Queue)
    seen: list[str] = field(default_factory=list)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def wait_for(self, text: str) -> None:
        """Go on to the next line with this text in it."""
        if not self.says(text, SECONDS):
            pytest.fail(f"{text!r} was not said:\n{''.join(self.seen)}")

    def says(self, text: str, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return False
            self.seen.append(line)
            if text in line:
                return True

    def answers(self) -> None:
        """Wait until the port takes connections."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail(f"The server did not start:\n{self.output()}")

    def get(self, path: str = "/") -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=SECONDS) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def output(self) -> str:
        while not self.lines.empty():
            self.seen.append(self.lines.get())
        return "".join(self.seen)

    def end(self) -> int:
        """Ask it to end, and wait until it did; its status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        status = self.process.wait(SECONDS)
        self.reader.join(SECONDS)
        return status

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()


class Start(Protocol):
    def __call__(self, *arguments: str, port: int | None = None) -> Running: ...


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, arguments: tuple[str, ...], port: int) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", *(text.format(port=port) for text in arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    started = Running(process, port)
    try:
        yield started
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        started.reader.join(SECONDS)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `python -m ...` in the test's folder; `{port}` in an argument is a free port."""
    with ExitStack() as stack:

        def start_one(*arguments: str, port: int | None = None) -> Running:
            return stack.enter_context(running(tmp_path, arguments, port or free_port()))

        yield start_one
