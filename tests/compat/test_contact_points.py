"""Tests of what packages do with FastAPI beyond its interface: read, edited, replaced and called by hand."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.compat.programs import run_program

BEGIN = """
import asyncio, dataclasses
from contextlib import AsyncExitStack, asynccontextmanager
import zonda.compat
zonda.compat.install()
import fastapi.routing
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, get_parameterless_sub_dependant, solve_dependencies
from fastapi.routing import APIRoute, _IncludedRouter, _iter_routes_with_context, iter_route_contexts, request_response
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware.errors import ServerErrorMiddleware
"""

PROGRAMS = {
    "the handler of a route is made by a replaced get_request_handler": (
        """
        original = fastapi.routing.get_request_handler

        def replaced(*arguments, **named):
            endpoint = named["dependant"].call
            def doubled(q: int = 1):
                return 2 * endpoint(q)
            named["dependant"].call = doubled
            handler = original(*arguments, **named)
            async def handle(request):
                print(len(arguments), type(request).__name__)
                return await handler(request)
            return handle

        fastapi.routing.get_request_handler = replaced
        app = FastAPI()
        @app.get("/")
        def read(q: int): return q
        print(TestClient(app).get("/?q=4").text)
        """,
        "0 Request\n8",
    ),
    "an endpoint solves dependencies by hand, with the stacks of its request": (
        """
        async def get_db():
            yield "db"
            print("closed")

        def wanted(db=Depends(get_db)): pass

        app = FastAPI()
        @app.get("/")
        async def read(request: Request):
            solved = await solve_dependencies(
                request=request,
                dependant=get_dependant(path="/", call=wanted),
                async_exit_stack=request.scope["fastapi_inner_astack"],
                embed_body_fields=False,
            )
            print("endpoint")
            return solved.values
        print(TestClient(app).get("/").text)
        """,
        'endpoint\nclosed\n{"db":"db"}',
    ),
    "what a replaced solve_dependencies gives reaches the endpoint as the same object": (
        """
        class Values(dict): pass
        solve, run = fastapi.routing.solve_dependencies, fastapi.routing.run_endpoint_function

        async def solved(**named):
            result = await solve(**named)
            return dataclasses.replace(result, values=Values(result.values))

        async def ran(**named):
            print(type(named["values"]).__name__, named["dependant"].call.__name__)
            return await run(**named)

        app = FastAPI()
        @app.get("/")
        async def read(q: int): return q
        client = TestClient(app)
        print(client.get("/?q=1").text)
        fastapi.routing.solve_dependencies, fastapi.routing.run_endpoint_function = solved, ran
        print(client.get("/?q=2").text)
        """,
        "1\nValues read\n2",
    ),
    "dependencies are solved for a made-up request": (
        """
        async def session(q: int):
            yield q
            print("closed")

        async def main():
            async with AsyncExitStack() as inner, AsyncExitStack() as function:
                scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"q=4"}
                request = Request({**scope, "fastapi_inner_astack": inner, "fastapi_function_astack": function})
                dependant = get_dependant(path="/", call=lambda opened=Depends(session): opened)
                solved = await solve_dependencies(
                    request=request, dependant=dependant, async_exit_stack=inner, embed_body_fields=False
                )
                print(solved.values, solved.errors)

        asyncio.run(main())
        """,
        "{'opened': 4} []\nclosed",
    ),
    "an edited dependency tree counts for later requests": (
        """
        app = FastAPI()
        @app.get("/")
        async def read(a: int = 1): return a
        def extra(k: int): print("extra", k)
        client = TestClient(app)
        client.get("/")
        route = app.routes[-1]
        depends = get_parameterless_sub_dependant(depends=Depends(extra), path=route.path_format)
        route.dependant.dependencies.insert(0, depends)
        print(client.get("/?k=7").text)
        route.app = request_response(route.get_route_handler())
        print(client.get("/?k=8").text)
        async def tenfold(a): return 10 * a
        route.dependant.call = tenfold
        print(client.get("/?k=9&a=2").text)
        route.dependant = get_dependant(path="/", call=lambda b: b)
        print(client.get("/?b=5").status_code)
        """,
        "extra 7\n1\nextra 8\n1\nextra 9\n20\n422",
    ),
    "the tree of included routers can be walked and its contexts copied onto routes": (
        """
        inner, app = APIRouter(prefix="/inner", tags=["own"]), FastAPI(openapi_url=None)
        @inner.get("/{a}", operation_id="read", name="item")
        async def read(a: int, request: Request):
            scope = request.scope
            route = scope["route"]
            print(scope["fastapi"]["effective_route_context"].path if "fastapi" in scope else None)
            return [route.path, route.name, route.operation_id, scope["app"].title, scope["endpoint"].__name__]
        app.include_router(inner, prefix="/outer", tags=["theirs"])
        [included] = [route for route in app.routes if isinstance(route, _IncludedRouter)]
        print(included.original_router is inner, [route.path for route in included.original_router.routes])
        scope = {"type": "http", "method": "GET", "path": "/outer/inner/1", "headers": [], "root_path": ""}
        for context in included.effective_route_contexts():
            print(context.path, context.matches(scope)[0].name, context.name)
        print([context.path for context in iter_route_contexts(app.routes)])
        print(TestClient(app).get("/outer/inner/1").json())
        copied = FastAPI(title="copy", openapi_url=None)
        for route, context in _iter_routes_with_context(app.routes):
            copy = APIRoute(context.path, context.endpoint, methods=list(context.methods))
            for name, value in vars(context).items():
                setattr(copy, name, value)
            copied.router.routes.append(copy)
            print(copy.tags)
        print(TestClient(copied).get("/outer/inner/2").json())
        """,
        (
            "True ['/inner/{a}']\n"
            "/outer/inner/{a} FULL item\n"
            "['/outer/inner/{a}']\n"
            "/outer/inner/{a}\n"
            "['/inner/{a}', 'item', 'read', 'FastAPI', 'read']\n"
            "['theirs', 'own']\n"
            "None\n"
            "['/outer/inner/{a}', 'item', 'read', 'copy', 'read']"
        ),
    ),
    "the stack of one application is replaced, reset and walked": (
        """
        app = FastAPI()
        app.get("/")(lambda: 1)
        build = app.build_middleware_stack
        def built():
            print("built")
            return build()
        app.build_middleware_stack = built
        app.middleware_stack = app.build_middleware_stack()
        step = app.middleware_stack
        print(isinstance(step, ServerErrorMiddleware), hasattr(step, "app"))
        client = TestClient(app)
        print(client.get("/").text)
        app.middleware_stack = None
        print(client.get("/").text)
        """,
        "built\nTrue True\n1\nbuilt\n1",
    ),
    "functions of Starlette's classes are replaced": (
        """
        call, run = Starlette.__call__, BackgroundTask.__call__
        async def called(self, scope, receive, send):
            print("called", scope["type"])
            await call(self, scope, receive, send)
        async def ran(self):
            print("task")
            await run(self)
        app = FastAPI()
        @app.get("/")
        async def read(tasks: BackgroundTasks): tasks.add_task(print, "ran")
        client = TestClient(app)
        client.get("/")
        Starlette.__call__, BackgroundTask.__call__ = called, ran
        client.get("/")
        """,
        "ran\ncalled http\ntask\nran",
    ),
    "classes are derived from, and a lifespan is put around the one that is there": (
        """
        @dataclasses.dataclass
        class Own(Dependant):
            extra: int = 1
        print(Own(call=print, path="/").extra)

        class Route(APIRoute):
            def __init__(self, path, endpoint, **options):
                super().__init__(path, endpoint, **{**options, "summary": "mine"})

        app = FastAPI()
        router = APIRouter(route_class=Route, dependency_overrides_provider=app)
        router.get("/")(lambda: 1)
        app.include_router(router)
        print(app.openapi()["paths"]["/"]["get"]["summary"])
        inside = app.router.lifespan_context
        @asynccontextmanager
        async def around(app):
            async with inside(app) as state:
                print("up")
                yield state
            print("down")
        app.router.lifespan_context = around
        with TestClient(app) as client:
            print(client.get("/").text)
        """,
        "1\nmine\nup\n1\ndown",
    ),
}


@pytest.mark.parametrize(("program", "printed"), PROGRAMS.values(), ids=PROGRAMS)
def test_what_packages_do_beyond_the_interface_works(tmp_path: Path, program: str, printed: str) -> None:
    """Each program prints what it prints on FastAPI."""
    assert run_program(BEGIN + dedent(program), directory=tmp_path) == printed
