"""This module sends a subject's request: once to check the answer, then many times with wrk."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import CHECKOUT
from benchmarks.processes import HOST, LOAD_CORE, cpu_seconds
from benchmarks.subject import Subject
from benchmarks.websocket_load import echoed_frame, open_websocket, text_frame

CONNECTIONS = 32

NOT_COMPARED = frozenset({"date", "server", "connection", "keep-alive", "transfer-encoding"})


class WrongAnswer(Exception):
    """A contender does something else than the others, so that its time would say nothing."""


def check_answer(subject: Subject, contender: str, port: int) -> None:
    """Ask once.

    Raises WrongAnswer when what comes back is not the subject's answer.
    """
    if subject.websocket:
        _check_echo(subject, port)
        return
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
    if subject.websocket:
        return _cost_of_echoes(subject, pid, port, seconds)
    with tempfile.TemporaryDirectory() as folder:
        script, body = Path(folder) / "script.lua", Path(folder) / "body"
        body.write_bytes(subject.body)
        script.write_text(_script(subject, body))
        command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", "-s", str(script)]
        address = f"http://{HOST}:{port}{subject.path}"
        _wrk([*command, "-d1s", address])
        before = cpu_seconds(pid)
        report = _wrk([*command, f"-d{seconds}s", address])
        spent = cpu_seconds(pid) - before
    requests = _number(r"(\d+) requests in", report)
    errors = _number(r"Non-2xx or 3xx responses: (\d+)", report) if "Non-2xx" in report else 0
    if errors != (requests if subject.answer.status >= 400 else 0) or "Socket errors" in report:
        raise WrongAnswer(f"under load: {report}")
    counted = requests * subject.per_request
    if counted == 0:
        raise WrongAnswer(f"none within {seconds} s")
    return Cost(1e6 * spent / counted, _number(r"Requests/sec:\s+([\d.]+)", report) * subject.per_request)


def _script(subject: Subject, body: Path) -> str:
    lines = [f"wrk.method = {_lua(subject.method)}"]
    if subject.body:
        lines.append(f"wrk.body = io.open({_lua(str(body))}, 'rb'):read('*a')")
    lines += [f"wrk.headers[ {_lua(name)} ] = {_lua(value)}" for name, value in subject.headers.items()]
    if subject.numbered:
        lines.append(_NUMBERING % _lua(subject.numbered))
    if subject.pipelined > 1:
        lines.append(f"init = function(args) together = string.rep(wrk.format(), {subject.pipelined}) end")
        lines.append("request = function() return together end")
    return "\n".join(lines)


_NUMBERING = """
local number = 0
request = function()
  number = number + 1
  wrk.headers[ %s ] = string.format('%%032x', number)
  return wrk.format()
end
"""


def _check_echo(subject: Subject, port: int) -> None:
    text = subject.answer.body
    try:
        with open_websocket(port, subject.path) as connection:
            connection.sendall(text_frame(text))
            received = connection.recv(4096)
    except ConnectionError as problem:
        raise WrongAnswer(str(problem)) from problem
    if received != echoed_frame(text):
        raise WrongAnswer(f"frame {received!r}")


def _cost_of_echoes(subject: Subject, pid: int, port: int, seconds: int) -> Cost:
    def echo(duration: int) -> int:
        command = ["taskset", "-c", str(LOAD_CORE), sys.executable, "-m", "benchmarks.websocket_load", str(port)]
        command += [subject.path, subject.answer.body.decode(), str(CONNECTIONS), str(duration)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKOUT).stdout)

    echo(1)
    before = cpu_seconds(pid)
    echoes = echo(seconds)
    return Cost(1e6 * (cpu_seconds(pid) - before) / echoes, echoes / seconds)


def _lua(text: str) -> str:
    return f"[==[{text}]==]"


def _wrk(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"wrk said: {text}")
    return float(found[1])
