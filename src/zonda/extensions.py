"""This module holds the seams by which batteries enter an application without the core knowing them.

RouteOption ──analyse(route)──▶ Step     one more step of a route, written into its compiled function
Observer                                 told of each request when it was answered
Drain                                    started before the first answer, stopped after the last one
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from zonda.seams import Exchange, Head, Reply, WholeReply

__all__ = [
    "Call",
    "DeclaredRoute",
    "Drain",
    "Exchange",
    "Finished",
    "Head",
    "NotStarted",
    "Observer",
    "Reply",
    "RouteOption",
    "Step",
    "StepPlace",
    "Without",
    "with_body",
    "with_fields",
]


class StepPlace(Enum):
    """Where a step stands among those of its route."""

    BEFORE_DEPENDENCIES = "before dependencies"
    """First of all, before the body is read: it takes parameters and the request, no `Depends` and no body.

    A Response or a Reply that it returns answers the request, and nothing else of the route runs; None goes on.
    """
    AFTER_DEPENDENCIES = "after dependencies"
    """When all that the endpoint is called with is there and valid; what it returns answers instead of the endpoint."""
    AROUND_ENDPOINT = "around endpoint"
    """An `async def` with a parameter `call: Call`, which gives the reply of what it stands around and may be left
    uncalled, or an async generator with one `yield` for it. The reply is made inside, and sent outside."""
    ON_REPLY = "on reply"
    """With the route's reply in a parameter of the type `Reply`: returns it or another one. Replies to errors, and
    those of steps before dependencies, do not come here."""


@dataclass(frozen=True, slots=True)
class Step:
    """One more step of a route: a function that the route's compiled function calls in one paragraph.

    Its parameters are analysed like an endpoint's: values of the request, `Depends`, `Request`, `Response` and so on.
    What is wrong with them is part of the route's 422, and its dependencies share the route's. Parameters of the types
    `Exchange`, `Call` and `Reply` receive these.
    """

    name: str
    """What the generated function, `explain` and messages call it."""
    place: StepPlace
    call: Callable[..., Any]
    """`async def`, or `def`: in a worker thread unless it is `inline`."""
    inline: bool = False
    """A `def` is called in the event loop, because it computes briefly and waits for nothing."""
    openapi: Mapping[str, Any] = field(default_factory=dict)
    """What it adds to the operation in the OpenAPI document: merged key by key, before the user's `openapi_extra`."""
    explain: tuple[str, ...] = ()
    """Lines for `zonda explain`."""


class Call(Protocol):
    """What a step around the endpoint awaits for the reply inside it: `reply = await call()`."""

    async def __call__(self) -> Reply: ...


class DeclaredRoute(Protocol):
    """What a route option is shown of a route: the operation as a request reaches it, through all its routers."""

    @property
    def path(self) -> str: ...
    @property
    def path_format(self) -> str:
        """The template without convertors, as OpenAPI has it."""
        ...

    @property
    def methods(self) -> Any:
        """A set of their names in capitals."""
        ...

    @property
    def endpoint(self) -> Callable[..., Any]: ...
    @property
    def name(self) -> str: ...
    @property
    def tags(self) -> list[Any]: ...
    @property
    def unique_id(self) -> str: ...


@runtime_checkable
class RouteOption(Protocol):
    """What a route is declared with: `extensions=[...]` on an operation, a router, an inclusion or the application.

    Of options with one name the nearest to the operation counts; steps with one place stand in the order in which
    their options were declared, outermost first.
    """

    @property
    def name(self) -> str: ...

    def analyse(self, route: DeclaredRoute, /) -> Step | None:
        """The step that the option adds to this route, or None where it has nothing to do.

        Called whenever the route is analysed, which may be more than once: it decides, and changes nothing.
        """
        ...


class Finished(Protocol):
    """One request that was answered, as observers hear of it.

    What it has is read from the request when it is asked for: take what you need, and do not keep it.
    """

    @property
    def method(self) -> str: ...
    @property
    def template(self) -> str | None:
        """The path of the route as OpenAPI has it, `/items/{item_id}`; None where nothing was found."""
        ...

    @property
    def path(self) -> str:
        """The path of this request, decoded."""
        ...

    @property
    def query_string(self) -> bytes: ...
    @property
    def http_version(self) -> str: ...
    @property
    def client(self) -> tuple[str, int] | None:
        """Address and port, behind a trusted proxy those that it reports."""
        ...

    @property
    def status(self) -> int | None:
        """None where no response was begun: the client left before that."""
        ...

    @property
    def size(self) -> int:
        """The bytes of the body that were sent, without the head and what frames the body."""
        ...

    @property
    def seconds(self) -> float:
        """From the end of the request's head to the last byte of the response; background tasks come after that."""
        ...

    @property
    def error(self) -> BaseException | None:
        """What nothing handled: the reason of a 500, or of a response that was cut."""
        ...


@runtime_checkable
class Observer(Protocol):
    """Hears of each request when it was answered: `Zonda(observers=[...])`.

    Called in the event loop right after the last byte, so it must not wait for anything. Its errors are logged.
    """

    def observe(self, finished: Finished, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Without:
    """Leaves out the option of this name that was declared further out: `extensions=[Without("audit")]`."""

    name: str

    def analyse(self, route: DeclaredRoute, /) -> None:
        """Nothing."""


class Drain:
    """Something that an application starts before it answers and stops when it has answered: a pool, a consumer.

    class Pool(Drain):
        name = "pool"

        async def start(self) -> None:
            self.connections = await connect()

        async def stop(self) -> None:
            await self.connections.close()

    app = Zonda(drains=[Pool()])
    """

    name: str = ""
    """What messages call it; without one, the name of its class."""
    order: int = 0
    """Lower ones start earlier and stop later; equal ones as they were declared."""
    start_timeout: float | None = 30.0
    """Seconds that `start` may take; None sets no limit."""
    stop_timeout: float | None = 10.0
    """Seconds that `stop` may take before it is cancelled."""

    async def start(self) -> None:
        """Before the application's lifespan. What it raises keeps the application from starting."""

    async def stop(self) -> None:
        """After the application's lifespan, and when a later one failed to start."""

    @property
    def label(self) -> str:
        return self.name or type(self).__name__


class NotStarted(RuntimeError):
    """A drain that failed to start; those that had started were stopped again. Its cause is what was raised."""

    def __init__(self, drain: Drain, stopped: tuple[str, ...], reason: str) -> None:
        self.drain = drain
        self.stopped = stopped
        """The labels of those that were stopped again, in that order."""
        after = f" Stopped again: {', '.join(stopped)}." if stopped else " Nothing had been started before it."
        super().__init__(f"{drain.label} did not start: {reason}.{after}")


MOST_HEADS = 8
"""How many heads are kept of what is made of one; what varies more is made each time."""


def with_fields(reply: Reply, *fields: tuple[bytes, bytes]) -> Reply:
    """The reply under a head that has these fields too; their names are in lower case.

    return with_fields(reply, (b"cache-control", b"max-age=60"))
    """
    head = reply.head
    derived = head.derived
    if derived is None:
        derived = head.derived = {}
    made = derived.get(fields)
    if made is None:
        made = Head(head.status, (*head.headers, *fields))
        if len(derived) < MOST_HEADS:
            derived[fields] = made
    if reply.stream is None and reply.application is None:
        return WholeReply(made, reply.body)
    return Reply(made, stream=reply.stream, application=reply.application)


def with_body(reply: Reply, body: bytes) -> Reply:
    """The same head over another content, whose length is said when it is sent."""
    head = reply.head
    fields = tuple(item for item in head.headers if item[0].lower() != b"content-length")
    return WholeReply(head if len(fields) == len(head.headers) else Head(head.status, fields), body)


def in_brackets(option: str, given: Any) -> Any:
    """What was given for an option that takes several. Raises TypeError for one that was given alone."""
    if isinstance(given, (RouteOption, Observer, Drain)) and not isinstance(given, Iterable):
        shown = type(given).__name__
        raise TypeError(f"{option}= takes a list, and was given {shown} alone. Write {option}=[{shown}(...)].")
    return given
