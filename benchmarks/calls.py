"""This module counts the Python functions that a request calls on the native path: python -m benchmarks.calls hello

One line of JSON: subject → function → calls for one request. `tests/test_costs.py` keeps the sums from growing.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import Counter
from types import FrameType
from typing import Any

from benchmarks.steps import ForgettingTransport, request_bytes
from benchmarks.subject import Subject, subject_module

_WARM_REQUESTS = 20
_COUNTED_REQUESTS = 10


async def count_calls(app: Any, subject: Subject) -> dict[str, float]:
    """Function → calls for one request on a warm connection; from the bytes read to the bytes written."""
    import uvicorn
    from uvicorn.server import ServerState

    from zonda.transport.protocol import ZondaProtocol

    config = uvicorn.Config(app, http=ZondaProtocol, access_log=False, log_level="error")
    config.load()
    state = ServerState()
    state.default_headers = [(b"server", b"uvicorn")]
    protocol, transport = ZondaProtocol(config, state, {}), ForgettingTransport()
    protocol.connection_made(transport)
    data, calls = request_bytes(subject), Counter[str]()

    def count(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            calls[f"{frame.f_code.co_qualname} ({frame.f_code.co_filename})"] += 1

    gc.collect()  # what earlier subjects left calls functions when it is collected, and that is no cost of a request
    for number in range(_WARM_REQUESTS + _COUNTED_REQUESTS):
        sys.setprofile(count if number >= _WARM_REQUESTS else None)
        try:
            protocol.data_received(data)
        finally:
            sys.setprofile(None)
        if state.tasks or not transport.written.startswith(b"HTTP/1.1 %d " % subject.answer.status):
            raise RuntimeError(f"{subject.title} is not answered at once: {transport.written!r}")
    protocol.connection_lost(None)
    return {name: number / _COUNTED_REQUESTS for name, number in calls.most_common()}


def main(names: list[str]) -> None:
    import zonda.compat

    zonda.compat.install()
    found = {}
    for name in names:
        module = subject_module(name)
        found[name] = asyncio.run(count_calls(module.fastapi(), module.SUBJECT))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
