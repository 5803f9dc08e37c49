"""This module counts the machine instructions of each step of a request on the native path, by callgrind.

    python -m benchmarks.parts                  of hello
    python -m benchmarks.parts hello parameters

Each step is called by itself, again and again, with what the step before it gives; what is left of the whole request is
between them. A step that waits cannot be called so: subjects whose endpoints do are refused.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from itertools import repeat
from typing import Any

from benchmarks.checks import table
from benchmarks.steps import WARM, Served, counted_parts, mark, request_bytes

_COUNTED = 1000
STEPS = {
    "read": "find the fields of the head before, byte for byte; take the line apart; make the exchange",
    "start": "a copy of the connection's context, and a task that starts eagerly",
    "find": "the route, by method and path",
    "respond": "the compiled function: parameters, endpoint, encoding, reply",
    "write": "join the head, which is ready, and the body; hand them to the socket; rest",
}

Step = Callable[[], object]


async def steps_of(name: str) -> list[Step]:
    """A step that does nothing, those of STEPS, and the whole request."""
    from zonda.transport.writer import write_whole

    served = Served(name)
    data = request_bytes(served.subject)
    await served.ask(repeat(data, WARM))
    protocol = served.protocol
    recorder, answer = protocol.recorder, protocol._answer
    pipeline = answer.__self__
    exchange = recorder.take_lone_request(data)
    responder = pipeline.select(exchange)
    reply = finished(responder(exchange))
    assert reply.body == served.subject.answer.body

    async def nothing(exchange: Any) -> None: ...

    def start() -> None:
        protocol._answer = nothing
        protocol._start(exchange)
        protocol._answer = answer

    def write() -> None:
        protocol.current = exchange
        write_whole(exchange, reply.head.wire, reply.body)

    return [
        lambda: None,
        lambda: recorder.take_lone_request(data),
        start,
        lambda: pipeline.select(exchange),
        lambda: finished(responder(exchange)),
        write,
        lambda: protocol.data_received(data),
    ]


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns that never waits; RuntimeError for one that does."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError("a step that waits")


async def run(names: Sequence[str]) -> None:
    for name in names:
        for step in await steps_of(name):
            for _ in range(WARM):
                step()
            mark()
            for _ in range(_COUNTED):
                step()
            mark()


def report(names: Sequence[str]) -> str:
    counts = [count / _COUNTED for count in counted_parts("benchmarks.parts", "--run", *names)[1::2]]
    each = len(STEPS) + 2
    columns = []
    for at in range(0, len(counts), each):
        nothing, *steps, whole = counts[at : at + each]
        net = [count - nothing for count in steps]
        columns.append([*net, whole - nothing - sum(net), whole - nothing])
    titles = [*(f"**{step}**: {what}" for step, what in STEPS.items()), "between these", "all of a request"]
    rows = [
        (title, [f"{count:,.0f}" for count in row])
        for title, row in zip(titles, zip(*columns, strict=True), strict=True)
    ]
    return table(("instructions", *names), rows)


def main(arguments: Sequence[str]) -> None:
    if arguments[:1] != ["--run"]:
        print(report(arguments or ["hello"]))
        return
    import uvloop

    import zonda.compat

    zonda.compat.install()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(arguments[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])
