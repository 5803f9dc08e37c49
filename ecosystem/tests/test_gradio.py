"""What gradio promises: a page and an API for a function, beside the application's routes."""

import httpx
from conftest import Served
from gradio_client import Client


def test_the_function_is_called(served: Served) -> None:
    client = Client(f"{served.url}/gradio", verbose=False, analytics_enabled=False)

    assert client.predict("Ada", api_name="/greet") == "Hello Ada"


def test_the_page_is_shown(client: httpx.Client) -> None:
    assert "gradio" in client.get("/gradio/").text


def test_routes_answer(client: httpx.Client) -> None:
    assert client.get("/api/5").json() == 5
