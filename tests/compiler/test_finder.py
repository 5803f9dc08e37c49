"""The finder answers what Starlette's linear search answers, and does not slow down with the number of routes."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match, Route

from zonda.compiler.finder import Finder, OpaqueEntry, PathEntry, route_path


@dataclass
class Request:
    """As much of an exchange as the finder looks at."""

    method: str
    path: str
    root_path: str = ""
    path_params: dict[str, Any] = field(default_factory=dict)


class Otherwise:
    """Says in words what would answer."""

    low: str | None = None

    def refused(self, target: str) -> str:
        return f"405 {target}"

    def redirected(self, exchange: Any, path: str) -> str:
        return f"307 {path}"

    def low_priority(self, exchange: Any) -> str | None:
        return self.low

    def missing(self, exchange: Any) -> str:
        return "404"


def finder_of(*entries: Any, redirect_slashes: bool = True) -> Finder[str]:
    return Finder(entries, Otherwise(), redirect_slashes=redirect_slashes)


def entry(path: str, *methods: str, name: str | None = None) -> PathEntry[str]:
    return PathEntry(path, frozenset(methods or ("GET",)), name or path)


def find(finder: Finder[str], method: str, path: str, **values: Any) -> tuple[str, dict[str, Any]]:
    request = Request(method, path, **values)
    return finder.find(request), request.path_params  # type: ignore[arg-type]  # enough of an exchange


async def endpoint(request: Any) -> None: ...


def starlettes_answer(routes: list[tuple[str, str]], method: str, path: str) -> str:
    """What a walk over the routes in order says."""
    partial = None
    for template, allowed in routes:
        route = Route(template, endpoint, methods=[allowed])
        route.methods = {allowed}
        match, _ = route.matches({"type": "http", "method": method, "path": path})
        if match is Match.FULL:
            return template + allowed
        if match is Match.PARTIAL and partial is None:
            partial = f"405 {template}{allowed}"
    return partial or "404"


SEGMENTS = st.sampled_from(["a", "b", "1", "{x}", "{y:int}", "{z:path}", "a{x}", "{x}.txt"])
TEMPLATES = st.lists(SEGMENTS, min_size=1, max_size=3, unique_by=lambda item: item.strip("a.tx")).map(
    lambda parts: "/" + "/".join(parts)
)
ROUTES = st.lists(st.tuples(TEMPLATES, st.sampled_from(["GET", "POST"])), min_size=1, max_size=30)
PATHS = st.lists(st.sampled_from(["a", "b", "1", "22", "ab", "c.txt", ""]), max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)


@given(routes=ROUTES, method=st.sampled_from(["GET", "POST", "PUT"]), path=PATHS)
def test_finds_what_a_walk_over_the_routes_finds(routes: list[tuple[str, str]], method: str, path: str) -> None:
    """Whatever the templates are, the answer is that of trying each in the order of registration."""
    finder = finder_of(*(entry(path, method, name=path + method) for path, method in routes), redirect_slashes=False)

    assert find(finder, method, path)[0] == starlettes_answer(routes, method, path)


def test_values_are_converted() -> None:
    """A path's values have the types of their convertors, under their names."""
    finder = finder_of(entry("/files/{folder}/{number:int}/{rest:path}"))

    assert find(finder, "GET", "/files/a/7/b/c.txt")[1] == {"folder": "a", "number": 7, "rest": "b/c.txt"}


def test_values_of_a_mount_are_kept() -> None:
    """What an outer application found in the path is still there."""
    finder = finder_of(entry("/{item}"))

    assert find(finder, "GET", "/x", path_params={"tenant": "t"})[1] == {"tenant": "t", "item": "x"}


@pytest.mark.parametrize(("first", "second"), [("/items/me", "/items/{item}"), ("/items/{item}", "/items/me")])
def test_the_route_declared_first_wins(first: str, second: str) -> None:
    """A fixed path has no precedence over a template that stands before it."""
    finder = finder_of(entry(first), entry(second))

    assert find(finder, "GET", "/items/me")[0] == first


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ("/{x}/b", "/a/b"),
        ("/a/{x:path}", "/a/b"),
        ("/{x:path}", "/a/b"),
        ("/a/{x:int}", "/a/7"),
        ("/a/{x}.txt", "/a/b.txt"),
        ("/a/b{x}", "/a/bc"),
        ("/a/b", "/a/b"),
    ],
)
@pytest.mark.parametrize("methods", [frozenset({"GET"}), None], ids=["the same method", "every method"])
def test_a_last_segment_that_is_a_parameter_leaves_the_order_as_it_is(
    other: str, path: str, methods: frozenset[str] | None
) -> None:
    """A template found by its beginning answers what no route before it does, and nothing else."""
    template, rival = entry("/a/{last}"), PathEntry(other, methods, other)

    assert find(finder_of(rival, template), "GET", path)[0] == other
    assert find(finder_of(template, rival), "GET", path) == ("/a/{last}", {"last": path.removeprefix("/a/")})
    assert find(finder_of(entry(other, "POST"), template), "GET", path)[0] == "/a/{last}"


@pytest.mark.parametrize("path", ["*", "/", "/a/", "/a/b/", "/b/c"])
def test_a_last_segment_is_text_behind_its_beginning(path: str) -> None:
    """Nothing, what has another slash, and a target that is no path are no values of a last segment."""
    finder = finder_of(entry("/{x}"), entry("/a/{x}"), redirect_slashes=False)

    assert find(finder, "GET", path) == ("404", {})


def test_the_first_route_with_the_path_refuses_the_method() -> None:
    """405 comes from the first route that has the path, only if no later one has the method too."""
    finder = finder_of(entry("/a", "GET", name="get"), entry("/a", "POST", name="post"))

    assert find(finder, "POST", "/a")[0] == "post"
    assert find(finder, "PUT", "/a")[0] == "405 get"


@pytest.mark.parametrize(("declared", "asked"), [("/a/", "/a"), ("/a", "/a/"), ("/{x}/", "/7"), ("/a", "/a//")])
def test_redirects_to_the_other_final_slash(declared: str, asked: str) -> None:
    """A route with one slash more or less is redirected to, whatever its methods."""
    finder = finder_of(entry(declared, "POST"))
    other = asked.rstrip("/") if asked.endswith("/") else asked + "/"

    assert find(finder, "GET", asked)[0] == f"307 {other}"


def test_low_priority_is_asked_last() -> None:
    """Frontends come after the slash redirect and before 404."""
    otherwise = Otherwise()
    otherwise.low = "frontend"
    finder = Finder([entry("/a/")], otherwise, redirect_slashes=True)

    assert find(finder, "GET", "/a")[0] == "307 /a/"
    assert find(finder, "GET", "/b")[0] == "frontend"


def test_an_opaque_route_is_asked_where_it_stands() -> None:
    """Routes before it win, routes after it lose, and it is not asked for what was found before."""
    asked: list[str] = []

    def ask(exchange: Any, with_other_slash: bool) -> tuple[str, bool] | None:
        asked.append(exchange.path)
        return ("opaque", True) if exchange.path.startswith("/x") else None

    finder = finder_of(entry("/x/before"), OpaqueEntry(ask), entry("/x/after"), entry("/y"))

    assert find(finder, "GET", "/x/before")[0] == "/x/before"
    assert asked == []
    assert find(finder, "GET", "/x/after")[0] == "opaque"
    assert find(finder, "GET", "/y")[0] == "/y"


def test_an_opaque_partial_match_keeps_its_place() -> None:
    """The first partial match refuses, be it a plain route's or an opaque one's."""
    finder = finder_of(OpaqueEntry(lambda exchange, other: ("partial", False)), entry("/a"))

    assert find(finder, "GET", "/a")[0] == "/a"
    assert find(finder, "POST", "/a")[0] == "partial"


def test_the_root_path_is_not_part_of_the_route() -> None:
    """Below a mount or a proxy's prefix, routes see the rest of the path."""
    finder = finder_of(entry("/a"))

    assert find(finder, "GET", "/sub/a", root_path="/sub")[0] == "/a"
    assert find(finder, "GET", "/a", root_path="/sub")[0] == "/a"
    assert route_path(Request("GET", "/subway/a", root_path="/sub")) == "/subway/a"  # type: ignore[arg-type]


def test_unknown_methods_are_not_remembered() -> None:
    """A client that invents methods does not fill the memory."""
    finder = finder_of(entry("/{x}"))

    for number in range(100):
        assert find(finder, f"M{number}", "/a")[0] == "405 /{x}"

    leaf = finder._parts[0]._tree  # type: ignore[union-attr]  # nothing outside shows it
    assert set(leaf._by_method) <= {"GET", None}


@pytest.mark.parametrize("shape", ["/r{}/{{x}}", "/api/{{tenant}}/r{}/{{x}}", "/r{}", "/{{x}}/{{y}}/r{}"])
def test_the_last_of_a_thousand_routes_costs_about_as_much_as_the_first(shape: str) -> None:
    """Finding is no walk: what is called for the last is called for the first."""
    finder = finder_of(*(entry(shape.format(number)) for number in range(1000)))
    paths = [shape.format(number).replace("{", "").replace("}", "") for number in (0, 999)]

    first, last = (called(finder, path) for path in paths)

    assert len(last) <= len(first) + 2


def called(finder: Finder[str], path: str) -> list[str]:
    """The functions, also those in C, that are called to find a path that was found before."""
    request = Request("GET", path)
    names: list[str] = []
    finder.find(request)  # type: ignore[arg-type]
    request.path_params = {}
    sys.setprofile(lambda frame, event, argument: names.append(event) if event.endswith("call") else None)
    try:
        finder.find(request)  # type: ignore[arg-type]
    finally:
        sys.setprofile(None)
    return names
