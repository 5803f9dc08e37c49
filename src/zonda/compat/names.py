"""This module lists the modules of the `fastapi` package and where Zonda keeps their names."""

from __future__ import annotations

from zonda.compat.mirrors import View
from zonda.fastapi_version import FASTAPI_VERSION


def _at(module: str, names: str) -> dict[str, str]:
    """`{"a": "module:a", ...}` for names written with spaces between; `theirs=ours` where ours differs."""
    pairs = (name.partition("=") for name in names.split())
    return {name: f"{module}:{other or name}" for name, _, other in pairs}


_ROOT = (
    "FastAPI APIRouter BackgroundTasks UploadFile HTTPException WebSocketException Body Cookie Depends File Form "
    "Header Path Query Security Request Response WebSocket WebSocketDisconnect status"
)

_ROOT_SUBMODULES = (
    "_body_limit _compat _form_limits applications background cli concurrency datastructures dependencies encoders "
    "exception_handlers exceptions logger middleware openapi param_functions params requests responses routing "
    "security sse staticfiles telemetry templating testclient types utils websockets"
)

_IMPORTED_BY_ROOT = (
    "_body_limit _compat.shared _compat.v2 _form_limits applications background concurrency datastructures "
    "dependencies.models dependencies.utils encoders exception_handlers exceptions logger middleware.asyncexitstack "
    "openapi.constants openapi.docs openapi.models openapi.utils param_functions params requests responses routing "
    "security.api_key security.base security.http security.oauth2 security.open_id_connect_url security.utils sse "
    "telemetry._api telemetry._asgi types utils websockets"
)
"""Loaded with `fastapi` itself, as there: tools look for them in `sys.modules`, or wait for them to be imported."""

_SAME = (
    "background datastructures encoders exception_handlers exceptions logger param_functions "
    "requests responses sse staticfiles templating testclient types websockets "
    "security.base security.open_id_connect_url security.utils "
    "middleware.asyncexitstack middleware.cors middleware.gzip middleware.httpsredirect middleware.trustedhost "
    "middleware.wsgi openapi.constants openapi.models"
)
"""Modules that Zonda has under the same path, with the same names."""

_SCOPES = _at(
    "zonda.compat.scopes",
    "_get_fastapi_scope=fastapi_scope _get_scope_effective_route_context=effective_route_context "
    "_get_scope_included_router=included_router",
)
"""What routing notes in a scope."""

_STATUS = _at("zonda.status", "HTTP_401_UNAUTHORIZED")

_PLACEHOLDER = _at("zonda.datastructures", "DefaultPlaceholder")

_LIMITS = _at(
    "zonda.routing.limits",
    "_FormLimits _validate_form_limits=check_form_limits validate_max_body_size=check_max_body_size "
    "get_body_size_limit=nearest",
)

_TELEMETRY_STEPS = {
    **_at(
        "zonda.telemetry.operations",
        "_operation=operation _run_sync_endpoint=run_endpoint _validation_failed=validation_failed",
    ),
    **_at("zonda.telemetry.records", "_route_selected=route_selected"),
}

_LIMIT_OF_CALLS = _at("zonda.concurrency.dependency_limit", "_DependencyConcurrency=DependencyLimit")

_MULTIPART = _at("zonda.analysis.mistakes", "multipart_not_installed_error multipart_incorrect_install_error")

_DEPENDANTS = _at(
    "zonda.analysis.dependant",
    "Dependant UsesScopesCache _get_oauth_scopes=get_oauth_scopes _get_cache_key=get_cache_key "
    "_uses_scopes=uses_scopes _UsesScopesCache=UsesScopesCache _is_security_scheme=is_security_scheme "
    "_get_security_scheme=get_security_scheme _get_computed_scope=get_computed_scope",
)

_CALLS = _at(
    "zonda.analysis.calls",
    "_CallIdentity _is_gen_callable_cached _is_async_gen_callable_cached _is_coroutine_callable_cached "
    "_is_gen_callable=is_gen_callable _is_async_gen_callable=is_async_gen_callable "
    "_is_coroutine_callable=is_coroutine_callable",
)

_BODIES = _at(
    "zonda.analysis.bodies",
    "ensure_multipart_is_installed _get_body_field=get_body_field _get_flat_body_params=get_flat_body_params "
    "_should_embed_body_fields=should_embed_body_fields",
)

_MODELS = _at(
    "zonda.analysis.models",
    "_get_flat_fields_from_params=flat_fields _get_form_model=form_model _get_form_models=form_models "
    "_get_model_type=model_in _get_param_aliases=request_names _get_param_model=param_model "
    "_is_json_field=is_json_field get_validation_alias",
)

_READING = {
    **_at("zonda.interpreter.dependencies", "SolvedDependency solve_dependencies"),
    **_at("zonda.interpreter.extraction", "request_params_to_args _get_multidict_value=multidict_value"),
    **_at("zonda.interpreter.bodies", "request_body_to_args _is_form_model_supplied=is_form_model_supplied"),
    **_at("zonda.analysis.forms", "_normalize_form_model=read_form_model"),
    **_at("zonda.compat.forms", "_extract_form_items=form_items _extract_form_body=form_values"),
    **_at("zonda.runtime.forms", "_read_file_bytes=file_bytes"),
    **_at("zonda.runtime.groups", "_is_empty_file_input=is_empty_upload"),
}

_ANNOTATIONS = "zonda.analysis.annotations"
_FIELDS = "zonda.analysis.fields"

_SCHEMAS = {
    **_at(
        "zonda.openapi.schemas",
        "get_definitions get_flat_models_from_fields get_model_name_map get_schema_from_model_field",
    ),
    **_at("zonda.compat.pydantic_facts", "PYDANTIC_VERSION PYDANTIC_VERSION_MINOR_TUPLE evaluate_forwardref"),
}

_COMPAT = View((_FIELDS, _ANNOTATIONS, "zonda.compat.pydantic_facts"), _SCHEMAS)

_TELEMETRY = "zonda.telemetry"

VIEWS: dict[str, View] = {
    "fastapi": View(
        names=_at("zonda", _ROOT),
        values={"__version__": FASTAPI_VERSION},
        submodules=tuple(_ROOT_SUBMODULES.split()),
        imports=tuple(_IMPORTED_BY_ROOT.split()),
    ),
    **{f"fastapi.{name}": View((f"zonda.{name}",)) for name in _SAME.split()},
    "fastapi.applications": View(
        (
            "zonda.applications",
            "zonda.openapi.docs",
            "zonda.middleware.asyncexitstack",
            "zonda.telemetry",
            "starlette.middleware.errors",
            "starlette.middleware.exceptions",
            "starlette.types",
        ),
        {
            **_at("zonda.openapi.utils", "get_openapi"),
            **_at("zonda.types", "DecoratedCallable IncEx"),
            **_PLACEHOLDER,
            **_at("zonda.routing.limits", "_FormLimits"),
            **_at("zonda", "routing"),
        },
    ),
    "fastapi.cli": View(("zonda.cli",)),
    "fastapi.concurrency": View(("zonda.concurrency",), _LIMIT_OF_CALLS),
    "fastapi.params": View(("zonda.params",), _LIMIT_OF_CALLS),
    "fastapi.utils": View(
        ("zonda.utils", "zonda.exceptions"),
        {**_at(_FIELDS, "ModelField create_model_field"), **_at("zonda.datastructures", "DefaultType")},
    ),
    "fastapi.routing": View(
        (
            "zonda.routing",
            "starlette.routing",
            "zonda.exceptions",
            "zonda.datastructures",
            "zonda.responses",
            "zonda.sse",
            "zonda.utils",
            "zonda.types",
            "zonda.encoders",
            "zonda.concurrency",
            "zonda.params",
        ),
        {
            **_DEPENDANTS,
            **_CALLS,
            **_BODIES,
            **_SCOPES,
            **_LIMITS,
            **_TELEMETRY_STEPS,
            **_at("zonda.interpreter", "SolvedDependency"),
            **_at("zonda.telemetry", "get_telemetry_data"),
            **_at(_ANNOTATIONS, "lenient_issubclass"),
            **_at("zonda.analysis.dependencies", "get_dependant get_parameterless_sub_dependant"),
            **_at("zonda.analysis.signatures", "get_stream_item_type get_typed_return_annotation"),
            **_at(_FIELDS, "ModelField create_model_field"),
            **_at("zonda.sse", "_PING_INTERVAL"),
            **_at("zonda.interpreter.places", "_extract_endpoint_context=written_at"),
            **_at("zonda.interpreter.results", "_build_response_args=response_arguments"),
        },
    ),
    "fastapi.security": View(
        ("zonda.security",), submodules=("api_key", "base", "http", "oauth2", "open_id_connect_url", "utils")
    ),
    "fastapi.security.api_key": View(("zonda.security.api_key",), _STATUS),
    "fastapi.security.http": View(("zonda.security.http",), _STATUS),
    "fastapi.security.oauth2": View(("zonda.security.oauth2",), _STATUS),
    "fastapi.middleware": View(
        ("zonda.middleware",),
        _at("starlette.middleware", "Middleware"),
        submodules=("asyncexitstack", "cors", "gzip", "httpsredirect", "trustedhost", "wsgi"),
    ),
    "fastapi.openapi": View(("zonda.openapi",), submodules=("constants", "docs", "models", "utils")),
    "fastapi.openapi.docs": View(("zonda.openapi.docs",)),
    "fastapi.openapi.utils": View(
        ("zonda.openapi.utils", "zonda.openapi.parameters"),
        {
            **_SCHEMAS,
            **_DEPENDANTS,
            **_MODELS,
            **_at("zonda.analysis.dependencies", "get_flat_params"),
            **_at("zonda.utils", "deep_dict_update generate_operation_id_for_path is_body_allowed_for_status_code"),
            **_at("zonda.params", "Body ParamTypes"),
            **_PLACEHOLDER,
            **_at("zonda.exceptions", "FastAPIDeprecationWarning"),
            **_at("zonda.openapi.models", "OpenAPI"),
            **_at(_FIELDS, "ModelField"),
            **_at(_ANNOTATIONS, "lenient_issubclass"),
        },
    ),
    "fastapi.dependencies": View(submodules=("models", "utils")),
    "fastapi.dependencies.models": View(
        ("zonda.analysis.dependant",), {**_DEPENDANTS, **_CALLS, **_LIMIT_OF_CALLS, **_at(_FIELDS, "ModelField")}
    ),
    "fastapi.dependencies.utils": View(
        (
            "zonda.analysis.dependencies",
            "zonda.analysis.parameters",
            "zonda.analysis.signatures",
            "zonda.analysis.annotations",
            "zonda.analysis.fields",
            "zonda.concurrency",
            "zonda.datastructures",
            "zonda.exceptions",
            "zonda.requests",
            "zonda.responses",
            "zonda.websockets",
            "zonda.background",
        ),
        {
            **_READING,
            **_DEPENDANTS,
            **_CALLS,
            **_BODIES,
            **_MODELS,
            **_MULTIPART,
            **_LIMIT_OF_CALLS,
            **_at("zonda.compat.pydantic_facts", "evaluate_forwardref"),
        },
        on_use="zonda.interpreter.stacks:want",
    ),
    "fastapi._compat": View(_COMPAT.sources, _COMPAT.names, submodules=("shared", "v2")),
    "fastapi._compat.shared": _COMPAT,
    "fastapi._compat.v2": _COMPAT,
    "fastapi._body_limit": View(
        names={
            **_at("starlette.middleware.body_limit", "MAX_BODY_SIZE_SCOPE_KEY RequestBodyLimitMiddleware"),
            **_at("zonda.routing.limits", "validate_max_body_size=check_max_body_size get_body_size_limit=nearest"),
        }
    ),
    "fastapi._form_limits": View(
        names={
            **_at("zonda.routing.limits", "_validate_form_limits=check_form_limits"),
            **_at("zonda.routing.form_limits", "_FormLimits"),
        }
    ),
    "fastapi.telemetry": View((_TELEMETRY,), submodules=("_api", "_asgi", "_runtime")),
    "fastapi.telemetry._api": View(
        ("zonda.telemetry.declarations", "zonda.telemetry.records", "zonda.telemetry.operations"),
        {
            **_TELEMETRY_STEPS,
            **_at("zonda.telemetry.sources", "_unconfigured=is_unconfigured"),
        },
    ),
    "fastapi.telemetry._asgi": View(("zonda.telemetry.server",)),
    "fastapi.telemetry._runtime": View(("zonda.telemetry.export",)),
}
