"""Decorators that are dependencies."""

from functools import wraps

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi_decorators import depends

app = FastAPI()
seen = []


@depends
def authenticate(x_token: str | None = Header(default=None)):
    if x_token is None:
        raise HTTPException(401, "Unauthenticated")


async def session():
    seen.append("open")
    yield "session"
    seen.append("closed")


def counted(function):
    @depends(opened=Depends(session))
    @wraps(function)
    async def wrapper(*args, opened, **kwargs):
        return {"opened": opened, "result": await function(*args, **kwargs)}

    return wrapper


@app.get("/items/{number}")
@authenticate
def read(number: int) -> int:
    return number


@app.get("/counted")
@counted
async def count(step: int = 1):
    return step


@app.get("/seen")
async def read_seen() -> list[str]:
    return seen
