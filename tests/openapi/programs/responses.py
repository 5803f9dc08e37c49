"""This program answers with every kind of response, documented and not."""

from pydantic import BaseModel

from zonda import Zonda
from zonda.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

app = Zonda(responses={500: {"description": "Our fault"}})


class Item(BaseModel):
    name: str


class Problem(BaseModel):
    detail: str


class XmlResponse(Response):
    media_type = "application/xml"


class TeapotResponse(JSONResponse):
    def __init__(self, content=None, status_code: int = 418, **options):
        super().__init__(content, status_code, **options)


@app.get("/model")
def model() -> Item: ...


@app.get("/list", response_model=list[Item], status_code=203)
def listed(): ...


@app.get("/nothing", status_code=204)
def nothing(): ...


@app.get("/any", response_model=None)
def anything() -> Item: ...


@app.get("/union")
def union() -> Item | Problem | None: ...


@app.get("/text", response_class=PlainTextResponse)
def text(): ...


@app.get("/html", response_class=HTMLResponse)
def html() -> Item: ...


@app.get("/xml", response_class=XmlResponse)
def xml(): ...


@app.get("/plain", response_class=Response)
def plain(n: int): ...


@app.get("/redirect", response_class=RedirectResponse, responses={404: {"model": Problem}})
def redirect(): ...


@app.get("/file", response_class=FileResponse)
def file(): ...


@app.get("/chunks", response_class=StreamingResponse)
def chunks(): ...


@app.get("/teapot", response_class=TeapotResponse)
def teapot(): ...


@app.get(
    "/many/{item_id}",
    responses={
        200: {"description": "Found", "headers": {"X-Age": {"schema": {"type": "integer"}}}},
        "404": {"model": Problem},
        "4XX": {"model": Problem, "content": {"text/plain": {}}},
        299: {"description": ""},
        "default": {"description": "Anything else", "links": {"self": {"operationId": "many"}}},
    },
)
def many(item_id: int) -> Item: ...


@app.get("/own-422", responses={422: {"model": Problem, "description": "Wrong"}})
def own_422(n: int): ...


@app.get(
    "/example",
    responses={200: {"content": {"application/json": {"example": {"name": "a"}}, "image/png": {}}}},
)
def example() -> Item: ...
