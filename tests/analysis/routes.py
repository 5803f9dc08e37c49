"""This module makes the least that is needed of a route, so that a function can be given and a plan be expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from starlette.responses import JSONResponse

from zonda.analysis.bodies import get_body_field, get_flat_body_params, should_embed_body_fields
from zonda.analysis.dependencies import get_dependant
from zonda.analysis.plan import RoutePlan
from zonda.analysis.planning import plan_route
from zonda.datastructures import Default


def route_of(call: Callable[..., Any], path: str = "/", **attributes: Any) -> Any:
    dependant = get_dependant(path=path, call=call, scope="function")
    body = get_flat_body_params(dependant)
    embed = should_embed_body_fields(body)
    return SimpleNamespace(
        **{
            "dependant": dependant,
            "methods": {"GET"},
            "path": path,
            "path_format": path,
            "body_field": get_body_field(body_params=body, name="test", embed_body_fields=embed),
            "_embed_body_fields": embed,
            "response_class": Default(JSONResponse),
            "status_code": None,
            "response_field": None,
            "stream_item_field": None,
            "response_model_include": None,
            "response_model_exclude": None,
            "response_model_by_alias": True,
            "response_model_exclude_unset": False,
            "response_model_exclude_defaults": False,
            "response_model_exclude_none": False,
            "is_sse_stream": False,
            "is_json_stream": False,
            "strict_content_type": True,
            "form_limits": None,
            "max_body_size": None,
            **attributes,
        }
    )


def plan_of(
    call: Callable[..., Any],
    path: str = "/",
    overrides: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
    **attributes: Any,
) -> RoutePlan:
    return plan_route(route_of(call, path, **attributes), overrides)
