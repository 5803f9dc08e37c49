"""This module is the websocket protocol class that Uvicorn runs: Uvicorn's own, true to RFC 6455 where it is not.

Its clients have to read as those of responses have to (see `deadlines`): otherwise one that reads nothing keeps its
connection and its task for ever, since closing waits for the client, too.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.server import ServerProtocol

from zonda.transport.deadlines import ReadingClock
from zonda.transport.flow import share_of
from zonda.transport.limits import Limits
from zonda.transport.openings import OpeningLog
from zonda.transport.portions import MUCH, Portions
from zonda.transport.refusals import Refusal, invalid
from zonda.transport.wire import join_lines

logger = logging.getLogger("uvicorn.error")

_PONG = b"\x8a"
_SMALL = 4 * 1024
"""Fragments below this size are joined as they come: each by itself costs more memory than what is in it."""


class Frames(ServerProtocol):
    """The frames of one websocket."""

    def recv_frame(self, frame: Frame) -> None:
        # RFC 6455, section 5.4: control frames may stand between the frames of a message, and a close is one. Its
        # code is then answered like any other, where the library would take it for an error of the client.
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)


class ZondaWebSocketProtocol(WebSocketsSansIOProtocol):
    """One websocket: `uvicorn.Config(app, ws=ZondaWebSocketProtocol)`."""

    limits = Limits()
    """Set others in a subclass, or as `config.limits`."""
    is_swept = True

    def __init__(
        self,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger: Any = OpeningLog(self.logger, {})
        theirs = self.conn
        self.conn = Frames(extensions=theirs.available_extensions, max_size=config.ws_max_size, logger=theirs.logger)
        self.limits = getattr(config, "limits", None) or self.limits
        self.share = share_of(server_state, self.loop, config.timeout_keep_alive)
        self.deadlines = ReadingClock(self.share.sweeper.now)
        self.portions = Portions(self.loop, super().data_received, lambda: self.read_paused)
        self.portions.held = self
        self.is_awaited = False
        """The application waits for a message, so that the next one need not hold the client up."""
        self.due_pong = b""
        """The answer to the last ping of a client that reads nothing just now."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.share.sweeper.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.share.sweeper.discard(self)
        self.portions.rest = b""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.handshake_initiated and not self.handshake_complete:
            # RFC 6455, section 4.1: a client sends nothing before its opening is answered.
            self.refuse(invalid("data before a websocket's opening was answered"))
        elif self.handshake_complete and (len(data) >= MUCH or self.portions.rest):
            self.portions.take(data)
        else:
            super().data_received(data)

    def eof_received(self) -> None:
        self.portions.read_all()
        super().eof_received()

    def hold(self) -> None:
        self.transport.pause_reading()

    def release(self) -> None:
        if not (self.read_paused or self.transport.is_closing()):
            self.transport.resume_reading()

    async def receive(self) -> Any:
        queue = self.queue
        self.is_awaited = queue.empty()
        message = await queue.get()
        if self.read_paused and queue.empty():
            self.read_paused = False
            self.transport.resume_reading()
        if self.portions.rest:
            self.see_to_the_rest()
        return message

    def see_to_the_rest(self) -> None:
        """Uvicorn has the socket read again; what came before goes first."""
        if self.portions.rest and not self.read_paused:
            self.hold()
            self.portions.go_on_later()

    def handle_cont(self, event: Frame) -> None:
        last = self.frames[-1]
        if len(last) + len(event.data) >= _SMALL:
            super().handle_cont(event)
            return
        self.frames[-1] = last + event.data
        if event.fin:
            self.send_receive_event_to_app()

    def handle_ping(self) -> None:
        output = self.conn.data_to_send()
        if not self.writable.is_set():
            # RFC 6455, section 5.5.3: who has not answered yet may answer the last ping alone. A client that pings
            # and does not read would otherwise fill the memory.
            pongs = [piece for piece in output if piece.startswith(_PONG)]
            output = [piece for piece in output if not piece.startswith(_PONG)]
            self.due_pong = pongs[-1] if pongs else self.due_pong
        self.transport.write(b"".join(output))

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.due_pong and not self.transport.is_closing():
            self.transport.write(self.due_pong)
        self.due_pong = b""

    def send_receive_event_to_app(self) -> None:
        data, self.frames = b"".join(self.frames), []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "bytes":
            self.queue.put_nowait({"type": "websocket.receive", "bytes": data})
        else:
            try:
                text = data.decode()
            except UnicodeDecodeError:
                # RFC 6455, section 8.1. Uvicorn does the same with a traceback in the log.
                logger.warning("Websocket closed: a message that is no UTF-8.")
                self.conn.send_close(CloseCode.INVALID_DATA)
                self.handle_parser_exception()
                return
            self.queue.put_nowait({"type": "websocket.receive", "text": text})
        if self.is_awaited:
            self.is_awaited = False
        elif not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.send" and self.is_open():
            self.send_message(message.get("bytes"), message.get("text"))
            if self.portions.rest:
                self.see_to_the_rest()
            return
        if headers := message.get("headers"):
            join_lines(headers)  # raises for what must not leave; the library looks at values only, and late
        await super().send(message)
        if self.portions.rest:
            self.see_to_the_rest()

    def is_open(self) -> bool:
        """Messages are sent at once: the opening was answered, the client reads, and nobody said goodbye."""
        return self.handshake_complete and not (self.close_sent or self.disconnected) and self.writable.is_set()

    def send_message(self, data: bytes | None, text: str | None) -> None:
        """Raises ClientDisconnected where the client has closed."""
        try:
            if data is not None:
                self.conn.send_binary(data)
            elif text is not None:
                self.conn.send_text(text.encode())
        except InvalidState as error:
            raise ClientDisconnected from error
        self.transport.write(b"".join(self.conn.data_to_send()))

    def refuse(self, refusal: Refusal) -> None:
        """Answer an opening with `refusal`; the application is told when the connection is lost."""
        logger.warning("%s (%s)", refusal.text, refusal.reason)
        if self.initial_response is None:
            self.conn.send_response(self.conn.reject(refusal.status, refusal.text))
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.disconnected = True
        self.close()

    def close(self) -> None:
        self.transport.close()

    def cut(self, reason: str) -> None:
        """Close without sending what the client does not read anyway."""
        logger.warning("Connection cut: %s.", reason)
        self.transport.abort()
