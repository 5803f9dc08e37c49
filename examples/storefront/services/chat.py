"""This module lets people in one room hear each other."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ChatLine:
    author: str
    text: str


Inbox = asyncio.Queue[ChatLine]


@dataclass
class Room:
    inboxes: set[Inbox] = field(default_factory=set)

    def say(self, line: ChatLine) -> None:
        for inbox in self.inboxes:
            if inbox.full():  # someone who does not read loses the oldest line, the others lose nothing
                inbox.get_nowait()
            inbox.put_nowait(line)


class ChatRooms:
    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}

    @contextmanager
    def enter(self, name: str) -> Iterator[tuple[Room, Inbox]]:
        room = self.rooms.setdefault(name, Room())
        inbox: Inbox = asyncio.Queue(maxsize=100)
        room.inboxes.add(inbox)
        try:
            yield room, inbox
        finally:
            room.inboxes.discard(inbox)
            if not room.inboxes:
                del self.rooms[name]
