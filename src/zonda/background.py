"""This module holds the tasks that run after a response was sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ParamSpec

from starlette.background import BackgroundTask
from starlette.background import BackgroundTasks as StarletteBackgroundTasks

from zonda.telemetry.operations import operation

__all__ = ["BackgroundTasks"]

P = ParamSpec("P")

logger = logging.getLogger("uvicorn.error")


class BackgroundTasks(StarletteBackgroundTasks):
    """Declared as a parameter: functions added here run in order once the response was sent.

        @app.post("/signup")
        async def signup(address: str, tasks: BackgroundTasks):
            tasks.add_task(send_welcome, address)

    One that raises keeps those after it from running, unless the application wants FastAPI corrected.
    """

    goes_on = False
    """Each runs, whatever became of those before it, and the first error is raised in the end; a Response's own task
    runs after them, not in their place."""

    def add_task(self, func: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run `func(*args, **kwargs)` after the response, in a thread if it is a plain `def`."""
        super().add_task(func, *args, **kwargs)

    async def __call__(self) -> None:
        failure: Exception | None = None
        for task in self.tasks:
            try:
                with operation("fastapi.background_task", task.func):
                    await task()
            except Exception as error:
                if not self.goes_on:
                    raise
                if failure is not None:
                    logger.exception("Exception in another background task, %r", task.func)
                failure = failure or error
        if failure is not None:
            raise failure


def tasks_for(app: Any) -> BackgroundTasks:
    """Those of one request of an application."""
    tasks = BackgroundTasks()
    tasks.goes_on = bool(getattr(app, "corrections", False))
    return tasks


def tasks_of(response: Any, added: BackgroundTask | None) -> Any:
    """What runs after a Response: its own task takes the place of those that were added, as on FastAPI."""
    own = response.background
    if own is None or not isinstance(added, BackgroundTasks) or not added.goes_on:
        return added if own is None else own
    both = BackgroundTasks([*added.tasks, *(own.tasks if isinstance(own, StarletteBackgroundTasks) else [own])])
    both.goes_on = True
    return both
