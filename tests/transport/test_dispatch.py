"""Dispatch: what stands in the place of a reply."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from tests.runtime.exchanges import exchange_with
from zonda.seams import Head, Reply
from zonda.transport.dispatch import within_limit


@pytest.mark.anyio
async def test_a_stream_that_is_not_sent_is_closed() -> None:
    """A reply whose request turns out to be too large gives way to a 413, and its stream is closed."""
    closed = []

    async def rows() -> AsyncGenerator[bytes]:
        try:
            yield b"first"
            yield b"second"
        finally:
            closed.append("rows")

    stream = rows()
    assert await anext(stream) == b"first"
    exchange = exchange_with(headers=[(b"content-length", b"6")])
    exchange.max_body_size = 5

    refused = await within_limit(exchange, Reply(Head(200), stream=stream))

    assert refused.head.status == 413
    assert closed == ["rows"]
