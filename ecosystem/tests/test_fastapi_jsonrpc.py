"""What fastapi-jsonrpc promises: JSON-RPC over FastAPI's own dependencies, validation and document."""

from typing import Any

import httpx


def call(client: httpx.Client, method: str, **params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return client.post("/rpc", json=body, headers={"x-user": "ada"}).json()


def test_a_method_answers(client: httpx.Client) -> None:
    assert call(client, "echo", data="hello") == {"jsonrpc": "2.0", "id": 1, "result": "hello"}


def test_errors_have_codes(client: httpx.Client) -> None:
    own = call(client, "echo", data="error")["error"]

    assert (own["code"], own["data"]) == (5000, {"details": "on purpose"})
    assert call(client, "add", a=1, b="x")["error"]["code"] == -32602
    assert call(client, "none")["error"]["code"] == -32601
    assert client.post("/rpc", content=b"{").json()["error"]["code"] == -32700


def test_dependencies_are_solved_and_closed(client: httpx.Client) -> None:
    assert call(client, "add", a=1, b=2)["result"] == {"sum": 3, "who": "ada"}
    log = client.get("/log").json()

    assert log.count("open") == log.count("closed") >= 1


def test_calls_come_in_batches(client: httpx.Client) -> None:
    batch = [{"jsonrpc": "2.0", "id": n, "method": "echo", "params": {"data": str(n)}} for n in range(3)]

    answers = client.post("/rpc", json=batch).json()

    assert {one["id"]: one["result"] for one in answers} == {0: "0", 1: "1", 2: "2"}


def test_methods_are_documented(client: httpx.Client) -> None:
    assert {"/rpc", "/rpc/echo", "/rpc/add"} <= client.get("/openapi.json").json()["paths"].keys()
