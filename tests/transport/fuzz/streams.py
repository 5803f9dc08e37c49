"""This module makes byte streams that are almost HTTP, from pieces that readers disagree about."""

from __future__ import annotations

import random

LINES = [
    b"GET / HTTP/1.1",
    b"POST /a?b=c HTTP/1.1",
    b"HEAD /x HTTP/1.1",
    b"GET / HTTP/1.0",
    b"POST /p HTTP/1.0",
    b"GET http://b/x?y HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"GET  / HTTP/1.1",
    b"GET /%20%2f HTTP/1.1",
    b"PUT /u HTTP/1.1",
    b"GET /  HTTP/1.1",
    b"GET / HTTP/2.0",
    b"GET /#f HTTP/1.1",
    b"GET //a HTTP/1.1",
    b"get / HTTP/1.1",
]
FIELDS = [
    b"Host: a",
    b"host:b",
    b"Host: a/b",
    b"Host: [::1]:80",
    b"Host:",
    b"X: y",
    b"X:y ",
    b"X:\ty\t",
    b"X : y",
    b"X",
    b"X: \xff",
    b"X: a\r\n b",
    b"Connection: close",
    b"Connection: keep-alive",
    b"Connection: x, Close",
    b"Connection: upgrade",
    b"Upgrade: h2c",
    b"Content-Length: 3",
    b"Content-Length: 5",
    b"Content-Length: 0",
    b"Content-Length:  3 ",
    b"Content-Length: +3",
    b"Content-Length: 3, 3",
    b"Content-Length: 03",
    b"Transfer-Encoding: chunked",
    b"transfer-encoding:\tChunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: xchunked",
    b"Expect: 100-continue",
    b"Cookie: a=b; c=d",
]
BODIES = [
    b"",
    b"abc",
    b"hello",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"3;x=y\r\nabc\r\n0\r\nX: t\r\n\r\n",
    b"0\r\n\r\n",
    b"03\r\nabc\r\n00\r\n\r\n",
    b"3 \r\nabc\r\n0\r\n\r\n",
    b" 3\r\nabc\r\n0\r\n\r\n",
    b"3\nabc\r\n0\r\n\r\n",
    b"3\r\nabc0\r\n\r\n",
    b"3\r\nabcXY0\r\n\r\n",
    b"3\r\nabc\r\n0\r\nHost: t\r\n\r\n",
    b"A\r\n0123456789\r\n0\r\n\r\n",
    b"0x3\r\nabc\r\n0\r\n\r\n",
    b"3\r\nabc\r\n0\r\nX: t\n\r\n",
    b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n",
    b"3\r\nabc\r\n0\r\nX : t\r\n\r\n",
    b"3\r\nabc\r\n0\nX: t\r\n\r\n",
]
SPLICES = [
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\x00",
    b":",
    b",",
    b";",
    b"0",
    b"\x0b",
    b"\xff",
    b"\r\n\r\n",
    b"#",
    b"chunked",
]


def draw(choice: random.Random) -> bytes:
    """Up to four requests after each other, most of them with one thing wrong or unusual.

    Often the fields of a head are those of the head before, as clients repeat them.
    """
    requests = [draw_request(choice) for _ in range(choice.randint(1, 4))]
    if choice.random() < 0.3:
        requests.insert(1, with_fields_of(requests[0], choice.choice(requests), choice))
    return b"".join(requests)


def with_fields_of(model: bytes, request: bytes, choice: random.Random) -> bytes:
    """A request with its own first line and body, behind the fields of another."""
    _, line_end, rest = model.partition(b"\r\n")
    fields, end, _ = rest.partition(b"\r\n\r\n")
    line = request.partition(b"\r\n")[0] if choice.random() < 0.5 else choice.choice(LINES)
    body = request.partition(b"\r\n\r\n")[2]
    return line + line_end + fields + end + body


def draw_request(choice: random.Random) -> bytes:
    request = draw_sound(choice) if choice.random() < 0.5 else draw_wild(choice)
    if choice.random() < 0.1:
        request = choice.choice([b"\r\n", b"\n", b"\r\n\r\n"]) + request
    return mutate(choice, request) if choice.random() < 0.35 else request


def draw_sound(choice: random.Random) -> bytes:
    """A request whose framing is right, with at most one odd field."""
    fields = [b"Host: a", *choice.sample(FIELDS, choice.randint(0, 1))]
    body = b""
    if choice.random() < 0.6:
        body = choice.choice(BODIES)
        fields.append(
            choice.choice([b"Transfer-Encoding: chunked", b"Content-Length: %d" % len(body)])
            if choice.random() < 0.8
            else b"Transfer-Encoding: chunked\r\nContent-Length: %d" % len(body)
        )
    return b"\r\n".join((choice.choice(LINES), *fields, b"", body))


def draw_wild(choice: random.Random) -> bytes:
    fields = choice.sample(FIELDS, choice.randint(0, 5))
    if choice.random() < 0.8:
        fields.insert(0, b"Host: a")
    return b"\r\n".join((choice.choice(LINES), *fields, b"", choice.choice(BODIES)))


def mutate(choice: random.Random, data: bytes) -> bytes:
    for _ in range(choice.randint(1, 3)):
        at = choice.randrange(len(data) + 1)
        kind = choice.randrange(4)
        if kind == 0:
            data = data[:at] + choice.choice(SPLICES) + data[at:]
        elif kind == 1:
            data = data[:at] + data[at + choice.randint(1, 3) :]
        elif kind == 2:
            data = data[:at] + bytes([choice.randrange(256)]) + data[at + 1 :]
        else:
            end = min(len(data), at + choice.randint(1, 20))
            data = data[:at] + data[at:end] * 2 + data[end:]
    return data
