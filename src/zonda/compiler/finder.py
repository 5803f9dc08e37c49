"""This module finds what answers a request: the compiled form of an application's routers.

    Finder
    ├── Run              routes that only their path and methods decide about
    │   ├── exact paths  one dict for each method
    │   ├── tails        one dict for each method: paths whose last segment is their parameter, in `tails.py`
    │   └── templates    all paths with parameters, in `templates.py`
    ├── an opaque route  decides by itself (mounts, hosts, classes with `matches`); it is asked where it stands
    └── Run ...

The first route in the order of registration that matches path and method wins. If none does, the first that
matches the path alone refuses the method; else a path with the other final slash is redirected to; else routes of
low priority are asked; else there is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from starlette.routing import PARAM_REGEX

from zonda.compiler.tails import Tails, tails_of
from zonda.compiler.templates import Template, Tree, tree_of
from zonda.seams import Exchange

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PathEntry(Generic[T]):
    """A route that its path and methods decide about; None stands for every method."""

    path: str
    methods: frozenset[str] | None
    target: T


@dataclass(frozen=True, slots=True)
class OpaqueEntry(Generic[T]):
    """A route that decides by itself."""

    ask: Callable[[Exchange, bool], tuple[T, bool] | None]
    """What answers an exchange and whether it does so fully, or None; True asks for the other final slash."""


Entry = PathEntry[T] | OpaqueEntry[T]


class Otherwise(Protocol[T]):
    """What answers when no route does."""

    def refused(self, target: T) -> T:
        """A route has this path and not this method."""
        ...

    def redirected(self, exchange: Exchange, path: str) -> T:
        """A route has this path with the other final slash; `path` is the whole path to redirect to."""
        ...

    def low_priority(self, exchange: Exchange) -> T | None:
        """What is asked when no ordinary route matched."""
        ...

    def missing(self, exchange: Exchange) -> T: ...


class Run(Generic[T]):
    """Entries that stand together in the order of registration."""

    def __init__(self, entries: Sequence[tuple[int, PathEntry[T]]]) -> None:
        self._paths: dict[str, list[tuple[int, PathEntry[T]]]] = {}
        templates = []
        for index, entry in entries:
            if PARAM_REGEX.search(entry.path):
                templates.append(Template(index, entry.path, entry.methods, entry))
            else:
                self._paths.setdefault(entry.path, []).append((index, entry))
        self._tree: Tree = tree_of(templates)
        self.has_templates = bool(templates)
        self.exact = self._exact_paths()
        self.tails: Tails = tails_of(templates, self._tree, self._beginnings_with_every_method())

    def _beginnings_with_every_method(self) -> frozenset[str]:
        """What stands before their last slash, of the paths without parameters that are not all in `exact`."""
        paths = (path for path, entries in self._paths.items() if any(item.methods is None for _, item in entries))
        return frozenset(path.rpartition("/")[0] for path in paths)

    def _exact_paths(self) -> dict[str, dict[str, T]]:
        """Method and path to what answers, where no template that stands before it matches too."""
        exact: dict[str, dict[str, T]] = {}
        for path, entries in self._paths.items():
            for index, entry in entries:
                for method in entry.methods or ():
                    if path in exact.get(method, ()) or self._is_taken_before(index, method, path):
                        continue
                    exact.setdefault(method, {})[path] = entry.target
        return exact

    def _is_taken_before(self, index: int, method: str, path: str) -> bool:
        if any(entry.methods is None and earlier < index for earlier, entry in self._paths[path]):
            return True
        if not self.has_templates:
            return False
        found = self._tree.find(method, path)
        return found is not None and found[0].index < index

    def find(self, exchange: Exchange, method: str, path: str) -> T | None:
        """What matches path and method; the path's values are then on the exchange."""
        target = self.exact.get(method, _NOTHING).get(path)
        return self.find_inexact(exchange, method, path) if target is None else target

    def find_inexact(self, exchange: Exchange, method: str, path: str) -> T | None:
        """The same for a path that is not in `exact`."""
        found = self._tree.find(method, path) if self.has_templates else None
        if path in self._paths:
            exact = self._first_exact(method, path)
            if exact is not None and (found is None or exact[0] < found[0].index):
                return exact[1].target
        if found is None:
            return None
        template, values = found
        exchange.path_params = {**exchange.path_params, **values} if exchange.path_params else values
        return template.entry.target  # type: ignore[no-any-return]  # templates hold any entry

    def paths(self) -> Iterable[str]:
        """Those without parameters."""
        return self._paths

    def _first_exact(self, method: str, path: str) -> tuple[int, PathEntry[T]] | None:
        for index, entry in self._paths[path]:
            if entry.methods is None or method in entry.methods:
                return index, entry
        return None

    def find_any_method(self, path: str) -> tuple[T, dict[str, Any]] | None:
        """The first entry with this path, whatever its methods, and the path's values."""
        found = self._tree.find(None, path) if self.has_templates else None
        exact = self._paths.get(path)
        if exact and (found is None or exact[0][0] < found[0].index):
            return exact[0][1].target, {}
        return None if found is None else (found[0].entry.target, found[1])


_NOTHING: Mapping[str, Any] = {}


class Finder(Generic[T]):
    """All routes of an application in the order in which requests try them."""

    def __init__(self, entries: Iterable[Entry[T]], otherwise: Otherwise[T], *, redirect_slashes: bool) -> None:
        self._parts = _parts(entries)
        self._otherwise = otherwise
        self._redirect_slashes = redirect_slashes
        first = self._parts[0] if self._parts else None
        self._first = first if isinstance(first, Run) else None
        self._first_exact: Mapping[str, Mapping[str, T]] = _NOTHING if self._first is None else self._first.exact
        self._first_tails: Tails = {} if self._first is None else self._first.tails
        self._stems = _stems(self._parts)

    def find(self, exchange: Exchange) -> T:
        """What answers this request, always something."""
        path = route_path(exchange) if exchange.root_path else exchange.path
        target: T | None = self._first_exact.get(exchange.method, _NOTHING).get(path)
        if target is not None:
            return target
        stems = self._stems
        if stems is not None and path.rstrip("/\n") not in stems:
            return self._otherwise.low_priority(exchange) or self._otherwise.missing(exchange)
        # PERF: most paths with parameters are found by their beginning alone (benchmark `parameters`).
        beginning, slash, last = path.rpartition("/")
        tail = self._first_tails.get(exchange.method, _NOTHING).get(beginning)
        if tail is not None and last and slash:
            target, name = tail
            values = exchange.path_params
            exchange.path_params = {**values, name: last} if values else {name: last}
            return target
        if self._first is not None:
            target = self._first.find_inexact(exchange, exchange.method, path)
            if target is not None:
                return target
        return self._search(exchange, path)

    def _search(self, exchange: Exchange, path: str) -> T:
        """What the first run does not answer."""
        partial: dict[int, T] = {}
        for number, part in enumerate(self._parts):
            if part is self._first:
                continue
            if isinstance(part, Run):
                target = part.find(exchange, exchange.method, path)
                if target is not None:
                    return target
            else:
                answer = part.ask(exchange, False)
                if answer is not None and answer[1]:
                    return answer[0]
                if answer is not None:
                    partial[number] = answer[0]
        for number, part in enumerate(self._parts):
            refused = self._refused(part, exchange, path) if isinstance(part, Run) else partial.get(number)
            if refused is not None:
                return refused
        return self._unmatched(exchange, path)

    def _refused(self, run: Run[T], exchange: Exchange, path: str) -> T | None:
        found = run.find_any_method(path)
        if found is None:
            return None
        target, values = found
        if values:
            exchange.path_params = {**exchange.path_params, **values}
        return self._otherwise.refused(target)

    def _unmatched(self, exchange: Exchange, path: str) -> T:
        if path.endswith("\n") and not path.endswith("\n\n"):
            # Starlette's regexes end in `$`, which matches before a final newline too.
            for part in self._parts:
                target = part.find(exchange, exchange.method, path[:-1]) if isinstance(part, Run) else None
                if target is not None:
                    return target
        if self._redirect_slashes and path != "/" and self._has_with_other_slash(exchange, path):
            return self._otherwise.redirected(exchange, with_other_slash(exchange.path))
        return self._otherwise.low_priority(exchange) or self._otherwise.missing(exchange)

    def _has_with_other_slash(self, exchange: Exchange, path: str) -> bool:
        other = with_other_slash(path)
        for part in self._parts:
            found = part.find_any_method(other) if isinstance(part, Run) else part.ask(exchange, True)
            if found is not None:
                return True
        return False


def _stems(parts: Sequence[Run[T] | OpaqueEntry[T]]) -> frozenset[str] | None:
    """All paths without what may stand at their ends; None where more than such paths may match.

    PERF: a path with another stem has no route under any method and with any final slash (benchmark `not_found`).
    """
    paths: set[str] = set()
    for part in parts:
        if isinstance(part, OpaqueEntry) or part.has_templates:
            return None
        paths.update(part.paths())
    return frozenset(path.rstrip("/\n") for path in paths)


def _parts(entries: Iterable[Entry[T]]) -> list[Run[T] | OpaqueEntry[T]]:
    parts: list[Run[T] | OpaqueEntry[T]] = []
    run: list[tuple[int, PathEntry[T]]] = []
    for index, entry in enumerate(entries):
        if isinstance(entry, PathEntry):
            run.append((index, entry))
            continue
        if run:
            parts.append(Run(run))
            run = []
        parts.append(entry)
    if run:
        parts.append(Run(run))
    return parts


def with_other_slash(path: str) -> str:
    return path.rstrip("/") if path.endswith("/") else path + "/"


def route_path(exchange: Exchange) -> str:
    """The path without the part that the application is mounted at."""
    path, root_path = exchange.path, exchange.root_path
    if not path.startswith(root_path):
        return path
    if path == root_path:
        return ""
    return path[len(root_path) :] if path[len(root_path)] == "/" else path
