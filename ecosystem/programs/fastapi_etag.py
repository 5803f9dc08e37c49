"""Etags that a dependency computes before the endpoint runs."""

from fastapi import Depends, FastAPI, Request
from fastapi_etag import Etag, add_exception_handler

app = FastAPI()
add_exception_handler(app)
calls = []


async def tag_of(request: Request) -> str:
    return "tag" + request.path_params["name"]


@app.get("/hello/{name}", dependencies=[Depends(Etag(tag_of, extra_headers={"cache-control": "public"}))])
async def hello(name: str) -> dict[str, str]:
    calls.append(name)
    return {"hello": name}


@app.get("/calls")
def read_calls() -> list[str]:
    return calls
