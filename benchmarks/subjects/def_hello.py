"""This module is hello from a function without `async`, which may wait and so runs in a thread."""

from typing import Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject("`def` hello", "/hello", json_answer(b'{"message":"Hello"}'))


def fastapi() -> Any:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello")
    def hello():
        return {"message": "Hello"}

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    def hello(request: Request) -> JSONResponse:
        return JSONResponse({"message": "Hello"})

    return Starlette(routes=[Route("/hello", hello)])


def litestar() -> Any:
    from litestar import Litestar, get

    @get("/hello", sync_to_thread=True)
    def hello() -> dict[str, str]:
        return {"message": "Hello"}

    return Litestar([hello], openapi_config=None, logging_config=None)


def robyn() -> Any:
    from robyn import Robyn

    app = Robyn(__file__)

    @app.get("/hello")
    def hello():
        return {"message": "Hello"}

    return app
