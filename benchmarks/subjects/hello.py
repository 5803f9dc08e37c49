"""This module is the least that a framework can do: one fixed path, a small object as JSON."""

from typing import Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject("hello", "/hello", json_answer(b'{"message":"Hello"}'))


def fastapi() -> Any:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello")
    async def hello():
        return {"message": "Hello"}

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def hello(request: Request) -> JSONResponse:
        return JSONResponse({"message": "Hello"})

    return Starlette(routes=[Route("/hello", hello)])


def litestar() -> Any:
    from litestar import Litestar, get

    @get("/hello")
    async def hello() -> dict[str, str]:
        return {"message": "Hello"}

    return Litestar([hello], openapi_config=None, logging_config=None)


def blacksheep() -> Any:
    from blacksheep import Application, Response, json

    app = Application()

    @app.router.get("/hello")
    async def hello() -> Response:
        return json({"message": "Hello"})

    return app


def robyn() -> Any:
    from robyn import Robyn

    app = Robyn(__file__)

    @app.get("/hello")
    async def hello():
        return {"message": "Hello"}

    return app


def asgi() -> Any:
    """What an ASGI server costs by itself: the bytes are ready."""
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"19")],
    }
    body = {"type": "http.response.body", "body": b'{"message":"Hello"}'}

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send(start)
            await send(body)
            return
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return

    return app
