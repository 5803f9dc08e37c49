"""This module runs in a contender's own environment: it serves one subject's application until it is terminated.

python -m benchmarks.serve fastapi hello 8100
python -m benchmarks.serve fastapi@hypercorn hello 8100
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

HOST = "127.0.0.1"
QUIET: dict[str, Any] = {"access_log": False, "log_level": "error"}


def serve(contender: str, subject: str, port: int) -> None:
    contender, _, server = contender.partition("@")
    is_zonda = contender.startswith("zonda")
    if is_zonda:
        import zonda.compat

        zonda.compat.install()
    make = getattr(importlib.import_module(f"benchmarks.subjects.{subject}"), "fastapi" if is_zonda else contender)
    app = make()
    if server == "hypercorn":
        run_hypercorn(app, port)
    elif contender == "zonda":
        zonda.run(app, host=HOST, port=port, **QUIET)
    elif contender == "robyn":
        app.start(host=HOST, port=port)
    else:
        import uvicorn

        uvicorn.run(app, host=HOST, port=port, loop="uvloop", http="httptools", **QUIET)


def run_hypercorn(app: Any, port: int) -> None:
    import uvloop
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.loglevel = "ERROR"
    uvloop.run(serve(app, config))


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
