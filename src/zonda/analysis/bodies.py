"""This module works out the body: which parameters come from it, whether they are keys of an object, JSON or form."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from importlib import import_module
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from zonda import params
from zonda.analysis.dependant import Dependant
from zonda.analysis.fields import ModelField, create_model_field
from zonda.analysis.form_schemas import create_form_model
from zonda.analysis.mistakes import NoMultipart, WrongMultipart
from zonda.analysis.models import allows_none, form_models, is_optional_group
from zonda.analysis.tree import every


def get_flat_body_params(dependant: Dependant) -> list[ModelField]:
    """The body parameters of the whole tree, in each place where they are needed."""
    return [field for item in every(dependant) for field in item.body_params]


def should_embed_body_fields(fields: Sequence[ModelField]) -> bool:
    """Whether the parameters are keys of the body, rather than the only one the body itself."""
    if not fields:
        return False
    if len({_meaning(field) for field in fields}) > 1:
        return True
    first = fields[0]
    if getattr(first.field_info, "embed", None):
        return True
    return isinstance(first.field_info, params.Form) and not form_models(first)


def _meaning(field: ModelField) -> Hashable:
    """What makes two parameters one: their name, and for form models, which are no keys of the form, the model."""
    models = form_models(field)
    if not models:
        return field.name
    return (field.name, id(field)) if len(models) > 1 else (field.name, models[0], allows_none(field))


def get_body_field(*, body_params: Sequence[ModelField], name: str, embed_body_fields: bool) -> ModelField | None:
    """The body as one field: the only parameter itself, or a model made of all of them."""
    if not body_params:
        return None
    first = body_params[0]
    is_group = not embed_body_fields and is_optional_group(first)
    if not embed_body_fields and not is_group:
        return first
    model = create_form_model(body_params, f"Body_{name}")
    required = any(field.required for field in body_params)
    default = PydanticUndefined if required else None
    kind, media_type = _kind_of(body_params)
    shown: dict[str, Any] = {}
    if is_group:
        shown = {"title": first.field_info.title, "description": first.field_info.description}
    info = kind(
        annotation=model, alias=first.alias if is_group else "body", default=default, media_type=media_type, **shown
    )
    return create_model_field(first.name if is_group else "body", type_=model, alias=info.alias, field_info=info)


def _kind_of(fields: Sequence[ModelField]) -> tuple[type[params.Body], str]:
    """The class and the media type that all parameters together have."""
    infos = [field.field_info for field in fields]
    if any(isinstance(info, params.File) for info in infos):
        return params.File, "multipart/form-data"
    if any(isinstance(info, params.Form) for info in infos):
        types = {info.media_type for info in infos if isinstance(info, params.Form)}
        if "multipart/form-data" in types:
            return params.Form, "multipart/form-data"
        return params.Form, types.pop() if len(types) == 1 else "application/x-www-form-urlencoded"
    types = {info.media_type for info in infos if isinstance(info, params.Body)}
    return params.Body, types.pop() if len(types) == 1 else "application/json"


def check_multipart(info: FieldInfo) -> None:
    """Say at the declaration that a form cannot be parsed here."""
    if isinstance(info, params.Form):
        ensure_multipart_is_installed()


def ensure_multipart_is_installed() -> None:
    """Raise unless python-multipart is there, new enough to have a module name of its own."""
    version = getattr(_module("python_multipart"), "__version__", "0")
    if tuple(int(part) for part in version.split(".")[:3]) > (0, 0, 12):
        return
    older = _module("multipart")
    if not getattr(older, "__version__", None):
        raise NoMultipart
    if not hasattr(_module("multipart.multipart"), "parse_options_header"):
        raise WrongMultipart


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None
