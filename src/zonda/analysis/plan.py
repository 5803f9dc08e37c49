"""This module holds the plan: everything that is decided about a route, frozen.

    RoutePlan
    ├── dependencies: DependencyPlan ...     flattened into call order
    │   ├── (a CallPlan each)
    │   └── step: StepPlan | None            for what batteries add
    ├── endpoint: CallPlan
    │   ├── parameters: ParameterPlan ...    path, query, header, cookie, in the order FastAPI validates them
    │   ├── body: BodyParameterPlan ...
    │   ├── injections: InjectionPlan ...
    │   └── arguments                        the dependencies whose values it takes
    ├── body: BodyPlan | None                how the body is read, once for the whole route
    └── response: ResponsePlan               what leaves

    CallerPlan                               the same without a request: `app.resolve(...)`, `@app.inject`

One plan has many readers: the compiler, the interpreter, OpenAPI, `routes`, `explain`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel
from starlette.responses import Response

from zonda.analysis.kinds import CONNECTIONS, GENERATORS, CallKind, Injection
from zonda.extensions import StepPlace
from zonda.own_options import NOTHING, OwnOptions
from zonda.types import DependencyScope

if TYPE_CHECKING:
    from zonda.analysis.dependant import Dependant
    from zonda.analysis.fields import ModelField
    from zonda.analysis.secrets import Secrets

Source = Literal["path", "query", "header", "cookie"]
IncEx = Any


@dataclass(frozen=True, slots=True)
class ModelFieldPlan:
    """One field of a parameter model, read like a parameter of its own."""

    field: ModelField
    request_names: tuple[tuple[str, str], ...]
    """(name in the request, key in what the model validates) of each choice."""
    is_sequence: bool
    is_required: bool
    empty_is_absent: bool = False
    """An empty text is as good as none: several values are wanted, be it as JSON."""


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """One parameter that comes from the path, the query, the headers or the cookies."""

    name: str
    """The argument of the callable."""
    source: Source
    field: ModelField
    """Validates the value and holds default, alias, constraints."""
    request_names: tuple[tuple[str, str], ...]
    """(name in the request, name in an error's `loc`) of each choice; the first that is present wins."""
    is_sequence: bool
    """Repeated keys are collected into a list."""
    is_required: bool
    model: type[BaseModel] | None = None
    """For a parameter model: its fields are spread over the source. `request_names` is then empty."""
    model_fields: tuple[ModelFieldPlan, ...] = ()
    empty_is_absent: bool = False
    """As for a field of a model."""


@dataclass(frozen=True, slots=True)
class BodyParameterPlan:
    """One parameter that comes from the body."""

    name: str
    field: ModelField
    request_names: tuple[tuple[str, str], ...]
    is_file: bool
    is_form: bool
    is_sequence: bool
    is_required: bool
    form_models: tuple[type[BaseModel], ...] = ()
    """For a form model, or a union of them: the branches whose fields are read from the form.

    One model validates a dict of its fields (`form_branches`) and of all else that was sent. A union's field validates
    the FormData itself: its branches read it, each as its fields want it.
    """
    form_branches: tuple[tuple[ModelFieldPlan, ...], ...] = ()
    """The fields of each branch."""
    reads_bytes: bool = False
    """An uploaded file is read, and its content is the value."""


@dataclass(frozen=True, slots=True)
class InjectionPlan:
    name: str
    injection: Injection
    scopes: tuple[str, ...] = ()
    """For SECURITY_SCOPES: the scopes from the outermost `Security` inward."""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A callable with where each of its arguments comes from."""

    call: Callable[..., Any]
    kind: CallKind
    name: str
    """The user's name for it, a valid identifier, for generated code and messages."""
    parameters: tuple[ParameterPlan, ...] = ()
    body_parameters: tuple[BodyParameterPlan, ...] = ()
    injections: tuple[InjectionPlan, ...] = ()
    arguments: tuple[tuple[str, int], ...] = ()
    """(argument name, index of the dependency in RoutePlan.dependencies that supplies it)."""
    needs: tuple[int, ...] = ()
    """Indexes of the direct sub-dependencies, those without an argument too. If one has errors, this is not called."""


class StepInput(Enum):
    """What a step's parameter receives because of its annotation, beside the injections of all callables."""

    EXCHANGE = "exchange"
    CALL = "call"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class StepPlan:
    """What a battery does in this route; its function and what that needs is the `call` of the DependencyPlan."""

    name: str
    place: StepPlace
    received: tuple[tuple[str, StepInput], ...] = ()
    """Parameters of the function that only steps have."""
    is_inline: bool = False
    """A plain function that is called in the event loop."""
    explain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DependencyPlan:
    """One dependency at its place in the call order: all that it needs stands before it.

    A step is one too, as far as its parameters and dependencies go; its function is called at the step's own place.
    """

    call: CallPlan
    scope: DependencyScope | None
    """For generators: when they are closed. `app`: the value is the application's, and `app` says which."""
    reuses: int | None = None
    """The index of the earlier dependency whose value is taken. Its parameters are validated again all the same:
    what is wrong is reported once for each place, as FastAPI does."""
    is_told: bool = True
    """What is wrong is reported here too. Not where a step takes what the route has: FastAPI has no such place."""
    semaphore: Any = None
    """The `max_concurrency` limit, shared by all uses of one `Depends` object."""
    dependant: Dependant | None = None
    step: StepPlan | None = None
    wave: int | None = None
    """Those of the same number are called at the same time, lower ones before; None: where it stands."""
    app: AppDependencyPlan | None = None
    """What to take from the application; nothing is called for the request then."""


@dataclass(frozen=True, slots=True)
class AppDependencyPlan:
    """A dependency of which a process has one value, with all that it needs: that lives as long."""

    call: Callable[..., Any]
    kind: CallKind
    name: str
    needs: tuple[tuple[str | None, AppDependencyPlan], ...] = ()
    """The arguments that it takes, None for what it only needs to be there."""
    defaults: tuple[ModelField, ...] = ()
    """Its other parameters, which nothing but their defaults can fill."""
    scopes: tuple[str, ...] = ()
    scopes_argument: str | None = None
    """The parameter that takes the security scopes."""

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal where the value may be shared: the same callable that is given the same."""
        needs = tuple((name, needed.key) for name, needed in self.needs)
        return id(self.call), self.scopes if self.scopes_argument else (), needs


class BodyEncoding(Enum):
    JSON = "json"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """How the body is read and parsed, before any dependency runs."""

    encoding: BodyEncoding
    field: ModelField
    """The body as a whole: the only parameter itself, or a model made of all of them."""
    is_embedded: bool
    """The parameters are keys of an object."""
    strict_content_type: bool
    form_limits: Mapping[str, int] = dataclasses.field(default_factory=dict)


class ResultKind(Enum):
    """What the endpoint's result is."""

    VALUE = "value"
    """Validated, filtered and encoded, or a Response."""
    JSON_LINES = "json lines"
    SERVER_SENT_EVENTS = "server-sent events"
    RAW_STREAM = "raw stream"
    """A generator whose chunks become the content of `response_class`."""


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    kind: ResultKind
    response_class: type[Response]
    is_default_class: bool
    """The user named no response class: with a field, the bytes come straight from Pydantic."""
    status_code: int | None
    field: ModelField | None
    item_field: ModelField | None
    """For streams: validates and encodes each item."""
    include: IncEx = None
    exclude: IncEx = None
    by_alias: bool = True
    exclude_unset: bool = False
    exclude_defaults: bool = False
    exclude_none: bool = False
    is_corrected: bool = False
    """What FastAPI has wrong about responses is put right: `Zonda(corrections=True)`."""


@dataclass(frozen=True, slots=True)
class EndpointPlace:
    """Where the user wrote the endpoint, for messages."""

    function: str
    file: str
    line: int
    path: str
    """`GET /items/{item_id}`"""


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """Everything decided about one HTTP operation."""

    operation: str
    """`GET /items/{item_id}`"""
    path: str
    methods: tuple[str, ...]
    endpoint: CallPlan
    dependencies: tuple[DependencyPlan, ...]
    body: BodyPlan | None
    response: ResponsePlan
    place: EndpointPlace
    max_body_size: int | None = None
    own: OwnOptions = NOTHING
    """What Zonda adds to FastAPI's options, as it comes to for this route."""
    secrets: Secrets | None = None
    """What errors must not quote, where the application hides it."""

    @property
    def early_steps(self) -> int:
        """How many steps run before the body is read: the first of `dependencies`."""
        return sum(item.step is not None and item.step.place is FIRST for item in self.dependencies)

    @property
    def has_request_scope(self) -> bool:
        """Something stays open until the reply was sent."""
        return any(
            item.reuses is None and item.scope == "request" and item.call.kind in GENERATORS
            for item in self.dependencies
        )

    @property
    def has_function_scope(self) -> bool:
        return any(
            item.reuses is None and item.scope == "function" and item.call.kind in GENERATORS
            for item in self.dependencies
        )


def takes_connection(plan: RoutePlan | WebSocketPlan) -> bool:
    """Someone in the tree is given the request or the websocket itself."""
    calls = (plan.endpoint, *(item.call for item in plan.dependencies))
    return any(injected.injection in CONNECTIONS for call in calls for injected in call.injections)


@dataclass(frozen=True, slots=True)
class WebSocketPlan:
    """Everything decided about one websocket route."""

    path: str
    endpoint: CallPlan
    dependencies: tuple[DependencyPlan, ...]
    place: EndpointPlace
    secrets: Secrets | None = None
    embeds_body: bool = False
    """Dependencies take keys of a body, which no websocket has: their absence is told by their names."""


class CallerGives(Enum):
    """What a function without a request returns."""

    VALUE = "value"
    """Of the one dependency that was asked for."""
    RESULT = "result"
    """Of the user's function, called with the dependencies."""
    ARGUMENTS = "arguments"
    """By their names: the user's function is called elsewhere."""


@dataclass(frozen=True, slots=True)
class CallerPlan:
    """Everything decided about a dependency, or a function with some, that is used without a request."""

    title: str
    """`app.resolve(get_users)`, `send_report`"""
    endpoint: CallPlan
    dependencies: tuple[DependencyPlan, ...]
    place: EndpointPlace
    gives: CallerGives


FIRST = StepPlace.BEFORE_DEPENDENCIES
