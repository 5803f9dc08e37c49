"""This module reads the parameters and annotations of a callable, resolving what was written as a string."""

from __future__ import annotations

import inspect
import sys
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
)
from functools import partial
from types import FunctionType, SimpleNamespace
from typing import Any, ForwardRef, get_args, get_origin, get_type_hints

STREAM_ORIGINS = frozenset({AsyncIterable, AsyncIterator, AsyncGenerator, Iterable, Iterator, Generator})


def get_typed_signature(call: Callable[..., Any]) -> inspect.Signature:
    """The signature of `call` with annotations as types; a name that cannot be found stays a ForwardRef."""
    return inspect.Signature(typed_parameters(call))


def typed_parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of that signature: making a Signature of them costs more than finding them."""
    names: dict[str, Any] | None = None
    parameters = []
    for parameter in _signature(call).parameters.values():
        if isinstance(parameter.annotation, str):
            names = globals_of(call) if names is None else names
            parameter = parameter.replace(annotation=get_typed_annotation(parameter.annotation, names))
        parameters.append(parameter)
    return parameters


def get_typed_annotation(annotation: Any, globalns: dict[str, Any]) -> Any:
    """An annotation that was written as a string, as the type that it names."""
    if not isinstance(annotation, str):
        return annotation
    holder = SimpleNamespace(__annotations__={"it": annotation})
    try:
        found = get_type_hints(holder, globalns, include_extras=True)["it"]
    except NameError:
        return ForwardRef(annotation)
    return None if found is type(None) else found


def get_typed_return_annotation(call: Callable[..., Any]) -> Any:
    """What `call` is annotated to return; None if it is not annotated, or with None."""
    annotation = _plain_return_annotation(call)
    if isinstance(annotation, str):
        annotation = _signature(call).return_annotation
    if annotation is inspect.Signature.empty:
        return None
    return get_typed_annotation(annotation, globals_of(call))


def _plain_return_annotation(call: Callable[..., Any]) -> Any:
    """That of a function as it was written, if that is a type; a text where the whole signature must be asked."""
    if sys.version_info >= (3, 14) or type(call) is not FunctionType or vars(call):
        return ""
    return call.__annotations__.get("return", inspect.Signature.empty)


def get_stream_item_type(annotation: Any) -> Any | None:
    """`T` of `Iterator[T]` and its kin, Any if they name none; None for what is no stream."""
    if get_origin(annotation) not in STREAM_ORIGINS:
        return None
    arguments = get_args(annotation)
    return arguments[0] if arguments else Any


def _signature(call: Callable[..., Any]) -> inspect.Signature:
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        return inspect.signature(call, annotation_format=Format.FORWARDREF)
    try:
        return inspect.signature(call, eval_str=True)
    except NameError:
        return inspect.signature(call)  # some names are there for type checkers only


def globals_of(call: Any) -> dict[str, Any]:
    """The module's names where the code of `call` was written, through wrappers, partials and instances."""
    target = underlying(call)
    if inspect.isclass(target):
        module = sys.modules.get(target.__module__)
        return dict(vars(module)) if module is not None else {}
    if not hasattr(target, "__globals__") and callable(target):
        target = underlying(type(target).__call__)
    names: dict[str, Any] = getattr(target, "__globals__", {})
    return names


def underlying(call: Any) -> Any:
    """What is called in the end: without partials and `functools.wraps` wrappers."""
    while True:
        if isinstance(call, partial):
            call = call.func
        elif hasattr(call, "__wrapped__"):
            call = inspect.unwrap(call)
        else:
            return call
