"""This module holds APIWebSocketRoute: one websocket endpoint as it was declared, analysed at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette._utils import get_route_path
from starlette.routing import Match, WebSocketRoute, compile_path, get_name

from zonda.changes import declared
from zonda.interpreter.replacements import current
from zonda.params import Depends
from zonda.seams import ASGIApp, Scope


class APIWebSocketRoute(WebSocketRoute):
    """A path, an endpoint that is given the websocket, and what it depends on."""

    _app: ASGIApp | None = None
    is_app_replaced = False
    changes = 0

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        name: str | None = None,
        dependencies: Sequence[Depends] | None = None,
        dependency_overrides_provider: Any | None = None,
    ) -> None:
        from zonda.routing.state import body_of, dependant_of

        state = vars(self)
        state["path_regex"], state["path_format"], state["param_convertors"] = compile_path(path)
        dependant = dependant_of(state["path_format"], endpoint, dependencies or ())
        state |= {
            "path": path,
            "endpoint": endpoint,
            "name": get_name(endpoint) if name is None else name,
            "dependencies": list(dependencies or ()),
            "dependency_overrides_provider": dependency_overrides_provider,
            "dependant": dependant,
            "_embed_body_fields": body_of(dependant, "")["_embed_body_fields"],
        }
        declared.note()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name != "_app":
            vars(self)["changes"] = self.changes + 1
            declared.note()

    @property
    def app(self) -> ASGIApp:
        """The route as an ASGI application, run step by step."""
        if self._app is None:
            state: Any = self
            self._app = current("websocket_session")(
                current("get_websocket_app")(
                    dependant=state.dependant,
                    dependency_overrides_provider=state.dependency_overrides_provider,
                    embed_body_fields=state._embed_body_fields,
                )
            )
        return self._app

    @app.setter
    def app(self, app: ASGIApp) -> None:
        vars(self)["is_app_replaced"] = True
        self._app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "websocket":
            return Match.NONE, {}
        found = self.path_regex.match(get_route_path(scope))
        if found is None:
            return Match.NONE, {}
        values = {name: self.param_convertors[name].convert(value) for name, value in found.groupdict().items()}
        return Match.FULL, {
            "endpoint": self.endpoint,
            "path_params": {**scope.get("path_params", {}), **values},
            "route": self,
        }
