"""This module is the outermost layer of an application, which records its requests once a provider is configured.

OpenTelemetry's API is imported by whoever sets a provider. Where nobody has imported it, there is none to be found, and
an application that is not watched does without it.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Receive, Scope, Send

from zonda.telemetry.attributes import known_methods
from zonda.telemetry.declarations import TelemetryConfig
from zonda.telemetry.operations import report_error

if TYPE_CHECKING:
    from zonda.telemetry.recorder import Recorder

_PROVIDER_VARIABLES = ("OTEL_PYTHON_TRACER_PROVIDER", "OTEL_PYTHON_METER_PROVIDER", "OTEL_PYTHON_LOGGER_PROVIDER")
"""With these the API makes a global provider when it is first asked for one."""


class NativeTelemetry:
    """Wraps an ASGI application for one configuration."""

    def __init__(self, config: TelemetryConfig) -> None:
        self.config = config
        self._known_methods = known_methods()
        self._recorder: Recorder | None = None

    def enabled(self) -> bool:
        """Whether any signal has a provider now; a global one may be set at any time."""
        recorder = self._recorder or self._made_recorder()
        return recorder is not None and any(provider is not None for provider in recorder.providers())

    @cached_property
    def _is_asked_for(self) -> bool:
        """The environment named a provider when it was first looked at, which is not at every request."""
        return any(name in os.environ for name in _PROVIDER_VARIABLES)

    async def __call__(
        self, *, app: ASGIApp, scope: Scope, receive: Receive, send: Send, legacy_otel: bool = False
    ) -> None:
        recorder = self._recorder or self._made_recorder()
        if recorder is None:
            await app(scope, receive, send)
        else:
            await recorder(app=app, scope=scope, receive=receive, send=send, legacy_otel=legacy_otel)

    def _made_recorder(self) -> Recorder | None:
        """What records, once somebody has imported OpenTelemetry or asks for a provider in the environment."""
        if "opentelemetry" not in sys.modules and not self._is_asked_for:
            return None
        from zonda.telemetry.recorder import Recorder

        self._recorder = Recorder(self.config, self._known_methods)
        return self._recorder


async def lifespan(*, config: TelemetryConfig, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run an application's lifespan; with exporters around it where they are asked for, or were in this process."""
    if not config.get("auto_configure") and "zonda.telemetry.export" not in sys.modules:
        await app(scope, receive, send)
        return
    from zonda.telemetry.export import lifespan

    await lifespan(config=config, app=app, scope=scope, receive=receive, send=send)


class ExceptionTelemetryMiddleware:
    """Stands inside the server error step, so that an error is reported before a 500 is made of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            report_error(scope, error)
            raise


def is_instrumented(stack: Any) -> bool:
    """Whether OpenTelemetry's own ASGI middleware stands in a built stack; it then records, and we step aside."""
    while stack is not None:
        if type(stack).__module__.startswith("opentelemetry.instrumentation.asgi"):
            return True
        stack = getattr(stack, "app", None)
    return False
