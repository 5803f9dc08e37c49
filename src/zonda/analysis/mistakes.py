"""This module holds the mistakes that a developer can make in a declaration, and the one format they are shown in.

    Query parameter 'q' must be one of the supported types, and `dict[str, int]` is none
    Where: GET /items, parameter `q` of read_items(), shop/items.py, line 12
    Instead: annotate it with a plain value, a list of such, or a model whose fields are the parameters.

Each carries facts as attributes. Where FastAPI's behaviour fixes the type of an error or the beginning of its text,
the class here derives from that type and its text begins so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from zonda.analysis.calls import name_of, source_of
from zonda.exceptions import DependencyScopeError, FastAPIError, PydanticV1NotSupportedError


@dataclass(frozen=True, slots=True)
class Place:
    """A callable with where it was written."""

    name: str
    file: str | None
    line: int | None

    @classmethod
    def of(cls, call: Callable[..., Any]) -> Place:
        file, line = source_of(call) or (None, None)
        return cls(name_of(call), file, line)

    def __str__(self) -> str:
        source = "" if self.file is None else f", {_short(self.file)}, line {self.line}"
        return f"{self.name}(){source}"


def _short(file: str) -> str:
    """Relative to where the program was started, when it lies below."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except ValueError:
        return file


class Mistake(Exception):
    """What is wrong, where, and what to write instead; both texts are templates over the facts."""

    what: str
    instead: str

    def __init__(self, parameter: str | None = None, **facts: Any) -> None:
        super().__init__()
        self.parameter = parameter
        vars(self).update(facts)
        self.operation: str | None = None
        """`GET /items/{item_id}`, or the path alone while the methods are not known."""
        self.places: list[Place] = []
        """From the callable that was wrong to the endpoint that needs it."""

    @property
    def args(self) -> tuple[str]:  # type: ignore[override]  # read by those who do not ask for the text itself
        return (str(self),)

    def __str__(self) -> str:
        facts = vars(self)
        lines = [self.what.format(**facts)]
        if self.places or self.operation:
            lines.append(f"Where: {self._where()}")
        lines.append(f"Instead: {self.instead.format(**facts)}")
        return "\n".join(lines)

    def _where(self) -> str:
        parts = [self.operation] if self.operation else []
        if self.places:
            first, *others = (str(place) for place in self.places)
            parts.append(f"parameter `{self.parameter}` of {first}" if self.parameter else first)
            parts += [f"needed by {place}" for place in others]
        return ", ".join(parts)


@contextmanager
def within(call: Callable[..., Any], path: str | None = None) -> Iterator[None]:
    """Note for each mistake made inside that it was made in `call`."""
    try:
        yield
    except Mistake as mistake:
        mistake.places.append(Place.of(call))
        mistake.operation = mistake.operation or path
        raise


@contextmanager
def declaring(operation: str, endpoint: Callable[..., Any]) -> Iterator[None]:
    """Note for each mistake made inside which operation was declared (`GET /items/{item_id}`), and for what."""
    try:
        yield
    except Mistake as mistake:
        mistake.operation = operation
        if not mistake.places:
            mistake.places.append(Place.of(endpoint))
        raise


def shown(annotation: Any) -> str:
    """An annotation as the user wrote it."""
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)


# Types


class NoPydanticField(Mistake, FastAPIError):
    """A parameter or a result is annotated with a type that Pydantic cannot validate."""

    what = "Invalid args for response field! Hint: check that {annotation} is a valid Pydantic field type."
    instead = (
        "annotate with a type that Pydantic knows, or give yours `__get_pydantic_core_schema__`; "
        "an object that is made for each request comes in through `Depends()`, and with the parameter "
        "response_model=None an endpoint returns what its annotation says without a model."
    )


class PydanticV1Model(Mistake, PydanticV1NotSupportedError):
    """A model of `pydantic.v1`."""

    what = "pydantic.v1 models are no longer supported by FastAPI. Please update the response model {annotation}."
    instead = "derive the model from `pydantic.BaseModel`."


class PathType(Mistake, AssertionError):
    """A path parameter that is not one plain value."""

    what = "Path params must be of one of the supported types, and {annotation} is not one plain value"
    instead = (
        "annotate `{parameter}` with one value such as `str`, `int` or an enum; if it is meant to come from the "
        "body, rename it or remove `{{{parameter}}}` from the path."
    )


class QueryType(Mistake, AssertionError):
    """A query parameter that is neither plain, nor a list of plain values, nor a model."""

    what = "Query parameter {parameter!r} must be one of the supported types, and {annotation} is not"
    instead = (
        "annotate `{parameter}` with one plain value, a list of plain values, or one model whose fields are the "
        "parameters; an object comes in through `Body()`."
    )


# One parameter declared in two ways


class NotForPath(Mistake, AssertionError):
    """The path has the name, the declaration says that it comes from elsewhere."""

    what = "Cannot use `{declared}` for path param {parameter!r}"
    instead = "declare it with `Path()`, or remove `{{{parameter}}}` from the path."


class PathDefault(Mistake, AssertionError):
    """A path parameter with a default."""

    what = "Path parameters cannot have default values"
    instead = "remove the default: without a value for `{parameter}` the path does not match."


class DefaultInAnnotated(Mistake, AssertionError):
    """`Annotated[int, Query(3)]`."""

    what = (
        "`{declared}` default value cannot be set in `Annotated` for {parameter!r}. "
        "Set the default value with `=` instead."
    )
    instead = "{parameter}: Annotated[..., {declared}()] = {default!r}"


class FieldTwice(Mistake, AssertionError):
    """`Annotated[int, Query()] = Query()`."""

    what = "Cannot specify FastAPI annotations in `Annotated` and default value together for {parameter!r}"
    instead = "keep the one in `Annotated`, and write only the default itself after `=`."


class DependsTwice(Mistake, AssertionError):
    """`Annotated[int, Depends(a)] = Depends(b)`."""

    what = "Cannot specify `Depends` in `Annotated` and default value together for {parameter!r}"
    instead = "keep the one in `Annotated`, and remove the default."


class FieldAndDepends(Mistake, AssertionError):
    """`Annotated[int, Query()] = Depends(a)`."""

    what = (
        "Cannot specify a FastAPI annotation in `Annotated` and `Depends` as a default value together for {parameter!r}"
    )
    instead = "keep `{declared}` for a value of the request, or `Depends` for a value that is computed."


class FieldForInjected(Mistake, AssertionError):
    """`Annotated[Request, Query()]`."""

    what = "Cannot specify FastAPI annotation for type {annotation!r}"
    instead = "annotate `{parameter}` with the type alone: it is passed in because of it."


class TwoDefaults(Mistake, TypeError):
    """`Annotated[int, Query(default_factory=f)] = 3`."""

    what = "cannot specify both default and default_factory for {parameter!r}"
    instead = "keep the `default_factory`, or the default after `=`."


# Dependencies


class DependencyScope(Mistake, DependencyScopeError):
    """A dependency that is closed after the reply needs one that is closed before it."""

    what = (
        'The dependency "{dependency}" has a scope of "request", it cannot depend on dependencies with scope "function"'
    )
    instead = (
        '`Depends({dependency}, scope="function")` where it is used, or `Depends({needed}, scope="request")` in it.'
    )


class AppScope(Mistake, DependencyScopeError):
    """A dependency that lives as long as the process needs one that is closed after each request."""

    what = 'The dependency "{dependency}" has the scope "app", and "{needed}" is closed after each request'
    instead = '`Depends({needed}, scope="app")` in it, or use {dependency} without `scope="app"`.'


class NeedsRequest(Mistake, FastAPIError):
    """A dependency that is used where there is no request takes something that only a request has."""

    what = "{dependency}() needs {needed}, and {used_by} has no request"
    instead = (
        "give the parameter a default, or split off what needs no request into a dependency of its own and use that."
    )


class InjectedGenerator(Mistake, TypeError):
    """`@app.inject` on a function with `yield`."""

    what = "{function}() yields, so there is no end of the call at which to close what was injected"
    instead = "`async with app.resolve(...)` inside it, around the `yield`."


class NothingDependsOn(Mistake, LookupError):
    """An override of what is used nowhere."""

    what = "Nothing in the application depends on {dependency}(), so nothing would be replaced"
    instead = "{near}"


class CatchAllReplacement(Mistake, TypeError):
    """A replacement whose `*args` or `**kwargs` would be read from the query of each request."""

    what = "`{parameter}` of {replacement}, which replaces {dependency}(), would be a required query parameter"
    instead = "`lambda: ...` around the value or the mock that the dependency is to give."


class NoCallable(Mistake, AssertionError):
    """`dependencies=[Depends()]` or `dependencies=[get_user]`."""

    what = "A parameter-less dependency must have a callable dependency, not {given}"
    instead = "dependencies=[Depends(get_user)]"


class NotCallable(Mistake, TypeError):
    """`Depends(3)`."""

    what = "{given!r} is not a callable object, so it cannot be a dependency"
    instead = "pass the function itself, `get_user`, and not what a call of it returns, `get_user()`."


class NoSignature(Mistake, ValueError):
    """A callable of which Python cannot tell the parameters."""

    what = "{reason}, so the parameters of {given!r} are not known"
    instead = "wrap it into a function with annotated parameters and depend on that."


class DependencyCycle(Mistake, FastAPIError, RecursionError):
    """A dependency that needs itself."""

    what = "The dependency {dependency}() needs itself: {cycle}"
    instead = "let one of them take what it needs from the other as an ordinary argument, or split what both need off."


# Steps


class NoStep(Mistake, TypeError):
    """`analyse` of a route option returned something else."""

    what = "The route option {option!r} made no step of this route: its `analyse` returned {given!r}"
    instead = "return a `zonda.extensions.Step`, or None where the option has nothing to do."


class StepField(Mistake, TypeError):
    """A Step was made with something else than it takes."""

    what = "The step {step!r} has {field}={given!r}, which would count nowhere"
    instead = "give `{field}` {wanted}."


class StepShape(Mistake, TypeError):
    """A function that does not fit the place of its step."""

    what = "The step {step!r} cannot stand at the place `{place}`: what it calls has another shape"
    instead = "{wanted}."


class MisplacedParameter(Mistake, TypeError):
    """A step takes a reply or a call where there is none."""

    what = "The step {step!r} has no {given} to give to its parameter {parameter!r} at the place `{place}`"
    instead = (
        "`Reply` for the one parameter of a step on the reply, `Call` for that of a step around the endpoint; at other "
        "places leave `{parameter}` out."
    )


class EarlyStep(Mistake, TypeError):
    """A step before the dependencies needs something that is there only after them."""

    what = "The step {step!r} runs before dependencies, and its parameter {parameter!r} {kind}"
    instead = (
        "place=StepPlace.AFTER_DEPENDENCIES, or take what it needs from `Query()`, `Header()`, `Cookie()`, the path or "
        "the request."
    )


# Controllers


class NoMethod(Mistake, TypeError):
    """A decorated member of a controller that is not a method of its instances."""

    what = "{method!r} of the controller {controller} is not a function whose first parameter is the controller"
    instead = "`def {method}(self, ...)`, or `@staticmethod` above the decorator if it needs nothing of the instance."


class UnmarkedConstructorParameter(Mistake, TypeError):
    """A client could set what a controller is made with, although nobody said so."""

    what = "The controller {controller} cannot be made: nothing says where its parameter {parameter!r} comes from"
    instead = (
        "`{parameter}: Annotated[{annotation}, Depends(...)]` for a dependency, `Query()`, `Header()` or `Cookie()` in "
        "place of `Depends(...)` for a value of the request, or `{{{parameter}}}` in the path."
    )


class WrongConnection(Mistake, TypeError):
    """A controller is made with a request where its operation is a websocket, or the other way around."""

    what = "The controller {controller} cannot be made for this: {given} is what its parameter {parameter!r} takes"
    instead = "`{parameter}: HTTPConnection`, which both are, or a controller of its own for websockets."


class OpenTypeParameter(Mistake, TypeError):
    """A generic controller is included without saying what its type parameters stand for."""

    what = "Nothing says what the type parameter {type_parameter} stands for"
    instead = "derive a class that says it, `class Items(Crud[Item], prefix=...)`, and include that one."


# The installation

multipart_not_installed_error = """\
Form data requires "python-multipart" to be installed.\x20
You can install "python-multipart" with:\x20

pip install python-multipart
"""
multipart_incorrect_install_error = """\
Form data requires "python-multipart" to be installed. It seems you installed "multipart" instead.\x20
You can remove "multipart" with:\x20

pip uninstall multipart

And then install "python-multipart" with:\x20

pip install python-multipart
"""


class NoMultipart(Mistake, RuntimeError):
    """Forms need python-multipart."""

    what = multipart_not_installed_error
    instead = "pip install python-multipart"


class WrongMultipart(Mistake, RuntimeError):
    """Another package brought the module that python-multipart once had."""

    what = multipart_incorrect_install_error
    instead = "pip uninstall multipart && pip install --force-reinstall python-multipart"
