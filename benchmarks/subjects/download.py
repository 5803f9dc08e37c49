"""This module is one megabyte that the endpoint streams in pieces of 64 KB, its length not said."""

from typing import Any

from benchmarks.subject import Answer, Subject

PIECE = bytes(range(256)) * 256
PIECES = 16

SUBJECT = Subject(
    "1 MB streamed download",
    "/film",
    Answer(200, PIECE * PIECES, {"content-type": "application/octet-stream"}),
)


async def pieces() -> Any:
    for _ in range(PIECES):
        yield PIECE


def fastapi() -> Any:
    from fastapi import FastAPI
    from fastapi.responses import StreamingResponse

    app = FastAPI()

    @app.get("/film")
    async def stream_film():
        return StreamingResponse(pieces(), media_type="application/octet-stream")

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    async def stream_film(request: Request) -> StreamingResponse:
        return StreamingResponse(pieces(), media_type="application/octet-stream")

    return Starlette(routes=[Route("/film", stream_film)])


def litestar() -> Any:
    from litestar import Litestar, get
    from litestar.response import Stream

    @get("/film", media_type="application/octet-stream")
    async def stream_film() -> Stream:
        return Stream(pieces())

    return Litestar([stream_film], openapi_config=None, logging_config=None)


def blacksheep() -> Any:
    from blacksheep import Application, Response, StreamedContent

    app = Application()

    @app.router.get("/film")
    async def stream_film() -> Response:
        return Response(200, content=StreamedContent(b"application/octet-stream", pieces))

    return app
