"""Generators in a request's exit stack are left as contextlib leaves what `asynccontextmanager` makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from zonda.transport.scopes import GeneratorExitStack, QuickExitStack

Log = list[str]


async def ordinary(log: Log) -> AsyncGenerator[str]:
    try:
        yield "value"
    except BaseException as error:
        log.append(f"saw {error!r} {error.__context__!r}")
        raise
    finally:
        log.append("left")


async def swallowing(log: Log) -> AsyncGenerator[str]:
    try:
        yield "value"
    except Exception as error:  # noqa: BLE001
        log.append(f"swallowed {error!r}")


async def replacing(log: Log) -> AsyncGenerator[str]:
    try:
        yield "value"
    except Exception as error:
        log.append(f"replaced {error!r}")
        raise KeyError("another") from error


async def failing(log: Log) -> AsyncGenerator[str]:
    yield "value"
    log.append("fails")
    raise LookupError("on its way out")


async def cancelled(log: Log) -> AsyncGenerator[str]:
    yield "value"
    raise asyncio.CancelledError


async def twice(log: Log) -> AsyncGenerator[str]:
    try:
        yield "value"
        yield "again"
    finally:
        log.append("closed")


async def without_yield(log: Log) -> AsyncGenerator[str]:
    if log is None:
        yield "never"


async def failing_first(log: Log) -> AsyncGenerator[str]:
    raise LookupError("at once")
    yield "never"


Make = Callable[[Log], AsyncGenerator[str]]
ALL: list[Make] = [ordinary, swallowing, replacing, failing, cancelled, twice, without_yield, failing_first]


async def outcome(enter: Callable[[Any, AsyncGenerator[str]], Any], stack: Any, makes: list[Make], error: Any) -> Any:
    log: Log = []
    try:
        for make in makes:
            log.append(await enter(stack, make(log)))
        stack.callback(log.append, "an ordinary exit")
        log.append(await enter(stack, ordinary(log)))
        log.append(f"swallowed: {await stack.__aexit__(type(error) if error else None, error, None)}")
    except BaseException as raised:  # noqa: BLE001
        log.append(f"raised {raised!r}, from {raised.__cause__!r}")
    return log


@pytest.mark.parametrize("error", [None, ValueError("outside"), asyncio.CancelledError()], ids=repr)
@pytest.mark.parametrize("outer", ALL)
@pytest.mark.parametrize("inner", ALL)
@pytest.mark.parametrize("make_stack", [QuickExitStack, GeneratorExitStack])
def test_generators_are_left_by_the_rules_of_contextlib(
    make_stack: type[GeneratorExitStack], outer: Make, inner: Make, error: BaseException | None
) -> None:
    """Whatever two generators do with an error, their own or another's: what is seen, raised and swallowed is equal."""

    async def enter_plain(stack: AsyncExitStack, generator: AsyncGenerator[str]) -> str:
        return await stack.enter_async_context(asynccontextmanager(lambda: generator)())

    expected = asyncio.run(outcome(enter_plain, AsyncExitStack(), [outer, inner], error))
    found = asyncio.run(outcome(make_stack.enter_generator, make_stack(), [outer, inner], error))

    assert found == expected
