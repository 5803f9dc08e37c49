"""How many threads an application may use, and who is told when calls wait."""

from __future__ import annotations

import asyncio
import logging
import threading

import anyio.to_thread
import pytest

from zonda.concurrency import limits, run_in_threadpool
from zonda.concurrency.limits import ThreadLimit, ThreadSettings
from zonda.concurrency.threadpool import threadpool_for


def test_threads_size_anyios_limiter_once() -> None:
    """`threads=` sets anyio's limiter when the application starts; what is set later stays."""
    settings = ThreadSettings(threads=7)

    async def main() -> None:
        limiter = anyio.to_thread.current_default_thread_limiter()
        settings.apply()
        assert limiter.total_tokens == 7
        limiter.total_tokens = 9
        settings.apply()
        assert limiter.total_tokens == 9

    asyncio.run(main())
    asyncio.run(main())


def test_without_a_setting_nothing_changes() -> None:
    """By default there are anyio's 40, shared by endpoints and dependencies."""

    async def main() -> None:
        settings = ThreadSettings()
        settings.apply()
        assert anyio.to_thread.current_default_thread_limiter().total_tokens == 40
        assert settings.dependencies is None

    asyncio.run(main())


@pytest.mark.parametrize("number", [0, -1])
def test_a_number_of_threads_is_positive(number: int) -> None:
    """A mistake in the setting is told where it is made."""
    with pytest.raises(ValueError, match="at least one thread"):
        ThreadSettings(threads=number)
    with pytest.raises(ValueError, match="dependency_threads"):
        ThreadSettings(dependency_threads=number)


def test_dependencies_cannot_be_locked_out() -> None:
    """With a limiter of their own, dependencies run while endpoints hold every other thread."""

    async def main() -> None:
        settings = ThreadSettings(threads=1, dependency_threads=1)
        settings.apply()
        run_endpoint = threadpool_for("GET /")
        run_dependency = threadpool_for("GET /", settings.dependencies)
        gate = threading.Event()
        endpoint = asyncio.ensure_future(run_endpoint(gate.wait, 10))
        await asyncio.sleep(0)
        await run_dependency(gate.set)
        assert await endpoint

    asyncio.run(main())


def test_a_limit_counts_in_each_loop() -> None:
    """A limit belongs to an application, its tokens to an event loop."""
    limit = ThreadLimit(3)

    async def main() -> int:
        assert limit.limiter() is limit.limiter()
        assert limit.limiter().total_tokens == 3
        return id(limit.limiter())

    asyncio.run(main())
    asyncio.run(main())


def test_long_waits_name_the_route(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A call that waits long for a thread is logged while it waits, at most once a minute for each route."""
    monkeypatch.setattr(limits, "LONG_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(limits, "_last_warnings", {})
    told = threading.Event()

    class Telling(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "POST /orders" in record.getMessage():
                told.set()

    handler = Telling()
    logging.getLogger("zonda.threads").addHandler(handler)

    async def main() -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = 1
        route = threadpool_for("GET /items")
        await asyncio.gather(
            run_in_threadpool(told.wait, 10), route(int), route(int), threadpool_for("POST /orders")(int)
        )

    try:
        asyncio.run(main())
    finally:
        logging.getLogger("zonda.threads").removeHandler(handler)
    routes = [str(record.args[0]) for record in caplog.records if record.name == "zonda.threads" and record.args]
    assert sorted(routes) == ["GET /items", "POST /orders"]
    assert "1 of 1 are in use and 3 calls wait" in caplog.text
