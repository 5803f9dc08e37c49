"""What fastapi-mcp promises: an application's operations as tools."""

import asyncio

import httpx
from conftest import Served
from fastmcp import Client


def test_operations_are_tools(served: Served) -> None:
    async def ask():
        async with Client(f"{served.url}/mcp") as client:
            return await client.list_tools(), await client.call_tool("get_item", {"item_id": 2})

    tools, read = asyncio.run(ask())

    assert [tool.name for tool in tools] == ["get_item"]
    assert '"name": "item 2"' in read.content[0].text


def test_the_operations_answer_too(client: httpx.Client) -> None:
    assert client.get("/items/2").json() == {"name": "item 2"}
