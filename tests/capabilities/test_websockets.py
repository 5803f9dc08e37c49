"""Websockets carry text, bytes and JSON, with parameters, refusals and rooms."""

from typing import Annotated, Any

import pytest
from starlette.testclient import WebSocketDenialResponse

from zonda import Cookie, Depends, Header, HTTPException, WebSocket, WebSocketDisconnect, WebSocketException, Zonda
from zonda.testclient import TestClient


def test_an_echo() -> None:
    """accept, receive_text and send_text work; the endpoint learns of the client's leaving, with its code."""
    app, left = Zonda(), []

    @app.websocket("/ws")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(f"Echo: {await websocket.receive_text()}")
        except WebSocketDisconnect as error:
            left.append(error.code)

    with TestClient(app).websocket_connect("/ws") as session:
        session.send_text("x")
        assert session.receive_text() == "Echo: x"
        session.close(4001)
    assert left == [4001]


def test_parameters_are_typed() -> None:
    """Path and query parameters are validated as on HTTP; a wrong one closes with 1008."""
    app = Zonda()

    @app.websocket("/rooms/{room}")
    async def endpoint(websocket: WebSocket, room: int, token: str, last: int = 0) -> None:
        await websocket.accept()
        await websocket.send_json([room, token, last])

    client = TestClient(app)

    with client.websocket_connect("/rooms/3?token=t&last=7") as session:
        assert session.receive_json() == [3, "t", 7]
    for path in ("/rooms/x?token=t", "/rooms/3"):
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(path):
            pass
        assert refused.value.code == 1008


def test_all_kinds_of_messages() -> None:
    """Text, bytes and JSON go both ways."""
    app = Zonda()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.send_bytes(await websocket.receive_bytes())
        await websocket.send_json(await websocket.receive_json())

    with TestClient(app).websocket_connect("/ws") as session:
        session.send_text("text")
        session.send_bytes(b"\x00\xff")
        session.send_json({"a": [1]})
        assert [session.receive_text(), session.receive_bytes(), session.receive_json()] == [
            "text", b"\x00\xff", {"a": [1]}
        ]  # fmt: skip


def test_accept_comes_first() -> None:
    """Sending before accept is an error of the endpoint."""
    app = Zonda()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.send_text("too early")

    with pytest.raises(RuntimeError, match="websocket"), TestClient(app).websocket_connect("/ws"):
        pass


class Connections:
    """The usual connection manager: rooms, broadcast, dead sockets dropped."""

    def __init__(self) -> None:
        self.rooms: dict[str, list[WebSocket]] = {}

    async def broadcast(self, room: str, text: str) -> None:
        for member in list(self.rooms[room]):
            try:
                await member.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                self.rooms[room].remove(member)


def test_a_connection_manager_with_rooms() -> None:
    """A broadcast reaches every member of its room only; leaving is announced; a dead socket is dropped."""
    app, manager = Zonda(), Connections()

    @app.websocket("/{room}/{name}")
    async def endpoint(websocket: WebSocket, room: str, name: str) -> None:
        await websocket.accept()
        members = manager.rooms.setdefault(room, [])
        members.append(websocket)
        try:
            async for text in websocket.iter_text():
                if text == "die":
                    await websocket.close()
                    return
                await manager.broadcast(room, f"{name}: {text}")
        finally:
            if websocket in members and websocket.application_state.name == "CONNECTED":
                members.remove(websocket)
                await manager.broadcast(room, f"{name} left {room}")

    # Inside `with`, all sessions share one event loop, as on a server.
    with (
        TestClient(app) as client,
        client.websocket_connect("/red/a") as a,
        client.websocket_connect("/blue/c") as c,
    ):
        with client.websocket_connect("/red/b") as b:
            b.send_text("hi")
            assert [a.receive_text(), b.receive_text()] == ["b: hi"] * 2
        assert a.receive_text() == "b left red"
        c.send_text("alone")
        assert c.receive_text() == "c: alone"
        with client.websocket_connect("/red/dead") as dead:
            dead.send_text("die")
            assert dead.receive()["type"] == "websocket.close"
        assert len(manager.rooms["red"]) == 2
        a.send_text("still here")
        assert a.receive_text() == "a: still here"
        assert len(manager.rooms["red"]) == 1


def test_refusals_before_accept() -> None:
    """Headers, cookies and dependencies are there; WebSocketException closes with its code, HTTPException denies."""
    app = Zonda()

    def user(session: Annotated[str | None, Cookie()] = None, x_token: Annotated[str | None, Header()] = None) -> str:
        if x_token == "http":
            raise HTTPException(403, "denied")
        if session is None:
            raise WebSocketException(1008, "no session")
        return session

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket, name: Annotated[str, Depends(user)]) -> None:
        await websocket.accept()
        await websocket.send_text(name)

    client = TestClient(app)

    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/ws"):
        pass
    assert (refused.value.code, refused.value.reason) == (1008, "no session")
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        client.websocket_connect("/ws", headers={"x-token": "http"}),
    ):
        pass
    assert (denied.value.status_code, denied.value.json()) == (403, {"detail": "denied"})
    client.cookies.set("session", "ada")
    with client.websocket_connect("/ws") as session:
        assert session.receive_text() == "ada"


def test_iterating_ends_with_the_connection() -> None:
    """iter_text ends when the client leaves."""
    app, log = Zonda(), []

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> Any:
        await websocket.accept()
        log.extend([text async for text in websocket.iter_text()])
        log.append("ended")

    with TestClient(app).websocket_connect("/ws") as session:
        session.send_text("a")
        session.send_text("b")
    assert log == ["a", "b", "ended"]
