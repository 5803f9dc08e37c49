"""This module lists the attributes that routes have in common, however they are described."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

KEPT_AS_GIVEN = (
    "summary",
    "response_description",
    "deprecated",
    "operation_id",
    "response_model_include",
    "response_model_exclude",
    "response_model_by_alias",
    "response_model_exclude_unset",
    "response_model_exclude_defaults",
    "response_model_exclude_none",
    "include_in_schema",
    "response_class",
    "dependency_overrides_provider",
    "callbacks",
    "openapi_extra",
    "generate_unique_id_function",
    "strict_content_type",
)
"""Options of a route that are its attributes unchanged."""

RARE: Mapping[str, Any] = {
    "steps": (),
    "error_fields": MappingProxyType({}),
    "stream_item_type": None,
    "stream_item_field": None,
}
"""What few routes have; the others leave it to their class, so that their dict is half the size."""
