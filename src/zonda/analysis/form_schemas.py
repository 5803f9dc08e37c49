"""This module describes a form as one model, whose schema is all that OpenAPI needs of it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from zonda.analysis.fields import ModelField, create_body_model


def create_form_model(fields: Sequence[ModelField], name: str) -> type[BaseModel]:
    return create_body_model(fields=fields, model_name=name)
