"""This module is Starlette's test client with a transport of ours."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient as StarletteTestClient

from zonda.testclient.transport import Transport


class TestClient(StarletteTestClient):
    """Starlette's test client: the same arguments, methods and behaviour for less time.

    Inside `with` the application runs in a thread, as with Starlette's. Without it a request that is answered at once
    is answered in the event loop of the calling thread, so that no thread is started for it.
    """

    __test__ = False

    def _init_transport(self, *arguments: Any, **options: Any) -> Any:
        """What the constructor of the base class calls with Starlette's transport: a seam that keeps its signature."""
        transport: Any = super()._init_transport(*arguments, **options)
        return Transport(self, transport)
