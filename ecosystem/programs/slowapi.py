"""Limits by decorator, by default for all routes, and an exempt one."""

from fastapi import APIRouter, FastAPI, Request, Response
from slowapi import Limiter, _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded
from slowapi.middleware import SlowAPIMiddleware
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, default_limits=["3/minute"], headers_enabled=True)
app = FastAPI()
app.state.limiter = limiter
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)
app.add_middleware(SlowAPIMiddleware)


@app.get("/home")
@limiter.limit("2/minute")
async def home(request: Request, response: Response):
    return {"key": "value"}


@app.get("/mars")
@limiter.limit("2/minute")
def mars(request: Request, response: Response):
    return {"planet": "mars"}


@app.get("/default")
async def default(request: Request):
    return {"limited": "by default"}


@app.get("/exempt")
@limiter.exempt
async def exempt(request: Request):
    return {"limited": False}


shared = APIRouter()


@shared.get("/{name}")
@limiter.limit("1/minute")
async def included(name: str, request: Request, response: Response):
    return {"name": name}


app.include_router(shared, prefix="/included")
