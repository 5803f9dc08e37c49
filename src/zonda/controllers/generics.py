"""This module says what the type parameters of generic classes stand for in a class that derives from them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args, get_origin

TypeArguments = Mapping[Any, Any]
"""What each type parameter stands for."""


def type_arguments(kind: type[Any]) -> dict[type[Any], TypeArguments]:
    """For each generic class that `kind` derives from, what its parameters stand for; what is open stays itself.

    class Crud(Generic[T]): ...
    class Items(Crud[Item]): ...

    type_arguments(Items) == {Crud: {T: Item}}
    """
    found: dict[type[Any], TypeArguments] = {}
    for derived in kind.__mro__:
        for base in vars(derived).get("__orig_bases__", ()):
            origin = get_origin(base)
            parameters = getattr(origin, "__parameters__", ())
            if inspect.isclass(origin) and parameters:
                known = found.get(derived, {})
                arguments = (substituted(argument, known) for argument in get_args(base))
                found.setdefault(origin, dict(zip(parameters, arguments, strict=False)))
    return found


def substituted(annotation: Any, arguments: TypeArguments) -> Any:
    """The annotation with what its type parameters stand for in their place."""
    if isinstance(annotation, TypeVar):
        return arguments.get(annotation, annotation)
    parameters = _parameters(annotation)
    if not any(parameter in arguments for parameter in parameters):
        return annotation
    return annotation[tuple(arguments.get(parameter, parameter) for parameter in parameters)]


def open_parameters(annotation: Any) -> Iterator[Any]:
    """The type parameters that stand for nothing yet."""
    yield from (annotation,) if isinstance(annotation, TypeVar) else _parameters(annotation)


def _parameters(annotation: Any) -> tuple[Any, ...]:
    """Those of a generic alias; Pydantic's generic models have them in a place of their own."""
    of_model = getattr(annotation, "__pydantic_generic_metadata__", None)
    if of_model is not None:
        return tuple(of_model["parameters"])
    if inspect.isclass(annotation) and get_origin(annotation) is None:
        return ()
    return tuple(getattr(annotation, "__parameters__", ()))
