"""This module holds what an application does with its dependencies outside requests: resolve, inject, override."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, overload

from zonda.params import Depends

if TYPE_CHECKING:
    from zonda.runtime.app_scope import AppScope
    from zonda.startup.overriding import Overriding
    from zonda.startup.resolving import Resolver

T = TypeVar("T")
R = TypeVar("R")


class DependenciesAnywhere:
    """The part of an application that needs no request."""

    dependency_overrides: dict[Callable[..., Any], Callable[..., Any]]
    parallel_dependencies: bool
    """Dependencies that need nothing of each other run at the same time unless they say otherwise."""

    @property
    def app_scope(self) -> AppScope:
        """The values of dependencies with `scope="app"`; made when it is first needed."""
        known = vars(self).get("_app_scope")
        if known is None:
            from zonda.runtime.app_scope import AppScope

            known = vars(self).setdefault("_app_scope", AppScope())
        return known  # type: ignore[no-any-return]  # nothing else is put there

    @cached_property
    def resolver(self) -> Resolver:
        """What was declared here for use without a request; imported when it is first needed."""
        from zonda.startup.resolving import Resolver

        return Resolver(self)

    @overload
    def resolve(self, dependency: type[T]) -> AbstractAsyncContextManager[T]: ...
    @overload
    def resolve(self, dependency: Callable[..., AsyncGenerator[T, Any]]) -> AbstractAsyncContextManager[T]: ...
    @overload
    def resolve(self, dependency: Callable[..., AsyncIterator[T]]) -> AbstractAsyncContextManager[T]: ...
    @overload
    def resolve(self, dependency: Callable[..., Generator[T, Any, Any]]) -> AbstractAsyncContextManager[T]: ...
    @overload
    def resolve(self, dependency: Callable[..., Iterator[T]]) -> AbstractAsyncContextManager[T]: ...
    @overload
    def resolve(self, dependency: Callable[..., Awaitable[T]]) -> AbstractAsyncContextManager[T]: ...
    @overload
    def resolve(self, dependency: Callable[..., T]) -> AbstractAsyncContextManager[T]: ...
    @overload
    def resolve(self, dependency: Depends) -> AbstractAsyncContextManager[Any]: ...
    def resolve(self, dependency: Any) -> AbstractAsyncContextManager[Any]:
        """The value of a dependency inside a block, with all that it needs; closed as after a request.

            async with app.resolve(get_users) as users:
                await users.delete_expired()

        Raises NeedsRequest at once if it takes something that only a request has.
        """
        return self.resolver.resolving(dependency)

    @overload
    def inject(self, function: Callable[..., Coroutine[Any, Any, R]]) -> Callable[..., Coroutine[Any, Any, R]]: ...
    @overload
    def inject(self, function: Callable[..., R]) -> Callable[..., R]: ...
    def inject(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Fill the parameters of a function that are dependencies at each call; its signature is what is left.

            @app.inject
            async def send_report(month: int, users: Annotated[Users, Depends(get_users)]) -> None: ...

            await send_report(3)

        What was opened is closed when the function has returned. A plain function runs in the thread that calls it,
        and its dependencies in an event loop elsewhere.
        """
        return self.resolver.inject(function)

    def overrides(
        self, replacements: Mapping[Callable[..., Any], Callable[..., Any]], *, mounted: bool = False
    ) -> AbstractContextManager[Overriding]:
        """Replace dependencies inside a block, in this context and those copied from it.

            with app.overrides({get_db: fake_db}):
                client.get("/users")

        `mounted`: in applications that are mounted in this one, too. Raises a Mistake for what nothing depends on,
        and for a replacement whose parameters cannot be filled.
        """
        from zonda.startup.overriding import Overriding, checked_layer

        return Overriding(checked_layer(self, replacements, mounted=mounted))
