"""Tasks after the response."""

from __future__ import annotations

import pytest
from starlette.background import BackgroundTask
from starlette.background import BackgroundTasks as StarletteBackgroundTasks

from zonda.background import BackgroundTasks

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_tasks_run_in_order_plain_or_not() -> None:
    """`def` functions in a thread, `async def` ones here, and tasks that were made elsewhere."""
    order: list[str] = []

    async def later(word: str) -> None:
        order.append(word)

    tasks = BackgroundTasks([BackgroundTask(order.append, "first")])
    tasks.add_task(later, word="second")
    tasks.add_task(order.append, "third")
    await tasks()

    assert order == ["first", "second", "third"]
    assert isinstance(tasks, StarletteBackgroundTasks)


async def test_one_that_raises_stops_those_after_it() -> None:
    """As in Starlette."""
    order: list[str] = []

    def fail() -> None:
        raise ValueError("no")

    tasks = BackgroundTasks()
    tasks.add_task(fail)
    tasks.add_task(order.append, "after")

    with pytest.raises(ValueError, match="no"):
        await tasks()
    assert order == []
