"""This module finds which of many parameter paths a request's path matches.

    Branch      looks at one segment of the path and goes on to the templates that allow it
    └── Leaf    a few templates: one regex for each method, in which the first that matches wins

A thousand templates thus cost a request a few dict lookups more than one. The order of registration is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from starlette.convertors import CONVERTOR_TYPES, StringConvertor
from starlette.routing import PARAM_REGEX

LEAF_SIZE = 8
"""A regex of so many alternatives costs about as much as the lookups that would split it."""

WITHOUT_SLASH = frozenset({"str", "int", "float", "uuid"})
"""Convertors that match within one segment; all others may match slashes."""

_NOT_SELF_CONTAINED = re.compile(r"\(\?[^:]|\\[1-9]")
"""What means something else inside a larger regex: named groups, flags, references."""

Value = tuple[str, int, Callable[[str], Any] | None]


class Template:
    """A path with parameters, at its place in the order of registration, and what it stands for."""

    __slots__ = ("entry", "index", "is_open", "is_self_contained", "methods", "pattern", "segments", "values", "width")

    def __init__(self, index: int, path: str, methods: frozenset[str] | None, entry: Any) -> None:
        self.index = index
        self.methods = methods
        self.entry = entry
        self._compile(path)
        self._split(path)

    def _compile(self, path: str) -> None:
        """The regex without names, and where in it each parameter's value stands."""
        pattern, values, width, position = "", [], 0, 0
        for found in PARAM_REGEX.finditer(path):
            name, kind = found.groups("str")
            convertor = CONVERTOR_TYPES[kind.lstrip(":")]
            convert = None if type(convertor) is StringConvertor else convertor.convert
            values.append((name, width + 1, convert))
            width += 1 + re.compile(convertor.regex).groups
            pattern += re.escape(path[position : found.start()]) + f"({convertor.regex})"
            position = found.end()
        self.pattern = pattern + re.escape(path[position:]) + "$"
        self.values: tuple[Value, ...] = tuple(values)
        self.width = width
        self.is_self_contained = _NOT_SELF_CONTAINED.search(self.pattern) is None

    def _split(self, path: str) -> None:
        """What stands between the slashes, None for a parameter; up to a parameter that may hold slashes."""
        self.segments: list[str | None] = []
        self.is_open = False
        for segment in path.split("/"):
            kinds = {found.groups("str")[1].lstrip(":") for found in PARAM_REGEX.finditer(segment)}
            if not kinds <= WITHOUT_SLASH:
                self.is_open = True
                return
            self.segments.append(None if kinds else segment)

    def allows(self, method: str | None) -> bool:
        """None stands for whatever method."""
        return method is None or self.methods is None or method in self.methods

    def is_literal_at(self, position: int) -> bool:
        return position < len(self.segments) and self.segments[position] is not None


Found = tuple[Template, dict[str, Any]]


class Leaf:
    """A few templates, tried in order."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._templates = templates
        self._by_method: dict[str | None, Callable[[str], Found | None]] = {}

    def find(self, method: str | None, path: str) -> Found | None:
        find = self._by_method.get(method)
        return self._find_first(method, path) if find is None else find(path)

    def candidates(self, segments: Sequence[str | None]) -> Sequence[Template] | None:
        return self._templates

    def _find_first(self, method: str | None, path: str) -> Found | None:
        allowed = [template for template in self._templates if template.allows(method)]
        if not allowed:
            return None
        find = Alternatives(allowed).find
        if any(template.methods and method in template.methods for template in allowed) or method is None:
            self._by_method[method] = find  # kept for known methods only: clients can invent any number
        return find(path)


class Alternatives:
    """Templates as one regex; several where a convertor's regex cannot be part of a larger one."""

    def __init__(self, templates: Sequence[Template]) -> None:
        together = all(template.is_self_contained for template in templates)
        self._parts = [_Part(templates)] if together else [_Part([template]) for template in templates]
        self.find = self._parts[0].find if len(self._parts) == 1 else self._find_in_parts

    def _find_in_parts(self, path: str) -> Found | None:
        for part in self._parts:
            found = part.find(path)
            if found is not None:
                return found
        return None


class _Part:
    def __init__(self, templates: Sequence[Template]) -> None:
        self._markers: dict[int, tuple[Template, tuple[Value, ...]]] = {}
        patterns, width = [], 0
        for template in templates:
            values = tuple((name, width + group, convert) for name, group, convert in template.values)
            width += template.width + 1  # an empty group at the end of each says which alternative matched
            self._markers[width] = template, values
            patterns.append(template.pattern + "()")
        self._match = re.compile("|".join(patterns)).match

    def find(self, path: str) -> Found | None:
        found = self._match(path)
        if found is None:
            return None
        template, values = self._markers[found.lastindex or 0]
        return template, {
            name: found[group] if convert is None else convert(found[group]) for name, group, convert in values
        }


class Branch:
    """Templates told apart by one segment of the path."""

    def __init__(self, position: int, templates: Sequence[Template]) -> None:
        self._position = position
        literals: dict[str | None, list[Template]] = {
            item.segments[position]: [] for item in templates if item.is_literal_at(position)
        }
        other: list[Template] = []
        for item in templates:
            if item.is_literal_at(position):
                literals[item.segments[position]].append(item)
            elif position < len(item.segments) or item.is_open:
                for group in (*literals.values(), other):
                    group.append(item)
        self._by_literal = {literal: tree_of(group) for literal, group in literals.items()}
        self._other = tree_of(other)
        self._absent = tree_of([item for item in templates if len(item.segments) <= position])

    def find(self, method: str | None, path: str) -> Found | None:
        segments = path.split("/", self._position + 1)
        if len(segments) <= self._position:
            return self._absent.find(method, path)
        return self._by_literal.get(segments[self._position], self._other).find(method, path)

    def candidates(self, segments: Sequence[str | None]) -> Sequence[Template] | None:
        """All that may match a path of these segments; None where that depends on one that is not known."""
        if len(segments) <= self._position:
            return self._absent.candidates(segments)
        segment = segments[self._position]
        return None if segment is None else self._by_literal.get(segment, self._other).candidates(segments)


Tree = Leaf | Branch


def tree_of(templates: Sequence[Template]) -> Tree:
    """Split by the segment that tells most templates apart, until few are left."""
    if len(templates) <= LEAF_SIZE:
        return Leaf(templates)
    depths = range(max(len(item.segments) for item in templates))
    sizes = {position: _largest_group(templates, position) for position in depths}
    best = min(sizes, key=lambda position: sizes[position])
    return Branch(best, templates) if sizes[best] < len(templates) else Leaf(templates)


def _largest_group(templates: Iterable[Template], position: int) -> int:
    """How many templates are left in the worst case after a look at one segment."""
    literals: dict[str | None, int] = {}
    everywhere = absent = 0
    for template in templates:
        if position >= len(template.segments):
            absent += 1
            everywhere += template.is_open
        elif template.segments[position] is None:
            everywhere += 1
        else:
            literals[template.segments[position]] = literals.get(template.segments[position], 0) + 1
    return max(everywhere + max(literals.values(), default=0), absent)
