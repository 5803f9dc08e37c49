"""This module sends a subject's request: once to check the answer, then many times with wrk."""

from __future__ import annotations

import http.client
import re
import subprocess
import tempfile
from dataclasses import dataclass

from benchmarks.processes import HOST, LOAD_CORE, cpu_seconds
from benchmarks.subject import Subject

CONNECTIONS = 32

NOT_COMPARED = frozenset({"date", "server", "connection", "keep-alive", "transfer-encoding"})


class WrongAnswer(Exception):
    """A contender does something else than the others, so that its time would say nothing."""


def check_answer(subject: Subject, contender: str, port: int) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    connection.request(subject.method, subject.path, subject.body or None, dict(subject.headers))
    response = connection.getresponse()
    body = response.read()
    headers = {name.lower(): value for name, value in response.getheaders() if name.lower() not in NOT_COMPARED}
    if contender == "fastify":  # it cannot be told to leave this out
        headers["content-type"] = headers["content-type"].removesuffix("; charset=utf-8")
    connection.close()
    if contender in subject.own_words:
        if response.status < 400:
            raise WrongAnswer(f"status {response.status}")
        return
    answer = subject.answer
    for what, found, wanted in (
        ("status", response.status, answer.status),
        ("body", body, answer.body),
        ("headers", headers, dict(answer.headers)),
    ):
        if found != wanted:
            raise WrongAnswer(f"{what} {found!r} instead of {wanted!r}")


@dataclass(frozen=True)
class Cost:
    microseconds: float
    """CPU time of the server for one of what is counted."""
    rate: float


def cost_of(subject: Subject, pid: int, port: int, seconds: int) -> Cost:
    """Load the server for a second, then measure."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(subject))
        script.flush()
        command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", "-s", script.name]
        address = f"http://{HOST}:{port}{subject.path}"
        _wrk([*command, "-d1s", address])
        before = cpu_seconds(pid)
        report = _wrk([*command, f"-d{seconds}s", address])
        spent = cpu_seconds(pid) - before
    counted = _number(r"(\d+) requests in", report) * subject.per_request
    if subject.answer.status < 400 and "Non-2xx" in report:
        raise WrongAnswer("errors under load")
    return Cost(1e6 * spent / counted, _number(r"Requests/sec:\s+([\d.]+)", report) * subject.per_request)


def _script(subject: Subject) -> str:
    lines = [f"wrk.method = {_lua(subject.method)}"]
    if subject.body:
        lines.append(f"wrk.body = {_lua(subject.body.decode())}")
    lines += [f"wrk.headers[ {_lua(name)} ] = {_lua(value)}" for name, value in subject.headers.items()]
    return "\n".join(lines)


def _lua(text: str) -> str:
    return f"[==[{text}]==]"


def _wrk(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"wrk said: {text}")
    return float(found[1])
