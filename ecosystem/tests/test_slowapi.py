"""What slowapi promises: so many requests in a minute, then 429."""

import httpx
import pytest


@pytest.mark.parametrize("path", ["/home", "/mars"])
def test_a_decorated_endpoint_answers_429_after_its_limit(client: httpx.Client, path: str) -> None:
    answers = [client.get(path) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json() == {"error": "Rate limit exceeded: 2 per 1 minute"}


def test_the_middleware_applies_the_default_limit(client: httpx.Client) -> None:
    answers = [client.get("/default") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["x-ratelimit-limit"] == "3"


def test_an_exempt_endpoint_has_no_limit(client: httpx.Client) -> None:
    assert [client.get("/exempt").status_code for _ in range(5)] == [200] * 5


def test_an_included_endpoint_has_its_limit(client: httpx.Client) -> None:
    assert [client.get("/included/a").status_code for _ in range(2)] == [200, 429]
