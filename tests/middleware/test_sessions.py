"""Sessions: how old their cookies are is what the clock says."""

from __future__ import annotations

from datetime import timedelta

import pytest
import starlette.middleware.sessions
from starlette.middleware import Middleware

from zonda import Request, Zonda, clock
from zonda.middleware.sessions import SessionMiddleware
from zonda.middleware.wraps import is_known
from zonda.testclient import TestClient

from ..transport.pipelines import Foreign

DAY = timedelta(days=1)


@pytest.mark.parametrize("inside", [[], [Middleware(Foreign)]], ids=["wrap", "asgi"])
def test_a_session_ends_when_the_clock_says_so(inside: list[Middleware]) -> None:
    """Tests of what expires move the clock; the time of the computer has no part in it."""
    app = Zonda(middleware=[Middleware(SessionMiddleware, "secret", max_age=14 * 24 * 60 * 60), *inside])

    @app.get("/log-in")
    async def log_in(request: Request) -> None:
        request.session["user"] = "anna"

    @app.get("/")
    async def tell(request: Request) -> str | None:
        return request.session.get("user")

    with clock.frozen() as frozen:
        client = TestClient(app)
        client.cookies["session"] = client.get("/log-in").cookies["session"]
        frozen.move(14 * DAY)
        assert client.get("/").json() == "anna"
        frozen.move(DAY)

        assert client.get("/").json() is None


@pytest.mark.parametrize("kind", [SessionMiddleware, starlette.middleware.sessions.SessionMiddleware])
def test_sessions_stay_native(kind: type[object]) -> None:
    """Ours and Starlette's are known by their wraps."""
    assert is_known(kind)
