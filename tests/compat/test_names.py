"""Tests of the names that packages import from FastAPI: each is there, under FastAPI's path, and is what runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compat.programs import run_program

INSTALL = "import zonda.compat\nzonda.compat.install()\n"

NAMES = {
    "fastapi": (
        "FastAPI APIRouter BackgroundTasks UploadFile HTTPException WebSocketException Body Cookie Depends File Form "
        "Header Path Query Security Request Response WebSocket WebSocketDisconnect status __version__"
    ),
    "fastapi._compat": (
        "ModelField get_definitions Undefined field_annotation_is_sequence get_flat_models_from_fields "
        "get_model_name_map is_bytes_or_nonable_bytes_annotation is_bytes_sequence_annotation "
        "PYDANTIC_VERSION_MINOR_TUPLE"
    ),
    "fastapi._compat.v2": "ModelField get_flat_models_from_fields get_model_name_map",
    "fastapi.applications": "FastAPI AppType get_openapi DecoratedCallable DefaultPlaceholder",
    "fastapi.background": "BackgroundTasks",
    "fastapi.cli": "main",
    "fastapi.concurrency": (
        "run_in_threadpool iterate_in_threadpool run_until_first_complete contextmanager_in_threadpool "
        "asynccontextmanager"
    ),
    "fastapi.datastructures": (
        "UploadFile FormData Headers QueryParams State URL Address Default DefaultPlaceholder _Unset"
    ),
    "fastapi.dependencies.models": (
        "Dependant _get_cache_key _get_computed_scope _get_oauth_scopes _is_gen_callable _is_async_gen_callable "
        "_is_coroutine_callable _uses_scopes"
    ),
    "fastapi.dependencies.utils": (
        "get_dependant get_parameterless_sub_dependant solve_dependencies get_typed_signature get_flat_params "
        "_get_body_field _get_flat_body_params _should_embed_body_fields get_typed_return_annotation "
        "get_validation_alias lenient_issubclass request_params_to_args request_body_to_args SolvedDependency "
        "get_typed_annotation analyze_param _get_multidict_value _normalize_form_model _is_form_model_supplied "
        "get_cached_model_fields _get_form_models _get_param_aliases _extract_form_items _extract_form_body "
        "multipart_not_installed_error multipart_incorrect_install_error"
    ),
    "fastapi.encoders": "jsonable_encoder ENCODERS_BY_TYPE isoformat decimal_encoder",
    "fastapi.exception_handlers": (
        "http_exception_handler request_validation_exception_handler websocket_request_validation_exception_handler"
    ),
    "fastapi.exceptions": (
        "HTTPException WebSocketException RequestValidationError WebSocketRequestValidationError "
        "ResponseValidationError ValidationException FastAPIError DependencyScopeError StarletteHTTPException"
    ),
    "fastapi.logger": "logger",
    "fastapi.middleware": "Middleware",
    "fastapi.middleware.asyncexitstack": "AsyncExitStackMiddleware",
    "fastapi.middleware.cors": "CORSMiddleware",
    "fastapi.middleware.gzip": "GZipMiddleware",
    "fastapi.middleware.httpsredirect": "HTTPSRedirectMiddleware",
    "fastapi.middleware.trustedhost": "TrustedHostMiddleware",
    "fastapi.openapi.constants": "METHODS_WITH_BODY REF_PREFIX REF_TEMPLATE",
    "fastapi.openapi.docs": "get_swagger_ui_html get_redoc_html get_swagger_ui_oauth2_redirect_html",
    "fastapi.openapi.models": "OpenAPI Operation SecurityScheme Schema",
    "fastapi.openapi.utils": (
        "get_openapi get_openapi_path get_fields_from_routes _get_openapi_dependency_data "
        "_get_openapi_operation_parameters validation_error_definition validation_error_response_definition"
    ),
    "fastapi.param_functions": "Path Query Header Cookie Body Form File Depends Security",
    "fastapi.params": "Param ParamTypes Path Query Header Cookie Body Form File Depends Security",
    "fastapi.requests": "Request HTTPConnection",
    "fastapi.responses": (
        "Response JSONResponse HTMLResponse PlainTextResponse RedirectResponse StreamingResponse FileResponse "
        "EventSourceResponse ORJSONResponse UJSONResponse"
    ),
    "fastapi.routing": (
        "APIRouter APIRoute APIWebSocketRoute RouteContext iter_route_contexts request_response websocket_session "
        "get_request_handler get_websocket_app serialize_response run_endpoint_function solve_dependencies Mount Match "
        "_get_scope_effective_route_context _get_scope_included_router validate_max_body_size get_body_size_limit "
        "_EffectiveRouteContext _IncludedRouter _DefaultLifespan _iter_routes_with_context _PING_INTERVAL"
    ),
    "fastapi.security": "OAuth2PasswordBearer HTTPBearer HTTPBasic APIKeyHeader SecurityScopes OpenIdConnect",
    "fastapi.security.base": "SecurityBase",
    "fastapi.security.http": "HTTPAuthorizationCredentials HTTPBase",
    "fastapi.security.utils": "get_authorization_scheme_param",
    "fastapi.sse": "EventSourceResponse ServerSentEvent format_sse_event KEEPALIVE_COMMENT _PING_INTERVAL",
    "fastapi.staticfiles": "StaticFiles",
    "fastapi.telemetry": "TelemetryConfig TelemetryData get_telemetry_data",
    "fastapi.testclient": "TestClient",
    "fastapi.types": "DecoratedCallable DependencyCacheKey IncEx",
    "fastapi.utils": "generate_unique_id is_body_allowed_for_status_code create_model_field deep_dict_update",
    "fastapi.websockets": "WebSocket WebSocketDisconnect WebSocketState",
}
"""What is public, and what packages that were looked at import beside it."""


def test_every_name_is_there(tmp_path: Path) -> None:
    """Each name can be imported from where FastAPI has it."""
    program = INSTALL + (
        "import importlib, warnings\n"
        "warnings.simplefilter('ignore')\n"
        f"names = {NAMES!r}\n"
        "for module, listed in names.items():\n"
        "    loaded = importlib.import_module(module)\n"
        "    for name in listed.split():\n"
        "        if not hasattr(loaded, name): print(module, name)\n"
    )

    assert run_program(program, directory=tmp_path) == ""


@pytest.mark.parametrize(
    "same",
    [
        "fastapi.FastAPI is zonda.Zonda",
        "fastapi.routing.APIRoute is zonda.routing.APIRoute",
        "fastapi._compat.ModelField is fastapi.utils.ModelField",
        "issubclass(fastapi.FastAPI, starlette.applications.Starlette)",
    ],
)
def test_names_are_what_runs(tmp_path: Path, same: str) -> None:
    """The names are Zonda's own classes, and these are subclasses of Starlette's."""
    program = INSTALL + (
        "import starlette.applications, zonda, zonda.routing\n"
        f"import fastapi._compat, fastapi.dependencies.models, fastapi.routing, fastapi.utils\nprint({same})"
    )

    assert run_program(program, directory=tmp_path) == "True"


def test_a_replaced_function_reaches_routes(tmp_path: Path) -> None:
    """A function replaced in `fastapi.routing` is called for routes that were declared and answered before."""
    program = INSTALL + (
        "from unittest.mock import patch\n"
        "import fastapi.routing\n"
        "from fastapi import FastAPI\n"
        "from fastapi.testclient import TestClient\n"
        "app = FastAPI()\n"
        "app.get('/')(lambda: 'ok')\n"
        "client = TestClient(app)\n"
        "original = fastapi.routing.run_endpoint_function\n"
        "async def traced(**keywords): print('traced'); return await original(**keywords)\n"
        "client.get('/')\n"
        "with patch('fastapi.routing.run_endpoint_function', traced): client.get('/')\n"
        "client.get('/')\n"
    )

    assert run_program(program, directory=tmp_path) == "traced"


def test_forms_are_read_item_by_item_through_private_functions(tmp_path: Path) -> None:
    """Cadwyn asks which names of a form the fields of a model take, and which none takes."""
    program = f"""{INSTALL}
import asyncio
from io import BytesIO
from typing import Annotated
from fastapi import FastAPI, File, Form
from fastapi.dependencies.utils import _extract_form_body, _extract_form_items
from pydantic import AliasChoices
from starlette.datastructures import FormData, UploadFile

app = FastAPI()

@app.post("/")
def read(
    name: Annotated[str, Form(validation_alias=AliasChoices("first", "second"))],
    tags: Annotated[list[str], Form()],
    left: Annotated[str, Form()] = "",
    file: Annotated[bytes, File()] = b"",
): ...

fields = next(route for route in app.routes if route.path == "/").dependant.body_params
form = FormData([("second", "a"), ("tags", "b"), ("tags", "c"), ("left", ""), ("other", "d")])
print([(name, value, field and field.name) for name, value, field in _extract_form_items(fields, form)])

async def uploads():
    form = FormData([("file", UploadFile(BytesIO(b"content")))])
    return [(name, value) async for name, value, _ in _extract_form_body(fields, form)]

print(asyncio.run(uploads()))
"""
    assert run_program(program, directory=tmp_path).splitlines() == [
        "[('second', 'a', 'name'), ('tags', ['b', 'c'], 'tags'), ('other', 'd', None)]",
        "[('file', b'content')]",
    ]
