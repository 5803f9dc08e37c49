"""This module is one path and two query parameters, converted and checked."""

from typing import Annotated, Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject(
    "three validated parameters",
    "/items/42?q=shoes&limit=20",
    json_answer(b'{"item_id":42,"q":"shoes","limit":20}'),
)


def fastapi() -> Any:
    from fastapi import FastAPI, Query

    app = FastAPI()

    @app.get("/items/{item_id}")
    async def read_item(item_id: int, q: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 10):
        return {"item_id": item_id, "q": q, "limit": limit}

    return app


def starlette() -> Any:
    from pydantic import BaseModel, Field
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    class Parameters(BaseModel):
        item_id: int
        q: str | None = None
        limit: int = Field(10, ge=1, le=100)

    async def read_item(request: Request) -> JSONResponse:
        values = Parameters.model_validate({**request.path_params, **request.query_params})
        return JSONResponse({"item_id": values.item_id, "q": values.q, "limit": values.limit})

    return Starlette(routes=[Route("/items/{item_id}", read_item)])


def litestar() -> Any:
    from litestar import Litestar, get
    from litestar.params import Parameter

    @get("/items/{item_id:int}")
    async def read_item(
        item_id: int, q: str | None = None, limit: Annotated[int, Parameter(ge=1, le=100)] = 10
    ) -> dict[str, Any]:
        return {"item_id": item_id, "q": q, "limit": limit}

    return Litestar([read_item], openapi_config=None, logging_config=None)


def blacksheep() -> Any:
    from blacksheep import Application, Response, json
    from blacksheep.exceptions import BadRequest

    app = Application()

    @app.router.get("/items/{item_id}")
    async def read_item(item_id: int, q: str | None = None, limit: int = 10) -> Response:
        if not 1 <= limit <= 100:
            raise BadRequest
        return json({"item_id": item_id, "q": q, "limit": limit})

    return app
