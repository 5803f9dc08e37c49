"""What scalar-fastapi promises: a page that shows the document."""

import httpx


def test_the_page_names_the_document(client: httpx.Client) -> None:
    page = client.get("/scalar").text

    assert "<title>Shop" in page
    assert "/openapi.json" in page
