"""Both forms of each middleware give the same answer, byte for byte, to one table of requests."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import itsdangerous
import pytest
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware

from tests.middleware.forms import Client, Content, through_asgi, through_wrap
from zonda.middleware.cors import CORSMiddleware
from zonda.middleware.gzip import GZipMiddleware
from zonda.middleware.httpsredirect import HTTPSRedirectMiddleware
from zonda.middleware.sessions import SessionMiddleware
from zonda.middleware.trustedhost import TrustedHostMiddleware

pytestmark = pytest.mark.anyio

HOST = (b"host", b"shop.example.com")
ORIGIN = (b"origin", b"https://shop.example")
STRANGER = (b"origin", b"https://stranger.example")
GZIP = (b"accept-encoding", b"br, gzip")
PREFLIGHT = (b"access-control-request-method", b"POST")


def signed(session: dict[str, Any], key: str = "secret") -> bytes:
    encoded = base64.b64encode(json.dumps(session).encode())
    return b"session=" + itsdangerous.TimestampSigner(key).sign(encoded)


async def add_headers(request: Any, call_next: Any) -> Any:
    response = await call_next(request)
    response.headers["x-length"] = response.headers.get("content-length", "none")
    response.status_code = 201
    return response


async def read_and_replace(request: Any, call_next: Any) -> Any:
    from starlette.responses import Response

    response = await call_next(request)
    body = b"".join([chunk async for chunk in response.body_iterator])
    return Response(body.upper(), headers={"x-was": str(response.status_code)}, media_type="text/x")


async def new_iterator(request: Any, call_next: Any) -> Any:
    response = await call_next(request)
    inner = response.body_iterator

    async def doubled() -> Any:
        async for chunk in inner:
            yield chunk
            yield chunk

    response.body_iterator = doubled()
    if "content-length" in response.headers:
        del response.headers["content-length"]
    return response


async def no_call(request: Any, call_next: Any) -> Any:
    from starlette.responses import JSONResponse

    return JSONResponse({"path": request.url.path, "q": request.query_params["q"]}, status_code=403)


async def a_stream(request: Any, call_next: Any) -> Any:
    from starlette.responses import StreamingResponse

    return StreamingResponse(iter(["a", b"b", "ü"]), media_type="text/plain")


MIDDLEWARE = {
    "cors any": Middleware(CORSMiddleware, allow_origins=["*"]),
    "cors any with credentials": Middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True),
    "cors some": Middleware(
        CORSMiddleware,
        allow_origins=["https://shop.example"],
        allow_methods=["POST"],
        allow_headers=["X-Token"],
        expose_headers=["X-Total", "X-Page"],
        max_age=60,
    ),
    "cors pattern": Middleware(
        CORSMiddleware,
        allow_origin_regex=r"https://.*\.example",
        allow_headers=["*"],
        allow_credentials=True,
        allow_private_network=True,
    ),
    "gzip": Middleware(GZipMiddleware, minimum_size=5),
    "gzip of everything": Middleware(GZipMiddleware, minimum_size=0, compresslevel=1),
    "gzip in a thread": Middleware(GZipMiddleware, minimum_size=5, thread_minimum_size=5),
    "gzip but text": Middleware(GZipMiddleware, minimum_size=5, exclude_content_types=("text/*",)),
    "hosts": Middleware(
        TrustedHostMiddleware, allowed_hosts=["shop.example.com", "*.shop.example", "www.bare.example"]
    ),
    "hosts without redirect": Middleware(TrustedHostMiddleware, allowed_hosts=["www.bare.example"], www_redirect=False),
    "any host": Middleware(TrustedHostMiddleware),
    "https": Middleware(HTTPSRedirectMiddleware),
    "sessions": Middleware(SessionMiddleware, secret_key="secret"),
    "sessions, all options": Middleware(
        SessionMiddleware,
        secret_key="secret",
        session_cookie="s",
        max_age=None,
        path="/a",
        same_site="none",
        https_only=True,
        domain="example.com",
    ),
    "function: headers": Middleware(BaseHTTPMiddleware, dispatch=add_headers),
    "function: replaces": Middleware(BaseHTTPMiddleware, dispatch=read_and_replace),
    "function: new iterator": Middleware(BaseHTTPMiddleware, dispatch=new_iterator),
    "function: answers": Middleware(BaseHTTPMiddleware, dispatch=no_call),
    "function: streams": Middleware(BaseHTTPMiddleware, dispatch=a_stream),
}

REQUESTS = {
    "plain": {"headers": (HOST,)},
    "no host": {"headers": ()},
    "broken host": {"headers": ((b"host", b"a b"),)},
    "host in capitals": {"headers": ((b"host", b"SHOP.example.com:8000"),)},
    "other host": {"headers": ((b"host", b"evil.example"),)},
    "sub-host": {"headers": ((b"host", b"a.b.shop.example"),)},
    "bare host": {"headers": ((b"host", b"bare.example:8000"),)},
    "https": {"headers": (HOST,), "scheme": "https"},
    "port 80": {"headers": ((b"host", b"shop.example.com:80"),)},
    "origin": {"headers": (HOST, ORIGIN)},
    "origin and gzip": {"headers": (HOST, ORIGIN, GZIP)},
    "stranger": {"headers": (HOST, STRANGER)},
    "foreign origin": {"headers": (HOST, (b"origin", b"https://other.test"))},
    "preflight": {"method": "OPTIONS", "headers": (HOST, ORIGIN, PREFLIGHT)},
    "preflight with headers": {
        "method": "OPTIONS",
        "headers": (HOST, ORIGIN, PREFLIGHT, (b"access-control-request-headers", b"x-token, X-Other")),
    },
    "preflight of a stranger": {
        "method": "OPTIONS",
        "headers": (
            HOST,
            (b"origin", b"https://other.test"),
            (b"access-control-request-method", b"DELETE"),
            (b"access-control-request-private-network", b"true"),
        ),
    },
    "options without method": {"method": "OPTIONS", "headers": (HOST, ORIGIN)},
    "gzip": {"headers": (HOST, GZIP)},
    "short": {"method": "POST", "headers": (HOST, (b"content-length", b"4")), "body": (b"1234",)},
    "long": {"method": "POST", "headers": (HOST, (b"content-length", b"5")), "body": (b"12345",)},
    "session": {"headers": (HOST, (b"cookie", signed({"user": "ann"})))},
    "forged session": {"headers": (HOST, (b"cookie", signed({"user": "ann"}, "guessed")))},
}

LONG = b"a long text, " * 40

CONTENTS = {
    "text": Content(),
    "long text": Content(LONG),
    "with vary": Content(LONG, headers=((b"content-type", b"text/html"), (b"vary", b"Accept"), (b"vary", b"Cookie"))),
    "encoded": Content(LONG, headers=((b"content-encoding", b"br"),)),
    "image": Content(LONG, headers=((b"content-type", b"image/png"),)),
    "part": Content(LONG, status=206),
    "two cookies": Content(headers=((b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"))),
    "own cors": Content(headers=((b"access-control-allow-origin", b"https://old.example"),)),
    "stream": Content(chunks=(LONG, b"", b"and more", LONG)),
    "short stream": Content(chunks=(b"x",)),
    "empty stream": Content(chunks=()),
    "events": Content(chunks=(b"data: 1\n\n",), headers=((b"content-type", b"text/event-stream"),)),
    "nothing": Content(b"", headers=()),
    "error": Content(b"no", status=500),
}


@pytest.mark.parametrize("name", MIDDLEWARE)
async def test_both_forms_answer_alike(name: str) -> None:
    """The wrap answers what Starlette's class answers: status, headers in their order, every byte of the body."""
    for request, content in itertools.product(REQUESTS, CONTENTS):
        asked = REQUESTS[request]
        expected = await through_asgi(MIDDLEWARE[name], Client(**asked), CONTENTS[content])
        got = await through_wrap(MIDDLEWARE[name], Client(**asked), CONTENTS[content])

        where = f"{name}: {request}, {content}"
        assert got.status == expected.status, where
        assert got.headers == expected.headers, where
        assert got.body == expected.body, where
        if CONTENTS[content].chunks and expected.chunks != (expected.body,):
            assert got.chunks == expected.chunks, where
