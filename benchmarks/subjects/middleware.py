"""This module is hello behind one middleware function that adds a header field."""

from typing import Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject('one `@app.middleware("http")`', "/hello", json_answer(b'{"message":"Hello"}', x_app="bench"))


def fastapi() -> Any:
    from fastapi import FastAPI

    app = FastAPI()

    @app.middleware("http")
    async def name_app(request, call_next):
        response = await call_next(request)
        response.headers["x-app"] = "bench"
        return response

    @app.get("/hello")
    async def hello():
        return {"message": "Hello"}

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.base import BaseHTTPMiddleware
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def name_app(request, call_next):
        response = await call_next(request)
        response.headers["x-app"] = "bench"
        return response

    async def hello(request: Request) -> JSONResponse:
        return JSONResponse({"message": "Hello"})

    return Starlette(routes=[Route("/hello", hello)], middleware=[Middleware(BaseHTTPMiddleware, dispatch=name_app)])


def blacksheep() -> Any:
    from blacksheep import Application, Response, json

    app = Application()

    async def name_app(request, handler) -> Response:
        response = await handler(request)
        response.headers.add(b"x-app", b"bench")
        return response

    app.middlewares.append(name_app)

    @app.router.get("/hello")
    async def hello() -> Response:
        return json({"message": "Hello"})

    return app
