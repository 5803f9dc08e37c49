"""What brotli-asgi promises: compressed answers for who accepts them."""

import brotli
import httpx


def test_answers_are_compressed(client: httpx.Client) -> None:
    for path, start in (("/large", b'"zonda zonda'), ("/stream", b"0 1 2 3")):
        with client.stream("GET", path, headers={"accept-encoding": "br"}) as answer:
            content = b"".join(answer.iter_raw())

        assert answer.headers["content-encoding"] == "br"
        assert brotli.decompress(content).startswith(start)


def test_others_get_them_plain(client: httpx.Client) -> None:
    assert "content-encoding" not in client.get("/large", headers={"accept-encoding": "identity"}).headers
