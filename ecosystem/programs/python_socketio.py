"""A Socket.IO server beside an application."""

import socketio
from fastapi import FastAPI

api = FastAPI()
sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")


@api.get("/hello")
async def hello():
    return "hello"


@sio.on("add")
async def add(sid: str, numbers: list[int]) -> int:
    await sio.emit("seen", numbers, to=sid)
    return sum(numbers)


api.mount("/ws", socketio.ASGIApp(sio, socketio_path="ws/socket.io"))
app = api
