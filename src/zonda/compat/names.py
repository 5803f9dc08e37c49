"""This module lists the modules of the `fastapi` package and where Zonda keeps their names."""

from __future__ import annotations

from collections.abc import Iterable

from zonda.compat.mirrors import View
from zonda.fastapi_version import FASTAPI_VERSION


def _at(module: str, names: str) -> dict[str, str]:
    """`{"a": "module:a", ...}` for names written with spaces between; `old=new` where the name differs there."""
    pairs = (name.partition("=") for name in names.split())
    return {name: f"{module}:{other or name}" for name, _, other in pairs}


def _same(names: Iterable[str]) -> dict[str, View]:
    """Modules that Zonda has under the same path."""
    return {f"fastapi.{name}": View((f"zonda.{name}",)) for name in names}


ROOT_NAMES = (
    "FastAPI APIRouter BackgroundTasks UploadFile HTTPException WebSocketException Body Cookie Depends File Form "
    "Header Path Query Security Request Response WebSocket WebSocketDisconnect status"
)

ROOT_SUBMODULES = (
    "_body_limit _compat _form_limits applications background cli concurrency datastructures dependencies encoders "
    "exception_handlers exceptions logger middleware openapi param_functions params requests responses routing "
    "security sse staticfiles telemetry templating testclient types utils websockets"
)

SAME = (
    "applications background concurrency datastructures encoders exception_handlers exceptions logger param_functions "
    "params requests responses sse staticfiles telemetry templating testclient types utils websockets "
    "security.api_key security.base security.http security.oauth2 security.open_id_connect_url security.utils "
    "middleware.cors middleware.gzip middleware.httpsredirect middleware.trustedhost middleware.wsgi "
    "openapi.constants openapi.docs openapi.models openapi.utils"
)

VIEWS: dict[str, View] = {
    "fastapi": View(
        names=_at("zonda", ROOT_NAMES),
        values={"__version__": FASTAPI_VERSION},
        submodules=tuple(ROOT_SUBMODULES.split()),
    ),
    **_same(SAME.split()),
    "fastapi.routing": View(("zonda.routing", "zonda.interpreter", "starlette.routing")),
    "fastapi.cli": View(("zonda.cli",)),
    "fastapi.security": View(
        ("zonda.security",), submodules=("api_key", "base", "http", "oauth2", "open_id_connect_url", "utils")
    ),
    "fastapi.middleware": View(
        ("zonda.middleware",),
        _at("starlette.middleware", "Middleware"),
        submodules=("asyncexitstack", "cors", "gzip", "httpsredirect", "trustedhost", "wsgi"),
    ),
    "fastapi.middleware.asyncexitstack": View(("zonda.compat.exit_stack",)),
    "fastapi.openapi": View(("zonda.openapi",), submodules=("constants", "docs", "models", "utils")),
    "fastapi.dependencies": View(values={}, submodules=("models", "utils")),
    "fastapi.dependencies.models": View(("zonda.analysis.dependant",)),
    "fastapi.dependencies.utils": View(("zonda.analysis.dependencies", "zonda.analysis.bodies", "zonda.interpreter")),
    "fastapi._compat": View(("zonda.analysis.fields",), submodules=("shared", "v2")),
    "fastapi._compat.shared": View(("zonda.analysis.fields",)),
    "fastapi._compat.v2": View(("zonda.analysis.fields",)),
    "fastapi._body_limit": View(),
    "fastapi._form_limits": View(),
}
