"""This module measures what comes before the first request: imports, a thousand routes, their document, memory."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.measures.children import become, medians, tell
from benchmarks.measures.tables import comparison

TITLE = "At start"
ROUTES = 1000


def report(rounds: int) -> str:
    declared = medians("benchmarks.measures.start", rounds, "declare")
    imported = medians("benchmarks.measures.start", max(rounds, 7), "import")
    fastapi, zonda = ({**imported[name], **declared[name]} for name in ("fastapi", "zonda"))
    rows = [
        ("import, CPU time", "import", "ms"),
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
        import zonda  # noqa: F401
    else:
        import fastapi  # noqa: F401
    tell({"import": 1e3 * (time.process_time() - began)})


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


if __name__ == "__main__":
    (measure_import if sys.argv[2] == "import" else measure_declaring)(sys.argv[1])
