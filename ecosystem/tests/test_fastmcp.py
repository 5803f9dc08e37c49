"""What fastmcp promises: an application's operations as tools that are listed and called."""

import asyncio

import httpx
from conftest import Served
from fastmcp import Client


def test_operations_are_tools(served: Served) -> None:
    async def ask():
        async with Client(f"{served.url}/mcp/") as client:
            tools = await client.list_tools()
            read = await client.call_tool("get_item", {"item_id": 2})
            created = await client.call_tool("create_item", {"name": "cup", "price": 3})
            added = await client.call_tool("add", {"a": 1, "b": 2})
            return {tool.name: tool for tool in tools}, read, created, added

    tools, read, created, added = asyncio.run(ask())

    assert set(tools) == {"get_item", "create_item", "add"}
    assert "Read one item." in tools["get_item"].description
    assert read.structured_content == {"name": "item 2", "price": 3.0}
    assert created.structured_content == {"name": "cup", "price": 3.0}
    assert added.data == 3


def test_the_operations_answer_too(client: httpx.Client) -> None:
    assert client.get("/items/2").json() == {"name": "item 2", "price": 3.0}
