"""This module decides where one parameter comes from: its declaration, its name in the path, its type."""

from __future__ import annotations

import inspect
from copy import copy
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args, get_origin

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from starlette.background import BackgroundTasks
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from typing_inspection.typing_objects import is_typealiastype

from zonda import params
from zonda.analysis.annotations import (
    field_annotation_is_scalar,
    field_annotation_is_scalar_sequence,
    is_uploadfile_or_nonable_uploadfile_annotation,
    is_uploadfile_sequence_annotation,
    lenient_issubclass,
)
from zonda.analysis.dependant import Dependant
from zonda.analysis.fields import ModelField, copy_field_info, create_model_field, is_scalar_field, merge_annotation
from zonda.analysis.foreign import refuse_foreign
from zonda.analysis.forms import with_reading_branches
from zonda.analysis.kinds import Injection
from zonda.analysis.mistakes import (
    DefaultInAnnotated,
    DependsTwice,
    FieldAndDepends,
    FieldForInjected,
    FieldTwice,
    Mistake,
    NotForPath,
    PathDefault,
    PathType,
    QueryType,
    TwoDefaults,
    shown,
)
from zonda.analysis.models import model_in
from zonda.security.scopes import SecurityScopes

INJECTED: dict[type[Any], str] = {
    Request: "request_param_name",
    WebSocket: "websocket_param_name",
    HTTPConnection: "http_connection_param_name",
    Response: "response_param_name",
    BackgroundTasks: "background_tasks_param_name",
    SecurityScopes: "security_scopes_param_name",
}
"""What a parameter receives because of its annotation alone, and the attribute of the dependant that names it.

The first class that fits counts: a Request is an HTTPConnection too.
"""

_INJECTED_CLASSES = tuple(INJECTED)

INJECTIONS: dict[str, Injection] = {
    "request_param_name": Injection.REQUEST,
    "websocket_param_name": Injection.WEBSOCKET,
    "http_connection_param_name": Injection.HTTP_CONNECTION,
    "response_param_name": Injection.RESPONSE,
    "background_tasks_param_name": Injection.BACKGROUND_TASKS,
    "security_scopes_param_name": Injection.SECURITY_SCOPES,
}


@dataclass
class ParamDetails:
    """A parameter is a dependency, a field, or injected because of its type."""

    type_annotation: Any
    depends: params.Depends | None
    field: ModelField | None


@dataclass(frozen=True)
class _Declared:
    """What the user wrote for one parameter, before any decision."""

    name: str
    annotation: Any
    """As validated: with the metadata in `Annotated`."""
    type_annotation: Any
    """Without them."""
    info: FieldInfo | None
    depends: params.Depends | None
    shared: FieldInfo | None = None
    """The object after `=`, which other parameters may have too."""


_EMPTY: Any = inspect.Signature.empty


def analyze_param(*, param_name: str, annotation: Any, value: Any, path_param_names: set[str]) -> ParamDetails:
    """Where the parameter comes from; `value` is its default, or `inspect.Signature.empty`."""
    declared = _declared(param_name, annotation, value, is_path_param=param_name in path_param_names)
    depends = _completed(declared)
    if depends is not None:
        return ParamDetails(declared.type_annotation, depends, None)
    if injected_as(declared.type_annotation) is not None:
        if declared.info is not None:
            raise FieldForInjected(param_name, annotation=declared.type_annotation)
        return ParamDetails(declared.type_annotation, None, None)
    info = declared.info
    if info is None:
        info = _inferred(declared, value, is_path_param=param_name in path_param_names)
    if isinstance(info, params.Path):
        _choose_alias(info, path_param_names)
    if isinstance(info, params.Form):
        info.annotation = with_reading_branches(info.annotation)
    field = _field(declared, info, is_path_param=param_name in path_param_names)
    return ParamDetails(declared.type_annotation, None, field)


def declared_dependency(name: str, annotation: Any, value: Any) -> params.Depends | None:
    """The dependency that a parameter was declared to be, with what is called; None for any other parameter."""
    return _completed(_declared(name, annotation, value, is_path_param=False))


def _completed(declared: _Declared) -> params.Depends | None:
    """`Depends()` alone means the annotated class."""
    depends = declared.depends
    if depends is not None and depends.dependency is None:
        return replace(depends, dependency=declared.type_annotation)
    return depends


def injected_as(annotation: Any) -> str | None:
    """The attribute of the dependant for a parameter of this type, None for all others."""
    if not lenient_issubclass(annotation, _INJECTED_CLASSES):
        return None
    return next(name for cls, name in INJECTED.items() if issubclass(annotation, cls))


def add_non_field_param_to_dependency(*, param_name: str, type_annotation: Any, dependant: Dependant) -> bool | None:
    """Note in the dependant which parameter is injected; None if its type is not one of those."""
    attribute = injected_as(type_annotation)
    if attribute is None:
        return None
    setattr(dependant, attribute, param_name)
    return True


def add_param_to_fields(*, field: ModelField, dependant: Dependant) -> None:
    """Put a field that is not of the body where its declaration says."""
    source = getattr(field.field_info, "in_", None)
    if not isinstance(source, params.ParamTypes):
        raise AssertionError(f"non-body parameters must be in path, query, header or cookie: {field.name}")
    fields: list[ModelField] = getattr(dependant, f"{source.value}_params")
    fields.append(field)


def _declared(name: str, annotation: Any, value: Any, *, is_path_param: bool) -> _Declared:
    annotation = _unaliased(annotation)
    if annotation is _EMPTY:
        annotation = Any
    refuse_foreign((value, *getattr(annotation, "__metadata__", ())), name)
    found = _from_annotated(name, annotation, value, is_path_param=is_path_param)
    if isinstance(value, params.Depends):
        if found.depends is not None:
            raise DependsTwice(name)
        if found.info is not None:
            raise FieldAndDepends(name, declared=type(found.info).__name__)
        return _Declared(name, found.annotation, found.type_annotation, None, value)
    if isinstance(value, FieldInfo) and found.depends is None:
        if found.info is not None:
            raise FieldTwice(name)
        info = copy(value)
        info.annotation = found.type_annotation
        return replace(found, info=info, shared=value)
    return found


def _unaliased(annotation: Any) -> Any:
    """`type Name = Annotated[...]` counts as what it names."""
    return annotation.__value__ if is_typealiastype(annotation) else annotation


def _from_annotated(name: str, annotation: Any, value: Any, *, is_path_param: bool) -> _Declared:
    if get_origin(annotation) is not Annotated:
        return _Declared(name, annotation, annotation, None, None)
    type_annotation, *metadata = get_args(annotation)
    declared = _Declared(name, annotation, type_annotation, None, None)
    found = _last_declaration(metadata)
    if isinstance(found, params.Depends):
        return _Declared(name, annotation, type_annotation, None, found)
    if isinstance(found, FieldInfo):
        info = copy_field_info(field_info=found, annotation=annotation)
        _set_default(name, info, value, is_path_param=is_path_param)
        return replace(declared, info=info)
    return declared


def _last_declaration(metadata: list[Any]) -> Any:
    """The last of ours; a plain `Field()` says nothing about the source."""
    ours = [item for item in metadata if isinstance(item, (params.Declaration, params.Depends))]
    return ours[-1] if ours else None


def _set_default(name: str, info: FieldInfo, value: Any, *, is_path_param: bool) -> None:
    if info.default is not PydanticUndefined:
        raise DefaultInAnnotated(name, declared=type(info).__name__, default=info.default)
    if value is _EMPTY:
        return
    if is_path_param:
        raise PathDefault(name)
    if info.default_factory is not None:
        raise TwoDefaults(name)
    info.default = value


def _inferred(declared: _Declared, value: Any, *, is_path_param: bool) -> FieldInfo:
    """The declaration that the user left out, with the constraints in `Annotated`."""
    kind = params.Path if is_path_param else _inferred_kind(declared.type_annotation)
    default = PydanticUndefined if value is _EMPTY or is_path_param else value
    is_plain = declared.annotation is declared.type_annotation
    made = kind(default) if is_plain and not is_path_param else kind()
    info = merge_annotation(made, declared.annotation)
    info.default = PydanticUndefined if default is ... else default
    if is_path_param:
        info.default_factory = None  # a path that matched has its value
    return info


def _inferred_kind(annotation: Any) -> type[params.Declaration]:
    if is_uploadfile_or_nonable_uploadfile_annotation(annotation) or is_uploadfile_sequence_annotation(annotation):
        return params.File
    return params.Query if field_annotation_is_scalar(annotation) else params.Body


def _choose_alias(info: params.Path, path_param_names: set[str]) -> None:
    """Of several names, the one that the template has."""
    if isinstance(info.validation_alias, AliasChoices):
        names = [item for item in info.validation_alias.choices if isinstance(item, str)]
        fitting = [name for name in names if name in path_param_names]
        if fitting and len(names) == len(info.validation_alias.choices):
            info.validation_alias = fitting[0]


def _field(declared: _Declared, info: FieldInfo, *, is_path_param: bool) -> ModelField:
    name = declared.name
    if is_path_param and not isinstance(info, params.Path):
        raise NotForPath(name, declared=type(info).__name__)
    if isinstance(info, params.Param) and getattr(info, "in_", None) is None:
        info.in_ = params.ParamTypes.query
    if not info.alias:
        info.alias = name.replace("_", "-") if getattr(info, "convert_underscores", None) else name
    if declared.shared is not None and not declared.shared.alias:
        declared.shared.alias = info.alias  # FastAPI's first user of a shared declaration names it for all
    try:
        field = create_model_field(name, type_=info.annotation, alias=info.alias, field_info=info)
    except Mistake as mistake:
        mistake.parameter = name
        raise
    if is_path_param and not is_scalar_field(field):
        raise PathType(name, annotation=shown(info.annotation))
    if isinstance(info, params.Query) and not _fits_the_query(field):
        raise QueryType(name, annotation=shown(info.annotation))
    return field


def _fits_the_query(field: ModelField) -> bool:
    annotation = field.field_info.annotation
    return is_scalar_field(field) or field_annotation_is_scalar_sequence(annotation) or model_in(annotation) is not None
