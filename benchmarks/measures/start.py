"""This module measures what comes before the first request: imports, a thousand routes, their document, memory."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.measures.children import FRAMEWORKS, become, medians, tell
from benchmarks.measures.tables import comparison

TITLE = "At start"
ROUTES = 1000


def report(rounds: int) -> str:
    declared = medians("benchmarks.measures.start", rounds, "declare")
    begun = {name: medians("benchmarks.measures.start", max(rounds, 7), name) for name in ("import", "alias", "hello")}
    fastapi, zonda = (
        {**declared[name], **{key: figures[name][key] for key, figures in begun.items()}} for name in FRAMEWORKS
    )
    rows = [
        ("`from fastapi import FastAPI` and `from zonda import Zonda`, CPU time", "import", "ms"),
        ("`from fastapi import FastAPI`, the alias installed before, CPU time", "alias", "ms"),
        ("hello, from the import to the first answer, CPU time", "hello", "ms"),
        ("1,000 routes: registering, CPU time", "register", "ms"),
        ("1,000 routes: OpenAPI document, CPU time", "document", "ms"),
        ("1,000 routes: memory for the routes", "routes", "MB"),
        ("1,000 routes: memory for routes and document", "all", "MB"),
        ("1,000 routes: memory of the process", "process", "MB"),
    ]
    return comparison((title, fastapi[key], zonda[key], unit) for title, key, unit in rows)


def measure_import(framework: str) -> None:
    began = time.process_time()
    if framework == "zonda":
        from zonda import Zonda  # noqa: F401
    else:
        from fastapi import FastAPI  # noqa: F401
    tell({"import": 1e3 * (time.process_time() - began)})


def measure_alias(framework: str) -> None:
    began = time.process_time()
    become(framework)
    from fastapi import FastAPI  # noqa: F401

    tell({"alias": 1e3 * (time.process_time() - began)})


def measure_hello(framework: str) -> None:
    """An application without models, asked once through ASGI; its event loop is imported with it."""
    began = time.process_time()
    become(framework)
    import asyncio

    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello")
    async def hello() -> Any:
        return {"message": "Hello"}

    assert asyncio.run(_ask(app, "/hello")) == b'{"message":"Hello"}'
    tell({"hello": 1e3 * (time.process_time() - began)})


async def _ask(app: Any, path: str) -> bytes:
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "", "headers": []}
    scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "asgi": {"version": "3.0"}}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return b"".join(message.get("body", b"") for message in sent)


def measure_declaring(framework: str) -> None:
    become(framework)
    before, began = _megabytes(), time.process_time()
    app = declare()
    registered, registered_memory = time.process_time(), _megabytes()
    app.openapi()
    documented, documented_memory = time.process_time(), _megabytes()
    tell(
        {
            "register": 1e3 * (registered - began),
            "document": 1e3 * (documented - registered),
            "routes": registered_memory - before,
            "all": documented_memory - before,
            "process": documented_memory,
        }
    )


def declare() -> Any:
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Item(BaseModel):
        name: str
        price: float
        tags: list[str] = []

    app = FastAPI()
    for number in range(ROUTES):

        def update_item(item_id: int, item: Item, q: str | None = None, limit: int = 10) -> Item:
            return item

        update_item.__annotations__ = {"item_id": int, "item": Item, "q": str | None, "limit": int, "return": Item}
        app.post(f"/resource{number}/{{item_id}}")(update_item)
    return app


def _megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


MEASURES = {"import": measure_import, "alias": measure_alias, "hello": measure_hello, "declare": measure_declaring}

if __name__ == "__main__":
    MEASURES[sys.argv[2]](sys.argv[1])
