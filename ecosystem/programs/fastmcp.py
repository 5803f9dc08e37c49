"""An MCP server made of an application's operations, mounted into it."""

from fastapi import FastAPI
from fastmcp import FastMCP
from pydantic import BaseModel

api = FastAPI(title="Shop")


class Item(BaseModel):
    name: str
    price: float


@api.get("/items/{item_id}", operation_id="get_item")
async def read_item(item_id: int) -> Item:
    """Read one item."""
    return Item(name=f"item {item_id}", price=item_id * 1.5)


@api.post("/items", operation_id="create_item")
def create_item(item: Item) -> Item:
    return item


mcp = FastMCP.from_fastapi(app=api, name="Shop MCP")


@mcp.tool
def add(a: int, b: int) -> int:
    return a + b


mcp_app = mcp.http_app(path="/")
app = FastAPI(lifespan=mcp_app.lifespan, routes=[*api.routes])
app.mount("/mcp", mcp_app)
