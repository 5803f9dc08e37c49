"""This module sends recorded steps to a server over HTTP and returns what a client saw."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import re
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

Step = dict[str, Any]
Answer = tuple[Any, ...]

# What a server may differ in: the clock and its name.
OWN_HEADERS = {"date", "server"}
HANDSHAKE = {"host", "connection", "upgrade", "accept-encoding", "user-agent", "accept", "content-length"}
TOKEN = re.compile(rb"eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+")
SECONDS = 10


class Client:
    """One client with all its websockets."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sockets: dict[int, ClientConnection] = {}

    async def replay(self, steps: list[Step]) -> list[Answer]:
        answers = [await self.take(step) for step in steps]
        for socket in self.sockets.values():
            await socket.close()
        return answers

    async def take(self, step: Step) -> Answer:
        if step["kind"] == "request":
            return await asyncio.to_thread(self.request, step)
        if step["kind"] == "open":
            return await self.open(step)
        socket = self.sockets.get(step["session"])
        if socket is None:
            return ("not open",)
        try:
            return await asyncio.wait_for(self.frame(socket, step), SECONDS)
        except ConnectionClosed as closed:
            return ("closed", closed.rcvd.code if closed.rcvd else None, closed.rcvd.reason if closed.rcvd else None)

    def request(self, step: Step) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.putrequest(step["method"], step["target"], skip_host=True, skip_accept_encoding=True)
        for name, value in step["headers"]:
            # A connection each: what keep-alive does is tested elsewhere.
            connection.putheader(name, "close" if name.lower() == "connection" else value)
        connection.endheaders(base64.b64decode(step["body"]))
        response = connection.getresponse()
        body = TOKEN.sub(without_expiry, response.read())
        headers = sorted((name.lower(), value) for name, value in response.getheaders())
        connection.close()
        return (response.status, [item for item in headers if item[0] not in OWN_HEADERS], body)

    async def open(self, step: Step) -> Answer:
        headers = [
            (name, value)
            for name, value in step["headers"]
            if name.lower() not in HANDSHAKE and not name.lower().startswith("sec-websocket")
        ]
        address = f"ws://127.0.0.1:{self.port}{step['target']}"
        try:
            socket = await connect(address, additional_headers=headers, proxy=None, open_timeout=SECONDS)
        except InvalidStatus as refused:
            return ("refused", refused.response.status_code, refused.response.body)
        self.sockets[step["session"]] = socket
        return ("open", socket.subprotocol)

    async def frame(self, socket: ClientConnection, step: Step) -> Answer:
        if step["kind"] == "send":
            await socket.send(step["text"] if "text" in step else bytes.fromhex(step["bytes"]))
            return ("sent",)
        if step["kind"] == "receive":
            return ("received", await socket.recv())
        await socket.close(step["code"])
        return ("closed", socket.close_code, socket.close_reason)


def without_expiry(token: re.Match[bytes]) -> bytes:
    """A signed token in words, without the second in which it expires and without its signature."""
    payload = token[1] + b"=" * (-len(token[1]) % 4)
    claims = json.loads(base64.urlsafe_b64decode(payload))
    return json.dumps({name: value for name, value in claims.items() if name != "exp"}).encode()
