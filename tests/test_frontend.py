"""Frontends: built single-page applications as the last routes that are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zonda import APIRouter, Depends, HTTPException, Request, Zonda
from zonda.testclient import TestClient

NAVIGATION = {"accept": "text/html"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    files = {"index.html": "app", "assets/app.js": "script", "about/index.html": "about"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_files_and_fallback(dist: Path) -> None:
    """Files are sent; a person who follows a link into the application gets its page, a script does not."""
    app = Zonda()
    app.frontend("/", directory=dist)
    client = TestClient(app)

    assert client.get("/assets/app.js").text == "script"
    assert client.get("/somewhere", headers=NAVIGATION).text == "app"
    assert client.get("/missing.js").status_code == 404
    assert client.get("/about", follow_redirects=False).headers["location"] == "http://testserver/about/"
    assert [client.post("/assets/app.js").status_code, client.post("/missing").status_code] == [405, 404]


def test_every_route_comes_before(dist: Path) -> None:
    """Operations, their slash redirects and the documentation win over files of the same path."""
    (dist / "docs").write_text("file")
    app = Zonda()
    app.frontend("/", directory=dist)
    app.get("/about/")(lambda: "operation")
    client = TestClient(app)

    assert client.get("/about").json() == "operation"
    assert "swagger" in client.get("/docs").text


def test_the_longest_path_wins_across_routers(dist: Path, tmp_path: Path) -> None:
    """Of several frontends the most specific answers, whoever declared it."""
    (tmp_path / "admin").mkdir()
    (tmp_path / "admin" / "index.html").write_text("admin")
    router = APIRouter()
    router.frontend("/", directory=tmp_path / "admin")
    app = Zonda()
    app.frontend("/", directory=dist)
    app.include_router(router, prefix="/admin")
    client = TestClient(app)

    assert client.get("/admin/users", headers=NAVIGATION).text == "admin"
    assert client.get("/administration", headers=NAVIGATION).text == "app"


def test_dependencies_guard_files(dist: Path) -> None:
    """A frontend's dependencies run before a file is sent; what they set on the response is sent with it."""

    def session(request: Request, response: Any = None) -> None:
        if request.cookies.get("session") != "ok":
            raise HTTPException(401)

    router = APIRouter(dependencies=[Depends(session)])
    router.frontend("/", directory=dist)
    app = Zonda()
    app.include_router(router, prefix="/app")
    client = TestClient(app)

    assert client.get("/app/assets/app.js").status_code == 401
    client.cookies.set("session", "ok")
    assert client.get("/app/assets/app.js").text == "script"


def test_a_missing_directory_is_an_error_or_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While developing the frontend may be built later; otherwise the application does not start."""
    missing = tmp_path / "missing"
    monkeypatch.delenv("FASTAPI_ENV", raising=False)
    with pytest.raises(RuntimeError, match="does not exist"):
        Zonda().frontend("/", directory=missing)

    monkeypatch.setenv("FASTAPI_ENV", "development")
    with pytest.warns(UserWarning, match="does not exist") as warnings:
        Zonda().frontend("/", directory=missing)
    assert warnings[0].filename == __file__


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/..%2fsecret"])
def test_files_outside_are_not_served(dist: Path, path: str) -> None:
    """No spelling of a path leads out of the directory."""
    (dist.parent / "secret").write_text("secret")
    app = Zonda()
    app.frontend("/", directory=dist, fallback=None)

    assert TestClient(app).get(path).status_code == 404
