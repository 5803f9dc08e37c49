"""This package starts Uvicorn with Zonda's protocol: one process, workers, or a reloader.

run ─▶ Config (loads the Target) ─▶ Server            one process
                                 ─▶ Supervisor        workers, each a Server
                                 ─▶ ChangeReload      a Server that starts anew when a file changes
"""

from __future__ import annotations

from typing import Any

from zonda.seams import ASGIApp

__all__ = ["run"]


def run(app: ASGIApp | str, *, alias: bool = True, **options: Any) -> None:
    """Serve an application; what the command `zonda run` does, as a function.

        zonda.run("main:app", port=8000, workers=2)
        zonda.run(app)

    The options are Uvicorn's, with Uvicorn's names. An import string is loaded under the `fastapi` alias unless
    `alias` is False; workers and `reload` need one, because each process loads the application itself.
    Ends the process with status 3 when the application or the server cannot start.
    """
    # Uvicorn is imported when a server is wanted, not with the framework.
    from zonda.server.start import serve
    from zonda.server.target import Target

    if not isinstance(app, str):
        serve(app, **options)
        return
    directory = options.pop("app_dir", None) or ""
    serve(Target.parse(app, directory=directory, alias=alias, is_factory=options.pop("factory", False)), **options)
