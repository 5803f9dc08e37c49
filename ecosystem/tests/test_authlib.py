"""What authlib promises: a login at another site, kept in the session."""

import httpx


def test_a_user_logs_in_at_the_provider(client: httpx.Client) -> None:
    before = client.get("/").json()
    answer = client.get("/login", follow_redirects=True)

    assert before is None
    assert [it.status_code for it in answer.history] == [302, 307, 307]
    assert answer.json() == {"name": "Ada", "authorization": "Bearer token for code"}
    assert client.get("/").json()["name"] == "Ada"


def test_a_forged_state_is_refused(client: httpx.Client) -> None:
    answer = client.get("/auth", params={"code": "code", "state": "forged"})

    assert (answer.status_code, answer.json()) == (400, {"error": "mismatching_state"})
