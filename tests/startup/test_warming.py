"""What is done before anybody asks for it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from zonda import APIRouter, Form, WebSocket, Zonda
from zonda.startup import surroundings, warming, websockets
from zonda.startup.warming import compile_when_idle
from zonda.testclient import TestClient


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that were compiled, in order."""
    seen: list[str] = []
    compile_responder, compile_websocket = surroundings.compile_responder, websockets.compile_websocket

    def note_responder(plan: Any, *arguments: Any) -> Any:
        seen.append(plan.operation)
        return compile_responder(plan, *arguments)

    def note_websocket(plan: Any, *arguments: Any) -> Any:
        seen.append(plan.path)
        return compile_websocket(plan, *arguments)

    monkeypatch.setattr(surroundings, "compile_responder", note_responder)
    monkeypatch.setattr(websockets, "compile_websocket", note_websocket)
    return seen


def application() -> Zonda:
    app, router = Zonda(), APIRouter()

    @app.get("/asked")
    async def asked() -> str:
        return "asked"

    @app.post("/form")
    async def form(name: str = Form()) -> str:
        return name

    @app.websocket("/ws")
    async def talk(websocket: WebSocket) -> None:
        await websocket.close()

    @router.get("/included/{name}")
    async def included(name: str) -> str:
        return name

    app.include_router(router)
    return app


def test_what_was_not_asked_for_is_compiled_when_there_is_time(compiled: list[str]) -> None:
    """Each route is compiled once: by its first request, or by whoever has nothing else to do."""
    app = application()
    app.native_pipeline()
    client = TestClient(app)
    client.get("/asked")
    assert compiled == ["GET /asked"]

    asyncio.run(compile_when_idle(app.built_stack()))
    everything = ["GET /asked", "POST /form", "GET /included/{name}", "/ws"]
    assert compiled == everything

    assert client.get("/included/a").json() == "a"
    assert client.post("/form", data={"name": "a"}).json() == "a"
    assert compiled == everything


def test_requests_come_first(compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """While turns of the event loop take long, nothing is compiled."""
    monkeypatch.setattr(warming, "PAUSE_SECONDS", 0)
    stack = application().built_stack()

    async def main() -> None:
        task = asyncio.create_task(compile_when_idle(stack))
        for _ in range(10):
            time.sleep(0.001)  # noqa: ASYNC251  (a request that takes long)
            await asyncio.sleep(0)
        assert compiled == []
        await task

    asyncio.run(main())
    assert len(compiled) == 4


def test_a_route_that_cannot_be_compiled_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One that fails is logged and does not keep the others from being compiled."""
    compile_responder = surroundings.compile_responder
    compiled = []

    def fail_for_one(plan: Any, *arguments: Any) -> Any:
        if plan.path == "/asked":
            raise TypeError("cannot be compiled")
        compiled.append(plan.path)
        return compile_responder(plan, *arguments)

    monkeypatch.setattr(surroundings, "compile_responder", fail_for_one)
    asyncio.run(compile_when_idle(application().built_stack()))

    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "/asked could not be compiled."
    ]
    assert compiled == ["/form", "/included/{name}"]
