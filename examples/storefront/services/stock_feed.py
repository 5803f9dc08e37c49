"""This module tells everyone who listens how much is left."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True)
class StockChange:
    product_id: int
    name: str
    stock: int


class StockFeed:
    """The last changes, numbered, and those who wait for the next."""

    def __init__(self, kept: int = 200) -> None:
        self.last_number = 0
        self.changes: deque[tuple[int, StockChange]] = deque(maxlen=kept)
        self.is_closed = False
        self._news = asyncio.Event()

    def publish(self, changes: list[StockChange]) -> None:
        for change in changes:
            self.last_number += 1
            self.changes.append((self.last_number, change))
        self._wake()

    def close(self) -> None:
        self.is_closed = True
        self._wake()

    async def since(self, number: int) -> AsyncIterator[tuple[int, StockChange]]:
        """What came after `number`, then what comes, until the feed is closed."""
        while not self.is_closed:
            news = self._news
            for at, change in list(self.changes):
                if at > number:
                    number = at
                    yield at, change
            if number >= self.last_number:
                await news.wait()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
