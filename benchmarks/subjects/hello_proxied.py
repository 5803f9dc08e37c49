"""This module is the smallest answer to a browser behind a proxy, which gives each request an identifier.

Heads on a connection are then never the same, as they are in most other subjects.
"""

from dataclasses import replace

from benchmarks.subject import with_browser_headers
from benchmarks.subjects import hello

SUBJECT = replace(
    with_browser_headers(hello.SUBJECT),
    title="hello, from a browser behind a proxy",
    numbered="X-Request-ID",
)

fastapi = hello.fastapi
starlette = hello.starlette
litestar = hello.litestar
blacksheep = hello.blacksheep
asgi = hello.asgi
