"""This module lists what the answers to sound requests must look like on the wire, each with the rule that says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """A request, and what its answer has and lacks. `body` is all that follows the last head."""

    name: str
    rule: str
    data: bytes
    status: int = 200
    has: tuple[bytes, ...] = ()
    lacks: tuple[bytes, ...] = ()
    body: bytes | None = None

    def __str__(self) -> str:
        return self.name


def ask(path: str, *fields: str, method: str = "GET", version: str = "1.1", body: str = "") -> bytes:
    """A request on a connection that ends with its answer."""
    lines = [f"{method} {path} HTTP/{version}", "Host: a", "Connection: close", *fields]
    return "\r\n".join((*lines, "", body)).encode()


LENGTH, CHUNKS, CONTINUE = b"content-length", b"transfer-encoding", b" 100 Continue"
WITHOUT_CONTENT = (LENGTH, CHUNKS)

ANSWERED = [
    # What has no content
    Answered("HEAD", "RFC 9110, 9.3.2", ask("/plain", method="HEAD"), has=(b"content-length: 5",), body=b""),
    Answered("HEAD of a stream", "RFC 9110, 9.3.2", ask("/stream", method="HEAD"), body=b""),
    Answered("HEAD of a file", "RFC 9110, 9.3.2", ask("/file", method="HEAD"), has=(b"content-length: ",), body=b""),
    Answered("HEAD of nothing", "RFC 9110, 9.3.2", ask("/missing", method="HEAD"), 404, (b"content-length: 22",),
             body=b""),
    Answered("HEAD of an error", "RFC 9110, 9.3.2", ask("/fails", method="HEAD"), 500, (b"content-length: 21",),
             body=b""),
    Answered("204", "RFC 9110, 8.6", ask("/status/204"), 204, lacks=WITHOUT_CONTENT, body=b""),
    Answered("204 that says a length", "RFC 9110, 8.6", ask("/length/204"), 204, lacks=WITHOUT_CONTENT, body=b""),
    Answered("204 in chunks", "RFC 9112, 6.1", ask("/chunks/204"), 204, lacks=WITHOUT_CONTENT, body=b""),
    Answered("304", "RFC 9110, 15.4.5", ask("/status/304"), 304, lacks=WITHOUT_CONTENT, body=b""),
    Answered("304 that says a length", "RFC 9110, 8.6", ask("/length/304"), 304, (b"content-length: 5",), body=b""),
    Answered("304 in chunks", "RFC 9112, 6.1", ask("/chunks/304"), 304, lacks=WITHOUT_CONTENT, body=b""),
    Answered("205", "RFC 9110, 15.3.6", ask("/status/205"), 205, (b"content-length: 0",), body=b""),
    *(
        Answered(f"{status} is no response", "RFC 9110, 15.2", ask(f"/status/{status}"), 500)
        for status in (100, 101, 102, 103, 199)
    ),
    # How content is framed
    Answered("a length", "RFC 9112, 6.2", ask("/plain"), has=(b"content-length: 5",), lacks=(CHUNKS,), body=b"plain"),
    Answered("a stream", "RFC 9112, 7.1", ask("/stream"), has=(b"transfer-encoding: chunked",), lacks=(LENGTH,),
             body=b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"),
    Answered("a length and chunks", "RFC 9112, 6.1", ask("/chunks/200"), has=(b"transfer-encoding: chunked",),
             lacks=(LENGTH,), body=b"5\r\nplain\r\n0\r\n\r\n"),
    Answered("a length with a sign", "RFC 9110, 8.6", ask("/bad/length"), 500),
    Answered("the same length twice", "RFC 9112, 6.3", ask("/twice"), has=(b"content-length: 5",), body=b"plain"),
    Answered("another coding", "RFC 9112, 6.1", ask("/bad/coding"), 500, lacks=(CHUNKS,)),
    # HTTP/1.0
    Answered("HTTP/1.0", "RFC 9112, 6.2", ask("/plain", version="1.0"),
             has=(b"content-length: 5", b"connection: close"), body=b"plain"),
    Answered("a stream for HTTP/1.0", "RFC 9112, 6.1", ask("/stream", version="1.0"), has=(b"connection: close",),
             lacks=WITHOUT_CONTENT, body=b"onetwo"),
    Answered("chunks for HTTP/1.0", "RFC 9112, 6.1", ask("/chunks/200", version="1.0"), has=(b"connection: close",),
             lacks=WITHOUT_CONTENT, body=b"plain"),
    Answered("an expectation of HTTP/1.0", "RFC 9110, 10.1.1",
             ask("/mirror", "Expect: 100-continue", "Content-Length: 2", method="POST", version="1.0", body="ok"),
             lacks=(CONTINUE,), body=b"ok"),
    Answered("an upgrade in HTTP/1.0", "RFC 9110, 7.8",
             ask("/mirror", "Connection: upgrade", "Upgrade: websocket", "Content-Length: 2", method="POST",
                 version="1.0", body="ok"), body=b"ok"),
    # Fields
    Answered("no refusal without a date", "RFC 9110, 6.6.1", b"nonsense\r\n\r\n", 400, (b"date: ",)),
    Answered("a date", "RFC 9110, 6.6.1", ask("/plain"), has=(b"date: ",)),
    Answered("close", "RFC 9112, 9.6", ask("/plain"), has=(b"connection: close",)),
    Answered("a method that the path lacks", "RFC 9110, 15.5.6", ask("/plain", method="DELETE"), 405, (b"allow: ",)),
    Answered("TRACE", "RFC 9110, 9.3.8", ask("/plain", "Cookie: secret=1", method="TRACE"), 405, lacks=(b"secret",)),
    Answered("a large upload that says so", "RFC 9110, 15.5.14",
             ask("/json", "Content-Type: application/json", "Content-Length: 99999999", method="POST"), 413,
             (b"connection: close",), body=b'{"detail":"Content Too Large"}'),
    *(
        Answered(f"{what} in {where}", "RFC 9110, 5.5", ask(f"/injects/{where}/{code}"), 500, lacks=(b"evil",))
        for what, code in (("CR and LF", "crlf"), ("CR", "cr"), ("LF", "lf"), ("NUL", "nul"))
        for where in ("value", "name", "parameter", "error", "stream", "handler", "middleware", "application")
    ),
]  # fmt: skip
