"""This module decodes chunked bodies strictly (RFC 9112, section 7.1) and counts what frames them."""

from __future__ import annotations

import re

from zonda.transport.limits import Limits
from zonda.transport.refusals import head_too_large, invalid

_size_line = re.compile(rb"([0-9A-Fa-f]{1,16})((?:;[\t\x20-\x7e\x80-\xff]*)?)\r\n").match
_is_trailer = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n").fullmatch

_END = b"\r\n"
_LONGEST_SIZE = 18
"""Bytes of a size line without an extension: sixteen digits and the end of the line."""


class ChunkReader:
    """One chunked body: takes what comes, gives what it carries, and knows when it has ended.

    Trailer fields are checked, counted with the head, and dropped: nothing in front of the server has looked at them.
    """

    __slots__ = (
        "_ending",
        "_extension_size",
        "_fields",
        "_held",
        "_is_in_trailers",
        "_limits",
        "_size",
        "is_complete",
        "remaining",
    )

    def __init__(self, limits: Limits, head_size: int, head_fields: int) -> None:
        self._limits = limits
        self._size = head_size
        self._fields = head_fields
        self._extension_size = 0
        self._held = b""
        """A line that has not come to its end."""
        self.remaining = 0
        """Bytes of the chunk under way that are still to come."""
        self._ending = b""
        """What is still to come of the two bytes that end it."""
        self._is_in_trailers = False
        self.is_complete = False

    def feed(self, data: bytes, start: int) -> tuple[bytes, int]:
        """Read `data` from `start` on: what it carries of the body, and where the reading ended."""
        parts: list[bytes] = []
        if self._held:
            data, start, offset = self._held + data[start:], 0, start - len(self._held)
            self._held = b""
        else:
            offset = 0
        size = len(data)
        while start < size and not self.is_complete:
            if self.remaining:
                start = self._take_data(data, start, parts)
            elif self._ending:
                start = self._take_end(data, start)
            elif self._is_in_trailers:
                start = self._take_trailer(data, start)
            else:
                start = self._take_size(data, start)
        return parts[0] if len(parts) == 1 else b"".join(parts), start + offset

    def _take_size(self, data: bytes, start: int) -> int:
        found = _size_line(data, start)
        if found is None:
            return self._hold_size(data, start)
        digits, extension = found.groups()
        if extension:
            self._extension_size += len(extension)
            self._check_extensions(0)
        size = int(digits, 16)
        if size:
            self.remaining = size
        else:
            self._is_in_trailers = True
        return found.end()

    def _hold_size(self, data: bytes, start: int) -> int:
        """The line is not complete, or it is wrong."""
        line = data[start:]
        if b"\n" in line or _size_line(line.removesuffix(b"\r") + _END) is None:
            raise invalid("malformed chunk size")
        self._check_extensions(len(line) - _LONGEST_SIZE)
        self._held = line
        return len(data)

    def _check_extensions(self, more: int) -> None:
        if self._extension_size + more > self._limits.chunk_extensions:
            raise head_too_large("chunk extensions too large")

    def _take_data(self, data: bytes, start: int, parts: list[bytes]) -> int:
        end = start + self.remaining
        if end > len(data):
            self.remaining = end - len(data)
            parts.append(data[start:])
            return len(data)
        parts.append(data[start:end])
        self.remaining = 0
        if data.startswith(_END, end):
            return end + 2
        self._ending = _END
        return end

    def _take_end(self, data: bytes, start: int) -> int:
        """The two bytes after a chunk, which need not come together."""
        expected = self._ending
        piece = data[start : start + len(expected)]
        if not expected.startswith(piece):
            raise invalid("chunk without its end")
        self._ending = expected[len(piece) :]
        return start + len(piece)

    def _take_trailer(self, data: bytes, start: int) -> int:
        end = data.find(b"\n", start) + 1
        line = data[start : end or len(data)]
        if not end:
            self._check_trailers(len(line) - 1)
            self._held = line
            return len(data)
        if line == b"\r\n":
            self.is_complete = True
            return end
        if not _is_trailer(line):
            raise invalid("malformed trailer")
        self._size += len(line)
        self._fields += 1
        self._check_trailers(0)
        return end

    def _check_trailers(self, more: int) -> None:
        limits = self._limits
        if self._size + more > limits.head_size or self._fields > limits.head_fields:
            raise head_too_large("head and trailers too large")
