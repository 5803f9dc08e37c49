"""This module makes endpoints of methods: what was `self` becomes a dependency, an instance for each request."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Annotated, Any, get_args

from pydantic.fields import FieldInfo

from zonda.analysis.mistakes import (
    NoMethod,
    OpenTypeParameter,
    UnmarkedConstructorParameter,
    WrongConnection,
    declaring,
    shown,
    within,
)
from zonda.analysis.parameters import injected_as
from zonda.analysis.signatures import get_typed_return_annotation, get_typed_signature
from zonda.controllers.declaring import Declared, declared_on
from zonda.controllers.generics import TypeArguments, open_parameters, substituted, type_arguments
from zonda.params import Depends
from zonda.routing.state import template_of


@dataclass(frozen=True, slots=True)
class Method:
    """A member of a controller that answers for operations."""

    name: str
    owner: type[Any]
    """The class that defines it."""
    member: Any
    declared: tuple[Declared, ...]


def methods_of(kind: type[Any]) -> list[Method]:
    """In the order of declaration, those of base classes first.

    A method that overrides another one keeps its place, and what was declared for it unless it declares its own.
    None in its place takes it out.
    """
    found: dict[str, Method] = {}
    for owner in reversed(kind.__mro__):
        for name, member in vars(owner).items():
            declared = declared_on(member) or (found[name].declared if name in found else ())
            if declared:
                found[name] = Method(name, owner, member, declared)
    return [method for method in found.values() if method.member is not None]


class Endpoints:
    """The endpoints of one controller class; all of them share the dependency that makes the instance."""

    def __init__(self, kind: type[Any]) -> None:
        self.kind = kind
        self._arguments = type_arguments(kind)
        self._construct = _constructor(kind, self._arguments)
        self._instance = Annotated[kind, Depends(self._construct)]

    def of(self, method: Method, declared: Declared, path: str) -> Callable[..., Any]:
        """The method as a function whose first parameter is a dependency. `path` is the whole one in the router."""
        operation = f"{','.join(declared.options.get('methods') or ('WS',))} {path}"
        with declaring(operation, method.member if callable(method.member) else self.kind):
            if isinstance(method.member, (staticmethod, classmethod)):
                endpoint: Callable[..., Any] = getattr(self.kind, method.name)
                return endpoint
            self._check_constructor(path, is_websocket=declared.declare == "websocket")
            return self._with_instance(method)

    def _with_instance(self, method: Method) -> Callable[..., Any]:
        signature = _resolved(method.member, self._arguments.get(method.owner, {}))
        parameters = list(signature.parameters.values())
        takes_instance = bool(parameters) and parameters[0].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        if not isinstance(method.member, FunctionType) or not takes_instance:
            raise NoMethod(method=method.name, controller=self.kind.__name__)
        instance = parameters[0].replace(annotation=self._instance, default=inspect.Parameter.empty)
        endpoint = _copy(method.member)
        endpoint.__qualname__ = f"{self.kind.__qualname__}.{method.name}"
        endpoint.__signature__ = signature.replace(parameters=[instance, *parameters[1:]])  # type: ignore[attr-defined]  # read by inspect
        return endpoint

    def _check_constructor(self, path: str, *, is_websocket: bool) -> None:
        """Refuse parameters that a client could set although nobody said so, and what such a connection is not."""
        missing = "request_param_name" if is_websocket else "websocket_param_name"
        in_path = template_of(path)[1]
        for name, parameter in inspect.signature(self._construct).parameters.items():
            with within(self._construct):
                if name not in in_path and not _is_marked(parameter):
                    raise UnmarkedConstructorParameter(
                        name, controller=self.kind.__name__, annotation=_shown(parameter.annotation)
                    )
                if injected_as(parameter.annotation) == missing and parameter.default is parameter.empty:
                    given = "a request, and no websocket," if is_websocket else "a websocket, and no request,"
                    raise WrongConnection(name, controller=self.kind.__name__, given=given)


def _constructor(kind: type[Any], arguments: Mapping[type[Any], TypeArguments]) -> Callable[..., Any]:
    """The class as a dependency that is called on the event loop: it only keeps what it is given."""

    async def construct(*positional: Any, **named: Any) -> Any:
        return kind(*positional, **named)

    owner = next(base for base in kind.__mro__ if "__init__" in vars(base))
    construct.__name__, construct.__qualname__, construct.__doc__ = kind.__name__, kind.__qualname__, kind.__doc__
    construct.__wrapped__ = kind  # type: ignore[attr-defined]  # where it is said to be written
    construct.__signature__ = _resolved(kind, arguments.get(owner, {}))  # type: ignore[attr-defined]  # read by inspect
    return construct


def _resolved(call: Callable[..., Any], arguments: TypeArguments) -> inspect.Signature:
    """The signature with types in place of strings and of type parameters."""
    signature = get_typed_signature(call)
    result = substituted(get_typed_return_annotation(call), arguments) if not inspect.isclass(call) else None
    parameters = [
        parameter.replace(annotation=substituted(parameter.annotation, arguments))
        for parameter in signature.parameters.values()
    ]
    with within(call):
        for parameter in parameters:
            _refuse_open(parameter.annotation, parameter.name)
        _refuse_open(result)
    return inspect.Signature(parameters, return_annotation=result)


def _refuse_open(annotation: Any, parameter: str | None = None) -> None:
    for type_parameter in open_parameters(annotation):
        raise OpenTypeParameter(parameter, type_parameter=type_parameter.__name__)


def _copy(function: FunctionType) -> FunctionType:
    """The same code under a signature of its own, since subclasses share their bases' functions."""
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__module__ = function.__module__
    copy.__doc__ = function.__doc__
    copy.__annotations__ = function.__annotations__
    vars(copy).update(vars(function))
    return copy


def _is_marked(parameter: inspect.Parameter) -> bool:
    """It is a dependency, a declared parameter of the request, or passed in because of its type."""
    marks: Iterator[Any] = iter((*get_args(parameter.annotation)[1:], parameter.default))
    return (
        any(isinstance(mark, (Depends, FieldInfo)) for mark in marks) or injected_as(parameter.annotation) is not None
    )


def _shown(annotation: Any) -> str:
    return "..." if annotation is inspect.Parameter.empty else shown(annotation)
