"""This module starts the worker processes and speaks with them."""

from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conformance.differential.shapes import Question
from conformance.environments import CHECKOUT, Environment

WORKER = Path(__file__).parent / "worker.py"
SECONDS = 120.0
"""A whole program with all its questions; each question has its own limit in the worker."""

Answer = dict[str, Any]


class Worker:
    """One process, which is started anew when it died."""

    def __init__(self, environment: Environment, framework: str, *, plant: str = "") -> None:
        self.command = [environment.python, str(WORKER), framework, *(["--plant", plant] if plant else [])]
        self.framework = framework
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            # Sets of strings have to have one order in both.
            variables = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
            if self.framework == "zonda":
                variables["PYTHONPATH"] = str(CHECKOUT / "src")
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=variables,
            )
        return self.process

    def send(self, source: str, questions: Iterable[Question], **more: Any) -> None:
        command = {"source": source, "questions": [asdict(question) for question in questions], **more}
        pipe = self.start().stdin
        assert pipe is not None
        pipe.write(json.dumps(command).encode() + b"\n")
        pipe.flush()

    def receive(self) -> Answer:
        process = self.start()
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], SECONDS)
        line = process.stdout.readline() if ready else b""
        if not line:
            self.stop()
            return {"died": True, "answers": [], "document": None, "lifespan": []}
        answer: Answer = json.loads(line)
        return answer

    def ask(self, source: str, questions: Iterable[Question], **more: Any) -> Answer:
        self.send(source, questions, **more)
        return self.receive()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def ask_both(
    pair: tuple[Worker, Worker], source: str, questions: Iterable[Question], **more: Any
) -> tuple[Answer, Answer]:
    asked = list(questions)
    for worker in pair:
        worker.send(source, asked, **more)
    return pair[0].receive(), pair[1].receive()
