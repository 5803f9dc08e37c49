"""This module asks a program over a socket, with Uvicorn's own protocol class before FastAPI, Zonda's before Zonda.

It stands next to `worker.py`, which imports it, and needs nothing but Uvicorn.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.server import ServerState

Answer = dict[str, Any]

OWN_HEADERS = {"date", "server"}
SENDABLE = re.compile(r"[!-~]+")
METHOD = re.compile(r"[A-Z]+")
SECONDS = 2.0


def protocol_class(framework: str) -> Any:
    if framework == "zonda":
        from zonda.transport.protocol import ZondaProtocol

        return ZondaProtocol
    return "httptools"


class Reports(logging.Handler):
    """The errors that the server wrote into its log."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self.found.append(f"{type(error).__name__}: {error}")

    def take(self) -> str | None:
        found, self.found = self.found, []
        return "; ".join(found) or None


def is_sendable(question: dict[str, Any]) -> bool:
    """What is no request at all is refused by each server in its own words."""
    return bool(
        question["kind"] == "http"
        and SENDABLE.fullmatch(question["target"])
        and METHOD.fullmatch(question["method"])
        and question["headers"][0][1]
    )


async def serve_and_ask(
    module: Any,
    questions: list[dict[str, Any]],
    state: dict[str, Any],
    framework: str,
    in_process: Callable[[dict[str, Any]], Awaitable[Answer]],
    take: Callable[[Any], list[Any]],
) -> list[Answer]:
    """The answers to all questions, over a connection each; websockets are asked in the process."""
    config = uvicorn.Config(
        module.app, http=protocol_class(framework), lifespan="off", ws="none", loop="none", log_config=None
    )
    config.load()
    server_state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: config.http_protocol_class(config=config, server_state=server_state, app_state=state),  # type: ignore[call-arg]
        "127.0.0.1",
        0,
    )
    port = server.sockets[0].getsockname()[1]
    answers = []
    reports = Reports()
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(reports)
    logger.propagate = False
    try:
        for question in questions:
            if not is_sendable(question):
                answers.append(await in_process(question))
                continue
            try:
                answer = await asyncio.wait_for(ask(port, question), SECONDS)
            except TimeoutError:
                answer = {"hangs": True}
            except OSError as error:
                answer = {"broken": type(error).__name__}
            await finished(server_state)
            answer |= {"raised": reports.take(), "log": take(module)}
            answers.append(answer)
    finally:
        logger.removeHandler(reports)
        server.close()
        for connection in list(server_state.connections):
            connection.shutdown()
    return answers


async def finished(server_state: ServerState) -> None:
    """Until the server has nothing to do any more: background tasks outlive the response."""
    for _ in range(200):
        await asyncio.sleep(0.001)
        if not server_state.tasks and not server_state.connections:
            return


async def ask(port: int, question: dict[str, Any]) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head_of(question))
    is_chunked = ["transfer-encoding", "chunked"] in [list(pair) for pair in question["headers"]]
    for chunk in question["chunks"]:
        content = chunk.encode("latin-1")
        if content:
            writer.write(b"%x\r\n%s\r\n" % (len(content), content) if is_chunked else content)
    if is_chunked:
        writer.write(b"0\r\n\r\n")
    raw = await reader.read()
    writer.close()
    return parsed(raw)


def head_of(question: dict[str, Any]) -> bytes:
    lines = [f"{question['method']} {question['target']} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in question["headers"]]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1")


def parsed(raw: bytes) -> Answer:
    """Status, headers but the server's own, and the body out of its framing."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = [[name, value] for name, _, value in (line.partition(": ") for line in lines[1:])]
    is_whole = True
    if ["transfer-encoding", "chunked"] in headers:
        body, is_whole = unchunked(body)
    return {
        "status": int(lines[0].split(" ")[1]) if " " in lines[0] else None,
        "headers": [pair for pair in headers if pair[0] not in OWN_HEADERS],
        "body": body.decode("latin-1"),
        "is_whole": is_whole,
    }


def unchunked(body: bytes) -> tuple[bytes, bool]:
    """The content, and whether its end was there."""
    content = b""
    while True:
        size, found, body = body.partition(b"\r\n")
        if not found:
            return content, False
        if int(size, 16) == 0:
            return content, True
        content, body = content + body[: int(size, 16)], body[int(size, 16) + 2 :]
