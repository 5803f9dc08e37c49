"""This module watches the messages of one request, to know when its response is complete and how it went."""

from __future__ import annotations

from collections.abc import Callable

from opentelemetry.trace import StatusCode
from starlette.types import Message, Receive, Send

from zonda.telemetry.errors import error_type, is_normal_disconnect
from zonda.telemetry.records import RequestTelemetry


class Observer:
    """Watches the messages of one request to know when its response is complete."""

    def __init__(
        self,
        record: RequestTelemetry,
        send: Send,
        receive: Receive,
        measure: Callable[[RequestTelemetry, str | None], None] | None,
        *,
        is_http: bool,
    ) -> None:
        self._record = record
        self._send = send
        self._receive = receive
        self._measure = measure
        self._is_http = is_http
        self._has_trailers = False
        self._client_left = False
        self._has_ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._client_left = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._record.status_code = message["status"]
            self._has_trailers = message.get("trailers", False)
        await self._send(message)
        if self._completes(message):
            self.end(self._record.errors[-1] if self._record.errors else None)

    def missing_response(self) -> BaseException | None:
        """Why a response is not complete although the application returned."""
        if not self._is_http or self._has_ended:
            return None
        return ConnectionError() if self._client_left else RuntimeError()

    def end(self, error: BaseException | None) -> None:
        """End the span and the measurements: when the response is complete, or when none will be."""
        if self._has_ended:
            return
        self._has_ended = True
        record = self._record
        kind = self._error_type(error)
        if record.span is not None:
            if record.status_code is not None:
                record.span.set_attribute("http.response.status_code", record.status_code)
            if kind is not None:
                record.span.set_attribute("error.type", kind)
                record.span.set_status(StatusCode.ERROR)
            record.span.end()
        if self._measure is not None:
            self._measure(record, kind)

    def _error_type(self, error: BaseException | None) -> str | None:
        if error is not None and not is_normal_disconnect(error):
            return error_type(error)
        status = self._record.status_code
        return str(status) if status is not None and status >= 500 else None

    def _completes(self, message: Message) -> bool:
        kind = message["type"]
        if kind == "http.response.trailers":
            return not message.get("more_trailers", False)
        if self._has_trailers:
            return False
        return kind == "http.response.pathsend" or (
            kind == "http.response.body" and not message.get("more_body", False)
        )
