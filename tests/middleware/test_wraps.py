"""Which middleware runs as a wrap, and which only as ASGI."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware

from zonda.middleware.cors import CORSMiddleware
from zonda.middleware.wraps import wrap_of


async def application(scope: Any, receive: Any, send: Any) -> None: ...


async def function(request: Any, call_next: Any) -> Any:
    return await call_next(request)


def test_starlettes_own_class_has_a_wrap_declared_or_built() -> None:
    """A declaration and an instance in the stack are both known."""
    assert wrap_of(Middleware(CORSMiddleware)) is not None
    assert wrap_of(CORSMiddleware(application)) is not None


def test_a_function_and_a_class_with_dispatch_have_a_wrap() -> None:
    """`@app.middleware("http")` and subclasses of BaseHTTPMiddleware that only add methods run as functions."""

    class Counting(BaseHTTPMiddleware):
        async def dispatch(self, request: Any, call_next: Any) -> Any:
            return await call_next(request)

    assert wrap_of(Middleware(BaseHTTPMiddleware, dispatch=function)) is not None
    assert wrap_of(Counting(application)) is not None


def test_the_instance_in_the_stack_is_the_one_that_runs() -> None:
    """A wrap given an instance calls that instance's dispatch, so that its state is not doubled."""
    made = []

    class Counting(BaseHTTPMiddleware):
        def __init__(self, app: Any) -> None:
            super().__init__(app)
            made.append(self)

    built = Counting(application)
    wrap_of(built)

    assert made == [built]


def test_unknown_classes_have_none() -> None:
    """Another class, a plain ASGI class and a subclass of a known one may do anything, so they run as ASGI."""

    class Plain:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    class OwnCORS(CORSMiddleware): ...

    class OwnCall(BaseHTTPMiddleware):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    assert wrap_of(Plain(application)) is None
    assert wrap_of(OwnCORS(application)) is None
    assert wrap_of(OwnCall(application, dispatch=function)) is None
    assert wrap_of(AuthenticationMiddleware(application, backend=None)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("cls", [CORSMiddleware, BaseHTTPMiddleware])
def test_a_patched_call_must_be_called(cls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A monitoring tool that replaces `__call__` sees every request."""
    original = cls.__call__

    async def traced(self: Any, scope: Any, receive: Any, send: Any) -> None:
        await original(self, scope, receive, send)

    monkeypatch.setattr(cls, "__call__", traced)

    assert wrap_of(CORSMiddleware(application) if cls is CORSMiddleware else cls(application, function)) is None
