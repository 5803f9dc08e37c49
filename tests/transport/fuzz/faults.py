"""This module plants faults of the kinds that other servers had, to see that the fuzzer would have found them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from zonda.transport import chunks, framing, recorder
from zonda.transport.chunks import ChunkReader
from zonda.transport.framing import Framing
from zonda.transport.native import NativeExchange
from zonda.transport.recorder import FieldBlock, RequestRecorder

Fault = Callable[[], AbstractContextManager[Any]]


def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> AbstractContextManager[Any]:
    return patch.object(owner, name, make(getattr(owner, name)))


def length_with_chunks_is_accepted() -> AbstractContextManager[Any]:
    def take(self: Framing, value: bytes) -> None:
        self.is_chunked = b"chunked" in value.lower()

    return patch.object(Framing, "_take_transfer_encoding", take)


def two_hosts_are_accepted() -> AbstractContextManager[Any]:
    def take(self: Framing, value: bytes) -> None:
        self.host = value

    return patch.object(Framing, "_take_host", take)


def the_end_of_a_chunk_is_not_looked_at() -> AbstractContextManager[Any]:
    def take(self: ChunkReader, data: bytes, start: int) -> int:
        expected = self._ending
        piece = data[start : start + len(expected)]
        self._ending = expected[len(piece) :]
        return start + len(piece)

    return patch.object(ChunkReader, "_take_end", take)


def sizes_may_have_spaces() -> AbstractContextManager[Any]:
    return patch.object(chunks, "_size_line", re.compile(rb" *([0-9A-Fa-f]{1,16}) *((?:;[^\r\n]*)?)\r\n").match)


def sizes_may_have_a_prefix() -> AbstractContextManager[Any]:
    return patch.object(chunks, "_size_line", re.compile(rb"(?:0x)?([0-9A-Fa-f]{1,16})((?:;[^\r\n]*)?)\r\n").match)


def sizes_may_end_in_lf() -> AbstractContextManager[Any]:
    return patch.object(chunks, "_size_line", re.compile(rb"([0-9A-Fa-f]{1,16})((?:;[^\r\n]*)?)\r?\n").match)


def trailers_become_headers() -> AbstractContextManager[Any]:
    def make(take_body: Any) -> Any:
        def take(self: RequestRecorder, data: bytes, position: int, exchange: NativeExchange) -> int:
            end: int = take_body(self, data, position, exchange)
            found = re.search(rb"\r\n0\r\n([A-Za-z]+): ?([^\r\n]*)\r\n\r\n$", data[position:end])
            if found is not None:
                exchange.headers.append((found[1].lower(), found[2]))
            return end

        return take

    return _replaced(RequestRecorder, "_take_body", make)


def a_chunk_is_read_too_far() -> AbstractContextManager[Any]:
    def make(take_data: Any) -> Any:
        def take(self: ChunkReader, data: bytes, start: int, parts: list[bytes]) -> int:
            if self._remaining == 10:
                self._remaining = 12
            result: int = take_data(self, data, start, parts)
            if parts and parts[-1].endswith(b"\r\n"):
                self._ending = b""
            return result

        return take

    return _replaced(ChunkReader, "_take_data", make)


@contextmanager
def what_follows_close_is_read() -> Iterator[None]:
    def is_done(self: RequestRecorder) -> bool:
        return False

    def ignore(self: RequestRecorder, value: bool) -> None:
        pass

    with patch.object(RequestRecorder, "is_done", property(is_done, ignore), create=True):
        original = Framing.__init__

        def init(self: Framing, fields: Any, version: str) -> None:
            original(self, fields, version)
            self.keeps_alive = True

        with patch.object(Framing, "__init__", init):
            yield


def values_keep_their_spaces() -> AbstractContextManager[Any]:
    class Kept(bytes):
        def find(self, sought: Any, *bounds: Any) -> int:
            return -1 if sought in (b" \r", b"\t\r") else super().find(sought, *bounds)

    def make(read_head: Any) -> Any:
        def read(self: RequestRecorder, head: bytes, parsed: int, data: bytes, end: int) -> int:
            result: int = read_head(self, Kept(head), parsed, data, end)
            return result

        return read

    return _replaced(RequestRecorder, "_read_head", make)


def gzip_is_taken_for_chunks() -> AbstractContextManager[Any]:
    def make(listed: Any) -> Any:
        def last(value: bytes) -> list[bytes]:
            found: list[bytes] = listed(value)
            return found[-1:] if b"chunked" in found else found

        return last

    return _replaced(framing, "_listed", make)


def the_paths_differ() -> AbstractContextManager[Any]:
    def make(make_scope: Any) -> Any:
        def scope(self: NativeExchange) -> Any:
            made = make_scope(self)
            if self.connection.application is None:
                made["raw_path"] = made["raw_path"].replace(b"//", b"/")
            return made

        return scope

    return _replaced(NativeExchange, "_make_scope", make)


def fragments_are_kept() -> AbstractContextManager[Any]:
    def split(method: str, target: bytes) -> tuple[bytes, bytes, None]:
        path, _, query = target.partition(b"#")[0].partition(b"?")
        return path, query, None

    return patch.object(recorder, "split_target", split)


def similar_heads_are_taken_for_equal() -> AbstractContextManager[Any]:
    """Fields that begin like those of the head before are not read any further."""

    def make(init: Any) -> Any:
        def initialise(self: FieldBlock, *arguments: Any) -> None:
            init(self, *arguments)
            self.content = self.content[:12]

        return initialise

    return _replaced(FieldBlock, "__init__", make)


def lines_of_similar_heads_are_not_looked_at() -> AbstractContextManager[Any]:
    """The characters of a first line are anything, where the fields are those of the head before."""

    def make(_: Any) -> Any:
        def take(self: RequestRecorder, block: FieldBlock, start: bytes) -> NativeExchange | None:
            try:
                method, target = start.split(b" ")
            except ValueError:
                return None
            raw_path, _, query_string = target.partition(b"?")
            return self._exchange_of(method.decode("latin-1"), raw_path, query_string, block.headers)

        return take

    return _replaced(RequestRecorder, "_similar_exchange", make)


FAULTS: list[Fault] = [
    length_with_chunks_is_accepted,
    two_hosts_are_accepted,
    the_end_of_a_chunk_is_not_looked_at,
    sizes_may_have_spaces,
    sizes_may_have_a_prefix,
    sizes_may_end_in_lf,
    trailers_become_headers,
    a_chunk_is_read_too_far,
    what_follows_close_is_read,
    values_keep_their_spaces,
    gzip_is_taken_for_chunks,
    the_paths_differ,
    fragments_are_kept,
    similar_heads_are_taken_for_equal,
    lines_of_similar_heads_are_not_looked_at,
]
