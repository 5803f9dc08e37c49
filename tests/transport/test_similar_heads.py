"""A head whose fields are those of the head before is read as if it had come first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from zonda.seams import Exchange, Reply

from .framing_cases import ACCEPTED, REFUSED, Accepted, Case
from .pipelines import NativeApp, asgi, text
from .wires import Wire, statuses

FIELDS = b"\r\nHost: a\r\nX-Token: one\r\nCookie: a=1\r\n\r\n"

LINES = [
    *(b"GET /a%bb HTTP/1.1" % bytes([code]) for code in range(256)),
    *(
        b"GET %b HTTP/1.1" % target
        for target in (b"", b"*", b"a", b"//", b"http://b/c?d", b"/?", b"/%41%zz?%20", b"?a")
    ),
    *(b"%b / HTTP/1.1" % method for method in (b"HEAD", b"POST", b"CONNECT", b"get", b"PURGE", b"PRI", b"G ET", b"")),
    *(b"GET / %b" % version for version in (b"HTTP/1.0", b"HTTP/1.2", b"HTTP/2.0", b"http/1.1", b"HTTP/1.1 ", b"")),
    b"GET  / HTTP/1.1",
    b" GET / HTTP/1.1",
    b"GET / HTTP/1.1 x",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1",
]


async def tell(exchange: Exchange) -> Reply:
    """All that was read, as text."""
    body = await exchange.body()
    seen = (exchange.method, exchange.scope["raw_path"], exchange.path, exchange.query_string, exchange.headers, body)
    answer = text(repr(seen))
    exchange.headers.append((b"added", b"by the application"))
    return answer


PATHS = pytest.mark.parametrize("make", [NativeApp, asgi], ids=["native", "asgi"])


async def _answers(make: Any, warm: Sequence[bytes], data: bytes) -> tuple[bytes, bool]:
    wire = Wire(make(tell))
    for piece in warm:
        await wire.talk(piece)
    answer = await wire.talk(data)
    is_closed = wire.transport.is_closed
    await wire.hang_up()
    return answer, is_closed


@PATHS
@pytest.mark.parametrize("line", LINES, ids=lambda line: repr(line[:40]))
def test_a_first_line_means_the_same_whatever_came_before(make: Any, line: bytes) -> None:
    """On a connection that has seen these fields, each request line has the answer that it has on a fresh one."""
    first = asyncio.run(_answers(make, [], line + FIELDS))

    later = asyncio.run(_answers(make, [b"GET /before HTTP/1.1" + FIELDS], line + FIELDS))

    assert later == first


@PATHS
@pytest.mark.parametrize("case", [*REFUSED, *ACCEPTED], ids=str)
def test_what_is_decided_about_fields_holds_for_the_same_fields(make: Any, case: Case | Accepted) -> None:
    """Framing and refusals: sent twice on one connection, or after a harmless request, the answers are the same."""
    _, end, rest = case.data.partition(b"\r\n")
    block = end + rest.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    harmless = b"GET /before HTTP/1.1" + block
    before, was_closed = asyncio.run(_answers(make, [], harmless))
    if statuses(before) != [200] or was_closed:
        return  # these fields never stand before anything

    first = asyncio.run(_answers(make, [], case.data))

    assert asyncio.run(_answers(make, [harmless], case.data)) == first


def test_fields_that_an_application_changed_are_not_handed_on() -> None:
    """Each request has a header list of its own."""

    async def run() -> list[bytes]:
        wire = Wire(NativeApp(tell))
        return [await wire.talk(b"GET / HTTP/1.1" + FIELDS) for _ in range(3)]

    first, second, third = asyncio.run(run())

    assert b"by the application" not in first
    assert first == second == third


def test_bodies_follow_heads_with_the_same_fields() -> None:
    """A body belongs to its head, whole, in pieces or pipelined, when only the first head was looked at."""
    head = b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"

    async def run() -> bytes:
        wire = Wire(NativeApp(tell))
        first = await wire.talk(head % 1 + b"first")
        pieces = await wire.talk(head % 2, b"se", b"con")
        pipelined = await wire.talk(head % 3 + b"third" + head % 4 + b"forth" + head % 5, b"fi", b"fth")
        return first + pieces + pipelined

    answer = asyncio.run(run())

    assert statuses(answer) == [200] * 5
    for number, body in enumerate((b"first", b"secon", b"third", b"forth", b"fifth"), start=1):
        assert b"b'/%d'" % number in answer
        assert repr(body).encode() in answer
