"""This module writes how a model is read whose fields are parameters of their own, from a query, a form or the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel

from zonda.analysis.fields import ModelField
from zonda.analysis.models import allows_none, model_fields
from zonda.analysis.plan import BodyParameterPlan, ModelFieldPlan, ParameterPlan
from zonda.analysis.sources import plan_model_fields
from zonda.compiler.page import Page
from zonda.runtime.groups import FormUnion, Group, GroupField, header_pairs, read_group


def write_parameter_model(page: Page, parameter: ParameterPlan, value: str) -> None:
    """Write how a parameter model is read from its source."""
    assert parameter.model is not None
    source = page.source
    fields = group_fields(parameter.model_fields, lists=parameter.source in ("query", "header"))
    group = group_of(parameter.source, parameter.field, (parameter.model,), fields)
    pairs = {
        "path": f"{page.path_values()}.items()",
        "query": page.query_pairs() if parameter.source == "query" else "",
        "header": f"{source.use(header_pairs)}({page.connection}.headers)",
        "cookie": f"{page.connection}.cookies.items()",
    }[parameter.source]
    write_group(page, group, value, pairs)


def write_form_model(page: Page, parameter: BodyParameterPlan, value: str) -> None:
    """Write how a form model, or a union of them, is read from the form."""
    branches = [group_fields(plan_model_fields(model_fields(model))) for model in parameter.form_models]
    fields = tuple(field for branch in branches for field in branch)
    group = group_of("body", parameter.field, parameter.form_models, fields)
    if len(branches) > 1:
        union = FormUnion(parameter.form_models, branches, parameter.field.field_info.discriminator)
        group = replace(group, is_union=True, validate=union.validate, renamed=(*group.renamed, *union.labels))
    write_group(page, group, value, f"{page.body}.multi_items()")


def write_group(page: Page, group: Group, value: str, pairs: str) -> None:
    source = page.source
    bound = source.bind(f"{value}_fields", group)
    source.line(f"{value}, errors = {source.use(read_group)}({pairs}, {bound}, errors)")


def group_of(
    source: str,
    field: ModelField,
    models: Sequence[type[BaseModel]],
    fields: tuple[GroupField, ...],
) -> Group:
    return Group(
        source=source,
        fields=fields,
        validate=field.validator,
        counts_all=any(model.model_config.get("extra") in ("allow", "forbid") for model in models),
        absent=field.get_default if allows_none(field) else None,
        is_required=field.required,
        renamed=tuple(pair for item in fields for pair in item.choices if pair[0] != pair[1]),
    )


def group_fields(plans: Sequence[ModelFieldPlan], *, lists: bool = True) -> tuple[GroupField, ...]:
    return tuple(
        GroupField(tuple((key, name) for name, key in plan.request_names), plan.is_sequence and lists) for plan in plans
    )
