"""This module draws requests whose framing is sound and whose content is hostile.

    draw ── JSON ─ form ─ multipart ─ parameters (path, query, cookies, header fields)

Some are wrong beyond doubt; those say how they must be answered.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_from_bytes

from .values import BROKEN, KEYS, draw_bytes, draw_json, draw_object, draw_order, large_json

Field = tuple[bytes, bytes]

LARGE = 1024 * 1024
LARGE_JSON = 256 * 1024
"""Pydantic takes 0.8 microseconds for each element that is wrong, so that 1 MiB of `[1,1,...]` for models holds the
loop up for 0.4 s (docs/limits.md): of that much, nothing else could be seen."""
ONE_IN_LARGE = 50

ANSWERED = range(200, 500)
REFUSED = range(400, 500)
UNREADABLE = range(400, 401)

JSON_PATHS = [b"/order", b"/orders", b"/parts", b"/numbers", b"/anything"]
FORM_PATHS = [b"/form", b"/profile", b"/files"]
FORM_KEYS = [b"name", b"number", b"tags", b"color", b"age", b"born", b"file", b"files", b"content", b"", b"\xff"]
TYPES = [
    *(
        b"",
        b"application/json",
        b"application/json; charset=utf-7",
        b"application/x+json",
        b"text/plain",
        b"/",
        b";",
        b"\xff",
    ),
    *(b"application/x-www-form-urlencoded", b"application/x-www-form-urlencoded; charset=nope", b"multipart/form-data"),
    *(b"multipart/form-data; boundary=", b"multipart/form-data; boundary=b", b'multipart/form-data; boundary="b'),
    *(b"multipart/form-data; boundary=" + b"b" * 5000, b"multipart/form-data; charset=undefined; boundary=b"),
    *(b"a" * 16_000, b"multipart/form-data; " + b"a=b; " * 2000, b'multipart/form-data; boundary="' + b"\\" * 8000),
]


@dataclass(frozen=True)
class HostileRequest:
    method: bytes
    target: bytes
    fields: tuple[Field, ...] = ()
    body: bytes = b""
    statuses: range = ANSWERED

    def stream(self) -> bytes:
        """The request as it is sent, on a connection that it ends."""
        fields = [(b"host", b"a"), (b"connection", b"close"), *self.fields]
        if self.method == b"POST":
            fields.append((b"content-length", b"%d" % len(self.body)))
        head = b"".join(b"%b: %b\r\n" % field for field in fields)
        return b"%b %b HTTP/1.1\r\n%b\r\n%b" % (self.method, self.target, head, self.body)


def draw(choice: random.Random) -> HostileRequest:
    kinds = [draw_json_request, draw_form, draw_multipart, draw_parameters]
    request = choice.choice(kinds)(choice)
    if request.method == b"POST" and choice.random() < 0.15:
        odd = (b"content-type", choice.choice(TYPES))
        return replace(request, fields=(odd,), statuses=ANSWERED)
    return request


def draw_json_request(choice: random.Random) -> HostileRequest:
    path = choice.choice(JSON_PATHS)
    body = draw_json_body(choice, path)
    kind = (b"content-type", b"application/json")
    return HostileRequest(b"POST", path, (kind,), body, REFUSED if is_no_json(body) else ANSWERED)


def draw_json_body(choice: random.Random, path: bytes) -> bytes:
    if choice.randrange(ONE_IN_LARGE) == 0:
        return large_json(choice, LARGE_JSON).encode()
    names = [*choice.sample(KEYS, choice.randrange(8)), "name"]
    shapes = {b"/orders": "[%s]", b"/parts": '{"number":1,"order":%s}'}
    order = draw_order(choice) if choice.random() < 0.7 else draw_object(choice, names)
    text = draw_json(choice) if choice.random() < 0.4 else shapes.get(path, "%s") % order
    if choice.random() < 0.1:
        return text.encode(choice.choice(["utf-16", "utf-32", "utf-8-sig", "utf-7"]), errors="replace")
    body = text.encode(errors="surrogatepass")
    if choice.random() < 0.2:
        at = choice.randrange(len(body) + 1)
        return body[:at] + choice.choice([*BROKEN, b"\x00", b'"', b"\\", b"\\u12", b"}", b","]) + body[at:]
    return body


def is_no_json(body: bytes) -> bool:
    """Whether the standard library refuses it too."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return True
    return False


def draw_form(choice: random.Random) -> HostileRequest:
    if choice.randrange(ONE_IN_LARGE) == 0:
        part = choice.choice([b"a=1&", b"a&", b"%ff=%00&", b"&", b"tags=a&"])
        body = part * (LARGE // len(part))
    else:
        pairs = [_form_pair(choice) for _ in range(choice.choice([0, 1, 2, 5, 900]))]
        body = choice.choice([b"&", b"&", b";", b"&&"]).join(pairs)
    kind = (b"content-type", b"application/x-www-form-urlencoded")
    return HostileRequest(b"POST", choice.choice(FORM_PATHS), (kind,), body)


def _form_pair(choice: random.Random) -> bytes:
    value = draw_bytes(choice)[:2000]
    joint = choice.choice([b"=", b"=", b"=", b"", b"==", b"%3d"])
    return choice.choice(FORM_KEYS) + joint + (value if choice.random() < 0.5 else quote_from_bytes(value).encode())


def draw_multipart(choice: random.Random) -> HostileRequest:
    is_crowded = choice.randrange(50) == 0
    parts = [_part(choice) for _ in range(choice.randrange(5))]
    body = b"".join(parts) + b"--b--\r\n"
    if is_crowded:
        body = (
            b'--b\r\ncontent-disposition: form-data; name="tags"\r\n\r\na\r\n' * choice.randint(1001, 3000)
            + b"--b--\r\n"
        )
    elif choice.random() < 0.4:
        at = choice.randrange(len(body) + 1)
        body = body[:at] + choice.choice([b"", b"--b", b"\r\n", b"--b--", b"\n", b"\x00", *BROKEN]) + body[at + 2 :]
    kind = (b"content-type", b"multipart/form-data; boundary=b")
    return HostileRequest(b"POST", choice.choice(FORM_PATHS), (kind,), body, UNREADABLE if is_crowded else ANSWERED)


def _part(choice: random.Random) -> bytes:
    disposition = b'form-data; name="%b"' % choice.choice(FORM_KEYS)
    if choice.random() < 0.4:
        name = draw_bytes(choice)[:300]
        disposition += (
            choice.choice([b'; filename="%b"', b"; filename*=utf-8''%b", b"; filename*=nope''%b", b"; filename=%b"])
            % name
        )
    fields = [b"content-disposition: " + disposition]
    if choice.random() < 0.3:
        fields.append(
            choice.choice(
                [b"content-type: \xff", b"content-type: text/plain; charset=nope", b"x", b": ", b"a: " + b"b" * 9000]
            )
        )
    if choice.random() < 0.1:
        fields = fields[1:]
    return b"\r\n".join((b"--b", *fields, b"", draw_bytes(choice), b""))


def draw_parameters(choice: random.Random) -> HostileRequest:
    targets = {
        b"/values/%b/%b/%b": 3,
        b"/models/%b": 1,
        b"/text/%b": 1,
        b"/folder/%b": 1,
        b"/%b": 1,
    }
    pattern, count = choice.choice(list(targets.items()))
    sound = (b"1", b"1.5", b"12345678-1234-1234-1234-123456789abc")
    places = tuple(sound[at] if choice.random() < 0.5 else _in_target(choice) for at in range(count))
    query = b"&".join(_query_pair(choice) for _ in range(choice.choice([0, 1, 3, 200])))
    fields = tuple(_field(choice) for _ in range(choice.randrange(5)))
    return HostileRequest(b"GET", (pattern % places + b"?" + query)[:15_000], fields)


def _in_target(choice: random.Random) -> bytes:
    return quote_from_bytes(draw_bytes(choice)[:1500], safe=choice.choice(["", "/", "/%"])).encode()


def _query_pair(choice: random.Random) -> bytes:
    names = ["number", "names", "since", "color", "price", "lasts", "numbers", "limit", "query", "", "\x00"]
    return quote(choice.choice(names)).encode() + choice.choice([b"=", b"=", b"", b"=="]) + _in_target(choice)[:200]


def _field(choice: random.Random) -> Field:
    name = choice.choice(
        [b"x-number", b"x-names", b"x-limit", b"cookie", b"cookie", b"accept", b"x-forwarded-for", b"authorization"]
    )
    value = draw_bytes(choice)[:9000].translate(None, bytes([*range(32), 127]))
    if name == b"cookie":
        names = [b"token=", b"number=", b"number_of=", b"=", b"", b'token="', b'token="\\777']
        value = b"; ".join(choice.choice(names) + value[:200] for _ in range(choice.choice([1, 2, 100])))[:20_000]
    return name, value.strip()
