"""This module holds applications that differ from a subject in one thing, whose cost is the difference.

The request and its answer are those of `hello`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zonda import Zonda
from zonda.extensions import Reply, Step, StepPlace, with_fields

PATH = "/hello"


class Counting:
    """An observer that counts requests by route and status."""

    def __init__(self) -> None:
        self.counted: dict[Any, int] = {}

    def observe(self, finished: Any) -> None:
        key = finished.template, finished.status
        self.counted[key] = self.counted.get(key, 0) + 1


class CountingMiddleware:
    """The same as ASGI middleware, which knows neither the route before it was found nor the status by itself."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.counted: dict[Any, int] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def counting(message: Any) -> None:
            if message["type"] == "http.response.start":
                key = scope["route"].path_format, message["status"]
                self.counted[key] = self.counted.get(key, 0) + 1
            await send(message)

        await self.app(scope, receive, counting if scope["type"] == "http" else send)


@dataclass(frozen=True)
class Fresh:
    """The battery of docs/extending.md, without its words for OpenAPI and `explain`."""

    seconds: int
    name = "fresh"

    def analyse(self, route: Any, /) -> Any:
        line = (b"cache-control", b"max-age=%d" % self.seconds)

        def add_header(reply: Reply) -> Reply:
            return with_fields(reply, line)

        return Step(self.name, StepPlace.ON_REPLY, add_header, inline=True)


def hello(**options: Any) -> Any:
    app = Zonda(**options)

    @app.get(PATH)
    async def hello() -> Any:
        return {"message": "Hello"}

    return app


def counted_by_middleware() -> Any:
    app = hello()
    app.add_middleware(CountingMiddleware)
    return app


def counted_by_function() -> Any:
    app = hello()
    counted: dict[Any, int] = {}

    @app.middleware("http")
    async def count(request: Any, call_next: Any) -> Any:
        response = await call_next(request)
        key = request.scope["route"].path_format, response.status_code
        counted[key] = counted.get(key, 0) + 1
        return response

    return app


@dataclass(frozen=True)
class Variant:
    app: Callable[[], Any]
    protocol: str = "zonda"
    """`zonda`, or `uvicorn`: the protocol class that Uvicorn chooses by itself."""
    access_log: bool = False


VARIANTS = {
    "hello_plain": Variant(hello),
    "hello_battery": Variant(lambda: hello(extensions=[Fresh(60)])),
    "hello_counted": Variant(lambda: hello(observers=[Counting()])),
    "hello_counted_by_function": Variant(counted_by_function),
    "hello_counted_by_asgi": Variant(counted_by_middleware),
    "hello_logged": Variant(hello, access_log=True),
    "hello_uvicorn": Variant(hello, protocol="uvicorn"),
    "hello_uvicorn_logged": Variant(hello, protocol="uvicorn", access_log=True),
}


def log_to_nowhere(logger: logging.Logger, *, is_on: bool) -> None:
    """Give a logger one handler with Uvicorn's format whose lines are formatted, written and forgotten, or none."""
    from uvicorn.logging import AccessFormatter

    logger.propagate = False
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    if is_on:
        handler = logging.StreamHandler(Path(os.devnull).open("w"))  # noqa: SIM115  (as long as the process)
        handler.setFormatter(AccessFormatter('%(client_addr)s - "%(request_line)s" %(status_code)s', use_colors=False))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
