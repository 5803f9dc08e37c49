"""What starlette-compress promises: Zstandard, Brotli and gzip for what is long enough."""

import gzip

import httpx
import pytest


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("path", ["/whole", "/stream"])
def test_what_is_long_is_compressed(client: httpx.Client, encoding: str, path: str) -> None:
    with client.stream("GET", path, headers={"accept-encoding": encoding}) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == encoding
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert len(raw) < 1500
    if encoding == "gzip":
        assert len(gzip.decompress(raw)) > 1500


def test_what_is_short_is_not(client: httpx.Client) -> None:
    assert "content-encoding" not in client.get("/small").headers
