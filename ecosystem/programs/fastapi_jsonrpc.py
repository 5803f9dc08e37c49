"""Methods called by JSON-RPC 2.0, with dependencies, shared ones too, and errors of their own."""

import fastapi_jsonrpc as jsonrpc
from fastapi import Body, Depends, Header
from pydantic import BaseModel

log = []


class Broken(jsonrpc.BaseError):
    CODE = 5000
    MESSAGE = "Broken"

    class DataModel(BaseModel):
        details: str


async def user(x_user: str = Header(default="nobody")) -> str:
    log.append(x_user)
    return x_user


async def session():
    log.append("open")
    yield len(log)
    log.append("closed")


app = jsonrpc.API()
entrypoint = jsonrpc.Entrypoint("/rpc", common_dependencies=[Depends(user)])


@entrypoint.method(errors=[Broken])
def echo(data: str = Body(examples=["hello"])) -> str:
    if data == "error":
        raise Broken(data={"details": "on purpose"})
    return data


@entrypoint.method()
async def add(a: int, b: int, who: str = Depends(user), opened: int = Depends(session)) -> dict:
    return {"sum": a + b, "who": who}


app.bind_entrypoint(entrypoint)


@app.get("/log")
async def read_log() -> list[str]:
    return log
