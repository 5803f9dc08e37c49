"""This module measures one request through the test client, which is what people's test suites are made of."""

from __future__ import annotations

import sys
import time
from typing import Any

from benchmarks.measures.children import become, medians, tell
from benchmarks.measures.tables import comparison

TITLE = "One request through the test client"
_WARM, _REQUESTS = 50, 500


def report(rounds: int) -> str:
    found = medians("benchmarks.measures.test_client", rounds)
    rows = [("without `with`", "without", "µs"), ("inside `with`", "within", "µs")]
    return comparison((title, found["fastapi"][key], found["zonda"][key], unit) for title, key, unit in rows)


def measure(framework: str) -> None:
    become(framework)
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    app = FastAPI()

    async def read_item(item_id: int, q: str | None = None) -> dict[str, Any]:
        return {"item_id": item_id, "q": q}

    read_item.__annotations__ = {"item_id": int, "q": str | None}
    app.get("/items/{item_id}")(read_item)
    without = _cost(TestClient(app))
    with TestClient(app) as client:
        within = _cost(client)
    tell({"without": without, "within": within})


def _cost(client: Any) -> float:
    """Microseconds of CPU time for one request."""
    for _ in range(_WARM):
        client.get("/items/3?q=shoes")
    began = time.process_time()
    for _ in range(_REQUESTS):
        response = client.get("/items/3?q=shoes")
    spent = time.process_time() - began
    if response.json() != {"item_id": 3, "q": "shoes"}:
        raise RuntimeError(response.text)
    return 1e6 * spent / _REQUESTS


if __name__ == "__main__":
    measure(sys.argv[1])
