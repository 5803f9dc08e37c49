"""Two versions of an endpoint, one application each."""

from fastapi import FastAPI
from fastapi_versioning import VersionedFastAPI, version

app = FastAPI(title="Shop")


@app.get("/greet")
@version(1, 0)
def greet_with_hello():
    return "Hello"


@app.get("/greet")
@version(1, 1)
def greet_with_hi():
    return "Hi"


@app.get("/same/{number}")
@version(1, 0)
async def same(number: int):
    return number


app = VersionedFastAPI(app, enable_latest=True)
