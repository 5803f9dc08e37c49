"""This module lists what a connection must refuse and what it must read, each with the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """Bytes that a client sends, and the statuses of all answers to them."""

    name: str
    rule: str
    data: bytes
    statuses: tuple[int, ...] = (400,)

    def __str__(self) -> str:
        return self.name


def head(*lines: bytes, line: bytes = b"POST / HTTP/1.1", host: bytes | None = b"a") -> bytes:
    fields = lines if host is None else (b"Host: " + host, *lines)
    return b"\r\n".join((line, *fields, b"", b""))


CHUNKED = b"Transfer-Encoding: chunked"


def chunks(body: bytes) -> bytes:
    return head(CHUNKED) + body


def get(target: bytes, version: bytes = b"HTTP/1.1") -> bytes:
    return head(line=b"GET " + target + b" " + version)


REFUSED = [
    # The request line
    Case("no request line", "RFC 9112, 3", b"nonsense\r\n\r\n"),
    Case("two spaces before the target", "RFC 9112, 3", get(b" /")),
    Case("two spaces before the version", "RFC 9112, 3", get(b"/ ")),
    Case("a tab before the target", "RFC 9112, 3", head(line=b"GET\t/ HTTP/1.1")),
    Case("a space after the version", "RFC 9112, 3", get(b"/", b"HTTP/1.1 ")),
    Case("no version", "RFC 9112, 2.3", b"GET /\r\n\r\n"),
    Case("a version in small letters", "RFC 9112, 2.3", get(b"/", b"http/1.1")),
    Case("a version with two digits", "RFC 9112, 2.3", get(b"/", b"HTTP/1.10")),
    Case("a version with a leading zero", "RFC 9112, 2.3", get(b"/", b"HTTP/01.1")),
    Case("another protocol's name", "RFC 9112, 2.3", get(b"/", b"RTSP/1.0")),
    Case("Icecast", "RFC 9112, 2.3", head(line=b"SOURCE / ICE/1.0")),
    Case("HTTP/2.0", "RFC 9110, 15.6.6", get(b"/", b"HTTP/2.0"), (505,)),
    Case("HTTP/0.9", "RFC 9110, 15.6.6", get(b"/", b"HTTP/0.9"), (505,)),
    Case("HTTP/1.2", "RFC 9110, 15.6.6", get(b"/", b"HTTP/1.2"), (505,)),
    Case("the preface of HTTP/2", "RFC 9113, 3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (505,)),
    Case("two empty lines before the request", "RFC 9112, 2.2", b"\r\n\r\n" + get(b"/")),
    Case("an empty line that ends in LF", "RFC 9112, 2.2", b"\n" + get(b"/")),
    Case("a space before the request", "RFC 9112, 3", b" " + get(b"/")),
    Case("a method in small letters", "RFC 9110, 9.1", head(line=b"get / HTTP/1.1")),
    Case("a method that is no token", "RFC 9110, 9.1", head(line=b"G(T / HTTP/1.1")),
    Case("CONNECT", "RFC 9110, 9.3.6", head(line=b"CONNECT a:443 HTTP/1.1")),
    Case("a version without its second digit", "RFC 9112, 2.3", get(b"/", b"HTTP/1.")),
    Case("a version with a sign", "RFC 9112, 2.3", get(b"/", b"HTTP/+1.1")),
    Case("a comma in the version", "RFC 9112, 2.3", get(b"/", b"HTTP/1,1")),
    Case("a tab after the version", "RFC 9112, 3", get(b"/", b"HTTP/1.1\t")),
    Case("words after the version", "RFC 9112, 3", get(b"/", b"HTTP/1.1 x")),
    Case("a line end in the request line", "RFC 9112, 3", b"GET /\r\n HTTP/1.1\r\nHost: a\r\n\r\n"),
    Case("LF alone in the target, as in HTTP/0.9", "RFC 9112, 2.2", b"GET /x\ntp:b HTTP/1.1\r\nHost: a\r\n\r\n"),
    Case("LF alone in an absolute target", "RFC 9112, 2.2", b"GET http://b/x\ntp:b HTTP/1.1\r\nHost: a\r\n\r\n"),
    Case("NUL before the request", "RFC 9112, 3", b"\x00" + get(b"/")),
    Case("CR alone before the request", "RFC 9112, 2.2", b"\r" + get(b"/")),
    Case("a method with NUL", "RFC 9110, 9.1", head(line=b"G\x00ET / HTTP/1.1")),
    Case("TLS", "RFC 8446, 5.1", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x7f" * 32),
    # Targets
    Case("a target with NUL", "RFC 3986, 2", get(b"/\x00")),
    Case("a target with a tab", "RFC 3986, 2", get(b"/a\tb")),
    Case("authority form", "RFC 9112, 3.2.3", get(b"a:80")),
    Case("absolute form without a host", "RFC 9110, 4.2.1", get(b"http://:80/")),
    Case("absolute form with an open bracket", "RFC 3986, 3.2.2", get(b"http://[::1/")),
    Case("absolute form with a port that is none", "RFC 3986, 3.2.3", get(b"http://a:b/")),
    Case("absolute form with a port that cannot be", "RFC 3986, 3.2.3", get(b"http://a:65536/")),
    Case("a scheme without slashes", "RFC 9112, 3.2.2", get(b"http:/a")),
    Case("a target that is not ASCII", "RFC 3986, 2", get("/ü".encode())),
    Case("a target with a control byte", "RFC 3986, 2", get(b"/\x01")),
    Case("a target with DEL", "RFC 3986, 2", get(b"/\x7f")),
    Case("a target with a fragment", "RFC 9112, 3.2", get(b"/a#b")),
    Case("a relative target", "RFC 9112, 3.2", get(b"a/b")),
    Case("a target that is only a query", "RFC 9112, 3.2", get(b"?a")),
    Case("an asterisk with GET", "RFC 9112, 3.2.4", get(b"*")),
    Case("an asterisk and more", "RFC 9112, 3.2.4", head(line=b"OPTIONS *a HTTP/1.1")),
    Case("a target with a user", "RFC 9110, 4.2.4", get(b"http://user@a/")),
    Case("a target of another scheme", "RFC 9112, 3.2.2", get(b"ftp://a/")),
    Case("a target without an authority", "RFC 9110, 4.2.1", get(b"http:///x")),
    Case("a long request line", "RFC 9110, 15.5.15", get(b"/" + b"x" * 17_000), (414,)),
    Case("a request line without end", "RFC 9110, 15.5.15", b"GET /" + b"x" * 70_000, (414,)),
    # Lines
    Case("LF alone", "RFC 9112, 2.2", b"GET / HTTP/1.1\nHost: a\n\n"),
    Case("LF alone after the request line", "RFC 9112, 2.2", b"GET / HTTP/1.1\nHost: a\r\n\r\n"),
    Case("LF alone after a field", "RFC 9112, 2.2", b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
    Case("LF alone at the end", "RFC 9112, 2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\n"),
    Case("CR alone in a value", "RFC 9112, 2.2", head(b"X: a\rb")),
    Case("CR alone before a field", "RFC 9112, 2.2", head(b"\rX: a")),
    Case("CR twice", "RFC 9112, 2.2", b"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
    # Fields
    Case("a space before the colon", "RFC 9112, 5.1", head(b"X : a")),
    Case("a tab before the colon", "RFC 9112, 5.1", head(b"X\t: a")),
    Case("a folded line", "RFC 9112, 5.2", head(b"X: a\r\n b")),
    Case("a folded first line", "RFC 9112, 2.2", b"GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n"),
    Case("a folded Transfer-Encoding", "RFC 9112, 5.2", head(b"Transfer-Encoding:\r\n chunked")),
    Case("a field without a name", "RFC 9110, 5.1", head(b": a")),
    Case("a field without a colon", "RFC 9112, 5", head(b"X")),
    Case("a name that is no token", "RFC 9110, 5.1", head(b"X[: a")),
    Case("a name outside ASCII", "RFC 9110, 5.1", head(b"X\xff: a")),
    Case("NUL in a value", "RFC 9110, 5.5", head(b"X: a\x00b")),
    Case("a control byte in a value", "RFC 9110, 5.5", head(b"X: a\x01b")),
    Case("DEL in a value", "RFC 9110, 5.5", head(b"X: a\x7fb")),
    Case("a line of spaces", "RFC 9112, 5.2", head(b"  ")),
    Case("a line of tabs after a field", "RFC 9112, 5.2", head(b"X: a", b"\t")),
    Case("a folded Host", "RFC 9112, 5.2", b"GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n"),
    Case("a vertical tab before the colon", "RFC 9112, 5.1", head(b"X\x0b: a")),
    Case("a name in quotes", "RFC 9110, 5.1", head(b'"X": a')),
    Case("a name with a space", "RFC 9110, 5.1", head(b"X Y: a")),
    Case("NUL in a name", "RFC 9110, 5.1", head(b"X\x00: a")),
    Case("CR and NUL at the end", "RFC 9112, 2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\r\x00"),
    Case("an end in CR LF CR", "RFC 9112, 2.2", b"GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n"),
    Case("a large head", "RFC 6585, 5", head(b"X: " + b"x" * 70_000), (431,)),
    Case("a head without end", "RFC 6585, 5", head(b"X: " + b"x" * 140_000)[:-4], (431,)),
    Case("many fields", "RFC 6585, 5", head(*[b"X: y"] * 256), (431,)),
    # Host
    Case("no Host", "RFC 9112, 3.2", head(host=None)),
    Case("two Hosts", "RFC 9112, 3.2", head(b"Host: a")),
    Case("a Host with a path", "RFC 9112, 3.2", head(host=b"a/b")),
    Case("a Host with a query", "RFC 9112, 3.2", head(host=b"a?b")),
    Case("a Host with a fragment", "RFC 9112, 3.2", head(host=b"a#b")),
    Case("a Host with a user", "RFC 9110, 4.2.4", head(host=b"u@a")),
    Case("a Host with a space", "RFC 9112, 3.2", head(host=b"a b")),
    Case("a Host that lists two", "RFC 9112, 3.2", head(host=b"a, b c")),
    Case("a Host with a port that is none", "RFC 9112, 3.2", head(host=b"a:b")),
    Case("a malformed Host in HTTP/1.0", "RFC 9112, 3.2", head(line=b"GET / HTTP/1.0", host=b"a/b")),
    Case("two Hosts in HTTP/1.0", "RFC 9112, 3.2", head(b"Host: a", line=b"GET / HTTP/1.0")),
    Case("a Host outside ASCII", "RFC 9112, 3.2", head(host=b"\xe4")),
    Case("a Host with half an escape", "RFC 3986, 2.1", head(host=b"a%4")),
    Case("a Host with a tab", "RFC 9112, 3.2", head(host=b"a\tb")),
    Case("a Host with two ports", "RFC 3986, 3.2.3", head(host=b"a:1:2")),
    Case("a Host with a port that cannot be", "RFC 3986, 3.2.3", head(host=b"a:65536")),
    Case("a Host with empty brackets", "RFC 3986, 3.2.2", head(host=b"[]")),
    Case("a Host with an open bracket", "RFC 3986, 3.2.2", head(host=b"[::1")),
    Case("a Host with the wrong address in brackets", "RFC 3986, 3.2.2", head(host=b"[1.2.3.4]")),
    Case("a Host with an address that is none", "RFC 3986, 3.2.2", head(host=b"[:::]")),
    Case("no Host in absolute form", "RFC 9112, 3.2", head(line=b"GET http://a/ HTTP/1.1", host=None)),
    # Lengths
    Case("a length in two words", "RFC 9110, 8.6", head(b"Content-Length: 1 0") + b"x" * 10),
    Case("a length and a semicolon", "RFC 9110, 8.6", head(b"Content-Length: 1;") + b"x"),
    Case("a length with NUL", "RFC 9110, 5.5", head(b"Content-Length: 1\x00") + b"x"),
    Case("a space before the colon of a length", "RFC 9112, 5.1", head(b"Content-Length : 1") + b"x"),
    Case(
        "two lengths in HTTP/1.0",
        "RFC 9112, 6.3",
        head(b"Content-Length: 1", b"content-length: 2", line=b"POST / HTTP/1.0") + b"xx",
    ),
    Case("a length that is not followed by one", "RFC 9110, 8.6", head(b"Content-Length: 1, x") + b"x"),
    Case("two lengths", "RFC 9112, 6.3", head(b"Content-Length: 1", b"Content-Length: 2") + b"xx"),
    Case("the same length twice", "RFC 9112, 6.3", head(b"Content-Length: 1", b"Content-Length: 1") + b"x"),
    Case("a list of lengths", "RFC 9112, 6.3", head(b"Content-Length: 1, 1") + b"x"),
    Case("a negative length", "RFC 9110, 8.6", head(b"Content-Length: -1")),
    Case("a length with a sign", "RFC 9110, 8.6", head(b"Content-Length: +1") + b"x"),
    Case("a length in hexadecimal", "RFC 9110, 8.6", head(b"Content-Length: 0x1") + b"x"),
    Case("a length with an underscore", "RFC 9110, 8.6", head(b"Content-Length: 1_0") + b"x" * 10),
    Case("a length with a fraction", "RFC 9110, 8.6", head(b"Content-Length: 1.0") + b"x"),
    Case("an empty length", "RFC 9110, 8.6", head(b"Content-Length:")),
    Case("a length in other digits", "RFC 9110, 8.6", head("Content-Length: ٣".encode()) + b"xxx"),
    Case("a length beyond 64 bits", "RFC 9110, 8.6", head(b"Content-Length: " + b"9" * 30)),
    # Transfer-Encoding
    Case("length and chunks", "RFC 9112, 6.1", head(b"Content-Length: 5", CHUNKED) + b"0\r\n\r\n"),
    Case("chunks and length", "RFC 9112, 6.1", head(CHUNKED, b"Content-Length: 5") + b"0\r\n\r\n"),
    Case("gzip, chunked", "RFC 9112, 6.1", head(b"Transfer-Encoding: gzip, chunked"), (501,)),
    Case("identity, chunked", "RFC 9112, 6.1", head(b"Transfer-Encoding: identity, chunked"), (501,)),
    Case("gzip and chunked in two fields", "RFC 9112, 6.1", head(b"Transfer-Encoding: gzip", CHUNKED), (501,)),
    Case("chunked, gzip", "RFC 9112, 6.3", head(b"Transfer-Encoding: chunked, gzip")),
    Case("chunked twice", "RFC 9112, 6.1", head(CHUNKED, CHUNKED) + b"0\r\n\r\n"),
    Case("chunked, chunked", "RFC 9112, 6.1", head(b"Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n"),
    Case("identity", "RFC 9112, 6.3", head(b"Transfer-Encoding: identity")),
    Case("an empty Transfer-Encoding", "RFC 9112, 6.3", head(b"Transfer-Encoding:")),
    Case("chunked and a comma", "RFC 9112, 6.1", head(b"Transfer-Encoding: chunked,") + b"0\r\n\r\n"),
    Case("chunked with a parameter", "RFC 9112, 7", head(b"Transfer-Encoding: chunked;a=b") + b"0\r\n\r\n"),
    Case("chunked in quotes", "RFC 9112, 6.1", head(b'Transfer-Encoding: "chunked"') + b"0\r\n\r\n"),
    Case("xchunked", "RFC 9112, 6.3", head(b"Transfer-Encoding: xchunked") + b"0\r\n\r\n"),
    Case("chunked after a control byte", "RFC 9110, 5.5", head(b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n"),
    Case("chunks in HTTP/1.0", "RFC 9112, 6.1", head(CHUNKED, line=b"POST / HTTP/1.0") + b"0\r\n\r\n"),
    Case("chunked and NUL", "RFC 9110, 5.5", head(b"Transfer-Encoding: chunked\x00") + b"0\r\n\r\n"),
    Case("chunked and another word", "RFC 9112, 6.1", head(b"Transfer-Encoding: chunked x") + b"0\r\n\r\n"),
    Case("a comma and chunked", "RFC 9112, 6.1", head(b"Transfer-Encoding: , chunked") + b"0\r\n\r\n"),
    Case(
        "a space before the colon of Transfer-Encoding",
        "RFC 9112, 5.1",
        head(b"Transfer-Encoding : chunked") + b"0\r\n\r\n",
    ),
    Case("CR alone in Transfer-Encoding", "RFC 9112, 2.2", head(b"Transfer-Encoding:\rchunked") + b"0\r\n\r\n"),
    Case("a length of nothing and chunks", "RFC 9112, 6.1", head(b"Content-Length: 0", CHUNKED) + b"0\r\n\r\n"),
    # Chunks
    Case("a chunk longer than its size", "RFC 9112, 7.1", chunks(b"1\r\nxy\r\n0\r\n\r\n")),
    Case("a chunk shorter than its size", "RFC 9112, 7.1", chunks(b"4\r\nx\r\n0\r\n\r\n")),
    Case("a chunk size with NUL", "RFC 9112, 7.1", chunks(b"1\x00\r\nx\r\n0\r\n\r\n")),
    Case("a comma in a chunk size", "RFC 9112, 7.1", chunks(b"1,\r\nx\r\n0\r\n\r\n")),
    Case("an extension without its semicolon", "RFC 9112, 7.1.1", chunks(b"1 a=b\r\nx\r\n0\r\n\r\n")),
    Case("LF alone in an extension", "RFC 9112, 2.2", chunks(b"1;a\nb\r\nx\r\n0\r\n\r\n")),
    Case("a last chunk and CR", "RFC 9112, 7.1", chunks(b"0\r\n\rX\r\n")),
    Case("a chunk size that is none", "RFC 9112, 7.1", chunks(b"x\r\n")),
    Case("an empty chunk size", "RFC 9112, 7.1", chunks(b"\r\n0\r\n\r\n")),
    Case("a chunk size with a prefix", "RFC 9112, 7.1", chunks(b"0x1\r\nx\r\n0\r\n\r\n")),
    Case("a chunk size with a sign", "RFC 9112, 7.1", chunks(b"+1\r\nx\r\n0\r\n\r\n")),
    Case("a negative chunk size", "RFC 9112, 7.1", chunks(b"-1\r\nx\r\n0\r\n\r\n")),
    Case("a chunk size with an underscore", "RFC 9112, 7.1", chunks(b"1_0\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n")),
    Case("a space before a chunk size", "RFC 9112, 7.1", chunks(b" 1\r\nx\r\n0\r\n\r\n")),
    Case("a space after a chunk size", "RFC 9112, 7.1", chunks(b"1 \r\nx\r\n0\r\n\r\n")),
    Case("a chunk size beyond 64 bits", "RFC 9112, 7.1", chunks(b"10000000000000001\r\nx\r\n0\r\n\r\n")),
    Case("a chunk size that ends in LF", "RFC 9112, 7.1", chunks(b"1\nx\r\n0\r\n\r\n")),
    Case("a chunk size that ends in CR", "RFC 9112, 7.1", chunks(b"1\rx\r\n0\r\n\r\n")),
    Case("a chunk that ends in LF", "RFC 9112, 7.1", chunks(b"1\r\nx\n0\r\n\r\n")),
    Case("a chunk without its end", "RFC 9112, 7.1", chunks(b"1\r\nx0\r\n\r\n")),
    Case("a chunk that ends in anything", "RFC 9112, 7.1", chunks(b"1\r\nxYZ0\r\n\r\n")),
    Case("a last chunk that ends in LF", "RFC 9112, 7.1", chunks(b"0\n\r\n")),
    Case("an extension with LF", "RFC 9112, 7.1.1", chunks(b"1;a\nx\r\n0\r\n\r\n")),
    Case("an extension with CR", "RFC 9112, 7.1.1", chunks(b"1;a\rb\r\nx\r\n0\r\n\r\n")),
    Case("an extension with NUL", "RFC 9112, 7.1.1", chunks(b"1;a\x00\r\nx\r\n0\r\n\r\n")),
    Case("a large extension", "RFC 9112, 7.1.1", chunks(b"1;" + b"a" * 5000), (431,)),
    Case("many extensions", "RFC 9112, 7.1.1", chunks(b"1;abcdefg\r\nx\r\n" * 600), (431,)),
    # Trailers
    Case("a trailer with a space before the colon", "RFC 9112, 7.1.2", chunks(b"0\r\nX : a\r\n\r\n")),
    Case("a folded first trailer", "RFC 9112, 5.2", chunks(b"0\r\n X: a\r\n\r\n")),
    Case("a trailer without a name", "RFC 9110, 5.1", chunks(b"0\r\n: a\r\n\r\n")),
    Case("a trailer with NUL", "RFC 9110, 5.5", chunks(b"0\r\nX: a\x00\r\n\r\n")),
    Case("a trailer with a name outside ASCII", "RFC 9110, 5.1", chunks(b"0\r\nX\xff: a\r\n\r\n")),
    Case("a trailer without a colon", "RFC 9112, 7.1.2", chunks(b"0\r\nX\r\n\r\n")),
    Case("a folded trailer", "RFC 9112, 5.2", chunks(b"0\r\nX: a\r\n b\r\n\r\n")),
    Case("a trailer that ends in LF", "RFC 9112, 2.2", chunks(b"0\r\nX: a\n\r\n")),
    Case("a trailer with CR", "RFC 9112, 2.2", chunks(b"0\r\nX: a\rb\r\n\r\n")),
    Case("trailers that end in LF", "RFC 9112, 2.2", chunks(b"0\r\nX: a\r\n\n")),
    Case("large trailers", "RFC 6585, 5", chunks(b"0\r\n" + b"X: " + b"y" * 70_000), (431,)),
    Case("many trailers", "RFC 6585, 5", chunks(b"0\r\n" + b"X: y\r\n" * 300), (431,)),
]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Bytes that make requests, and how each is read: method, path, query and body."""

    name: str
    rule: str
    data: bytes
    requests: tuple[tuple[bytes, bytes, bytes, bytes], ...]

    def __str__(self) -> str:
        return self.name


def one(method: bytes = b"POST", path: bytes = b"/", query: bytes = b"", body: bytes = b"") -> tuple[tuple[bytes, ...]]:
    return ((method, path, query, body),)


ROOT = (b"GET", b"/", b"", b"")

ACCEPTED = [
    Accepted("an empty line before the request", "RFC 9112, 2.2", b"\r\n" + get(b"/"), (ROOT,)),
    Accepted("an empty line between requests", "RFC 9112, 2.2", get(b"/") + b"\r\n" + get(b"/"), (ROOT, ROOT)),
    Accepted("HTTP/1.0 without Host", "RFC 9112, 3.2", b"GET / HTTP/1.0\r\n\r\n", (ROOT,)),
    Accepted("an empty Host", "RFC 9112, 3.2", head(line=b"GET / HTTP/1.1", host=b""), (ROOT,)),
    Accepted("an address with a port", "RFC 9112, 3.2", head(line=b"GET / HTTP/1.1", host=b"[::1]:8000"), (ROOT,)),
    Accepted("escapes in a path", "RFC 3986, 2.1", get(b"/%20b?a=%20"), one(b"GET", b"/ b", b"a=%20")),
    Accepted("two slashes", "RFC 9112, 3.2.1", get(b"//a"), one(b"GET", b"//a")),
    Accepted("absolute form", "RFC 9112, 3.2.2", get(b"http://b/x?y=1"), one(b"GET", b"/x", b"y=1")),
    Accepted("absolute form without a path", "RFC 9112, 3.2.2", get(b"HTTP://b"), one(b"GET", b"/")),
    Accepted("absolute form with a query alone", "RFC 9112, 3.2.2", get(b"http://b?c/d"), one(b"GET", b"/", b"c/d")),
    Accepted("asterisk form", "RFC 9112, 3.2.4", head(line=b"OPTIONS * HTTP/1.1"), one(b"OPTIONS", b"*")),
    Accepted("a Host with an escape", "RFC 3986, 3.2.2", head(line=b"GET / HTTP/1.1", host=b"a%20b"), (ROOT,)),
    Accepted("a Host with an empty port", "RFC 3986, 3.2.3", head(line=b"GET / HTTP/1.1", host=b"a:"), (ROOT,)),
    Accepted("a Host with the last port", "RFC 3986, 3.2.3", head(line=b"GET / HTTP/1.1", host=b"a:65535"), (ROOT,)),
    Accepted("a query with all that it may have", "RFC 3986, 3.4", get(b"/a;b,c:d@e?f?/=;:@!$&'()*+,g"),
             one(b"GET", b"/a;b,c:d@e", b"f?/=;:@!$&'()*+,g")),
    Accepted("an empty query", "RFC 3986, 3.4", get(b"/?"), (ROOT,)),
    Accepted("a name of all characters", "RFC 9110, 5.6.2", head(b"!#$%&'*+-.^_`|~0aZ: x"), one()),
    Accepted("an empty value", "RFC 9110, 5.5", head(b"X:", b"Y: \t"), one()),
    Accepted("a value outside ASCII", "RFC 9110, 5.5", head(b"X: \xff\x80"), one()),
    Accepted("names that are like others", "RFC 9110, 5.1",
             head(b"Transfer_Encoding: chunked", b"Content_Length: 9"), one()),
    Accepted("a body with GET", "RFC 9110, 9.3.1",
             head(b"Content-Length: 2", line=b"GET / HTTP/1.1") + b"ok", one(b"GET", body=b"ok")),
    Accepted("a body with OPTIONS", "RFC 9110, 9.3.7",
             head(b"Content-Length: 2", line=b"OPTIONS * HTTP/1.1") + b"ok", one(b"OPTIONS", b"*", body=b"ok")),
    Accepted("another method", "RFC 9110, 9.1",
             head(CHUNKED, line=b"PROPFIND / HTTP/1.1") + b"0\r\n\r\n", one(b"PROPFIND")),
    Accepted("an expectation that nobody knows", "RFC 9110, 10.1.1",
             head(b"Expect: the-best", b"Content-Length: 2") + b"ok", one(body=b"ok")),
    Accepted("a length of nothing", "RFC 9110, 8.6", head(b"Content-Length: 0"), one()),
    Accepted("a length with zeros", "RFC 9110, 8.6", head(b"Content-Length: 0002") + b"ok", one(body=b"ok")),
    Accepted("a length with space around", "RFC 9110, 5.5", head(b"Content-Length: \t2 ") + b"ok", one(body=b"ok")),
    Accepted("chunks", "RFC 9112, 7.1", chunks(b"2\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n"), one(body=b"ab0123456789")),
    Accepted("CR and LF in a chunk", "RFC 9112, 7.1", chunks(b"4\r\n\r\n\r\n\r\n0\r\n\r\n"), one(body=b"\r\n\r\n")),
    Accepted("a chunk size with zeros", "RFC 9112, 7.1", chunks(b"0002\r\nab\r\n00\r\n\r\n"), one(body=b"ab")),
    Accepted("an extension", "RFC 9112, 7.1.1", chunks(b'1;a;b="c d"\r\nx\r\n0;e\r\n\r\n'), one(body=b"x")),
    Accepted("a trailer", "RFC 9110, 6.5", chunks(b"1\r\nx\r\n0\r\nX: y\r\n\r\n"), one(body=b"x")),
    Accepted("trailers that would frame", "RFC 9110, 6.5.1",
             chunks(b"0\r\nContent-Length: 9\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n") + get(b"/"),
             (*one(), ROOT)),
    Accepted("a trailer without a value", "RFC 9110, 5.5", chunks(b"0\r\nX:\r\nY: \xff\r\n\r\n"), one()),
    Accepted("space around chunked", "RFC 9110, 5.5",
             head(b"Transfer-Encoding:\t chunked  ") + b"1\r\nx\r\n0\r\n\r\n", one(body=b"x")),
    Accepted("capitals in chunked", "RFC 9112, 7", head(b"Transfer-Encoding: CHUNKED") + b"0\r\n\r\n", one()),
    Accepted("an upgrade with a body", "RFC 9110, 7.8",
             head(b"Connection: upgrade", b"Upgrade: h2c", b"Content-Length: 2") + b"ok", one(body=b"ok")),
    Accepted("an upgrade with chunks", "RFC 9110, 7.8",
             head(b"Connection: upgrade", b"Upgrade: h2c", CHUNKED) + b"2\r\nok\r\n0\r\n\r\n" + get(b"/"),
             (*one(body=b"ok"), ROOT)),
    Accepted("a body that looks like a request", "RFC 9112, 6.3",
             head(b"Content-Length: %d" % len(get(b"/evil"))) + get(b"/evil") + get(b"/"),
             (*one(body=get(b"/evil")), ROOT)),
    Accepted("what follows close", "RFC 9112, 9.6", head(b"Connection: x, Close") + get(b"/evil"), one()),
    Accepted("a chunked request that is the last", "RFC 9112, 9.6",
             head(b"Connection: close", CHUNKED) + b"1\r\nx\r\n0\r\n\r\n" + get(b"/evil"), one(body=b"x")),
    Accepted("several requests of each kind", "RFC 9112, 9.3.2",
             get(b"/") + head(b"Content-Length: 1") + b"x" + chunks(b"1\r\ny\r\n0\r\n\r\n") + get(b"/"),
             (ROOT, *one(body=b"x"), *one(body=b"y"), ROOT)),
]  # fmt: skip
