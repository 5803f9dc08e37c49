"""Limits as dependencies, one skipped, one within a websocket."""

from fastapi import Depends, FastAPI, HTTPException, WebSocket
from fastapi_limiter.decorators import skip_limiter
from fastapi_limiter.depends import RateLimiter, WebSocketRateLimiter
from pyrate_limiter import Duration, Limiter, Rate

app = FastAPI()


@app.get("/", dependencies=[Depends(RateLimiter(limiter=Limiter(Rate(2, Duration.MINUTE))))])
async def index():
    return {"msg": "Hello World"}


@app.get("/skip", dependencies=[Depends(RateLimiter(limiter=Limiter(Rate(1, Duration.MINUTE))))])
@skip_limiter
async def skip_route():
    return {"msg": "This route skips rate limiting"}


@app.websocket("/ws")
async def websocket_endpoint(websocket: WebSocket):
    await websocket.accept()
    ratelimit = WebSocketRateLimiter(limiter=Limiter(Rate(1, Duration.MINUTE)))
    while True:
        data = await websocket.receive_text()
        try:
            await ratelimit(websocket, context_key=data)
            await websocket.send_text("Hello, world")
        except HTTPException:
            await websocket.send_text("Hello again")
