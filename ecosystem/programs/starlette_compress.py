"""Bodies and streams, compressed as the client likes it."""

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette_compress import CompressMiddleware

app = FastAPI()
app.add_middleware(CompressMiddleware, minimum_size=100)


@app.get("/whole")
async def whole() -> str:
    return "a" * 2000


@app.get("/small")
async def small() -> str:
    return "a"


@app.get("/stream")
def stream() -> StreamingResponse:
    return StreamingResponse((b"line %d\n" % number for number in range(500)), media_type="text/plain")
