"""This module is a file of one megabyte that is sent as a form, as browsers do."""

from typing import Any

from benchmarks.subject import Subject, json_answer

BOUNDARY = b"----benchmark"
CONTENT = bytes(range(256)) * 4096
FORM = (
    b"--" + BOUNDARY + b"\r\n"
    b'Content-Disposition: form-data; name="file"; filename="photo.raw"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n" + CONTENT + b"\r\n--" + BOUNDARY + b"--\r\n"
)

SUBJECT = Subject(
    "1 MB upload",
    "/photos",
    json_answer(b'{"name":"photo.raw","size":1048576}'),
    method="POST",
    body=FORM,
    headers={"Content-Type": "multipart/form-data; boundary=" + BOUNDARY.decode()},
)


def fastapi() -> Any:
    from fastapi import FastAPI, UploadFile

    app = FastAPI()

    @app.post("/photos")
    async def receive_photo(file: UploadFile):
        return {"name": file.filename, "size": file.size}

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def receive_photo(request: Request) -> JSONResponse:
        async with request.form() as form:
            file = form["file"]
            return JSONResponse({"name": file.filename, "size": file.size})

    return Starlette(routes=[Route("/photos", receive_photo, methods=["POST"])])


def litestar() -> Any:
    from typing import Annotated

    from litestar import Litestar, post
    from litestar.datastructures import UploadFile
    from litestar.enums import RequestEncodingType
    from litestar.params import Body

    @post("/photos", status_code=200, request_max_body_size=None)
    async def receive_photo(
        data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
    ) -> dict[str, Any]:
        file = data["file"]
        return {"name": file.filename, "size": len(await file.read())}

    return Litestar([receive_photo], openapi_config=None, logging_config=None)


def blacksheep() -> Any:
    from blacksheep import Application, Request, Response, json

    app = Application()

    @app.router.post("/photos")
    async def receive_photo(request: Request) -> Response:
        files = await request.files()
        return json({"name": files[0].file_name.decode(), "size": files[0].size})

    return app
