"""Middleware wraps what it should, in the order that FastAPI has."""

import contextvars
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import pytest
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from zonda import Depends, HTTPException, Request, Response, Zonda
from zonda.middleware.cors import CORSMiddleware
from zonda.middleware.gzip import GZipMiddleware
from zonda.middleware.httpsredirect import HTTPSRedirectMiddleware
from zonda.middleware.trustedhost import TrustedHostMiddleware
from zonda.responses import PlainTextResponse, StreamingResponse
from zonda.testclient import TestClient

Next = Callable[[Request], Awaitable[Response]]


def hello(app: Zonda) -> TestClient:
    @app.get("/")
    async def endpoint() -> str:
        return "hello"

    return TestClient(app, raise_server_exceptions=False)


def test_a_function_wraps_every_request() -> None:
    """@app.middleware("http") sees each request, 404s, 422s and the documents too, and may time it."""
    app = Zonda()

    @app.middleware("http")
    async def add_time(request: Request, call_next: Next) -> Response:
        began = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Process-Time"] = str(time.perf_counter() - began)
        return response

    @app.get("/n")
    def number(n: int) -> int:
        return n

    client = hello(app)

    for path, status in {"/": 200, "/none": 404, "/n?n=x": 422, "/docs": 200, "/openapi.json": 200}.items():
        response = client.get(path)
        assert (response.status_code, float(response.headers["x-process-time"]) >= 0) == (status, True)


def test_a_class_with_dispatch_and_options() -> None:
    """A BaseHTTPMiddleware subclass takes the options of add_middleware and echoes or makes a request id."""

    class RequestId(BaseHTTPMiddleware):
        def __init__(self, app: ASGIApp, header: str) -> None:
            super().__init__(app)
            self.header = header

        async def dispatch(self, request: Request, call_next: Next) -> Response:
            request.state.request_id = request.headers.get(self.header, "made")
            response = await call_next(request)
            response.headers[self.header] = request.state.request_id
            return response

    app = Zonda()
    app.add_middleware(RequestId, header="X-Request-ID")

    @app.get("/id")
    def request_id(request: Request) -> str:
        return str(request.state.request_id)

    client = hello(app)

    assert client.get("/").headers["x-request-id"] == "made"
    answer = client.get("/id", headers={"X-Request-ID": "mine"})
    assert (answer.json(), answer.headers["x-request-id"]) == ("mine", "mine")


def test_plain_asgi_middleware() -> None:
    """A class that speaks ASGI sees the scope, may write to its state, and can tell the kinds of connection apart."""
    kinds: list[str] = []

    class Plain:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            kinds.append(scope["type"])
            scope.setdefault("state", {})["from_asgi"] = "value"
            await self.app(scope, receive, send)

    app = Zonda()
    app.add_middleware(Plain)

    @app.get("/state")
    def state(request: Request) -> str:
        return str(request.state.from_asgi)

    with TestClient(app) as client:
        assert client.get("/state").json() == "value"
    assert kinds == ["lifespan", "http"]


def test_the_last_added_is_outermost() -> None:
    """In: last added first; out: last added last; request.state is shared all the way down."""
    log: list[str] = []

    def named(name: str) -> Any:
        async def middleware(request: Request, call_next: Next) -> Response:
            log.append(f"in {name}")
            request.state.names = [*getattr(request.state, "names", []), name]
            response = await call_next(request)
            log.append(f"out {name}")
            return response

        return middleware

    app = Zonda()
    app.middleware("http")(named("A"))
    app.middleware("http")(named("B"))

    def from_dependency(request: Request) -> list[str]:
        return list(request.state.names)

    @app.get("/")
    def endpoint(request: Request, names: Annotated[list[str], Depends(from_dependency)]) -> list[list[str]]:
        log.append("endpoint")
        return [names, request.state.names]

    assert TestClient(app).get("/").json() == [["B", "A"], ["B", "A"]]
    assert log == ["in B", "in A", "endpoint", "out A", "out B"]


def test_gzip_compresses_what_is_large_and_accepted() -> None:
    """Only a large answer to a client that accepts gzip is compressed."""
    app = Zonda()
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.get("/large")(lambda: "x" * 5000)
    client = hello(app)

    def encoding(path: str, accepted: str) -> str | None:
        return client.get(path, headers={"accept-encoding": accepted}).headers.get("content-encoding")

    assert [encoding("/large", "gzip"), encoding("/large", "identity"), encoding("/", "gzip")] == ["gzip", None, None]


def test_trusted_hosts_and_https() -> None:
    """Unknown hosts are refused, wildcards match sub-domains, and http is sent to https."""
    trusting, redirecting = Zonda(), Zonda()
    trusting.add_middleware(TrustedHostMiddleware, allowed_hosts=["example.com", "*.example.org"])
    redirecting.add_middleware(HTTPSRedirectMiddleware)
    client = hello(trusting)

    answers = [client.get("/", headers={"host": h}) for h in ("example.com", "a.example.org", "evil.com")]
    redirect = hello(redirecting).get("http://example.com/?a=1", follow_redirects=False)

    assert [a.status_code for a in answers] == [200, 200, 400]
    assert answers[2].text == "Invalid host header"
    assert (redirect.status_code, redirect.headers["location"]) == (307, "https://example.com/?a=1")


def test_sessions_are_signed_cookies() -> None:
    """What an endpoint puts into the session comes back with the cookie, and a forged cookie is worth nothing."""
    from starlette.middleware.sessions import SessionMiddleware

    app = Zonda()
    app.add_middleware(SessionMiddleware, secret_key="key")

    @app.get("/visit")
    async def visit(request: Request) -> int:
        request.session["visits"] = request.session.get("visits", 0) + 1
        return int(request.session["visits"])

    client = TestClient(app)
    assert [client.get("/visit").json() for _ in range(3)] == [1, 2, 3]
    client.cookies.clear()
    client.cookies.set("session", "forged")
    assert client.get("/visit").json() == 1


request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="unset")


def test_a_context_variable_is_seen_below_and_isolated() -> None:
    """A variable set in a middleware is read in def and async endpoints, and the next request starts clean."""
    app = Zonda()

    @app.middleware("http")
    async def set_id(request: Request, call_next: Next) -> Response:
        if "id" not in request.query_params:
            return await call_next(request)
        token = request_id.set(request.query_params["id"])
        try:
            return await call_next(request)
        finally:
            request_id.reset(token)

    app.get("/sync")(lambda: request_id.get())

    @app.get("/async")
    async def read() -> str:
        return request_id.get()

    client = TestClient(app)

    assert [client.get(p).json() for p in ("/sync?id=1", "/async?id=2", "/async")] == ["1", "2", "unset"]


def test_a_middleware_logs_what_was_slow(caplog: pytest.LogCaptureFixture) -> None:
    """The usual middleware for slow requests sees path and time after the endpoint ran."""
    app, moments = Zonda(), iter([0.0, 0.7])

    @app.middleware("http")
    async def slow(request: Request, call_next: Next) -> Response:
        began = next(moments)
        response = await call_next(request)
        if (took := next(moments) - began) > 0.5:
            logging.getLogger("slow").warning("%s took %.1f s", request.url.path, took)
        return response

    hello(app).get("/")

    assert caplog.messages == ["/ took 0.7 s"]


def test_errors_through_middleware() -> None:
    """An HTTPException is an answer by the time a middleware sees it; anything else passes call_next as it is."""
    app, seen = Zonda(), []

    @app.middleware("http")
    async def watch(request: Request, call_next: Next) -> Response:
        try:
            response = await call_next(request)
        except KeyError as error:
            seen.append(repr(error))
            return PlainTextResponse("caught", 503)
        seen.append(str(response.status_code))
        return response

    @app.get("/http")
    def http() -> None:
        raise HTTPException(404)

    @app.get("/other")
    def other() -> None:
        raise KeyError("k")

    client = TestClient(app)

    assert [client.get("/http").status_code, client.get("/other").status_code] == [404, 503]
    assert seen == ["404", "KeyError('k')"]


def test_an_answer_without_call_next() -> None:
    """A middleware may answer by itself; the route is then not reached."""
    app, called = Zonda(), []

    @app.middleware("http")
    async def refuse(request: Request, call_next: Next) -> Response:
        return PlainTextResponse("closed", 503)

    app.get("/")(lambda: called.append(True))

    assert (TestClient(app).get("/").text, called) == ("closed", [])


def test_streams_pass_through_unbuffered() -> None:
    """Chunks leave one by one through gzip and functions."""
    app = Zonda()
    order: list[str] = []

    @app.middleware("http")
    async def watch(request: Request, call_next: Next) -> Response:
        response = await call_next(request)
        order.append("response seen")
        return response

    async def chunks() -> Any:
        for word in ("a", "b"):
            order.append(word)
            yield word

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(chunks())

    assert TestClient(app).get("/stream").text == "ab"
    assert order.index("response seen") < order.index("b")


def cors(**options: Any) -> TestClient:
    app = Zonda()
    app.add_middleware(CORSMiddleware, **options)

    @app.get("/fail")
    def fail() -> None:
        raise RuntimeError

    return hello(app)


ORIGIN = "https://app.example"


def test_an_allowed_origin_is_echoed_also_on_404() -> None:
    """The allowed origin is echoed with Vary; another one gets no header but is served; a 500 has none."""
    client = cors(allow_origins=[ORIGIN, "https://b.example"])

    def allowed(path: str, origin: str) -> str | None:
        return client.get(path, headers={"origin": origin}).headers.get("access-control-allow-origin")

    assert [allowed(path, ORIGIN) for path in ("/", "/none", "/fail")] == [ORIGIN, ORIGIN, None]
    assert client.get("/", headers={"origin": ORIGIN}).headers["vary"] == "Origin"
    for other in ("http://app.example", "https://app.example:8443"):
        assert (allowed("/", other), client.get("/", headers={"origin": other}).status_code) == (None, 200)


def test_a_preflight_is_answered_by_the_middleware() -> None:
    """200 OK with max age when allowed, 400 with the reasons when not."""
    client = cors(allow_origins=[ORIGIN], allow_methods=["GET"], allow_headers=["X-Own"], max_age=3600)

    def preflight(origin: str, method: str, headers: str) -> Any:
        asked = {"origin": origin, "access-control-request-method": method, "access-control-request-headers": headers}
        return client.options("/", headers=asked)

    good = preflight(ORIGIN, "GET", "X-Own")
    bad = preflight("https://evil.example", "PUT", "X-Other")

    assert (good.status_code, good.text, good.headers["access-control-max-age"]) == (200, "OK", "3600")
    assert (bad.status_code, bad.text) == (400, "Disallowed CORS origin, method, headers")
    assert cors(allow_origins=[ORIGIN]).options(
        "/", headers={"origin": ORIGIN, "access-control-request-method": "GET"}
    ).headers["access-control-max-age"] == "600"  # fmt: skip


def test_wildcards_and_credentials() -> None:
    """Without credentials the wildcard is `*`; with them and a cookie every origin is echoed."""
    plain = cors(allow_origins=["*"]).get("/", headers={"origin": ORIGIN})
    client = cors(allow_origins=["*"], allow_credentials=True)
    with_cookie = client.get("/", headers={"origin": ORIGIN, "cookie": "a=b"})

    assert plain.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in plain.headers
    assert with_cookie.headers["access-control-allow-origin"] == ORIGIN
    assert with_cookie.headers["access-control-allow-credentials"] == "true"
