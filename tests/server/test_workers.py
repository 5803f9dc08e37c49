"""This module tests what becomes of a place when its worker ends."""

from __future__ import annotations

import inspect
import signal
from typing import Any

import pytest
import uvicorn
from uvicorn.lifespan.on import LifespanOn
from uvicorn.server import ServerState
from uvicorn.supervisors.multiprocess import SIGNALS, Multiprocess, Process

from zonda.server.supervisor import Ending
from zonda.server.workers import FIRST_DELAY, LONGEST_DELAY, START_SECONDS, STEADY_SECONDS, Place


def test_dying_at_once_is_answered_with_patience() -> None:
    """Each early death doubles the delay up to half a minute; a steady life resets it."""
    place = Place(worker=None)  # type: ignore[arg-type]
    delays = []
    for _ in range(9):
        place.started = 0.0
        place.end(1.0)
        delays.append(place.delay)

    assert delays == [FIRST_DELAY * 2**power for power in range(6)] + [LONGEST_DELAY] * 3
    assert not place.is_due(1.0 + LONGEST_DELAY - 0.1)
    assert place.is_due(1.0 + LONGEST_DELAY)

    place.end(STEADY_SECONDS)
    assert place.delay == 0.0


class Silent:
    """A worker whose process runs and answers no question."""

    def __init__(self) -> None:
        self.process = self
        self.runs = True

    def is_alive(self, timeout: float | None = None) -> bool:
        return self.runs and timeout is None


def test_a_worker_that_starts_slowly_is_left_alone() -> None:
    """Silence is held against a worker that serves, and against one that starts only after a minute; an end always."""
    place = Place(Silent())  # type: ignore[arg-type]
    assert place.is_well(5.0)

    place.heard -= START_SECONDS
    assert not place.is_well(5.0)

    place.take(Silent(), serves=True)  # type: ignore[arg-type]
    assert not place.is_well(5.0)

    place.take(Silent())  # type: ignore[arg-type]
    place.worker.runs = False  # type: ignore[attr-defined]
    assert not place.is_well(5.0)


def test_a_signal_that_waits_counts() -> None:
    """The supervisor stops what it does when it is told to end, before its loop comes to the signal."""
    signals: list[int] = [signal.SIGHUP]
    ending = Ending(signals)
    assert not ending.is_set()

    signals.append(signal.SIGTERM)
    assert ending.is_set()


NAMES: dict[Any, list[str]] = {
    Multiprocess: [
        *("run", "init_processes", "keep_subprocess_alive", "restart_all", "terminate_all", "join_all"),
        *("handle_signals", "handle_hup", "handle_ttin", "handle_ttou"),
    ],
    Process: ["target", "pong", "_healthcheck", "is_alive", "is_ready", "start", "terminate", "kill", "join", "pid"],
    uvicorn.Server: ["run", "startup", "shutdown", "on_tick", "limit_max_requests", "capture_signals", "handle_exit"],
    uvicorn.Config: ["load", "load_app", "bind_socket", "is_ssl", "should_reload"],
    LifespanOn: ["startup", "shutdown"],
}


@pytest.mark.parametrize("owner", NAMES, ids=lambda owner: owner.__name__)
def test_uvicorn_has_the_names_that_we_override_or_call(owner: Any) -> None:
    """The supervisor and the server are Uvicorn's with other steps: a step that is renamed would be lost in silence."""
    assert [name for name in NAMES[owner] if not hasattr(owner, name)] == []


CALLS = {
    Multiprocess.run: ["init_processes", "should_exit", "handle_signals", "keep_subprocess_alive", "terminate_all"],
    Multiprocess.__init__: ["signal_queue", "processes_num", "sockets", "SIGNALS"],
    Multiprocess.handle_hup: ["restart_all"],
    Multiprocess.handle_term: ["should_exit"],
    Process.__init__: ["parent_conn", "child_conn", "process"],
    Process.target: ["always_pong", "server", "run"],
    Process.always_pong: ["pong"],
    Process.is_ready: ["_healthcheck"],
    Process.ping: ["_healthcheck"],
    uvicorn.Server._serve: ["lifespan", "startup", "main_loop", "shutdown", "should_exit"],
    uvicorn.Server.main_loop: ["on_tick"],
    uvicorn.Server.on_tick: ["limit_max_requests", "should_exit", "total_requests"],
    uvicorn.Server.shutdown: ["lifespan", "timeout_graceful_shutdown", "tasks", "connections", "force_exit"],
    uvicorn.Server.startup: ["servers", "started", "lifespan", "create_server", "create_unix_server", "ssl"],
    ServerState.__init__: ["tasks", "connections", "total_requests"],
}


@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__qualname__)
def test_uvicorn_calls_what_we_override_where_we_expect_it(function: Any) -> None:
    """Each of these functions of Uvicorn's still goes through the name that ours is put under."""
    code = inspect.unwrap(function).__code__
    names = {
        *code.co_names,
        *(name for const in code.co_consts if hasattr(const, "co_names") for name in const.co_names),
    }

    assert [name for name in CALLS[function] if name not in names] == []
    assert {signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU} <= SIGNALS.keys()
