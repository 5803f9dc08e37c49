"""This module cuts what comes on a connection into heads and bodies, and makes one exchange of each request.

llhttp reads the heads. Where one message ends and the next begins is decided here, and everything in which llhttp is
lenient is checked against the bytes themselves, so that there is one place that frames and none that disagrees with it.
Nothing that belongs to the application runs in here.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httptools

from zonda.transport.chunks import ChunkReader
from zonda.transport.flow import HIGH_WATER
from zonda.transport.framing import FRAMING_FIELDS, Framing
from zonda.transport.limits import Limits
from zonda.transport.native import NativeExchange
from zonda.transport.refusals import Refusal, head_too_large, invalid, line_too_long
from zonda.transport.targets import split_target, version_refusal

if TYPE_CHECKING:
    from zonda.transport.protocol import ZondaProtocol

logger = logging.getLogger("uvicorn.error")

_CR = ord("\r")
_END = b"\r\n\r\n"
_EMPTY_LINE = b"\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
_WORTH_DROPPING = 256 * 1024
"""Bytes of a body that nobody wants and that are received all the same, so that the connection can be kept."""
_VERSION = b" HTTP/1.1"
_VERSIONS = {b"HTTP/1.1": "1.1", b"HTTP/1.0": "1.0"}
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class FieldBlock:
    """The fields of one head as they came, and what was made of them."""

    __slots__ = ("body_size", "content", "framing", "headers", "longest_start", "size")

    def __init__(self, head: bytes, headers: list[tuple[bytes, bytes]], framing: Framing, limits: Limits) -> None:
        line_end = head.find(b"\r")
        self.content = head[line_end - len(_VERSION) :]
        """The version that ends the first line is part of it."""
        self.size = len(self.content)
        self.longest_start = min(limits.line_size - len(_VERSION), limits.head_size - self.size)
        """Bytes that the first line may have in front of that."""
        self.headers = headers
        self.framing = framing
        length = None if framing.is_chunked else framing.length or 0
        self.body_size = None if length is None or length > HIGH_WATER else length
        """Bytes of the body; None where it ends elsewhere, or is not waited for."""


class RequestRecorder:
    """The requests of one connection: those that wait, and the one whose body is being received."""

    def __init__(self, connection: ZondaProtocol, limits: Limits, root_path: str) -> None:
        self.connection = connection
        self.limits = limits
        self.root_path = root_path
        self.parser: Any = httptools.HttpRequestParser(self)
        self.waiting: deque[NativeExchange] = deque()
        """Requests whose head is complete and that were not started yet, in order."""
        self.receiving: NativeExchange | None = None
        """The request whose body has not come to its end."""
        self.partial = bytearray()
        """A head that has not come to its end."""
        self.is_done = False
        """What was read last, or is being received, is the last request: what follows it is none."""
        self._parsed = 0
        """Bytes of `partial` that the parser has seen."""
        self.has_skipped_line = False
        """An empty line came in front of the head that is due."""
        self._headers: list[tuple[bytes, bytes]] = []
        self._framing: Framing | None = None
        self._block: FieldBlock | None = None
        """The fields of the head before, where the very same ones need no second look."""
        self._remaining = 0
        """Bytes still to come of a body with a length."""
        self._chunks: ChunkReader | None = None
        self._parser_skips_body = False
        """The parser takes the request for an upgrade and so expects no body."""

    def on_header(self, name: bytes, value: bytes) -> None:
        """What the parser calls; it must not raise."""
        self._headers.append((name.lower(), value))

    # Cutting

    def is_plain(self, size: int) -> bool:
        """Nothing but a body is in the next `size` bytes, so that there is nothing to look at in them."""
        return size <= (self._remaining if self._chunks is None else self._chunks.remaining)

    def feed(self, data: bytes) -> None:
        """Read what came. Raises Refusal for what must not be read any further."""
        position, size = 0, len(data)
        while position < size and not self.connection.is_deaf:
            if self.receiving is not None:
                position = self._take_body(data, position, self.receiving)
            elif self.is_done:
                return
            elif self.partial:
                position = self._take_more_head(data, position)
            else:
                position = self._take_similar_head(data, position) or self._take_head(data, position)

    def _take_head(self, data: bytes, position: int) -> int:
        end = data.find(_END, position) + 4
        if end == 3 or data[position] == _CR:
            return self._take_unusual_head(data, position)
        return self._read_head(data[position:end], 0, data, end)

    def _take_unusual_head(self, data: bytes, position: int) -> int:
        """A head that is not complete, or has an empty line in front."""
        if data.startswith(_EMPTY_LINE, position) and not self.has_skipped_line:
            self.has_skipped_line = True
            return position + 2
        return self._take_more_head(data, position)

    def _take_more_head(self, data: bytes, position: int) -> int:
        partial = self.partial
        before = len(partial)
        partial += data[position : position + self.limits.head_size + 4 - before]
        if not self._parsed and partial.startswith(b"\r") and not self.has_skipped_line:
            if len(partial) == 1:
                return len(data)
            if partial.startswith(_EMPTY_LINE):
                self.has_skipped_line = True
                partial.clear()
                return position + 2 - before
        end = partial.find(_END, max(0, before - 3)) + 4
        if end == 3:
            self._parse_part(partial)
            return len(data)
        head, parsed = bytes(partial[:end]), self._parsed
        partial.clear()
        self._parsed = 0
        return self._read_head(head, parsed, data, position + end - before)

    def _parse_part(self, partial: bytearray) -> None:
        """Let the parser see what there is of a head, so that nonsense is refused before its end."""
        limits = self.limits
        if len(partial) > limits.line_size + 1 and partial.find(_EMPTY_LINE, 0, limits.line_size + 2) < 0:
            raise line_too_long()
        if len(partial) > limits.head_size:
            raise head_too_large()
        self._parse(bytes(partial[self._parsed :]))
        self._parsed = len(partial)

    # Heads

    def _parse(self, piece: bytes) -> bool:
        """Raises Refusal for what is no head. True if the parser takes the request for an upgrade."""
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            return True
        except httptools.HttpParserError as error:
            if str(error) == "Invalid HTTP version":
                raise Refusal(505, "HTTP Version Not Supported", str(error)) from None
            raise invalid(str(error)) from None
        return False

    def _take_similar_head(self, data: bytes, position: int) -> int:
        """Make an exchange of a head that has the fields of the one before, byte for byte. 0 if it is not such a head.

        PERF: clients repeat their fields on a connection as long as it lasts; what was parsed and checked of them
        holds for the same bytes (benchmarks `hello` and `hello_browser`). Only the first line is read.
        """
        block = self._block
        start_end = data.find(b"\r", position) - len(_VERSION)
        if block is None or start_end <= position or not data.startswith(block.content, start_end):
            return 0
        exchange = self._similar_exchange(block, data[position:start_end])
        if exchange is None:
            return 0
        self.waiting.append(exchange)
        end = start_end + block.size
        if block.framing.has_body:
            # The parser, which did not see the head, is not to see the body either.
            return self._expect_body(exchange, block.framing, end - position, True, data, end)
        exchange.is_complete = True
        return end

    def take_lone_request(self, data: bytes) -> NativeExchange | None:
        """The one request that `data` is, if it has the fields of the one before and nothing around it.

        PERF: this is what comes on most connections most of the time (benchmarks `hello` and `body`). It does not wait
        with others.
        """
        block = self._block
        if block is None or block.body_size is None:
            return None
        start_end = len(data) - block.body_size - block.size
        if start_end <= 0 or not data.startswith(block.content, start_end):
            return None
        exchange = self._similar_exchange(block, data[:start_end])
        if exchange is None:
            return None
        if block.body_size:
            exchange.take_whole(data[-block.body_size :])
        else:
            exchange.is_complete = True
        return exchange

    def _similar_exchange(self, block: FieldBlock, start: bytes) -> NativeExchange | None:
        """An exchange of a head with these fields; None where the start of its first line needs a closer look."""
        try:
            line = start.decode("ascii")
            method, target = line.split(" ")
        except ValueError:
            return None
        if (
            method not in _METHODS
            or not target.startswith("/")
            or not target.isprintable()
            or len(line) > block.longest_start
            or "#" in target
        ):
            return None
        self.has_skipped_line = False
        if self.root_path or "%" in target:
            raw_path, _, query_string = start.split(b" ")[1].partition(b"?")
            return self._exchange_of(method, raw_path, query_string, block.headers)
        if "?" in target:
            target, _, query = target.partition("?")
            return NativeExchange(self.connection, method, None, target, query.encode(), block.headers)
        return NativeExchange(self.connection, method, None, target, b"", block.headers)

    def _read_head(self, head: bytes, parsed: int, data: bytes, end: int) -> int:
        """Make an exchange of a head. `data` from `end` on is what follows it. Return where the reading ended."""
        limits = self.limits
        if len(head) > limits.line_size:
            self._check_sizes(head)
        self.has_skipped_line = False
        is_upgrade = self._parse(head[parsed:] if parsed else head)
        headers, self._headers = self._headers, []
        # The parser has seen to the characters. It forgives more than one space, and other protocols' names, and takes
        # LF after a target for the end of a line of HTTP/0.9, and what comes then for a field.
        line = head[: head.find(b"\r")].split(b" ")
        version = _VERSIONS.get(line[-1])
        if version is None or len(line) != 3 or line[1].find(b"\n") >= 0:
            raise version_refusal(line[-1])
        lines = len(headers) + 2
        if head.count(b"\n") != lines:
            raise invalid("lines that are no fields")
        if lines > limits.head_fields + 2:
            raise head_too_large("too many fields")
        if head.find(b" \r") >= 0 or head.find(b"\t\r") >= 0:
            headers = [(name, value.rstrip(b" \t")) for name, value in headers]
        # PERF: most requests of a connection carry the same framing fields, which are then compared and not read.
        fields = [field for field in headers if field[0] in FRAMING_FIELDS]
        framing = self._framing
        if framing is None or fields != framing.fields or version != framing.version:
            framing = self._framing = Framing(fields, version)
        if framing.upgrade is not None and self._is_handed_over(framing, head, len(data) > end):
            return len(data)
        if is_upgrade and line[0] == b"CONNECT":
            raise invalid("method CONNECT")
        is_plain = framing.keeps_alive and framing.upgrade is None and not is_upgrade
        self._block = FieldBlock(head, headers, framing, limits) if is_plain else None
        method, target = line[0].decode("ascii"), line[1]
        if target.startswith(b"/") and target.find(b"#") < 0:
            raw_path, _, query_string = target.partition(b"?")
        else:
            raw_path, query_string, authority = split_target(method, target)
            if authority is not None:
                # RFC 9112, section 3.2.2: the target says whose resource it is, whatever the field says.
                headers = [(name, authority if name == b"host" else value) for name, value in headers]
                if framing.host is None:
                    headers = [(b"host", authority), *headers]
        exchange = self._exchange_of(method, raw_path, query_string, headers)
        self.waiting.append(exchange)
        if not framing.keeps_alive:
            self.is_done = True
            exchange.version = framing.version
            exchange.keeps_alive = False
        if framing.has_body:
            return self._expect_body(exchange, framing, len(head), is_upgrade, data, end)
        exchange.is_complete = True
        return end

    def _check_sizes(self, head: bytes) -> None:
        if head.find(_EMPTY_LINE) > self.limits.line_size:
            raise line_too_long()
        if len(head) > self.limits.head_size:
            raise head_too_large()

    def _exchange_of(
        self, method: str, raw_path: bytes, query_string: bytes, headers: list[tuple[bytes, bytes]]
    ) -> NativeExchange:
        path = raw_path.decode("ascii")
        if "%" in path:
            path = unquote(path)
        root_path = self.root_path
        if root_path:
            path, raw_path = root_path + path, root_path.encode("ascii") + raw_path
        return NativeExchange(self.connection, method, raw_path, path, query_string, headers)

    def _is_handed_over(self, framing: Framing, opening: bytes, is_followed: bool) -> bool:
        """Another protocol takes the connection; one that we do not speak leaves an ordinary request.

        So does a body: the connection is not another protocol's before it has ended (RFC 9110, section 7.8).
        """
        if framing.upgrade == b"websocket" and not framing.has_body and self.connection.takes_websocket():
            if self.connection.is_overloaded():
                return False  # and so answered as any other request is then
            if is_followed:  # RFC 6455, section 4.1
                raise invalid("data before a websocket's opening was answered")
            self.connection.hand_over(opening)
            return True
        logger.warning("Unsupported upgrade request.")
        return False

    # Bodies

    def _expect_body(
        self, exchange: NativeExchange, framing: Framing, head_size: int, is_upgrade: bool, data: bytes, end: int
    ) -> int:
        length = framing.length
        if length is not None and length <= min(len(data) - end, HIGH_WATER):  # it is all there
            piece = data[end : end + length]
            if not is_upgrade:
                self._parse(piece)
            exchange.take_whole(piece)
            return end + length
        self.receiving = exchange
        self._parser_skips_body = is_upgrade
        if length is None:
            self._chunks = ChunkReader(self.limits, head_size, len(exchange.headers))
        else:
            self._remaining = length
        exchange.expects_continue = framing.expects_continue
        if framing.expects_continue or length is None or length > _WORTH_DROPPING:
            exchange.regains_keep_alive, exchange.keeps_alive = exchange.keeps_alive, False
        return end

    def _take_body(self, data: bytes, position: int, exchange: NativeExchange) -> int:
        chunks = self._chunks
        if chunks is None:
            end = min(len(data), position + self._remaining)
            piece = data[position:end]
            self._remaining -= len(piece)
            is_last = not self._remaining
            if not self._parser_skips_body:
                self._parse(piece)
        else:
            piece, end = chunks.feed(data, position)
            is_last = chunks.is_complete
            if is_last:
                self._chunks = None
                if not self._parser_skips_body:
                    self._parse(_LAST_CHUNK)
        exchange.fed_size += end - position
        if piece:
            exchange.take(piece)
        if is_last:
            self.receiving = None
            exchange.end_body()
        return end
