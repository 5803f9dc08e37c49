"""This module plans what leaves: a value of a model, a stream of items, a Response."""

from __future__ import annotations

from typing import Any

from zonda.analysis.calls import is_generator
from zonda.analysis.plan import ResponsePlan, ResultKind
from zonda.analysis.signatures import get_stream_item_type, get_typed_return_annotation
from zonda.datastructures import DefaultPlaceholder, unmarked

__all__ = ["corrects", "get_stream_item_type", "get_typed_return_annotation", "plan_response", "result_kind"]


def plan_response(route: Any) -> ResponsePlan:
    """What leaves a route, from its attributes."""
    response_class = route.response_class
    return ResponsePlan(
        kind=result_kind(route),
        response_class=unmarked(response_class),
        is_default_class=isinstance(response_class, DefaultPlaceholder),
        status_code=route.status_code,
        field=route.response_field,
        item_field=route.stream_item_field,
        include=route.response_model_include,
        exclude=route.response_model_exclude,
        by_alias=route.response_model_by_alias,
        exclude_unset=route.response_model_exclude_unset,
        exclude_defaults=route.response_model_exclude_defaults,
        exclude_none=route.response_model_exclude_none,
        is_corrected=corrects(getattr(route, "dependency_overrides_provider", None)),
    )


def corrects(app: Any) -> bool:
    """An application puts right what FastAPI has wrong about responses."""
    return bool(getattr(app, "corrections", False))


def result_kind(route: Any) -> ResultKind:
    if route.is_sse_stream:
        return ResultKind.SERVER_SENT_EVENTS
    if route.is_json_stream:
        return ResultKind.JSON_LINES
    return ResultKind.RAW_STREAM if is_generator(route.dependant.call) else ResultKind.VALUE
