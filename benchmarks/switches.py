"""This module knows the checks of the transport and switches them off, from outside: it edits modules as they load.

Most checks are a line or two in the middle of what reads and answers a request, since a call would cost more than they
do. So a check is switched off by the text that has it being replaced, in memory. Text that is not there any more is an
error, and is then to be brought up to date here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

PACKAGE = "zonda.transport"


class TextNotFound(Exception):
    """A module does not have the text of a check just once: it was changed, and `CHECKS` was not."""


@dataclass(frozen=True)
class Edit:
    module: str
    text: str
    instead: str = ""

    def apply(self, source: str) -> str:
        """Raises TextNotFound."""
        if source.count(self.text) != 1:
            raise TextNotFound(f"{source.count(self.text)} times in {PACKAGE}.{self.module}:\n{self.text}")
        return source.replace(self.text, self.instead)


@dataclass(frozen=True)
class Check:
    title: str
    edits: tuple[Edit, ...]


_FIRST_LINE = Check(
    "first line: characters, method, version, form of the target",
    (
        Edit("recorder", "            method not in _METHODS\n", "            False\n"),
        Edit("recorder", '            or not target.startswith("/")\n'),
        Edit("recorder", "            or not target.isprintable()\n"),
        Edit("recorder", '            or "#" in target\n'),
        Edit(
            "recorder",
            '        if version is None or len(line) != 3 or line[1].find(b"\\n") >= 0:\n'
            "            raise version_refusal(line[-1])\n",
            '        version = version or "1.1"\n',
        ),
        Edit("recorder", ' and target.find(b"#") < 0'),
        Edit(
            "recorder",
            '        if is_upgrade and line[0] == b"CONNECT":\n            raise invalid("method CONNECT")\n',
        ),
    ),
)
_SIZES = Check(
    "sizes of line and head, number of fields",
    (
        Edit("recorder", "            or len(line) > block.longest_start\n"),
        Edit("recorder", "min(limits.line_size - len(_VERSION), limits.head_size - self.size)", "0"),
        Edit("recorder", "        if len(head) > limits.line_size:\n            self._check_sizes(head)\n"),
        Edit(
            "recorder",
            '        if lines > limits.head_fields + 2:\n            raise head_too_large("too many fields")\n',
        ),
    ),
)
_FIELDS = Check(
    "lines that llhttp takes and that are no fields",
    (
        Edit(
            "recorder",
            '        if head.count(b"\\n") != lines:\n            raise invalid("lines that are no fields")\n',
        ),
    ),
)
_HOST = Check(
    "Host: one, well formed",
    (
        Edit("framing", '        if self.host is not None:\n            raise invalid("two Host fields")\n'),
        Edit("framing", '        if not is_authority(value):\n            raise invalid("malformed Host field")\n'),
        Edit(
            "framing",
            '        if self.host is None and version == "1.1":\n            raise invalid("no Host field")\n',
        ),
    ),
)
_LENGTHS = Check(
    "Content-Length and Transfer-Encoding: one of them, well formed",
    (
        Edit(
            "framing",
            '        if self.length is not None:\n            raise invalid("two Content-Length fields")\n',
        ),
        Edit(
            "framing",
            '        if not _is_length(value):\n            raise invalid("malformed Content-Length field")\n',
        ),
        Edit(
            "framing",
            '        if self.length is not None or self.version != "1.1":\n'
            '            raise invalid("Transfer-Encoding with Content-Length, or in HTTP/1.0")\n',
        ),
        Edit(
            "framing",
            '        if codings[-1] != b"chunked" or codings.count(b"chunked") > 1'
            " or not all(map(_is_token, codings)):\n"
            '            raise invalid("Transfer-Encoding that does not end in one chunked")\n',
        ),
    ),
)
_BODY_SIZE = Check(
    "size of a body that is parsed",
    (
        Edit("native", "            limit = self.max_body_size\n"),
        Edit("native", "self.connection.parsed_body_limit if limit is None else limit)", "None)"),
        Edit("native", "        if limit is not None and self.body_size > limit:\n            raise too_large()\n"),
    ),
)
_DEADLINES = Check(
    "deadlines: of heads, bodies, readers, rest",
    (
        Edit("protocol", "        self.share.sweeper.add(self)\n"),
        Edit(
            "protocol",
            "            if recorder.partial:\n"
            "                if self.deadlines.head_since is None:\n"
            "                    self.deadlines.head_since = self.share.sweeper.now\n"
            "            elif not recorder.has_skipped_line:\n"
            "                self.deadlines.head_since = None\n",
        ),
        Edit(
            "protocol",
            "            deadlines = self.deadlines\n            deadlines.idle_since = self.share.sweeper.now\n",
        ),
        Edit(
            "protocol", "deadlines.head_since is None and self.recorder", "not self.recorder.partial and self.recorder"
        ),
    ),
)
_TURNS = Check(
    "turns of other connections: long pieces, many requests in one",
    (
        Edit(
            "protocol",
            "        size = len(data)\n"
            "        if (size < MUCH or self.recorder.is_plain(size)) and not self.portions.rest:\n"
            "            self._read(data)\n"
            "        else:\n"
            "            self.portions.take(data)\n",
            "        self._read(data)\n",
        ),
        Edit(
            "protocol",
            "        starts = 0\n        began = time.perf_counter() if len(waiting) > 1 else 0.0\n",
        ),
        Edit(
            "protocol",
            "                if starts and (starts == _MOST_STARTS or time.perf_counter() - began > _LONGEST_START):\n"
            "                    self._start_soon()\n"
            "                    break\n"
            "                starts += 1\n",
        ),
    ),
)
_BACK_PRESSURE = Check(
    "back-pressure: a slow reader, a long queue of requests",
    (
        Edit(
            "protocol",
            "recorder.take_lone_request(data) if self.can_write else None",
            "recorder.take_lone_request(data)",
        ),
        Edit(
            "protocol",
            "while waiting and self.current is None and self.can_write:",
            "while waiting and self.current is None:",
        ),
        Edit(
            "protocol",
            "            elif len(self.waiting) > _MOST_QUEUED:\n                self.flow.pause_reading()\n",
        ),
        Edit(
            "protocol",
            "        if len(waiting) > _MOST_QUEUED:\n            self.flow.pause_reading()\n        elif not waiting",
            "        if not waiting",
        ),
        Edit(
            "protocol",
            "            if self.flow.is_reading_paused:\n                self.flow.resume_reading()\n",
        ),
        Edit("answering", " and exchange.connection.can_write:", ":"),
    ),
)
_ENDINGS = Check(
    "connections that were refused, left, or are to close",
    (
        Edit("protocol", '        if self.is_deaf:\n            self.portions.rest = b""\n            return\n'),
        Edit(
            "protocol",
            "        if self.refusal is not None:\n"
            "            self._send_refusal(self.refusal)\n"
            "        elif self.is_shutting_down:\n"
            "            self.close()\n"
            "        else:\n",
            "        if True:\n",
        ),
        Edit(
            "protocol",
            "        exchange.is_answered = True  # what still comes of the body is dropped\n"
            "        if exchange.changed is not None:\n"
            "            exchange.changed.set()\n",
        ),
        Edit("recorder", "while position < size and not self.connection.is_deaf:", "while position < size:"),
    ),
)
_CONCURRENCY = Check(
    "`limit_concurrency`",
    (
        Edit(
            "protocol",
            "        if self._limit_concurrency is not None and self.is_overloaded():\n"
            '            logger.warning("Exceeded concurrency limit.")\n'
            '            write_whole(exchange, _UNAVAILABLE, b"Service Unavailable")\n'
            "            return\n",
        ),
    ),
)
_ANSWERS = Check(
    "answers: bytes of header fields, length of the body",
    (
        Edit(
            "wire",
            "            if _forbidden_in_value(value):\n"
            '                raise RuntimeError("Invalid HTTP header value.")\n',
        ),
        Edit(
            "wire",
            '    if not name or _forbidden_in_name(name):\n        raise RuntimeError("Invalid HTTP header name.")\n',
        ),
        Edit(
            "writer",
            '    elif wire.length is not None and exchange.method != "HEAD" and wire.length != len(body):\n'
            "        raise RuntimeError(f\"Response content {'longer' if len(body) > wire.length else 'shorter'} "
            'than Content-Length")\n',
        ),
        Edit(
            "writer",
            "            self._remaining -= len(chunk)\n"
            "            if self._remaining < 0:\n"
            '                raise RuntimeError("Response content longer than Content-Length")\n',
            "            pass\n",
        ),
        Edit(
            "writer",
            "        if is_last and self._remaining:\n"
            '            raise RuntimeError("Response content shorter than Content-Length")\n',
        ),
    ),
)

CHECKS = {
    "first-line": _FIRST_LINE,
    "sizes": _SIZES,
    "fields": _FIELDS,
    "host": _HOST,
    "lengths": _LENGTHS,
    "body-size": _BODY_SIZE,
    "deadlines": _DEADLINES,
    "turns": _TURNS,
    "back-pressure": _BACK_PRESSURE,
    "endings": _ENDINGS,
    "concurrency": _CONCURRENCY,
    "answers": _ANSWERS,
}


def edits_of(names: Iterable[str]) -> list[Edit]:
    return [edit for name in names for edit in CHECKS[name].edits]


def switch_off(names: Iterable[str]) -> None:
    """Load the transport's modules without these checks; none of them may have been loaded before."""
    loaded = [name for name in sys.modules if name.startswith(f"{PACKAGE}.")]
    if loaded:
        raise RuntimeError(f"imported with all checks before they could be switched off: {', '.join(loaded)}")
    edits = edits_of(names)
    for edit in edits:
        _check_module(edit.module)
    sys.meta_path.insert(0, _EditingFinder(edits))


def _check_module(name: str) -> None:
    """Raises TextNotFound: an edit in a module that is never loaded would switch nothing off."""
    package = PathFinder.find_spec("zonda")
    locations = None if package is None else package.submodule_search_locations
    if not any((Path(folder) / "transport" / f"{name}.py").is_file() for folder in locations or ()):
        raise TextNotFound(f"there is no module {PACKAGE}.{name}")


class _EditingLoader(SourceFileLoader):
    def __init__(self, name: str, path: str, edits: Sequence[Edit]) -> None:
        super().__init__(name, path)
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        source = self.get_data(path).decode("utf-8")
        for edit in self._edits:
            source = edit.apply(source)
        code: CodeType = compile(source, path, "exec", dont_inherit=True)
        return code


class _EditingFinder(MetaPathFinder):
    """Loads each module of the transport from its source, with the edits that concern it."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        spec = PathFinder.find_spec(fullname, path, target) if package == PACKAGE else None
        if spec is not None and spec.origin is not None:
            edits = [edit for edit in self._edits if edit.module == name]
            spec.loader = _EditingLoader(fullname, spec.origin, edits)
        return spec
