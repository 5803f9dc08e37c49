"""This module lists the types that parameters and fields may have, with what can be sent for each."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.differential.shapes import Options


@dataclass(frozen=True)
class Scalar:
    annotation: str
    texts: tuple[str, ...]
    """What is valid in a path, query, header, cookie or form."""
    wrong: tuple[str, ...]
    json: tuple[str, ...]
    wrong_json: tuple[str, ...]
    values: tuple[str, ...]
    """Python expressions for defaults and for what endpoints return."""
    constraints: Options = ()


NUMBERS: Options = (("gt", "0"), ("ge", "1"), ("lt", "100"), ("le", "10"), ("multiple_of", "2"))
LENGTHS: Options = (("min_length", "2"), ("max_length", "3"), ("pattern", '"^[a-c]+$"'))

SCALARS = {
    "int": Scalar(
        "int",
        ("0", "7", "-3", "+5", "12345678901234567890", " 4", "1_000", "7.0"),
        ("x", "1.5", "", "1e3", "0x10", "\u0663"),
        ("7", "-3", '"8"', "7.0", "123456789012345678901234567890"),
        ("1.5", '"x"', "null", "[]", "true", "{}", "1e400", "NaN"),
        ("0", "7", "-3"),
        NUMBERS,
    ),
    "float": Scalar(
        "float",
        ("0", "1.5", "-2e3", "inf", "nan", "1e400"),
        ("x", "", "1,5"),
        ("1.5", "7", '"2.5"', "1e-07", "-0.0"),
        ("null", '"x"', "[]", "Infinity", "-Infinity", "NaN"),
        ("0.5", "1e-07", "7.0", 'float("inf")'),
        (*NUMBERS, ("allow_inf_nan", "False")),
    ),
    "str": Scalar(
        "str",
        ("abc", "", "a b", "é", "b" * 5, "\u2603", "1", "null", "%41"),
        ("abcd", "z", "A"),
        ('"abc"', '""', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\n"'),
        ("7", "null", "true", '["a"]', '"\\ud800"'),
        ('"abc"', '"é"', '""', '"<b>&"'),
        LENGTHS,
    ),
    "bool": Scalar(
        "bool",
        ("true", "false", "1", "0", "on", "OFF", "yes", "No", "t"),
        ("2", "x", "", "tru"),
        ("true", "false", "1", '"on"'),
        ("2", "null", '"x"', "[]"),
        ("True", "False"),
    ),
    "bytes": Scalar("bytes", ("abc", "é", ""), (), ('"abc"',), ("7", "null"), ('b"abc"', 'b"\\xc3\\xa9"')),
    "date": Scalar(
        "date",
        ("2020-01-02", "0001-01-01", "1577836800"),
        ("2020-13-01", "x", "", "2020-01-02T03:04:05"),
        ('"2020-01-02"', "1577836800"),
        ('"2020-1-2"', "null", "1.5", "[]"),
        ("date(2020, 1, 2)",),
    ),
    "datetime": Scalar(
        "datetime",
        ("2020-01-02T03:04:05", "2020-01-02T03:04:05Z", "2020-01-02 03:04:05+02:00", "1577836800", "2020-01-02"),
        ("x", "2020-01-02T25:00:00", ""),
        ('"2020-01-02T03:04:05.123Z"', "1577836800"),
        ('"x"', "null", "{}"),
        ("datetime(2020, 1, 2, 3, 4, 5)", "datetime(2020, 1, 2, tzinfo=timezone.utc)"),
    ),
    "time": Scalar(
        "time",
        ("03:04:05", "03:04", "03:04:05+01:00"),
        ("25:00", "x", ""),
        ('"03:04:05"', "3600"),
        ('"x"', "null"),
        ("time(3, 4, 5)",),
    ),
    "timedelta": Scalar(
        "timedelta",
        ("P1DT2H", "3600", "1 day, 02:00:00", "-PT5S"),
        ("x", ""),
        ('"PT5S"', "90", "1.5"),
        ('"x"', "null"),
        ("timedelta(days=1, seconds=5)", "timedelta(seconds=-5)"),
    ),
    "uuid": Scalar(
        "UUID",
        ("12345678-1234-5678-1234-567812345678", "12345678123456781234567812345678"),
        ("x", "1234", ""),
        ('"12345678-1234-5678-1234-567812345678"',),
        ('"x"', "7", "null"),
        ('UUID("12345678-1234-5678-1234-567812345678")',),
    ),
    "decimal": Scalar(
        "Decimal",
        ("1.50", "0", "-3", "1e2", "12345678901234567890.123"),
        ("x", "", "nan", "inf"),
        ("1.5", '"1.50"', "7"),
        ('"x"', "null", "NaN"),
        ('Decimal("1.50")', 'Decimal("7")', 'Decimal("1E+2")'),
        (("gt", "0"), ("max_digits", "4"), ("decimal_places", "1")),
    ),
    "enum": Scalar(
        "Colour", ("red", "blue"), ("green", "", "RED"), ('"red"',), ('"green"', "1", "null"), ("Colour.red",)
    ),
    "intenum": Scalar("Level", ("1", "2"), ("3", "x", ""), ("1", '"2"'), ("3", "null"), ("Level.low",)),
    "literal": Scalar('Literal["a", "b"]', ("a", "b"), ("c", "", "A"), ('"a"',), ('"c"', "1"), ('"a"', '"b"')),
    "literalmixed": Scalar(
        'Literal["a", 1, None]', ("a",), ("1", "x"), ('"a"', "1", "null"), ('"1"', "2"), ('"a"', "1")
    ),
    "url": Scalar(
        "AnyUrl",
        ("https://example.com/a?b=c", "http://é.example"),
        ("x", "", "//a"),
        ('"https://example.com"',),
        ('"x"', "7"),
        ('AnyUrl("https://example.com/x")',),
    ),
    "ip": Scalar(
        "IPv4Address", ("127.0.0.1",), ("x", "300.1.1.1", ""), ('"10.0.0.1"',), ('"x"',), ('IPv4Address("10.0.0.1")',)
    ),
    "secret": Scalar("SecretStr", ("abc", ""), (), ('"abc"',), ("7", "null"), ('SecretStr("abc")',)),
    "strict": Scalar("StrictInt", ("7",), ("x",), ("7",), ('"7"', "7.0"), ("7",)),
    "positive": Scalar(
        "Annotated[int, AfterValidator(must_be_even)]", ("2", "4"), ("3", "x", ""), ("2",), ("3", "null"), ("4",)
    ),
    "json": Scalar("Json[list[int]]", ("[1, 2]", "[]"), ("x", "[", '["a"]'), ('"[1]"',), ("7", '"x"'), ("[1]",)),
}
"""Scalars of the kinds that a query may hold."""

WIDE = {
    "pet": Scalar(
        'Annotated[Cat | Dog, Field(discriminator="kind")]',
        (),
        (),
        ('{"kind": "cat", "lives": 9}', '{"kind": "dog", "name": "Rex"}', '{"kind": "cat", "lives": "8"}'),
        ('{"kind": "cow"}', "{}", "[]", '{"kind": "dog"}', "null", '{"kind": 1}'),
        ("Cat(lives=3)", 'Dog(name="Rex")'),
    ),
    "either": Scalar(
        "Cat | Dog | None",
        (),
        (),
        ('{"kind": "cat", "lives": 9}', '{"kind": "dog", "name": "Rex"}', "null"),
        ('{"kind": "dog", "lives": 1}', "{}", "7"),
        ("Cat(lives=3)", 'Dog(name="Rex")', "None"),
    ),
    "page": Scalar(
        "Page[int]",
        (),
        (),
        ('{"items": [1, 2]}', '{"items": [], "next": "2"}'),
        ('{"items": ["x"]}', "{}", "[]"),
        ("Page[int](items=[1])", "Page[int](items=[], next=2)"),
    ),
    "root": Scalar("Numbers", (), (), ("[1, 2]", "[]"), ('["x"]', "{}", "null"), ("Numbers([1, 2])",)),
    "tree": Scalar(
        "Tree",
        (),
        (),
        ('{"value": 1, "below": [{"value": 2}]}', '{"value": 1}'),
        ('{"value": 1, "below": [{}]}', '{"below": []}'),
        ("Tree(value=1, below=[Tree(value=2)])",),
    ),
}
"""What only fits into JSON."""

# Definitions that annotations above need, by the name that shows that they are needed.
DEFINITIONS = {
    "Colour": 'class Colour(str, Enum):\n    red = "red"\n    blue = "blue"\n',
    "Level": "class Level(IntEnum):\n    low = 1\n    high = 2\n",
    "must_be_even": (
        "def must_be_even(value: int) -> int:\n    if value % 2:\n"
        '        raise ValueError("must be even")\n    return value\n'
    ),
    "Cat": 'class Cat(BaseModel):\n    kind: Literal["cat"] = "cat"\n    lives: int\n',
    "Dog": 'class Dog(BaseModel):\n    kind: Literal["dog"] = "dog"\n    name: str\n',
    "Page": (
        'T = TypeVar("T")\n\n\nclass Page(BaseModel, Generic[T]):\n    items: list[T]\n    next: T | None = None\n'
    ),
    "Numbers": "class Numbers(RootModel[list[int]]):\n    pass\n",
    "Tree": 'class Tree(BaseModel):\n    value: int\n    below: list["Tree"] = []\n',
    "Trouble": 'class Trouble(Exception):\n    """What the programs of this run raise and handle."""\n',
    "Quiet": (
        "class Quiet:\n    def __init__(self, number: int) -> None:\n        self.number = number\n"
        '        self.name = "quiet"\n'
    ),
    "XMLResponse": 'class XMLResponse(Response):\n    media_type = "application/xml"\n',
    "WideJSONResponse": (
        "class WideJSONResponse(JSONResponse):\n    def render(self, content: Any) -> bytes:\n"
        "        return json.dumps(content, indent=1).encode()\n"
    ),
    "TimedRoute": (
        "class TimedRoute(APIRoute):\n    def get_route_handler(self):\n"
        "        original = super().get_route_handler()\n\n"
        "        async def handler(request: Request) -> Response:\n"
        '            LOG.append("route class before")\n'
        "            response = await original(request)\n"
        '            response.headers["x-route-class"] = "yes"\n'
        '            LOG.append("route class after")\n'
        "            return response\n\n        return handler\n"
    ),
}

# Name → the line that imports it.
IMPORTS = {
    **dict.fromkeys(
        (
            "APIRouter",
            "BackgroundTasks",
            "Body",
            "Cookie",
            "Depends",
            "FastAPI",
            "File",
            "Form",
            "HTTPException",
            "Header",
            "Path",
            "Query",
            "Request",
            "Response",
            "Security",
            "UploadFile",
            "WebSocket",
            "WebSocketDisconnect",
            "WebSocketException",
        ),
        "fastapi",
    ),
    **dict.fromkeys(("RequestValidationError", "ResponseValidationError"), "fastapi.exceptions"),
    **dict.fromkeys(("http_exception_handler", "request_validation_exception_handler"), "fastapi.exception_handlers"),
    **dict.fromkeys(
        ("HTMLResponse", "JSONResponse", "PlainTextResponse", "RedirectResponse", "StreamingResponse"),
        "fastapi.responses",
    ),
    **dict.fromkeys(("EventSourceResponse", "ServerSentEvent"), "fastapi.sse"),
    **dict.fromkeys(
        (
            "APIKeyCookie",
            "APIKeyHeader",
            "APIKeyQuery",
            "HTTPBasic",
            "HTTPBearer",
            "HTTPDigest",
            "OAuth2AuthorizationCodeBearer",
            "OAuth2PasswordBearer",
            "OAuth2PasswordRequestForm",
            "OpenIdConnect",
            "SecurityScopes",
        ),
        "fastapi.security",
    ),
    "HTTPConnection": "fastapi.requests",
    "APIRoute": "fastapi.routing",
    "CORSMiddleware": "fastapi.middleware.cors",
    "GZipMiddleware": "fastapi.middleware.gzip",
    "HTTPSRedirectMiddleware": "fastapi.middleware.httpsredirect",
    "TrustedHostMiddleware": "fastapi.middleware.trustedhost",
    "BaseHTTPMiddleware": "starlette.middleware.base",
    "StarletteHTTPException": "starlette.exceptions",
    "BackgroundTask": "starlette.background",
    **dict.fromkeys(
        (
            "AfterValidator",
            "AliasChoices",
            "AnyUrl",
            "BaseModel",
            "ConfigDict",
            "Field",
            "Json",
            "SecretStr",
            "StrictInt",
            "computed_field",
            "field_validator",
            "model_validator",
            "field_serializer",
            "RootModel",
        ),
        "pydantic",
    ),
    **dict.fromkeys(("Annotated", "Any", "Generic", "Literal", "Optional", "TypeVar", "Union"), "typing"),
    **dict.fromkeys(
        ("AsyncGenerator", "AsyncIterable", "AsyncIterator", "Generator", "Iterable", "Iterator"), "collections.abc"
    ),
    **dict.fromkeys(("date", "datetime", "time", "timedelta", "timezone"), "datetime"),
    **dict.fromkeys(("Enum", "IntEnum"), "enum"),
    "Decimal": "decimal",
    "UUID": "uuid",
    "IPv4Address": "ipaddress",
    "TypedDict": "typing_extensions",
    "dataclass": "dataclasses",
    "field": "dataclasses",
    "partial": "functools",
    "asynccontextmanager": "contextlib",
}
"""Longer names of other modules are written out: `json.dumps`."""

MODULES = ("asyncio", "json")
