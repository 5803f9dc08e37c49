"""Tests of how a callable is run, and what it is called."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial, wraps
from typing import Any

import pytest

from zonda.analysis.calls import call_kind, name_of, source_of
from zonda.analysis.kinds import CallKind


def plain(value: int = 0) -> int: ...


async def coroutine(value: int = 0) -> int: ...


def generator(value: int = 0) -> Iterator[int]:
    yield value


async def async_generator(value: int = 0) -> AsyncIterator[int]:
    yield value


KINDS: list[tuple[Callable[..., Any], CallKind]] = [
    (plain, CallKind.FUNCTION),
    (coroutine, CallKind.COROUTINE),
    (generator, CallKind.GENERATOR),
    (async_generator, CallKind.ASYNC_GENERATOR),
]


def wrapped(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    return wrapper


def instance(call: Callable[..., Any]) -> Any:
    return type("Called", (), {"__call__": staticmethod(call)})()


@pytest.mark.parametrize(("call", "kind"), KINDS)
@pytest.mark.parametrize(
    "form",
    [
        lambda call: call,
        lambda call: partial(partial(call), 1),
        wrapped,
        lambda call: wrapped(wrapped(call)),
        lambda call: partial(wrapped(call)),
        instance,
        lambda call: wrapped(instance(call)),
        lambda call: partial(instance(call)),
        lambda call: instance(wrapped(call)),
    ],
    ids=["itself", "partial", "wrapped", "twice", "partial of wrapped", "instance", "wrapped instance", "both", "call"],
)
def test_wrapping_changes_nothing(call: Callable[..., Any], kind: CallKind, form: Callable[..., Any]) -> None:
    """Partials, `functools.wraps` and instances count as what they wrap."""
    assert call_kind(form(call)) is kind


def test_classes_are_called_in_a_thread() -> None:
    """Making an instance is a plain call, whatever the instance can do."""

    class Service:
        async def __call__(self) -> None: ...

    assert call_kind(Service) is CallKind.FUNCTION
    assert call_kind(Service()) is CallKind.COROUTINE


def test_an_asynchronous_wrapper_of_a_generator_is_asynchronous() -> None:
    """What is called decides, not what it wraps."""

    @wraps(generator)
    async def wrapper() -> AsyncIterator[int]:
        yield 1

    assert call_kind(wrapper) is CallKind.ASYNC_GENERATOR


def test_equal_callables_are_told_apart() -> None:
    """Callables are known by identity: they may be equal and differ, or have no hash."""

    class Equal:
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            return True

    class Plain(Equal):
        def __call__(self) -> None: ...

    class Awaited(Equal):
        async def __call__(self) -> None: ...

    assert (call_kind(Plain()), call_kind(Awaited())) == (CallKind.FUNCTION, CallKind.COROUTINE)


def test_names_and_places() -> None:
    """Messages speak of the user's function, through partials, and of an instance by its class."""
    assert name_of(partial(plain)) == "plain"
    assert name_of(instance(plain)) == "Called"
    assert source_of(wrapped(plain)) == (__file__, plain.__code__.co_firstlineno)
    assert source_of(len) is None
