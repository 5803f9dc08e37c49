"""An MCP server made of an application's operations, mounted by the package."""

from fastapi import FastAPI
from fastapi_mcp import FastApiMCP

app = FastAPI(title="Shop")


@app.get("/items/{item_id}", operation_id="get_item")
async def read_item(item_id: int):
    """Read one item."""
    return {"name": f"item {item_id}"}


mcp = FastApiMCP(app)
mcp.mount_http()
