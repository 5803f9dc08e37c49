"""This module serves what moves: the stock feed and the chat."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated

import anyio

from zonda import APIRouter, Header, Path, Query, WebSocket, WebSocketDisconnect
from zonda.sse import EventSourceResponse, ServerSentEvent

from ..dependencies import ShopDep
from ..services.chat import ChatLine, Inbox, Room

router = APIRouter(tags=["live"])


@router.get("/stock/events", response_class=EventSourceResponse)
async def stock_events(
    shop: ShopDep, last_event_id: Annotated[int | None, Header(ge=0)] = None
) -> AsyncIterator[ServerSentEvent]:
    """Each change of stock; a browser that comes back gets what it has missed."""
    start = shop.feed.last_number if last_event_id is None else last_event_id
    async for number, change in shop.feed.since(start):
        yield ServerSentEvent(event="stock", id=str(number), data=asdict(change))


@router.websocket("/chat/{room}")
async def chat(
    websocket: WebSocket,
    room: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,30}$")],
    name: Annotated[str, Query(min_length=1, max_length=30)],
    shop: ShopDep,
) -> None:
    await websocket.accept()
    with shop.rooms.enter(room) as (entered, inbox):
        async with anyio.create_task_group() as both:
            both.start_soon(_listen, websocket, inbox)
            await _speak(websocket, entered, name)
            both.cancel_scope.cancel()


async def _speak(websocket: WebSocket, room: Room, name: str) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            room.say(ChatLine(name, (await websocket.receive_text())[:500]))


async def _listen(websocket: WebSocket, inbox: Inbox) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_json(asdict(await inbox.get()))
