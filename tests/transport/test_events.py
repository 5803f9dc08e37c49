"""Whatever happens to a connection, in whatever order: what began ends, once, and answers have their order."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import pytest

from zonda.transport import answering
from zonda.transport.flow import Flow
from zonda.transport.native import NativeExchange
from zonda.transport.protocol import ZondaProtocol

from .fuzz.events import broken_promises


def test_whatever_happens_promises_are_kept() -> None:
    """No exception leaves the protocol, nothing is left running, clients that stay are answered in order."""
    assert broken_promises(150, "tests") == []


def refusals_overtake() -> AbstractContextManager[Any]:
    def refuse(self: ZondaProtocol, refusal: Any) -> None:
        self.is_deaf = True
        self._send_refusal(refusal)

    return patch.object(ZondaProtocol, "refuse", refuse)


def streams_outlive_their_clients() -> AbstractContextManager[Any]:
    def disconnect(self: NativeExchange) -> None:
        self.is_disconnected = True

    return patch.object(NativeExchange, "disconnect", disconnect)


def requests_run_at_once() -> AbstractContextManager[Any]:
    start_waiting = ZondaProtocol.start_waiting

    def start(self: ZondaProtocol) -> None:
        self.current = None
        start_waiting(self)

    return patch.object(ZondaProtocol, "start_waiting", start)


def nobody_goes_on_after_a_pause() -> AbstractContextManager[Any]:
    def resume_writing(self: Flow) -> None:
        self.is_writing_paused = False

    return patch.object(Flow, "resume_writing", resume_writing)


def requests_are_forgotten_after_a_pause() -> AbstractContextManager[Any]:
    def resume_writing(self: ZondaProtocol) -> None:
        self.can_write = not self.is_closing
        self.flow.resume_writing()

    return patch.object(ZondaProtocol, "resume_writing", resume_writing)


def nothing_is_finished() -> AbstractContextManager[Any]:
    async def end(*_: Any) -> None:
        return None

    return patch.object(answering, "end", end)


FAULTS = [
    refusals_overtake,
    streams_outlive_their_clients,
    requests_run_at_once,
    nobody_goes_on_after_a_pause,
    requests_are_forgotten_after_a_pause,
    nothing_is_finished,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Any) -> None:
    """Each is found on 400 connections, or 4,000 inputs of `make fuzz`."""
    with fault():
        is_found = any(broken_promises(40, f"planted {batch}") for batch in range(10))

    assert is_found
