"""This module is the websocket protocol class that Uvicorn runs: Uvicorn's own, true to RFC 6455 where it is not."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol


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

    def __init__(
        self,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        theirs = self.conn
        self.conn = Frames(extensions=theirs.available_extensions, max_size=config.ws_max_size, logger=theirs.logger)
