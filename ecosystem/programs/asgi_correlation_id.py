"""Each request has an id, also in the answer to an error."""

from asgi_correlation_id import CorrelationIdMiddleware, correlation_id
from fastapi import FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler

app = FastAPI()
app.add_middleware(CorrelationIdMiddleware, header_name="X-Request-ID", validator=None)


@app.exception_handler(Exception)
async def unhandled_exception_handler(request: Request, exc: Exception):
    headers = {"X-Request-ID": correlation_id.get() or ""}
    return await http_exception_handler(request, HTTPException(500, "Internal server error", headers=headers))


@app.get("/")
async def root():
    return correlation_id.get()


@app.get("/plain")
def plain():
    return correlation_id.get()


@app.get("/fail")
async def fail():
    raise ValueError("no")
