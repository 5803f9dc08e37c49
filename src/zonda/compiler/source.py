"""This module is the only emitter of Python source: lines, blocks, bound objects, one compiled function."""

from __future__ import annotations

import builtins
import keyword
import linecache
import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

INDENT = "    "

_NOT_WORD = re.compile(r"\W+")
_RESERVED = {*keyword.kwlist, "dict", "error", "isinstance", "len"}
"""Generated code uses these builtins; users keep `id`, `type`, `filter` and the like as names of their own."""
_users: dict[str, int] = {}
"""How many living functions were compiled under each name of a page, so that the page goes with the last one."""


class Source:
    """One function, written line by line.

    Objects reach it as bound names, which are its globals. Text that a user wrote enters only through `repr`,
    as a bound object, or in a comment.
    """

    def __init__(self, signature: str, title: str) -> None:
        self.title = title
        self.bound: dict[str, Any] = {}
        self._names = {*_RESERVED, *_NOT_WORD.split(signature)}
        self._by_value: dict[tuple[str, int], str] = {}
        self._lines: list[str] = [f"async def {signature}:", f"{INDENT}# {_one_line(title)}"]
        self._depth = 1

    def line(self, text: str = "") -> None:
        self._lines.append(INDENT * self._depth + text if text else "")

    def comment(self, text: str) -> None:
        """Open a paragraph: a blank line, unless a block was just opened, and what the paragraph does."""
        if not self._lines[-1].endswith(":"):
            self.line()
        self.line("# " + _one_line(text))

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Indent what is written inside under `head:`."""
        self.line(head + ":")
        self._depth += 1
        yield
        self._depth -= 1

    def name(self, *hints: str) -> str:
        """A new name: the first hint that is free, else the last with a number."""
        for hint in hints:
            candidate = hint if hint.isidentifier() else "_" + _NOT_WORD.sub("_", hint)
            if candidate not in self._names:
                self._names.add(candidate)
                return candidate
        number = 2
        while f"{candidate}_{number}" in self._names:
            number += 1
        self._names.add(f"{candidate}_{number}")
        return f"{candidate}_{number}"

    def bind(self, hint: str, value: Any, *, of: Any = None) -> str:
        """The name under which the function reaches `value`; the same one whenever hint and value are the same.

        `of`: what a value is known by that is made anew each time.
        """
        key = hint, id(value if of is None else of)
        if key not in self._by_value:
            name = self._by_value[key] = self.name(hint)
            self.bound[name] = value
        return self._by_value[key]

    def use(self, function: Callable[..., Any]) -> str:
        """Bind a function or class of ours under its own name."""
        return self.bind(function.__name__, function)

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def compile(self) -> FunctionType:
        """The function; its page is shown by tracebacks and `inspect.getsource` under `<title>`."""
        page = _register(self.title, self.text())
        code = _code_of("\n".join([self._lines[0], INDENT + "#", *self._lines[2:]])).replace(co_filename=page)
        function = FunctionType(code, {"__builtins__": builtins, "__name__": "zonda.compiled", **self.bound})
        weakref.finalize(function, _forget, page).atexit = False
        return function


def _one_line(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@lru_cache(maxsize=4096)
def _code_of(text: str) -> CodeType:
    """The code of the one function in `text`: routes that differ in their title alone are compiled once."""
    module = compile(text, "<zonda>", "exec", dont_inherit=True)
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _register(title: str, text: str) -> str:
    """Show `text` under `<title>`, or under `<title, 2>` if another page has that name already."""
    lines = [line + "\n" for line in text.split("\n")[:-1]]
    page, number = f"<{title}>", 1
    while page in linecache.cache and linecache.cache[page][2:3] != (lines,):
        number += 1
        page = f"<{title}, {number}>"
    linecache.cache[page] = (len(text), None, lines, page)
    _users[page] = _users.get(page, 0) + 1
    return page


def _forget(page: str) -> None:
    _users[page] -= 1
    if not _users[page]:
        del _users[page]
        linecache.cache.pop(page, None)
