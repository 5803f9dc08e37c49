"""This module is the HTTP protocol class that Uvicorn runs: one object for each connection.

    data_received ─▶ parser ─▶ recorder: exchanges that wait
          └─▶ start_waiting: one after the other, a task each ─▶ pipeline (native) or application (ASGI)
                                                                  └─▶ writer ─▶ end_response ─▶ the next

It uses only what Uvicorn promises to protocol classes: the keywords of the constructor, `server_state`, `shutdown()`
and `config.ws_protocol_class`.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from types import MethodType
from typing import Any, cast

from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl

from zonda.body_limit import parsed_body_limit
from zonda.extensions import Observer
from zonda.transport.answering import answer_natively
from zonda.transport.deadlines import Deadlines
from zonda.transport.flow import Flow, share_of
from zonda.transport.half_closed import HalfClosed
from zonda.transport.limits import Limits
from zonda.transport.native import NativeExchange
from zonda.transport.observing import AccessLog, answer_observed
from zonda.transport.portions import MUCH, Portions
from zonda.transport.proxy import Address, forwarded, unwrap
from zonda.transport.recorder import RequestRecorder
from zonda.transport.refusals import Refusal, invalid
from zonda.transport.server import serve_application
from zonda.transport.wire import Wire
from zonda.transport.writer import write_refusal, write_whole

_HAS_EAGER_TASKS = sys.version_info >= (3, 12)
_MOST_QUEUED = 16
"""Requests that wait before no more are read. Until then the connection is listened to, so that its end is noticed."""
_MOST_STARTS = 8
_LONGEST_START = 0.001
"""Seconds that one connection may spend on starting requests before others have their turn."""

_PLAIN = (b"content-type", b"text/plain; charset=utf-8")
_CLOSES = (b"connection", b"close")
_UNAVAILABLE = Wire(503, (_PLAIN, (b"retry-after", b"1"), _CLOSES))
_LINGER_SECONDS = 2.0
"""How long a client may go on sending what nobody reads, so that it can read why."""
_LAST_CALL_SECONDS = 0.5
"""How long a connection without a request is kept at shutdown, for one that is on its way already."""
_LONG_REST_SECONDS = 1.0
"""After a rest as long as this, none is."""

logger = logging.getLogger("uvicorn.error")

_Answer = Callable[[NativeExchange], Coroutine[Any, Any, None]]

_Task: Any = asyncio.Task
"""Called with `eager_start`, it runs at once up to its first wait: a request that never waits is done by then."""


class ZondaProtocol(asyncio.Protocol):
    """HTTP/1.1 for one connection: `uvicorn.Config(app, http=ZondaProtocol)`."""

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
        if not config.loaded:
            config.load()
        self.config = config
        self.server_state = server_state
        self.app_state = app_state
        self.app = config.loaded_app
        self.loop = _loop or asyncio.get_running_loop()
        self.root_path: str = config.root_path
        self.access_logger = logging.getLogger("uvicorn.access")
        self.observers: tuple[Observer, ...] | None = None
        """Who hears of each request that is answered; None where nobody does."""
        self.share = share_of(server_state, self.loop, config.timeout_keep_alive)
        self.limits = getattr(config, "limits", None) or self.limits
        self.recorder = RequestRecorder(self, self.limits, self.root_path)
        self.waiting = self.recorder.waiting

        self.application: Any = None
        """The application behind the pipeline, for `request.app`; ASGI applications name themselves."""
        self.current: NativeExchange | None = None
        """The request whose response is under way."""
        self.refusal: Refusal | None = None
        """The answer to what could not be read, due after all responses before it."""
        self.is_deaf = False
        """Nothing that comes is read any more."""
        self.can_write = False
        self.is_shutting_down = False
        self.is_closing = False
        """Nothing is written any more."""
        self.half_closed: HalfClosed | None = None
        """The client has said that it sends no more."""
        self._is_starting = False
        self._is_resting = False
        """Nothing is under way, and what has been read so far has come to its end."""
        self._limit_concurrency: int | None = config.limit_concurrency
        self.deadlines = Deadlines(self.share.sweeper.now)

    # What the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.write = self.transport.write
        self.portions = Portions(self.loop, self._read, self._has_many)
        self.flow = self.portions.held = Flow(self)
        self.server = get_local_addr(self.transport)
        self.client = get_remote_addr(self.transport)
        self.scheme = "https" if is_ssl(self.transport) else "http"
        self.can_write = True
        self.server_state.connections.add(self)
        self.share.sweeper.add(self)
        self.deadlines = Deadlines(self.share.sweeper.now)
        self.context = contextvars.Context() if self.config.reset_contextvars else contextvars.copy_context()
        self.parsed_body_limit = self.limits.parsed_body or None
        self.context.run(parsed_body_limit.set, self.parsed_body_limit)
        self._starts_eagerly = _HAS_EAGER_TASKS and self.loop.get_task_factory() is None
        self._choose_path()

    def _choose_path(self) -> None:
        """Native if the application, looked at now, says that nothing has to be called in front of it."""
        app, trusted_hosts = unwrap(self.app)
        native_pipeline = getattr(type(app), "native_pipeline", None)
        pipeline = None if native_pipeline is None else native_pipeline(app)
        self._trusted_hosts = None
        if pipeline is None or isinstance(pipeline, str):
            self._answer: _Answer = MethodType(serve_application, self.app)
            self._observe(())  # what observers the application has, it tells by itself
            return
        self.application = app
        self._answer = MethodType(answer_natively, pipeline)
        self._observe(getattr(app, "observers", ()))
        if trusted_hosts is not None and (self.client[0] if self.client else None) in trusted_hosts:
            self._trusted_hosts = trusted_hosts

    def _observe(self, observers: Sequence[Observer]) -> None:
        log = (AccessLog(self.access_logger),) if self.access_logger.hasHandlers() else ()
        if observers or log:
            self.observers = (*observers, *log)
            self._answer = partial(answer_observed, self._answer)

    def data_received(self, data: bytes) -> None:
        size = len(data)
        if (size < MUCH or self.recorder.is_plain(size)) and not self.portions.rest:
            self._read(data)
        else:
            self.portions.take(data)

    def _read(self, data: bytes) -> None:
        if self.is_deaf:
            self.portions.rest = b""
            return
        recorder = self.recorder
        if self._is_resting:
            self._is_resting = False
            exchange = recorder.take_lone_request(data) if self.can_write else None
            if exchange is not None:
                self._start(exchange)
                return
        try:
            recorder.feed(data)
            if recorder.partial:
                if self.deadlines.head_since is None:
                    self.deadlines.head_since = self.share.sweeper.now
            elif not recorder.has_skipped_line:
                self.deadlines.head_since = None
        except Refusal as refusal:
            self.refuse(refusal)
        except Exception:
            logger.exception("Exception in the HTTP protocol")
            self.close()
            return
        if self.waiting:
            if self.current is None:
                self.start_waiting()
            elif len(self.waiting) > _MOST_QUEUED:
                self.flow.pause_reading()

    def eof_received(self) -> bool:
        """The client sends no more; what it asked for is answered, unless it turns out that it has left.

        True keeps the connection open for that, which TLS cannot do.
        """
        self.portions.read_all()
        self.is_deaf = True
        receiving, self.recorder.receiving = self.recorder.receiving, None
        if receiving is not None and receiving in self.waiting:
            self.waiting.remove(receiving)
            receiving = None
        last = self.waiting[-1] if self.waiting else self.current
        if receiving is not None or last is None or self.is_closing or self.scheme == "https":
            self.recorder.receiving = receiving
            return False
        last.give_up_keep_alive()
        self.half_closed = HalfClosed(self)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        self.can_write = False
        self.is_deaf = self.is_closing = True
        self.portions.rest = b""
        self.waiting.clear()
        receiving, self.recorder.receiving = self.recorder.receiving, None
        if receiving is not None and not receiving.is_disconnected:
            logger.warning("The client left in the middle of its request body.")
        if self.current is not None:
            self.current.disconnect()
        self.flow.resume_writing()

    def pause_writing(self) -> None:
        self.can_write = False
        self.flow.pause_writing()

    def resume_writing(self) -> None:
        self.can_write = not self.is_closing
        self.flow.resume_writing()
        if self.waiting and self.current is None:
            self._start_soon()

    # What the server calls

    def shutdown(self) -> None:
        """Answer what has been asked, and what was sent before the client could know; then close."""
        if self.is_shutting_down:
            return
        self.is_shutting_down = True
        last = self.waiting[-1] if self.waiting else self.current
        if last is not None:
            last.give_up_keep_alive()
        elif self.share.sweeper.now - self.deadlines.idle_since > _LONG_REST_SECONDS:
            self.close()
        else:
            # In the method's place, so that no request pays for it before.
            self._start = self._start_last  # type: ignore[method-assign]
            self.loop.call_later(_LAST_CALL_SECONDS, self._end_last_call)

    def _start_last(self, exchange: NativeExchange) -> None:
        if not self.waiting:
            exchange.give_up_keep_alive()
        ZondaProtocol._start(self, exchange)

    def _end_last_call(self) -> None:
        if self.current is None and not self.waiting and not self.is_closing:
            self.close()

    # Refusals

    def refuse(self, refusal: Refusal) -> None:
        """Read no more; answer with `refusal` in the place of the request that it is about."""
        self.is_deaf = True
        logger.warning("%s (%s)", refusal.text, refusal.reason)
        receiving, self.recorder.receiving = self.recorder.receiving, None
        if receiving is not None and receiving in self.waiting:
            self.waiting.remove(receiving)
        elif receiving is not None:
            self._refuse_body(receiving, refusal)
            return
        self.refusal = refusal
        if self.current is None and not self.waiting:
            self._send_refusal(refusal)

    def _refuse_body(self, receiving: NativeExchange, refusal: Refusal) -> None:
        """The request has begun to be answered, or at least to be worked on."""
        if receiving is not self.current:
            self.close(lingers=True)
        elif receiving.started:
            receiving.break_body()  # whoever reads it learns it, and the response comes to its end
        else:
            receiving.refused_with = refusal.status
            self._send_refusal(refusal)
            receiving.disconnect()

    def _send_refusal(self, refusal: Refusal) -> None:
        if not self.is_closing:
            write_refusal(self, *refusal.answer())
        self.close(lingers=True)

    # Upgrades

    def takes_websocket(self) -> bool:
        """A request to become a websocket is heard; under way with others it is an ordinary request."""
        return self.config.ws_protocol_class is not None and self.current is None and not self.waiting

    def hand_over(self, opening: bytes) -> None:
        """Let the server's websocket protocol have the connection, from the request that asked for it.

        Raises Refusal where that protocol makes nothing of the request and would leave it without an answer.
        """
        if self.portions.rest:
            raise invalid("data before a websocket's opening was answered")
        self.is_deaf = True
        protocol = self.config.ws_protocol_class(
            config=self.config, server_state=self.server_state, app_state=self.app_state
        )
        is_taken = False
        try:
            protocol.connection_made(self.transport)
            protocol.data_received(with_small_names(opening))
            is_taken = getattr(protocol, "handshake_initiated", True)
        finally:
            if not is_taken:
                self.server_state.connections.discard(protocol)
        if not is_taken:
            raise invalid("a websocket's opening that its protocol does not read")
        self._leave()
        self.transport.set_protocol(protocol)

    # Starting

    def start_waiting(self) -> None:
        """Start the requests that wait, one after the other, until one takes its time or the budget is spent."""
        if self._is_starting:
            return
        self._is_starting = True
        waiting = self.waiting
        starts = 0
        began = time.perf_counter() if len(waiting) > 1 else 0.0
        try:
            while waiting and self.current is None and self.can_write:
                if starts and (starts == _MOST_STARTS or time.perf_counter() - began > _LONGEST_START):
                    self._start_soon()
                    break
                starts += 1
                self._start(waiting.popleft())
        finally:
            self._is_starting = False
        if len(waiting) > _MOST_QUEUED:
            self.flow.pause_reading()
        elif not waiting and self.current is None:
            self._rest()

    def _start_soon(self) -> None:
        if self.half_closed is None:
            self.loop.call_soon(self.start_waiting, context=self.context)
        else:
            self.half_closed.start_later()

    def _start(self, exchange: NativeExchange) -> None:
        self.current = exchange
        if self._limit_concurrency is not None and self.is_overloaded():
            logger.warning("Exceeded concurrency limit.")
            write_whole(exchange, _UNAVAILABLE, b"Service Unavailable")
            return
        context = self.context.copy()
        if self._starts_eagerly:
            task = _Task(self._answer(exchange), loop=self.loop, context=context, eager_start=True)
            if task.done():
                return
        else:
            exchange.context = context
            task = self.loop.create_task(self._answer(exchange), context=context)
        self.server_state.tasks.add(task)
        task.add_done_callback(self.server_state.tasks.discard)

    def _has_many(self) -> bool:
        return len(self.waiting) > _MOST_QUEUED

    def is_overloaded(self) -> bool:
        limit, state = self._limit_concurrency, self.server_state
        return limit is not None and (len(state.connections) >= limit or len(state.tasks) >= limit)

    # Answering

    def origin_of(self, exchange: NativeExchange) -> tuple[Address, str]:
        """The address of the client and the scheme it used, behind trusted proxies those that they report."""
        if self._trusted_hosts is None:
            return self.client, self.scheme
        return forwarded(exchange, self._trusted_hosts, self.client, self.scheme)

    def end_response(self, exchange: NativeExchange) -> None:
        """A response has left to its end: go on with what waits, or rest."""
        exchange.is_answered = True  # what still comes of the body is dropped
        if exchange.changed is not None:
            exchange.changed.set()
        self.server_state.total_requests += 1
        self.current = None
        if not exchange.keeps_alive:
            self.close()
        elif not self._is_starting:
            if self.waiting:
                self._start_soon()
            else:
                self._rest()

    def close_after(self, exchange: NativeExchange) -> None:
        """Something went wrong in `exchange`: close, but let another request that is under way by now be answered."""
        if self.current is None or self.current is exchange:
            self.close()
        else:
            self.waiting.clear()
            self.is_deaf = True
            self.current.give_up_keep_alive()

    def _rest(self) -> None:
        """Nothing is under way."""
        if self.refusal is not None:
            self._send_refusal(self.refusal)
        elif self.is_shutting_down:
            self.close()
        else:
            deadlines = self.deadlines
            deadlines.idle_since = self.share.sweeper.now
            self._is_resting = deadlines.head_since is None and self.recorder.receiving is None
            if self.flow.is_reading_paused:
                self.flow.resume_reading()

    # Ending

    def close(self, *, lingers: bool = False) -> None:
        """Close when what was written has left; nothing is read or started any more.

        A client that may still be sending is listened to for a while: closed at once, the connection would be reset
        and the answer lost on its way.
        """
        self.is_deaf = self.is_closing = True
        self.can_write = False
        self.waiting.clear()
        transport = self.transport
        if transport.is_closing():
            return
        if (lingers or self.recorder.receiving is not None) and self.half_closed is None and transport.can_write_eof():
            self.recorder.receiving = None
            self.deadlines.ends_at = self.share.sweeper.now + _LINGER_SECONDS
            transport.write_eof()
            self.portions.drop()
            self.flow.resume_reading()
        else:
            transport.close()

    def end(self) -> None:
        """The time to linger is over."""
        self.transport.close()

    def cut(self, reason: str) -> None:
        """Close without sending what the client does not read anyway."""
        logger.warning("Connection cut: %s.", reason)
        self.transport.abort()

    def _leave(self) -> None:
        self.server_state.connections.discard(self)
        self.share.sweeper.discard(self)
        self.share.unread.discard(self)


def with_small_names(head: bytes) -> bytes:
    """The head with its fields' names as ASGI has them, which websocket protocols take over from it as they are."""
    first_line, *lines = head.split(b"\r\n")
    fields = [name.lower() + colon + value for name, colon, value in (line.partition(b":") for line in lines)]
    return b"\r\n".join((first_line, *fields))
