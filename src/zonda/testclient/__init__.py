"""This package offers Starlette's test client, with fewer changes of threads for each request.

TestClient ── a request ──▶ transport.py   the request as a scope, what came back as a response
                            conversation.py the application's side: receive, send, and waiting for them
                            stages.py       where the application runs: this thread's event loop, or the portal's
"""

from zonda.testclient.client import TestClient

__all__ = ["TestClient"]
