"""This module writes how a model is read whose fields are parameters of their own, from a query, a form or the like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from types import NoneType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from zonda.analysis.annotations import alternatives, without_metadata
from zonda.analysis.fields import ModelField
from zonda.analysis.models import allows_none
from zonda.analysis.plan import BodyParameterPlan, ModelFieldPlan, ParameterPlan
from zonda.compiler.page import Page, validates_default
from zonda.runtime.groups import Group, GroupField, branch_reader, header_pairs, read_group


def write_parameter_model(page: Page, parameter: ParameterPlan, value: str) -> None:
    """Write how a parameter model is read from its source."""
    assert parameter.model is not None
    group = group_of(parameter.source, parameter.field, (parameter.model,), (parameter.model_fields,))
    match parameter.source:
        case "path":
            pairs = f"{page.path_values()}.items()"
        case "query":
            pairs = page.query_pairs()
        case "header":
            pairs = f"{page.source.use(header_pairs)}({page.connection}.headers)"
        case "cookie":
            pairs = f"{page.cookies()}.items()"
    write_group(page, group, value, pairs)


def write_form_model(page: Page, parameter: BodyParameterPlan, value: str) -> None:
    """Write how a form model, or a union of them, is read from the form."""
    branches = parameter.form_branches
    group = group_of("body", parameter.field, parameter.form_models, branches)
    if len(branches) > 1:
        union, labels = reading_union(parameter.field, [group_fields("body", branch) for branch in branches])
        group = replace(group, is_union=True, validate=union.validator, renamed=(*group.renamed, *labels))
    write_group(page, group, value, f"{page.body}.multi_items()")


def write_group(page: Page, group: Group, value: str, pairs: str) -> None:
    source = page.source
    bound = source.bind(f"{value}_fields", group)
    source.line(f"{value}, errors = {source.use(read_group)}({pairs}, {bound}, errors)")


def group_of(
    source: str,
    field: ModelField,
    models: Sequence[type[BaseModel]],
    branches: Sequence[Sequence[ModelFieldPlan]],
) -> Group:
    """What is known of a parameter model, or of a union of them, before a request."""
    return Group(
        source=source,
        fields=tuple(item for branch in branches for item in group_fields(source, branch)),
        validate=field.validator,
        counts_all=any(model.model_config.get("extra") in ("allow", "forbid") for model in models),
        is_optional=allows_none(field),
        is_required=field.required,
        default=field.get_default,
        validates_default=validates_default(field),
        renamed=() if any(reports_names(model) for model in models) else renamings(branches),
    )


def group_fields(source: str, plans: Sequence[ModelFieldPlan]) -> tuple[GroupField, ...]:
    spell: Callable[[str], str] = str.lower if source == "header" else str
    return tuple(
        GroupField(
            tuple((key, spell(name)) for name, key in plan.request_names), plan.is_sequence, plan.empty_is_absent
        )
        for plan in plans
    )


def renamings(branches: Sequence[Sequence[ModelFieldPlan]]) -> tuple[tuple[str, str], ...]:
    """Names that Pydantic reports, with those that the client knows, where they differ."""
    return tuple(
        (key, name) for branch in branches for plan in branch for name, key in plan.request_names if name != key
    )


def reports_names(model: type[BaseModel]) -> bool:
    """The model wants errors to name its fields as Python does."""
    return model.model_config.get("loc_by_alias") is False


def reading_union(
    field: ModelField, branches: Sequence[tuple[GroupField, ...]]
) -> tuple[ModelField, tuple[tuple[str, str], ...]]:
    """The field with branches that read the form, and Pydantic's names for them with the models' own."""
    members, labels = [], []
    rest = iter(branches)
    for member in alternatives(without_metadata(field.field_info.annotation)):
        model, *metadata = get_args(member) if get_origin(member) is Annotated else (member,)
        if model is NoneType:
            continue
        members.append(Annotated[(model, BeforeValidator(branch_reader(next(rest))), *metadata)])
        labels.append((f"function-before[read_branch(), {model.__name__}]", model.__name__))
    info = copy(field.field_info)
    info.annotation = Union[tuple(members)]  # type: ignore[assignment]  # noqa: UP007  (made from a tuple)
    return ModelField(field_info=info, name=field.name), tuple(labels)
