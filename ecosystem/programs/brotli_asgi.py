"""Compressed answers, plain ones and streams."""

from brotli_asgi import BrotliMiddleware
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()
app.add_middleware(BrotliMiddleware, minimum_size=100)


@app.get("/large")
async def large():
    return "zonda " * 1000


@app.get("/stream")
async def stream():
    return StreamingResponse((f"{number} " for number in range(1000)), media_type="text/plain")
