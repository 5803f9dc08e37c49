"""This module serves the application under soak, and reads from the system what its process holds."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

START_SECONDS = 60.0


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    port: int
    log: IO[bytes]

    def memory(self) -> float:
        """Megabytes that are resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self) -> Counter[str]:
        """How many of each kind are open: sockets and pipes as such, files by their names."""
        kinds: Counter[str] = Counter()
        for descriptor in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed in the meantime
                kinds[str(descriptor.readlink()).partition(":[")[0]] += 1
        return kinds

    async def descriptors_beyond(self, base: Counter[str]) -> Counter[str]:
        """What there is more than in `base` when those that are just being closed are gone."""
        for _ in range(100):
            left = self.descriptors() - base
            if not left:
                break
            await asyncio.sleep(0.1)
        return left

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def roll(self) -> None:
        """Replace every worker."""
        self.process.send_signal(signal.SIGHUP)


@contextmanager
def served(*options: str) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "zonda", "run", "soak.application:app", "--no-access-log", *options]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
        try:
            wait_until_open(process, port)
            yield Served(process, port, log)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def wait_until_open(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("The server under soak did not start.")
