"""This module draws whole programs: routers, middleware, handlers and mounts around the operations."""

from __future__ import annotations

from conformance.differential.dice import Dice
from conformance.differential.drawn_dependencies import draw_dependency
from conformance.differential.drawn_parameters import Declarations
from conformance.differential.drawn_routes import draw_route, draw_websocket
from conformance.differential.drawn_types import draw_model
from conformance.differential.shapes import Block, Dependency, Program, Router

HANDLERS = {
    "handler of an exception": """\
@app.exception_handler(Trouble)
async def handle_trouble(request: Request, error: Trouble) -> Response:
    LOG.append(["handle_trouble", describe(error)])
    return JSONResponse({"trouble": str(error)}, 418)
""",
    "handler in a thread": """\
@app.exception_handler(ValueError)
def handle_value(request: Request, error: ValueError) -> Response:
    LOG.append(["handle_value", describe(error)])
    return PlainTextResponse("value", 400)
""",
    "handler that raises": """\
@app.exception_handler(Trouble)
async def handle_trouble(request: Request, error: Trouble) -> Response:
    raise HTTPException(409, "from a handler")
""",
    "handler of HTTPException": """\
@app.exception_handler(StarletteHTTPException)
async def handle_http(request: Request, error: StarletteHTTPException) -> Response:
    LOG.append(["handle_http", error.status_code])
    response = await http_exception_handler(request, error)
    response.headers["x-handled"] = "http"
    return response
""",
    "handler of validation": """\
@app.exception_handler(RequestValidationError)
async def handle_validation(request: Request, error: RequestValidationError) -> Response:
    LOG.append(["handle_validation", [list(one["loc"]) for one in error.errors()]])
    if request.url.path.startswith("/users"):
        return await request_validation_exception_handler(request, error)
    return JSONResponse({"errors": len(error.errors()), "body": show(error.body)}, 400)
""",
    "handler of response validation": """\
@app.exception_handler(ResponseValidationError)
async def handle_response(request: Request, error: ResponseValidationError) -> Response:
    return JSONResponse({"response": len(error.errors())}, 500)
""",
    "handler of 404": """\
@app.exception_handler(404)
async def handle_404(request: Request, error: Exception) -> Response:
    LOG.append("handle_404")
    return JSONResponse({"lost": request.url.path}, 404)
""",
    "handler of everything": """\
@app.exception_handler(Exception)
async def handle_everything(request: Request, error: Exception) -> Response:
    LOG.append(["handle_everything", describe(error)])
    return JSONResponse({"sorry": True}, 500)
""",
}

MIDDLEWARE = {
    "middleware function": """\
@app.middleware("http")
async def middleware_1(request: Request, call_next: Any) -> Response:
    LOG.append("middleware_1 before")
    response = await call_next(request)
    response.headers["x-middleware"] = "1"
    LOG.append(["middleware_1 after", response.status_code])
    return response
""",
    "second middleware function": """\
@app.middleware("http")
async def middleware_2(request: Request, call_next: Any) -> Response:
    LOG.append("middleware_2 before")
    request.state.mark = "middleware_2"
    response = await call_next(request)
    LOG.append("middleware_2 after")
    return response
""",
    "middleware that catches": """\
@app.middleware("http")
async def middleware_3(request: Request, call_next: Any) -> Response:
    try:
        return await call_next(request)
    except Exception as error:
        LOG.append(["middleware_3 caught", describe(error)])
        return JSONResponse({"caught": True}, 500)
""",
    "middleware that answers": """\
@app.middleware("http")
async def middleware_4(request: Request, call_next: Any) -> Response:
    if "x-key" in request.headers:
        return PlainTextResponse("stopped", 403)
    return await call_next(request)
""",
    "middleware that reads the body": """\
@app.middleware("http")
async def middleware_5(request: Request, call_next: Any) -> Response:
    LOG.append(["middleware_5", len(await request.body())])
    return await call_next(request)
""",
    "middleware that replaces": """\
@app.middleware("http")
async def middleware_6(request: Request, call_next: Any) -> Response:
    response = await call_next(request)
    content = b"".join([chunk async for chunk in response.body_iterator])
    return Response(content + b"!", response.status_code, {"x-replaced": "1"}, response.media_type)
""",
    "middleware that rewrites": """\
@app.middleware("http")
async def middleware_7(request: Request, call_next: Any) -> Response:
    request.scope["path"] = request.scope["path"].replace("/me", "/items")
    return await call_next(request)
""",
    "middleware that raises": """\
@app.middleware("http")
async def middleware_8(request: Request, call_next: Any) -> Response:
    if request.method == "PUT":
        raise HTTPException(400, "from middleware")
    return await call_next(request)
""",
    "BaseHTTPMiddleware": """\
class Stamp(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: Any) -> Response:
        response = await call_next(request)
        response.headers["x-stamp"] = ascii(request.url.path)
        return response


app.add_middleware(Stamp)
""",
    "ASGI middleware": """\
class Plain:
    def __init__(self, app: Any, word: str) -> None:
        self.app = app
        self.word = word

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        LOG.append(["Plain", scope["type"], self.word])

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-plain", self.word.encode())]
            await send(message)

        await self.app(scope, receive, sending)


app.add_middleware(Plain, word="plain")
""",
    "CORS": 'app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"], allow_methods=["GET", "PUT"])\n',
    "CORS with credentials": (
        'app.add_middleware(\n    CORSMiddleware, allow_origins=["*"], allow_credentials=True,\n'
        '    expose_headers=["x-why"], allow_headers=["x-key"], max_age=5,\n)\n'
    ),
    "GZip": "app.add_middleware(GZipMiddleware, minimum_size=30)\n",
    "TrustedHost": 'app.add_middleware(TrustedHostMiddleware, allowed_hosts=["testserver", "*.example"])\n',
    "HTTPSRedirect": "app.add_middleware(HTTPSRedirectMiddleware)\n",
}

TAILS = {
    "mounted application": """\
inner = FastAPI(title="Inner")


@inner.get("/things/{thing_id}")
async def read_thing(thing_id: int, q: str = "none") -> dict[str, Any]:
    return {"thing_id": thing_id, "q": q}


@inner.post("/things")
def make_thing(body: dict[str, int]) -> Any:
    raise ValueError("inner")


app.mount("/inner", inner)
""",
    "Starlette route": """\
async def starlette_endpoint(request: Request) -> Response:
    return JSONResponse({"path": request.url.path, "params": request.path_params})


app.add_route("/starlette/{rest:path}", starlette_endpoint, methods=["GET", "POST"])
""",
    "route for everything": """\
@app.get("/{rest:path}")
def catch_all(rest: str) -> dict[str, str]:
    return {"rest": rest}
""",
    "webhook": '''\
@app.webhooks.post("new-item")
def new_item(body: dict[str, int]) -> None:
    """Sent when an item is new."""
''',
    "lifespan events": """\
@app.on_event("startup")
async def starting() -> None:
    LOG.append("starting")


@app.on_event("shutdown")
def stopping() -> None:
    LOG.append("stopping")
""",
    "lifespan": """\
@asynccontextmanager
async def lifespan(app: FastAPI):
    LOG.append("lifespan begins")
    yield {"mark": "of the lifespan"}
    LOG.append("lifespan ends")


app.router.lifespan_context = lifespan


@app.get("/state")
async def read_state(request: Request) -> dict[str, Any]:
    return {"mark": request.state.mark}
""",
    "own document": """\
def own_openapi() -> dict[str, Any]:
    if not app.openapi_schema:
        app.openapi_schema = {**FastAPI.openapi(app), "x-own": True}
    return app.openapi_schema


app.openapi = own_openapi
""",
}

APPLICATION = (
    ("redirect_slashes", "False"),
    ("strict_content_type", "False"),
    ("separate_input_output_schemas", "False"),
    ("root_path", '"/api"'),
    ("title", '"Own title"'),
    ("version", '"9"'),
    ("max_body_size", "60"),
    ("default_response_class", "WideJSONResponse"),
    ("responses", '{403: {"description": "Not you"}}'),
    ("deprecated", "True"),
    ("generate_unique_id_function", 'lambda route: f"app-{route.name}-{route.path_format}"'),
    ("openapi_tags", '[{"name": "one", "description": "First"}]'),
    ("servers", '[{"url": "https://s.example"}]'),
    ("debug", "False"),
    ("summary", '"In short"'),
    ("license_info", '{"name": "MIT"}'),
    ("form_limits", '{"max_fields": 3}'),
)
ROUTER = (
    ("tags", '["router"]'),
    ("deprecated", "True"),
    ("include_in_schema", "False"),
    ("redirect_slashes", "False"),
    ("responses", '{402: {"description": "Pay"}}'),
    ("default_response_class", "WideJSONResponse"),
    ("route_class", "TimedRoute"),
    ("strict_content_type", "False"),
    ("max_body_size", "30"),
    ("generate_unique_id_function", 'lambda route: f"router-{route.name}"'),
)
INCLUSION = tuple(
    option for option in ROUTER if option[0] not in {"redirect_slashes", "route_class", "strict_content_type"}
)


def draw_program(dice: Dice) -> Program:
    declared = Declarations()
    for _ in range(dice.number(0, 3)):
        declared.models.append(draw_model(dice, declared.models))
    dependencies: list[Dependency] = []
    for _ in range(dice.number(0, 4)):
        dependencies.append(draw_dependency(dice, declared, dependencies))
    routers = draw_routers(dice, dependencies)
    names = [router.name for router in routers]
    routes = [draw_route(dice, declared, dependencies, names) for _ in range(dice.number(1, 4))]
    websockets = [draw_websocket(dice, declared, dependencies, names)] if dice.chance(22) else []
    blocks = [*draw_blocks(dice, HANDLERS, 40, 2), *draw_blocks(dice, MIDDLEWARE, 42, 3)]
    tail = draw_blocks(dice, TAILS, 45, 2)
    if dependencies and dice.chance(8, "dependency_overrides"):
        # By an earlier one, which cannot need what it replaces.
        index = dice.number(0, len(dependencies) - 1)
        new = dice.pick(dependencies[: index + 1])
        replaced, used = dependencies[index].name, new.name
        if replaced == used:
            used = 'lambda: "overridden"'
        tail.append(Block(f"app.dependency_overrides[{replaced}] = {used}\n"))
    own = [dice.pick(dependencies).name] if dependencies and dice.chance(8, "application dependencies") else []
    return Program(
        models=tuple(declared.all),
        dependencies=tuple(dependencies),
        options=options(dice, APPLICATION, 48, "application"),
        application_dependencies=tuple(own),
        routers=tuple(routers),
        blocks=tuple(blocks),
        routes=tuple(routes),
        websockets=tuple(websockets),
        tail=tuple(tail),
    )


def draw_blocks(dice: Dice, table: dict[str, str], percent: int, most: int) -> list[Block]:
    if not dice.chance(percent):
        return []
    chosen = dice.some(tuple(table), most)
    for name in chosen:
        dice.use(name)
    return [Block(table[name]) for name in chosen]


def options(dice: Dice, table: tuple[tuple[str, str], ...], percent: int, owner: str) -> tuple[tuple[str, str], ...]:
    if not dice.chance(percent):
        return ()
    chosen = dice.some(table, 3)
    for name, _ in chosen:
        dice.use(f"{owner} {name}")
    return tuple(chosen)


def draw_routers(dice: Dice, dependencies: list[Dependency]) -> list[Router]:
    routers: list[Router] = []
    prefixes = ["", "/v1", "/items", "/{tenant}"]
    for _ in range(dice.number(0, 2)):
        dice.use("router")
        parent = routers[-1].name if routers and dice.chance(60, "nested router") else ""
        prefix = dice.pick(prefixes)
        if prefix == "/{tenant}":
            prefixes.remove(prefix)
        late = dice.chance(20, "routes after inclusion")
        routers.append(
            Router(
                name=dice.name("router"),
                parent=parent,
                prefix=prefix,
                include_prefix=dice.pick(("/inc", "/users")) if not prefix or dice.chance(30) else "",
                options=options(dice, ROUTER, 45, "router"),
                include_options=options(dice, INCLUSION, 30, "inclusion"),
                dependencies=one_of(dice, dependencies, "router dependencies"),
                include_dependencies=one_of(dice, dependencies, "inclusion dependencies"),
                is_included_first=late,
            )
        )
    return routers


def one_of(dice: Dice, dependencies: list[Dependency], feature: str) -> tuple[str, ...]:
    if dependencies and dice.chance(15, feature):
        return (dice.pick(dependencies).name,)
    return ()
