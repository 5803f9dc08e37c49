"""This module draws operations: their path, options, what they return or raise."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.differential.dice import Dice
from conformance.differential.drawn_dependencies import draw_raise, sub_dependencies, use_special
from conformance.differential.drawn_parameters import (
    Declarations,
    draw_parameters,
    path_parameter,
    special_parameter,
)
from conformance.differential.drawn_types import deep, find, mapping, value
from conformance.differential.shapes import Dependency, Model, Parameter, Route, Type, WebSocketRoute
from conformance.differential.source import annotation

METHODS = ("GET", "GET", "GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE")
STATUS = (200, 201, 202, 204, 205, 304, 400, 418, 299)
WORDS = ("items", "users", "files", "me", "naïve", "a.b")

DOCUMENTED = (
    ("summary", '"In short"'),
    ("description", '"At length\\n\\n* one"'),
    ("tags", '["one", "two"]'),
    ("deprecated", "True"),
    ("operation_id", None),
    ("include_in_schema", "False"),
    ("name", '"own_name"'),
    ("response_description", '"What comes"'),
    ("openapi_extra", '{"x-extra": {"a": [1]}}'),
    ("responses", '{404: {"description": "Not there"}, "5XX": {"description": "Broken"}}'),
    ("responses", '{200: {"content": {"text/csv": {}}}, 409: {"model": None, "description": "Taken"}}'),
    ("max_body_size", "20"),
    ("form_limits", '{"max_fields": 2, "max_files": 1}'),
    ("generate_unique_id_function", 'lambda route: f"own-{route.name}"'),
)


class Endpoint:
    """What is collected while an operation is drawn."""

    def __init__(self) -> None:
        self.options: dict[str, str] = {}
        self.statements: list[str] = []
        self.ending: list[str] = ["echo"]
        self.returns: str | None = None


def draw_path(dice: Dice, parameters: list[Parameter]) -> str:
    parts = [dice.pick(WORDS)] if dice.chance(90) else []
    for _ in range(dice.number(0, 2) if dice.chance(65) else 0):
        segment = dice.pick(("item_id", "user_id", "file_path", "x"))
        if any(f"{{{segment}" in part for part in parts):
            continue
        converter = dice.pick(("int", "float", "uuid", "path")) if dice.chance(22, "path converter") else ""
        if converter:
            dice.use(f"converter {converter}")
        parts.append(f"{{{segment}:{converter}}}" if converter else f"{{{segment}}}")
        if dice.chance(88):
            parameters.append(path_parameter(dice, segment, converter=converter))
        if dice.chance(20):
            parts.append(dice.pick(WORDS))
    path = "/" + "/".join(parts)
    return path + "/" if parts and dice.chance(12, "trailing slash") else path


def draw_route(dice: Dice, declared: Declarations, dependencies: list[Dependency], routers: Sequence[str]) -> Route:
    methods: tuple[str, ...] = (dice.pick(METHODS),)
    if dice.chance(7, "several methods"):
        methods = ("GET", "POST") if dice.chance(70) else ("QUERY",)
    for method in methods:
        dice.use(f"method {method}")
    parameters: list[Parameter] = []
    path = draw_path(dice, parameters)
    has_body = methods[0] not in {"GET", "HEAD", "TRACE", "OPTIONS"} or dice.chance(6, "body of a GET")
    payload = dice.pick(("json", "json", "json", "form", "files", "")) if has_body else ""
    parameters += draw_parameters(dice, declared, payload, 3)
    if dependencies and dice.chance(60):
        parameters += sub_dependencies(dice, dependencies, 2)
        if dice.chance(35):
            parameters += [one for one in sub_dependencies(dice, dependencies, 2) if one]
            dice.use("shared dependency")
    endpoint = Endpoint()
    if dice.chance(30):
        special = special_parameter(dice)
        parameters.append(special)
        endpoint.statements += use_special(dice, special)
    parameters = shuffled(dice, parameters)
    names = {one.name for one in parameters}
    assert len(names) == len(parameters)
    is_async = dice.chance(60)
    dice.use("async def endpoint" if is_async else "def endpoint")
    draw_outcome(dice, declared, endpoint, is_async=is_async)
    draw_documentation(dice, endpoint)
    if dice.chance(14, "status_code"):
        endpoint.options["status_code"] = str(dice.pick(STATUS))
    own = [dice.pick(dependencies).name] if dependencies and dice.chance(15, "operation dependencies") else []
    return Route(
        name=dice.name("read"),
        methods=methods,
        path=path,
        router=dice.pick((*routers, "")) if routers else "",
        is_async=is_async,
        is_keyword_only=dice.chance(25),
        parameters=tuple(parameters),
        options=tuple(endpoint.options.items()),
        dependencies=tuple(own),
        returns=endpoint.returns,
        statements=tuple(endpoint.statements),
        ending=tuple(endpoint.ending),
    )


def shuffled(dice: Dice, parameters: list[Parameter]) -> list[Parameter]:
    left, mixed = list(parameters), []
    while left:
        mixed.append(left.pop(dice.number(0, len(left) - 1)))
    return mixed


def draw_documentation(dice: Dice, endpoint: Endpoint) -> None:
    if not dice.chance(35):
        return
    for name, text in dice.some(DOCUMENTED, 3):
        dice.use(f"operation {name}")
        endpoint.options[name] = text if text is not None else repr(dice.name("operation"))


def draw_outcome(dice: Dice, declared: Declarations, endpoint: Endpoint, *, is_async: bool) -> None:
    choice = dice.number(0, 99)
    if choice < 34:
        dice.use("returns a dict")
    elif choice < 64:
        draw_model_result(dice, declared, endpoint)
    elif choice < 72:
        draw_plain_value(dice, endpoint)
    elif choice < 82:
        draw_response(dice, endpoint)
    elif choice < 91:
        draw_stream(dice, declared, endpoint, is_async=is_async)
    else:
        endpoint.ending = [draw_raise(dice, "endpoint")]
    if "response_class" not in endpoint.options and dice.chance(5, "response_class"):
        endpoint.options["response_class"] = dice.pick(
            ("HTMLResponse", "PlainTextResponse", "WideJSONResponse", "XMLResponse", "JSONResponse", "RedirectResponse")
        )


def draw_model_result(dice: Dice, declared: Declarations, endpoint: Endpoint) -> None:
    models = declared.models
    kind = deep(dice, models)
    program_text = type_text(kind, models)
    if dice.chance(50, "response_model"):
        endpoint.options["response_model"] = program_text
        if dice.chance(20, "return annotation besides"):
            endpoint.returns = "Any"
    else:
        dice.use("return annotation")
        endpoint.returns = program_text
    endpoint.ending = [f"return {returned(dice, kind, models)}"]
    for name, text in (
        ("response_model_exclude_unset", "True"),
        ("response_model_exclude_defaults", "True"),
        ("response_model_exclude_none", "True"),
        ("response_model_by_alias", "False"),
        ("response_model_include", '{"name_10", "size_10", "name_11"}'),
        ("response_model_exclude", '{"note_10", "tags_10", "name_10"}'),
    ):
        if dice.chance(7):
            dice.use(name)
            endpoint.options[name] = text


def type_text(kind: Type, models: Sequence[Model]) -> str:
    from conformance.differential.shapes import Program

    return annotation(Program(models=tuple(models)), kind)


def returned(dice: Dice, kind: Type, models: Sequence[Model]) -> str:
    choice = dice.number(0, 99)
    if choice < 8:
        dice.use("returns the wrong type")
        return dice.pick(("None", '"text"', '{"name": object}', "Quiet(1)", "[1, 2]"))
    if choice < 15:
        dice.use("returns a response despite a model")
        return dice.pick(('JSONResponse({"own": 1}, 203)', 'PlainTextResponse("own")'))
    model = find(models, kind.model) if kind.base == "model" else None
    if model and choice < 65:
        dice.use("returns a dict for a model")
        return mapping(dice, model, models)
    dice.use("returns an instance")
    return value(dice, kind, models)


PLAIN = (
    "None",
    "1",
    '"text"',
    "[1, None, True]",
    '{"when": datetime(2020, 1, 2, tzinfo=timezone.utc)}',
    "{1, 2}",
    '{"a": Decimal("1.50"), "b": UUID("12345678-1234-5678-1234-567812345678")}',
    '{1: 2, None: 3, True: "x"}',
    '{"bad": float("nan")}',
    '{"level": Level.low, "colour": Colour.red}',
    'b"bytes"',
    "Quiet(3)",
    "1e-07",
    '{"deep": [{"a": (1, 2)}, {"b": {"c": timedelta(seconds=90)}}]}',
    'b"\\xff"',
    '"\\ud800"',
    "object()",
    "[date(2020, 1, 2), time(3, 4)]",
    '{"_sa_x": 1, "y": 2}',
    "range(3)",
    "(one for one in (1, 2))",
)


def draw_plain_value(dice: Dice, endpoint: Endpoint) -> None:
    dice.use("returns a plain value")
    endpoint.ending = [f"return {dice.pick(PLAIN)}"]
    if dice.chance(25, "response_model=None"):
        endpoint.options["response_model"] = "None"


RESPONSES = (
    'return Response(b"raw", media_type="application/x-raw")',
    'return PlainTextResponse("plain é")',
    'return HTMLResponse("<b>html</b>", headers={"x-own": "1"})',
    'return JSONResponse({"own": [1]}, status_code=203)',
    'return RedirectResponse("/elsewhere?a=é")',
    "return Response(status_code=204)",
    'return StreamingResponse(iter(["one", "two"]), media_type="text/plain")',
    'return StreamingResponse((str(n) for n in range(3)), headers={"content-length": "3"})',
    'return XMLResponse("<a/>")',
    'return PlainTextResponse("task", background=BackgroundTask(LOG.append, "own task"))',
    'return JSONResponse({"bad": float("nan")})',
)


def draw_response(dice: Dice, endpoint: Endpoint) -> None:
    dice.use("returns a response")
    text = dice.pick(RESPONSES)
    dice.use("returns a stream" if "Streaming" in text else "returns a response")
    endpoint.ending = [text]
    if dice.chance(30, "annotated as a response"):
        endpoint.returns = dice.pick(("Response", "JSONResponse", "Response | None"))
        if "|" in endpoint.returns:
            endpoint.options["response_model"] = "None"


def draw_stream(dice: Dice, declared: Declarations, endpoint: Endpoint, *, is_async: bool) -> None:
    """Generators: JSON Lines, server-sent events, raw."""
    choice = dice.number(0, 9)
    if choice < 4:
        dice.use("JSON lines")
        kind = deep(dice, declared.models, 1)
        items = [returned_item(dice, kind, declared.models) for _ in range(dice.number(1, 3))]
        if dice.chance(60, "typed stream"):
            container = ("Async" if is_async else "") + dice.pick(("Iterable", "Iterator"))
            endpoint.returns = f"{container}[{type_text(kind, declared.models)}]"
    elif choice < 8:
        dice.use("server-sent events")
        endpoint.options["response_class"] = "EventSourceResponse"
        items = dice.some(
            (
                'ServerSentEvent(data={"a": 1}, event="add", id="1")',
                '{"plain": [1, "é"]}',
                '"text"',
                'ServerSentEvent(raw_data="two\\nlines", retry=5)',
                'ServerSentEvent(comment="still here")',
            ),
            3,
        )
    else:
        dice.use("raw stream")
        endpoint.options["response_class"] = dice.pick(("StreamingResponse", "PlainTextResponse"))
        if "Plain" in endpoint.options["response_class"]:
            endpoint.options["response_class"] = "StreamingResponse"
            endpoint.statements.append('LOG.append("raw stream")')
        items = dice.some(('"one"', 'b"two"', '"é"'), 3)
    endpoint.ending = [f"yield {item}" for item in items]
    if dice.chance(15):
        endpoint.ending.append(draw_raise(dice, "stream"))
    endpoint.ending.append('LOG.append("stream ends")')


def returned_item(dice: Dice, kind: Type, models: Sequence[Model]) -> str:
    return returned(dice, kind, models) if dice.chance(20) else value(dice, kind, models)


SOCKET_ENDINGS = (
    (
        "await websocket.accept()",
        "while True:",
        "    received = await websocket.receive_text()",
        '    await websocket.send_text(f"echo {received}")',
    ),
    (
        "await websocket.accept()",
        "received = await websocket.receive_json()",
        'await websocket.send_json({"got": received})',
        'await websocket.close(4000, "done")',
    ),
    ('await websocket.accept(subprotocol="one", headers=[(b"x-own", b"1")])', 'await websocket.send_bytes(b"bytes")'),
    ("await websocket.close(1003)",),
    ('raise WebSocketException(4001, "refused")',),
    ('raise HTTPException(403, "denied")',),
    ("await websocket.accept()", 'raise WebSocketException(4002, "later")'),
    ("await websocket.accept()", 'raise ValueError("broken")'),
    ("await websocket.accept()", "async for received in websocket.iter_text():", "    LOG.append(received)"),
)


def draw_websocket(
    dice: Dice, declared: Declarations, dependencies: list[Dependency], routers: Sequence[str]
) -> WebSocketRoute:
    dice.use("websocket")
    parameters: list[Parameter] = []
    path = draw_path(dice, parameters)
    parameters += draw_parameters(dice, declared, "", 2)
    if dependencies and dice.chance(55, "websocket with dependencies"):
        parameters += sub_dependencies(dice, dependencies, 2)
    own = [dice.pick(dependencies).name] if dependencies and dice.chance(20) else []
    statements = list(dice.pick(SOCKET_ENDINGS))
    return WebSocketRoute(
        dice.name("talk"),
        path.rstrip("/") + "/ws",
        dice.pick((*routers, "")),
        tuple(parameters),
        tuple(own),
        tuple(statements),
    )
