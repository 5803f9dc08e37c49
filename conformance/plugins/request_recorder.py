"""This module is a pytest plugin that writes down what tests ask of applications: requests and websocket steps.

Each line of the file is one step: the module of the application, its kind, and what a client needs to repeat it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from itertools import count
from typing import Any

import pytest
from starlette import testclient

STEPS: list[dict[str, Any]] = []
numbers = count()


def module_of(app: object) -> str | None:
    """The documentation's module that holds the application; those that a test made itself have none."""
    names = (name for name in list(sys.modules) if name.startswith("docs_src."))
    return next((name for name in names if getattr(sys.modules[name], "app", None) is app), None)


class RecordingTransport(testclient._TestClientTransport):
    def handle_request(self, request: Any) -> Any:
        step = {
            "app": module_of(self.app),
            "target": request.url.raw_path.decode(),
            "headers": request.headers.multi_items(),
        }
        if request.url.scheme in {"ws", "wss"}:
            try:
                return super().handle_request(request)
            except testclient._Upgrade as upgrade:
                upgrade.session.opening = step
                raise
        body = base64.b64encode(request.read()).decode()
        STEPS.append({"kind": "request", "method": request.method, "body": body, **step})
        return super().handle_request(request)


class RecordingSession(testclient.WebSocketTestSession):
    opening: dict[str, Any]
    number: int | None = None

    def __enter__(self) -> Any:
        number = next(numbers)
        STEPS.append({"kind": "open", "session": number, **self.opening})
        entered = super().__enter__()
        self.number = number
        return entered

    def step(self, kind: str, **more: Any) -> None:
        # Before the session is entered, the handshake is the open step's.
        if self.number is not None:
            STEPS.append({"kind": kind, "session": self.number, "app": self.opening["app"], **more})

    def send(self, message: Any) -> None:
        if message["type"] == "websocket.receive":
            content = {"text": message["text"]} if "text" in message else {"bytes": message["bytes"].hex()}
            self.step("send", **content)
        elif message["type"] == "websocket.disconnect":
            self.step("close", code=message["code"])
        super().send(message)

    def receive(self) -> Any:
        self.step("receive")
        return super().receive()


def pytest_configure() -> None:
    testclient._TestClientTransport = RecordingTransport  # type: ignore[misc]
    testclient.WebSocketTestSession = RecordingSession  # type: ignore[misc]


def pytest_sessionfinish(session: pytest.Session) -> None:
    with open(os.environ["STEPS"], "w") as file:  # noqa: PTH123 one line
        file.writelines(json.dumps(step) + "\n" for step in STEPS if step["app"])
