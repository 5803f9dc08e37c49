"""Each kind of route is written as its golden file shows; read a changed one as a user would.

ZONDA_WRITE_GOLDEN=1 pytest tests/compiler/test_golden.py
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import SecretStr

from tests.compiler.pages import ROUTES, page_of, page_of_route
from tests.compiler.routes import Option, get_user
from zonda import APIRouter, Depends, Query, Zonda

GOLDEN = Path(__file__).parent / "golden"

NEVER_IN = {
    "hello": ("errors", "exchange.", "stack", "try", "body", "query"),
    "plain": ("errors", "exchange.", "stack", "try", "body", "query"),
    "path_only": ("read_json", "body", "query", "headers", "stack", "missing"),
    "parameters": ("read_json", "headers", "cookies", "stack", "validate_q", "missing"),
    "body_and_model": ("parse_query", "stack", "headers", "path_params", "encode_json"),
    "body_in_thread": ("parse_query", "stack"),
    "dependencies": ("read_json", "query", "function_stack", "open_get_user"),
    "function_scope": ("request_stack", "errors ="),
    "app_scoped": ("get_settings(", "get_pool(", "stack", "function_scope"),
    "no_content": ("Reply(head, ",),
    "injected": ("errors =",),
    "html": ("respond_as", "encode_json", "HTMLResponse"),
    "early_step": ("answer()",),
    "late_step": ("async def answer", "async def call"),
    "steps_around": ("async def answer",),
    "steps_on_reply": ("errors", "stack", "async def call"),
    "lines": ("request_stack", "iterate_in_threadpool"),
}
"""What a route has no use for must not be on its page."""


@pytest.mark.parametrize("name", ROUTES)
def test_page(name: str) -> None:
    """The page of each kind of route is the one that was read and agreed on."""
    golden = GOLDEN / f"{name}.py"
    page = page_of(name)
    if os.environ.get("ZONDA_WRITE_GOLDEN"):
        golden.write_text(page)

    assert page == golden.read_text()


@pytest.mark.parametrize(("name", "absent"), NEVER_IN.items(), ids=NEVER_IN)
def test_absent(name: str, absent: tuple[str, ...]) -> None:
    """A page holds no step that its route does not need."""
    code = "\n".join(line for line in page_of(name).splitlines() if not line.lstrip().startswith("#"))

    assert [word for word in absent if word in code] == []


def test_an_option_that_does_not_apply_leaves_no_trace() -> None:
    """A battery that has nothing to do for a route costs it nothing: its page is byte for byte the same."""
    plain, with_options = APIRouter(), APIRouter(extensions=[Option("audit", None)], limits=Option("limits", None))
    for router in (plain, with_options):
        router.get("/items/{item_id}")(dependencies_endpoint)

    assert page_of_route(with_options.routes[0]) == page_of_route(plain.routes[0])


async def dependencies_endpoint(item_id: int, user: Annotated[str, Depends(get_user)]) -> str:
    return f"{item_id} of {user}"


def test_golden_files_have_routes() -> None:
    """No golden file outlives its route."""
    assert {path.stem for path in GOLDEN.glob("*.py")} == set(ROUTES)


def test_only_where_secrets_are_hidden_are_they_looked_for() -> None:
    """A page differs in the line that raises the errors, and only if its route reads a secret."""

    def pages(endpoint: Any) -> list[str]:
        apps = Zonda(), Zonda(problem_details=True)
        for app in apps:
            app.get("/")(endpoint)
        return [page_of_route(app.routes[0]) for app in apps]

    plain, hiding = pages(open_with_password)

    assert hiding == plain.replace("request_errors(errors, ", "request_errors(hide_secrets(errors), ")
    assert hiding != plain
    assert len(set(pages(open_page))) == 1


async def open_with_password(password: Annotated[SecretStr, Query()]) -> None: ...
async def open_page(page: int) -> None: ...
