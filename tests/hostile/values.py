"""This module draws values that programs trip over: as JSON, as text and as bytes of any kind."""

from __future__ import annotations

import json
import random

NUMBERS = [
    *("0", "-1", "1.5", "-0", "01", "1_0", "+1", " 1 ", "0x10", "1e5", "1e400", "-1e400", "1e-9999", "1e999999999"),
    *("NaN", "-NaN", "sNaN", "Infinity", "-Infinity", "inf", "9" * 400, "9" * 4301, "9" * 20_000, "0." + "3" * 5000),
    *("9223372036854775808", "-9223372036854775809", "\u0661", "\u00b2", "1e+", ".", "-", "1__0"),
]
TEXTS = [
    *("", " ", "\x00", "\r\n", "\ud800", "\udfff", "\U0010ffff", "\u202e", "\ufeff", "e\u0301" * 40, "a" * 49 + "!"),
    *("a" * 16_000, "%", "%s%n{0}{{", "../../etc/passwd", "x\r\nx-injected: 1", "null", "true", "None", "[object]"),
    *("2020-02-30", "2020-01-01T25:00", "9999-12-31T23:59:59-23:59", "0000-00-00", "1e20", "P9999999999D", "P1Y"),
    *("24:00:00", "12345678-1234-1234-1234-123456789abc", "{" + "0" * 32 + "}", "urn:uuid:", "a@b.de", "@" * 400),
    *("a@" + "b." * 200 + "de", '"a b"@xn--.de', "a@\U0001f600.de", "red", "RED", "cat", "'; drop table"),
]
BROKEN = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xe2\x82", b"\xfe\xff\x00a", b"\x80" * 50]
KEYS = [
    *("name", "price", "ratio", "count", "color", "pet", "tree", "on", "at", "clock", "lasts", "id", "mail", "secret"),
    *("raw", "tags", "sizes", "anything", "kind", "lives", "weight", "value", "children", "number", "order", "moment"),
    *("__class__", "__proto__", "", "\ud800", "\x00", "1"),
]


SOUND = {
    "name": '"a"',
    "price": "1.5",
    "ratio": "1",
    "count": "1",
    "color": '"blue"',
    "pet": '{"kind":"cat","lives":9}',
    "tree": '{"value":1,"children":[{"value":"a"}]}',
    "on": '"2020-01-01"',
    "at": '"2020-01-01T00:00:00Z"',
    "clock": '"12:00"',
    "lasts": '"P1D"',
    "id": '"12345678-1234-1234-1234-123456789abc"',
    "secret": '"a"',
    "raw": '"a"',
    "tags": '["a"]',
    "sizes": '{"1":[1.5]}',
}
"""What an order may hold, each in JSON."""


def draw_text(choice: random.Random) -> str:
    kind = choice.random()
    if kind < 0.4:
        return choice.choice(TEXTS)
    if kind < 0.8:
        return choice.choice(NUMBERS)
    return "".join(chr(choice.choice([choice.randrange(128), choice.randrange(0x11_0000)])) for _ in range(8))


def draw_bytes(choice: random.Random) -> bytes:
    text = draw_text(choice).encode(errors=choice.choice(["replace", "surrogatepass"]))
    return text if choice.random() < 0.6 else text[:5] + choice.choice(BROKEN) + text[5:]


def draw_json(choice: random.Random, depth: int = 0) -> str:
    """One value of JSON, or of what passes for it."""
    kind = choice.random()
    if depth > 4 or kind < 0.25:
        return json.dumps(draw_text(choice), ensure_ascii=choice.random() < 0.7)
    if kind < 0.5:
        return choice.choice(NUMBERS)
    if kind < 0.6:
        return choice.choice(["null", "true", "false", "[]", "{}", '""', "[[]]", "undefined", "'a'", "[1,]"])
    if kind < 0.64:
        return nested(choice)
    if kind < 0.78:
        return f"[{','.join(draw_json(choice, depth + 1) for _ in range(choice.randrange(4)))}]"
    return draw_object(choice, choice.choices(KEYS, k=choice.randrange(6)), depth)


def draw_object(choice: random.Random, keys: list[str], depth: int = 0) -> str:
    """An object with these keys, which may repeat."""
    return "{" + ",".join(f"{json.dumps(key)}:{draw_json(choice, depth + 1)}" for key in keys) + "}"


def draw_order(choice: random.Random) -> str:
    """An order that is sound but for at most two of its values."""
    values = {"name": '"a"'} | {key: SOUND[key] for key in choice.sample(list(SOUND), 4)}
    for key in choice.sample(list(SOUND), choice.randrange(3)):
        values[key] = draw_json(choice, 1)
    return "{" + ",".join(f'"{key}":{value}' for key, value in values.items()) + "}"


def nested(choice: random.Random) -> str:
    depth = choice.choice([50, 200, 900, 1100, 20_000])
    opening, closing = choice.choice(
        [("[", "]"), ('{"children":[', "]}"), ('{"a":', "}"), ('[{"value":1,"tree":', "}]")]
    )
    inner = "1" if "a" in opening or "tree" in opening else ""
    return opening * depth + inner + closing * (depth if choice.random() < 0.8 else depth - 1)


def large_json(choice: random.Random, size: int) -> str:
    """As many parts as fit in so many bytes."""
    part = choice.choice(
        ["1", '"a"', "{}", "[]", "null", "NaN", '{"name":""}', '{"name":"a","pet":{"kind":"cow"}}', "9" * 4000]
    )
    opening, closing = choice.choice([("[", "]"), ('{"order":{"tags":[', "]}}"), ('{"name":"a","tags":[', "]}")])
    return opening + ",".join([part] * ((size - 50) // (len(part) + 1))) + closing
