"""This module measures what a battery, observers and the access log add to a request, beside their other ways.

python -m benchmarks.observing            CPU time of a request, the best of several passes taken in turn
"""

from __future__ import annotations

import asyncio
import sys

from benchmarks.steps import run
from benchmarks.variants import VARIANTS

PASSES = 12
REQUESTS = 4000

# Each with what it is compared with.
COMPARED = {
    "hello_battery": "hello_plain",
    "hello_counted": "hello_plain",
    "hello_counted_by_function": "hello_plain",
    "hello_counted_by_asgi": "hello_plain",
    "hello_logged": "hello_plain",
    "hello_uvicorn_logged": "hello_uvicorn",
}


def main(passes: int = PASSES) -> None:
    import uvloop

    best = dict.fromkeys(VARIANTS, float("inf"))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for _ in range(passes):
            for name in VARIANTS:
                best[name] = min(best[name], 1e6 * runner.run(run(name, REQUESTS)))
    for name, seconds in best.items():
        added = f"{seconds - best[COMPARED[name]]:+8.2f} to {COMPARED[name]}" if name in COMPARED else ""
        print(f"{name:28} {seconds:8.2f} µs {added}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
