"""This module draws what a program is asked: mostly requests that fit an operation, and many that do not quite."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

from conformance.differential.dice import Dice
from conformance.differential.drawn_types import ANY_JSON, fields_of, json_text, text, wire_name
from conformance.differential.shapes import Model, Parameter, Program, Question, Route, Type, WebSocketRoute
from conformance.differential.tables import WIDE

BROKEN_JSON = (
    "",
    "{",
    '{"a": }',
    "nul",
    '{"a": 1,}',
    "[1, 2",
    "{'a': 1}",
    '{"a": 1} x',
    "\ufeff{}",
    '"\\ud800"',
    '{"a": "\\x"}',
    "NaN",
    "[" * 300,
    '{"a": 1, "a": 2}',
    " ",
    "0" * 20,
    "1" * 5000,
    '{"a": "\n"}',
    "\x00",
    "true false",
)
CONTENT_TYPES = (
    "",
    "text/plain",
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/vnd.api+json",
    "application/json-seq",
    "json",
    "application/",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json;charset",
    "text/json",
    "*/*",
    "application/octet-stream",
    "application/xml",
)
TOKENS = (
    "Bearer abc",
    "bearer abc",
    "Basic " + base64.b64encode(b"joe:secret").decode(),
    "Basic !!!",
    "Basic am9l",
    "Digest abc",
    "Bearer",
    "",
    "Basic " + base64.b64encode("é:ü".encode("latin-1")).decode(),
    "Token abc",
    "Bearer  a b",
)
BOUNDARY = "b0undary"
INTERNAL = re.compile(r"\{(\w+)(?::(\w+))?\}")
PATHS = (
    "/",
    "//",
    "/nothing",
    "/items",
    "/items/",
    "/inner/things/1?q=2",
    "/inner/things/x",
    "/inner",
    "/starlette/a/b",
    "/docs-none",
    "/state",
    "/%E9",
)


@dataclass
class Payload:
    fields: list[tuple[str, str]]
    files: list[tuple[str, str, str, str]]
    """name, file name, content type, content"""
    json_parts: list[tuple[str, str]]
    is_embedded: bool = False


def draw_questions(dice: Dice, program: Program, count: int) -> list[Question]:
    targets: list[Route | WebSocketRoute] = [*program.routes, *program.websockets]
    questions = []
    for index in range(count):
        target = targets[index % len(targets)]
        # In turn: fitting, with one part wrong, thoroughly wrong.
        wrong = (0, 0, 12, 0, 40)[index // len(targets) % 5]
        if index >= len(targets) and dice.chance(8):
            questions.append(stray(dice, program))
        elif isinstance(target, Route):
            questions.append(request(dice, program, target, wrong))
        else:
            questions.append(conversation(dice, program, target, wrong))
    return questions


def full_path(program: Program, path: str, router_name: str) -> str:
    router = program.router(router_name)
    while router is not None:
        path = router.include_prefix + router.prefix + path
        router = program.router(router.parent)
    return path


def all_parameters(program: Program, target: Route | WebSocketRoute) -> list[Parameter]:
    """With those of the dependencies, wherever they were declared."""
    names = [*program.application_dependencies, *target.dependencies]
    router = program.router(target.router)
    while router is not None:
        names += [*router.dependencies, *router.include_dependencies]
        router = program.router(router.parent)
    found: list[Parameter] = []
    seen: set[str] = set()

    def add(parameters: tuple[Parameter, ...]) -> None:
        for parameter in parameters:
            if parameter.source == "depends":
                visit(parameter.dependency)
            elif parameter.source != "special" and parameter not in found:
                found.append(parameter)

    def visit(name: str) -> None:
        dependency = program.dependency(name)
        if dependency is not None and name not in seen:
            seen.add(name)
            add(dependency.parameters)

    add(target.parameters)
    for name in names:
        visit(name)
    return found


def expressions(program: Program) -> str:
    return " ".join(dependency.expression for dependency in program.dependencies)


def keys(dice: Dice, parameter: Parameter) -> str:
    """A name under which it may be sent."""
    options = dict(parameter.options)
    given = options.get("validation_alias", options.get("alias"))
    if given is not None:
        choices: list[str] = re.findall(r"'([^']*)'", given)
        return dice.pick(choices)
    if parameter.source == "header" and options.get("convert_underscores") != "False":
        return parameter.name.replace("_", "-")
    return parameter.name


def model_of(program: Program, kind: Type) -> Model | None:
    if kind.base == "optional":
        kind = kind.args[0]
    return program.model(kind.model) if kind.base == "model" else None


def sent(dice: Dice, program: Program, parameter: Parameter, wrong: int) -> list[tuple[str, str]]:
    """Names and values for one parameter of a query, header, cookie or form."""
    if dice.chance(wrong // 2 if parameter.default is None else 40):
        return []
    model = model_of(program, parameter.type)
    if model is not None:
        pairs = []
        for field in fields_of(model, program.models):
            if dice.chance(30 if field.default is not None else wrong // 2):
                continue
            name = wire_name(field)
            if parameter.source == "header" and name == field.name:
                name = name.replace("_", "-")
            pairs += [(name, text(dice, field.type, wrong)) for _ in range(count_for(dice, field.type, wrong))]
        return [*pairs, ("extra", "1")] if dice.chance(10 + wrong // 3) else pairs
    if parameter.type.base in WIDE:
        fields = json.loads(json_text(dice, parameter.type, program.models, wrong // 2))
        return [(key, str(field)) for key, field in fields.items()] if isinstance(fields, dict) else []
    name = keys(dice, parameter)
    if dice.chance(wrong // 4):
        name = dice.pick((name.upper(), name.replace("-", "_"), parameter.name, name + "[]"))
    return [(name, text(dice, parameter.type, wrong)) for _ in range(count_for(dice, parameter.type, wrong))]


def count_for(dice: Dice, kind: Type, wrong: int) -> int:
    inner = kind.args[0] if kind.base == "optional" else kind
    if inner.base == "tuple":
        return 2 if dice.chance(85) else dice.number(0, 3)
    if inner.base in {"list", "set", "vartuple"}:
        return dice.number(0, 3)
    return 2 if dice.chance(3 + wrong // 4) else 1


def fill(dice: Dice, program: Program, path: str, parameters: list[Parameter], wrong: int) -> str:
    kinds = {
        dict(one.options).get("alias", one.name).strip("'"): one.type for one in parameters if one.source == "path"
    }
    converters = {"int": "int", "float": "decimal", "uuid": "uuid"}

    def segment(match: re.Match[str]) -> str:
        kind = kinds.get(match[1]) or Type(converters.get(match[2] or "", "str"))
        value = text(dice, kind, wrong)
        if match[2] == "path" and dice.chance(50):
            return "a/b%2Fc"
        safe = "" if dice.chance(90) else "/:@"
        # An empty segment would be another path.
        return quote(value, safe=safe, errors="replace") or "none"

    filled = INTERNAL.sub(segment, path)
    return quote(filled, safe="/%:@+~._-")


def query_string(dice: Dice, pairs: list[tuple[str, str]], wrong: int) -> str:
    parts = [f"{quote_plus(name, errors='replace')}={quote_plus(value, errors='replace')}" for name, value in pairs]
    if dice.chance(4 + wrong // 4):
        parts.append(
            dice.pick(("", "a", "=", "&", "a=%FF", "a=%", "%zz=1", "a;b=1", "b=\xe9", "a=1&a=2", "+=+", "a=b=c"))
        )
    return "&".join(parts)


def header_value(value: str) -> str:
    """UTF-8 bytes on the wire; what would end the header is left out."""
    return re.sub(r"[\x00-\x1f\x7f]", "", value.encode("utf-8", "replace").decode("latin-1")).strip()


def request(dice: Dice, program: Program, route: Route, wrong: int) -> Question:
    parameters = all_parameters(program, route)
    target, headers = head(dice, program, route, parameters, wrong)
    method = dice.pick(route.methods)
    if dice.chance(4 + wrong // 8):
        method = dice.pick(("GET", "POST", "HEAD", "OPTIONS", "DELETE", "PATCH", "PURGE", "get"))
    if dice.chance(3 + wrong // 8):
        path, mark, query = target.partition("?")
        path = path.rstrip("/") or "/" if path.endswith("/") else path + "/"
        target = path + mark + query
    body, content_type = draw_body(dice, program, parameters, wrong)
    if content_type:
        headers.append(("content-type", content_type))
    if "CORS" in "".join(block.text for block in program.blocks) and dice.chance(50):
        headers.append(("origin", dice.pick(("https://a.example", "https://b.example"))))
        if dice.chance(40):
            method = "OPTIONS"
            headers.append(("access-control-request-method", dice.pick(("GET", "PUT", "DELETE"))))
            headers.append(("access-control-request-headers", dice.pick(("x-key", "x-other, x-key"))))
    if "GZip" in "".join(block.text for block in program.blocks) and dice.chance(60):
        headers.append(("accept-encoding", dice.pick(("gzip", "br", "gzip, deflate"))))
    chunks: tuple[str, ...] = (body,) if body else ()
    if body and dice.chance(15):
        cut = dice.number(0, len(body))
        chunks = (body[:cut], body[cut:])
    if body and dice.chance(85):
        headers.append(("content-length", str(len(body))))
    elif body:
        headers.append(("transfer-encoding", "chunked"))
    return Question("http", method, target, tuple(headers), chunks)


def head(
    dice: Dice, program: Program, route: Route | WebSocketRoute, parameters: list[Parameter], wrong: int
) -> tuple[str, list[tuple[str, str]]]:
    path = fill(dice, program, full_path(program, route.path, route.router), parameters, wrong)
    pairs: dict[str, list[tuple[str, str]]] = {"query": [], "header": [], "cookie": []}
    for parameter in parameters:
        if parameter.source in pairs:
            pairs[parameter.source] += sent(dice, program, parameter, wrong)
    headers = [("host", "testserver" if dice.chance(95) else dice.pick(("evil.test", "a.example:80", "")))]
    headers += [(token(name), header_value(value)) for name, value in pairs["header"]]
    add_credentials(dice, program, pairs, headers)
    if pairs["cookie"]:
        joined = "; ".join(f"{name}={header_value(value)}" for name, value in pairs["cookie"])
        headers.append(("cookie", header_value(joined)))
        if dice.chance(wrong // 4):
            headers.append(("cookie", dice.pick(("a", "=b", "a=1; a=2", 'a="q; r"', "; ;", "\xe9=1"))))
    if dice.chance(4):
        headers.append(("x-key", "1"))
    query = query_string(dice, pairs["query"], wrong)
    return (f"{path}?{query}" if query else path), headers


def token(name: str) -> str:
    """What may be the name of a header."""
    return re.sub(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]", "-", name).lower() or "x"


def add_credentials(
    dice: Dice, program: Program, pairs: dict[str, list[tuple[str, str]]], headers: list[tuple[str, str]]
) -> None:
    schemes = expressions(program)
    if not schemes or dice.chance(25):
        return
    if re.search("HTTP|OAuth|OpenId", schemes):
        headers.append(("authorization", dice.pick(TOKENS[:4]) if dice.chance(70) else dice.pick(TOKENS)))
    if "APIKeyQuery" in schemes:
        pairs["query"].append(("api_key", dice.pick(("secret", ""))))
    if "APIKeyHeader" in schemes:
        headers.append(("x-api-key", dice.pick(("secret", ""))))
    if "APIKeyCookie" in schemes:
        pairs["cookie"].append(("session", "secret"))


def draw_body(dice: Dice, program: Program, parameters: list[Parameter], wrong: int) -> tuple[str, str]:
    """(bytes as latin-1, content type)"""
    body, content_type = fitting_body(dice, program, parameters, wrong)
    if wrong and dice.chance(wrong // 3):
        body = broken(dice, body)
    if dice.chance(2 + wrong // 3):
        content_type = dice.pick(CONTENT_TYPES)
    if not body and not content_type and dice.chance(3):
        return "{}", "application/json"
    return body, content_type


def broken(dice: Dice, body: str) -> str:
    choice = dice.number(0, 5)
    if choice == 0:
        garbage: bytes = dice.draw(st.binary(max_size=6))
        return garbage.decode("latin-1")
    if choice == 1:
        return body[: len(body) // 2]
    if choice == 2:
        return body.encode("latin-1").decode("utf-8", "replace").encode("utf-16").decode("latin-1")
    if choice == 3:
        return str(dice.draw(ANY_JSON)).encode("utf-8", "replace").decode("latin-1")
    if choice == 4:
        return body + "\xff\xfe"
    return dice.pick(BROKEN_JSON).encode("utf-8", "replace").decode("latin-1")


def fitting_body(dice: Dice, program: Program, parameters: list[Parameter], wrong: int) -> tuple[str, str]:
    payload = Payload([], [], [])
    bodies = [one for one in parameters if one.source == "body"]
    for parameter in parameters:
        if parameter.source == "form":
            payload.fields += sent(dice, program, parameter, wrong)
        elif parameter.source == "file":
            payload.files += sent_files(dice, parameter, wrong)
    if any(one.source == "file" for one in parameters):
        return multipart(dice, payload, wrong), f"multipart/form-data; boundary={BOUNDARY}"
    if any(one.source == "form" for one in parameters):
        if dice.chance(15):
            return multipart(dice, payload, wrong), f"multipart/form-data; boundary={BOUNDARY}"
        return query_string(dice, payload.fields, wrong), "application/x-www-form-urlencoded"
    if not bodies:
        return "", ""
    embeds = len({one.name for one in bodies}) > 1 or dict(bodies[0].options).get("embed") == "True"
    written = json_body(dice, program, bodies, wrong, embeds=embeds != dice.chance(wrong // 4))
    return written.encode("utf-8", "surrogatepass").decode("latin-1"), "application/json"


def json_body(dice: Dice, program: Program, bodies: list[Parameter], wrong: int, *, embeds: bool) -> str:
    if not embeds:
        if bodies[0].default is not None and dice.chance(20):
            return ""
        return json_text(dice, bodies[0].type, program.models, wrong)
    pairs = [
        f"{json.dumps(keys(dice, one))}: {json_text(dice, one.type, program.models, wrong)}"
        for one in bodies
        if not dice.chance(30 if one.default is not None else wrong // 2)
    ]
    return "{" + ", ".join(pairs) + "}"


def sent_files(dice: Dice, parameter: Parameter, wrong: int) -> list[tuple[str, str, str, str]]:
    if dice.chance(wrong // 2 if parameter.default is None else 35):
        return []
    many = dice.number(0, 3) if parameter.type.base == "files" else 2 if dice.chance(5) else 1
    name = keys(dice, parameter)
    return [
        (
            name,
            dice.pick(("a.txt", "", "é.bin", 'q"r.txt')),
            dice.pick(("text/plain", "", "image/png")),
            dice.pick(("abc", "", "\xff\x00", "x" * 100)),
        )
        for _ in range(many)
    ]


def multipart(dice: Dice, payload: Payload, wrong: int) -> str:
    parts = []
    for name, value in payload.fields:
        head = f'Content-Disposition: form-data; name="{utf8(name)}"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n{utf8(value)}\r\n")
    for name, file_name, content_type, content in payload.files:
        if wrong and dice.chance(wrong // 3):
            # A field of the form where a file is expected.
            parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{utf8(name)}"\r\n\r\ntext\r\n')
            continue
        quoted = utf8(file_name).replace('"', "%22")
        head = f'Content-Disposition: form-data; name="{utf8(name)}"; filename="{quoted}"\r\n'
        head += f"Content-Type: {content_type}\r\n" if content_type else ""
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n{content}\r\n")
    ending = f"--{BOUNDARY}--\r\n" if not dice.chance(wrong // 6) else ""
    return "".join(parts) + ending


def utf8(value: str) -> str:
    return value.encode("utf-8", "replace").decode("latin-1")


def stray(dice: Dice, program: Program) -> Question:
    path = dice.pick(PATHS)
    if program.routes and dice.chance(40):
        route = dice.pick(program.routes)
        path = quote(full_path(program, route.path, route.router), safe="/")
        path = dice.pick((path, "/api" + path, path + "/more", path.upper(), "/" + path))
    method = dice.pick(("GET", "GET", "POST", "HEAD", "OPTIONS", "PUT"))
    return Question("http", method, path, (("host", "testserver"),), ())


def conversation(dice: Dice, program: Program, route: WebSocketRoute, wrong: int) -> Question:
    parameters = all_parameters(program, route)
    target, headers = head(dice, program, route, parameters, wrong)
    if dice.chance(3 + wrong // 10):
        target = "/nowhere"
    frames = [dice.pick(("hello", '{"a": 1}', "{", "")) for _ in range(dice.number(0, 3))]
    return replace(Question("websocket", "GET", target, tuple(headers)), chunks=tuple(frames))
