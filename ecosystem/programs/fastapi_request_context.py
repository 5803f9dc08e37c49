"""A context for each request around the whole application."""

from fastapi import Depends, FastAPI
from fastapi_request_context import RequestContextMiddleware, StandardContextField, get_context, set_context

app = FastAPI()
app.add_middleware(RequestContextMiddleware)


async def user() -> str:
    set_context("user", "ada")
    return "ada"


@app.get("/")
async def read(who: str = Depends(user)) -> dict[str, str | None]:
    return {"id": get_context(StandardContextField.REQUEST_ID), "user": get_context("user")}


@app.get("/plain")
def plain() -> dict[str, str | None]:
    return {"id": get_context(StandardContextField.CORRELATION_ID), "user": get_context("user")}
