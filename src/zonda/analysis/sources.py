"""This module plans how one field is read: under which names, as one value or many, as a model or a file."""

from __future__ import annotations

from zonda import params
from zonda.analysis.annotations import (
    field_annotation_is_sequence,
    is_bytes_or_nonable_bytes_annotation,
    is_bytes_sequence_annotation,
)
from zonda.analysis.fields import ModelField
from zonda.analysis.models import form_models, is_json_field, model_fields, param_model, request_names
from zonda.analysis.plan import BodyParameterPlan, ModelFieldPlan, ParameterPlan, Source


def plan_parameter(field: ModelField, source: Source) -> ParameterPlan:
    """How a parameter outside the body is read."""
    model = param_model(field)
    converts = bool(getattr(field.field_info, "convert_underscores", False))
    fields = () if model is None else plan_model_fields(model_fields(model), convert_underscores=converts)
    return ParameterPlan(
        name=field.name,
        source=source,
        field=field,
        request_names=() if model is not None else _names(field),
        is_sequence=model is None and is_collected(field),
        is_required=field.required,
        model=model,
        model_fields=fields,
        empty_is_absent=model is None and field_annotation_is_sequence(field.field_info.annotation),
    )


def plan_body_parameter(field: ModelField) -> BodyParameterPlan:
    """How a parameter of the body is read."""
    info, annotation = field.field_info, field.field_info.annotation
    is_file = isinstance(info, params.File)
    models = form_models(field)
    return BodyParameterPlan(
        name=field.name,
        field=field,
        request_names=_names(field),
        is_file=is_file,
        is_form=isinstance(info, params.Form),
        is_sequence=is_collected(field),
        is_required=field.required,
        form_models=tuple(models),
        form_branches=tuple(plan_model_fields(model_fields(model)) for model in models),
        reads_bytes=is_file
        and (is_bytes_or_nonable_bytes_annotation(annotation) or is_bytes_sequence_annotation(annotation)),
    )


def plan_model_fields(fields: list[ModelField], *, convert_underscores: bool = False) -> tuple[ModelFieldPlan, ...]:
    """How the fields of a parameter model or a form model are read."""
    return tuple(
        ModelFieldPlan(
            field=field,
            request_names=tuple(
                (name, key) for key, name in request_names(field, convert_underscores=convert_underscores)
            ),
            is_sequence=is_collected(field),
            is_required=field.required,
            empty_is_absent=field_annotation_is_sequence(field.field_info.annotation),
        )
        for field in fields
    )


def is_collected(field: ModelField) -> bool:
    """Repeated keys make a list."""
    return field_annotation_is_sequence(field.field_info.annotation) and not is_json_field(field)


def _names(field: ModelField) -> tuple[tuple[str, str], ...]:
    return tuple((name, key) for key, name in request_names(field))
