"""This module serves built single-page applications: routes that are asked when no other matched.

router.frontend("/", directory="dist")
└── _FrontendRouteGroup        all frontends of one router, and the dependencies that guard them
    └── _FrontendRoute         one path
        └── _FrontendStaticFiles   the files, and what a missing path is answered with
"""

from __future__ import annotations

import errno
import os
import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

from anyio import to_thread
from starlette._utils import get_route_path
from starlette.datastructures import URL, Headers, URLPath
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.staticfiles import StaticFiles

from zonda.body_limit import says_too_large
from zonda.exceptions import RequestValidationError
from zonda.interpreter.replacements import current
from zonda.interpreter.stacks import FUNCTION_KEY, REQUEST_KEY
from zonda.params import Depends
from zonda.routing.contexts import _EffectiveRouteContext, _RouterIncludeContext
from zonda.seams import Receive, Scope, Send
from zonda.telemetry import route_selected

Fallback = Literal["auto", "index.html", "404.html"] | None
CheckDir = bool | Literal["auto"]
PathLike = str | os.PathLike[str]

_FALLBACKS: tuple[Fallback, ...] = ("auto", "index.html", "404.html", None)
_STACKS = (REQUEST_KEY, FUNCTION_KEY)


class _FrontendStaticFiles(StaticFiles):
    """A directory of built files: a directory shows its `index.html`, what is missing the fallback."""

    def __init__(self, *, directory: PathLike, fallback: Fallback, check_dir: bool) -> None:
        self.fallback = fallback
        if check_dir and not Path(directory).is_dir():
            raise RuntimeError(missing_directory(directory))
        super().__init__(directory=directory, html=True, check_dir=False)
        if check_dir and fallback in ("index.html", "404.html") and not self._has_file(fallback):
            raise RuntimeError(self._missing_fallback(fallback))

    def get_path(self, scope: Scope) -> str:
        path = scope.get("fastapi", {}).get("frontend_path")
        route_path = get_route_path(scope) if path is None else path
        return os.path.normpath(os.path.join(*route_path.split("/")))  # noqa: PTH118  (as StaticFiles does)

    async def get_response(self, path: str, scope: Scope) -> Response:
        found = await self._look_up(path)
        is_served = found is not None and (stat.S_ISREG(found[1].st_mode) or await self._index(path) is not None)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405 if is_served else 404)
        if found is None or not is_served:
            return await self._missing(scope)
        if stat.S_ISREG(found[1].st_mode):
            return self.file_response(*found, scope)
        if not scope["path"].endswith("/"):
            url = URL(scope=scope)
            return RedirectResponse(url=url.replace(path=url.path + "/"))
        index = await self._index(path)
        return await self._missing(scope) if index is None else self.file_response(*index, scope)

    async def _look_up(self, path: str) -> tuple[str, os.stat_result] | None:
        """The file or directory at a path, looked for in a thread."""
        try:
            full_path, found = await to_thread.run_sync(self.lookup_path, path)
        except PermissionError:
            raise HTTPException(401) from None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                raise HTTPException(404) from None
            raise
        except ValueError:  # a null byte
            raise HTTPException(404) from None
        return None if found is None else (full_path, found)

    async def _index(self, path: str) -> tuple[str, os.stat_result] | None:
        return await self._file(str(Path(path, "index.html")))

    async def _file(self, path: str) -> tuple[str, os.stat_result] | None:
        found = await self._look_up(path)
        return found if found is not None and stat.S_ISREG(found[1].st_mode) else None

    async def _missing(self, scope: Scope) -> Response:
        """The fallback: the 404 page for anything, the application's page for a person who follows a link."""
        if self.fallback in ("auto", "404.html"):
            page = await self._file("404.html")
            if page is not None:
                return self.file_response(*page, scope, status_code=404)
            if self.fallback == "404.html":
                raise RuntimeError(self._missing_fallback("404.html"))
        if self.fallback in ("auto", "index.html") and _is_frontend_navigation_request(scope):
            page = await self._file("index.html")
            if page is not None:
                return self.file_response(*page, scope)
            if self.fallback == "index.html":
                raise RuntimeError(self._missing_fallback("index.html"))
        raise HTTPException(404)

    def _has_file(self, name: str) -> bool:
        _, found = self.lookup_path(name)
        return found is not None and stat.S_ISREG(found.st_mode)

    def _missing_fallback(self, name: str) -> str:
        directory = str(self.directory)
        return (
            f"Frontend fallback file {name!r} does not exist in directory {directory!r}. "
            f"Resolved absolute directory: {str(Path(directory).absolute())!r}"
        )


def missing_directory(directory: PathLike) -> str:
    resolved = str(Path(directory).absolute())
    return f"Frontend directory {str(directory)!r} does not exist. Resolved absolute path: {resolved!r}"


def resolved_check_dir(directory: PathLike, check_dir: CheckDir, *, stacklevel: int) -> bool:
    """`auto`: a missing directory is a warning while developing, when the frontend may be built later."""
    if check_dir != "auto":
        return bool(check_dir)
    if os.environ.get("FASTAPI_ENV") != "development":
        return True
    if not Path(directory).is_dir():
        warnings.warn(missing_directory(directory), UserWarning, stacklevel=stacklevel + 1)
    return False


def _accepted_types(accept: str) -> Iterator[tuple[str, float]]:
    for item in accept.split(","):
        media_type, *parameters = (part.strip() for part in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 1.0
        yield media_type.lower(), quality


def _is_frontend_navigation_request(scope: Scope) -> bool:
    """A browser that opens a page says so by naming HTML; scripts and images ask for `*/*` or their own types."""
    accept = ",".join(Headers(scope=scope).getlist("accept"))
    return any(
        media_type in ("text/html", "application/xhtml+xml") and quality > 0
        for media_type, quality in _accepted_types(accept)
    )


def _normalize_frontend_path(path: str) -> str:
    if not path.startswith("/"):
        raise AssertionError(f"A frontend needs a path that begins with '/', such as '/' or '/app', not {path!r}")
    return path.rstrip("/") or "/"


def _join_frontend_paths(prefix: str, path: str) -> str:
    return prefix.rstrip("/") + path if path != "/" else (prefix.rstrip("/") or "/")


class _FrontendRoute(BaseRoute):
    """One frontend: everything at its path and below."""

    def __init__(self, path: str, *, directory: PathLike, fallback: Fallback = "auto", check_dir: bool) -> None:
        if fallback not in _FALLBACKS:
            raise AssertionError("fallback must be 'auto', 'index.html', '404.html', or None")
        self.path = _normalize_frontend_path(path)
        self.methods = {"GET", "HEAD"}
        self.app = _FrontendStaticFiles(directory=directory, fallback=fallback, check_dir=check_dir)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return self.matches_with_path(scope, self.path)

    def matches_with_path(self, scope: Scope, path: str) -> tuple[Match, Scope]:
        """Whether a request is for this frontend under `path`; the notes tell the files which part is theirs."""
        if scope["type"] != "http":
            return Match.NONE, {}
        rest = self._get_frontend_path(path, get_route_path(scope))
        if rest is None:
            return Match.NONE, {}
        notes = {"frontend_path": rest, "frontend_specificity": len(path.rstrip("/"))}
        return Match.FULL, {"endpoint": self.app, "fastapi": notes}

    def _get_frontend_path(self, path: str, route_path: str) -> str | None:
        base = path.rstrip("/")
        if route_path != base and not route_path.startswith(base + "/"):
            return None
        return route_path[len(base) :].removeprefix("/")

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)


def _frontend_dependency_endpoint() -> None:
    """What the dependencies of a frontend are analysed for: there is no endpoint."""


class _FrontendRouteGroup(BaseRoute):
    """The frontends of one router: the longest path that fits a request answers, after the dependencies ran."""

    def __init__(
        self, dependencies: Sequence[Depends] | None = None, dependency_overrides_provider: Any | None = None
    ) -> None:
        self.routes: list[_FrontendRoute] = []
        self.dependencies = list(dependencies or ())
        self.dependency_overrides_provider = dependency_overrides_provider
        from zonda.routing.state import body_of, dependant_of

        self.dependant = dependant_of("", _frontend_dependency_endpoint, self.dependencies)
        self._embed_body_fields: bool = body_of(self.dependant, "")["_embed_body_fields"]

    def add_frontend_route(
        self, path: str, *, directory: PathLike, fallback: Fallback = "auto", check_dir: bool
    ) -> None:
        self.routes.append(_FrontendRoute(path, directory=directory, fallback=fallback, check_dir=check_dir))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return self.matches_with_prefix(scope, "")

    def matches_with_prefix(self, scope: Scope, prefix: str) -> tuple[Match, Scope]:
        found = self._match(scope, prefix)
        return (Match.NONE, {}) if found is None else (Match.FULL, found[1])

    def _match(self, scope: Scope, prefix: str) -> tuple[_FrontendRoute, Scope] | None:
        best: tuple[_FrontendRoute, Scope] | None = None
        for route in self.routes:
            match, child_scope = route.matches_with_path(scope, _join_frontend_paths(prefix, route.path))
            if match is Match.FULL and (best is None or (specificity(child_scope) or 0) > (specificity(best[1]) or 0)):
                best = route, child_scope
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.handle_as(self, "", scope, receive, send)

    async def handle_as(self, speaker: Any, prefix: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer under a prefix, with the dependencies of `speaker`: this group, or its included form."""
        found = self._match(scope, prefix)
        if found is None:
            raise HTTPException(404)
        route, child_scope = found
        route_selected(scope, f"{_join_frontend_paths(prefix, route.path).rstrip('/')}/{{path}}")
        notes = scope.get("fastapi")
        scope["fastapi"] = {**(notes if isinstance(notes, dict) else {}), **child_scope["fastapi"]}
        scope["endpoint"] = child_scope["endpoint"]
        before = {key: scope[key] for key in _STACKS if key in scope}
        try:
            async with AsyncExitStack() as request_stack, AsyncExitStack() as function_stack:
                scope.update(zip(_STACKS, (request_stack, function_stack), strict=True))
                solved = await _solve_dependencies(speaker, Request(scope, receive, send))
                response = await _file_response(route, scope)
                response.headers.raw.extend(solved.response.headers.raw)
                if response.background is None:
                    response.background = solved.background_tasks
                await function_stack.aclose()
                await response(scope, receive, send)
        finally:
            scope.update(before)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)


async def _file_response(route: _FrontendRoute, scope: Scope) -> Response:
    files = route.app
    if not files.config_checked:
        await files.check_config()
        files.config_checked = True
    return await files.get_response(files.get_path(scope), scope)


async def _solve_dependencies(speaker: Any, request: Request) -> Any:
    solved = await current("solve_dependencies")(
        request=request,
        dependant=speaker.dependant,
        dependency_overrides_provider=speaker.dependency_overrides_provider,
        async_exit_stack=request.scope[REQUEST_KEY],
        embed_body_fields=speaker._embed_body_fields,
    )
    if solved.errors:
        from zonda.analysis.secrets import without_secrets

        errors = without_secrets(solved.errors, speaker.dependant, speaker.dependency_overrides_provider)
        raise RequestValidationError(errors)
    return solved


class _IncludedFrontend(_EffectiveRouteContext):
    """The frontends of a router as an inclusion offers them."""

    def _describe(self) -> None:
        group: Any = self.original_route
        context = self._include_context
        dependencies = [*context.dependencies, *group.dependencies]
        from zonda.routing.state import body_of, dependant_of

        dependant = dependant_of("", _frontend_dependency_endpoint, dependencies)
        vars(self).update(
            dependencies=dependencies,
            dependant=dependant,
            dependency_overrides_provider=context.dependency_overrides_provider,
            _embed_body_fields=body_of(dependant, "")["_embed_body_fields"],
            path="",
            max_body_size=context.max_body_size,
        )

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        group: Any = self.original_route
        match, child_scope = group.matches_with_prefix(scope, self.frontend_prefix)
        if match is Match.FULL:
            child_scope["fastapi"]["effective_route_context"] = self
        return match, child_scope

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        group: Any = self.original_route
        limit = self._include_context.max_body_size
        if limit is not None and says_too_large(scope["headers"], limit):
            from zonda.problem_details import too_large_response

            await too_large_response(scope.get("app"))(scope, receive, send)
            return
        await group.handle_as(self, self.frontend_prefix, scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)


def included_frontend(group: _FrontendRouteGroup, context: _RouterIncludeContext) -> _IncludedFrontend:
    return _IncludedFrontend(group, context, frontend_prefix=context.prefix)


def specificity(child_scope: Scope) -> int | None:
    """How long the path of the matching frontend is; None if the match is none of a frontend."""
    notes = child_scope.get("fastapi")
    return notes.get("frontend_specificity") if isinstance(notes, dict) else None
