"""This module holds the tasks that run after a response was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec

from starlette.background import BackgroundTasks as StarletteBackgroundTasks

from zonda.telemetry.operations import operation

__all__ = ["BackgroundTasks"]

P = ParamSpec("P")


class BackgroundTasks(StarletteBackgroundTasks):
    """Declared as a parameter: functions added here run in order once the response was sent.

        @app.post("/signup")
        async def signup(address: str, tasks: BackgroundTasks):
            tasks.add_task(send_welcome, address)

    One that raises keeps those after it from running.
    """

    def add_task(self, func: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run `func(*args, **kwargs)` after the response, in a thread if it is a plain `def`."""
        super().add_task(func, *args, **kwargs)

    async def __call__(self) -> None:
        for task in self.tasks:
            with operation("fastapi.background_task", task.func):
                await task()
