"""Forms protected by a cookie that has to come back in a header."""

from fastapi import FastAPI
from starlette_csrf import CSRFMiddleware

app = FastAPI()
app.add_middleware(CSRFMiddleware, secret="not a secret")


@app.get("/")
async def read() -> str:
    return "read"


@app.post("/")
async def write() -> str:
    return "written"
