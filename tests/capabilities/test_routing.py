"""Routes are found, and told apart, as FastAPI's users expect."""

import pytest

from zonda import APIRouter, Depends, Header, HTTPException, Zonda, routing
from zonda.testclient import TestClient

METHODS = ("get", "post", "put", "delete", "patch", "options", "head", "trace")


def test_a_returned_dict_is_json() -> None:
    """A dict answers 200 as JSON with its exact length."""
    app = Zonda()

    @app.get("/")
    async def root() -> dict[str, str]:
        return {"message": "Hello World"}

    response = TestClient(app).get("/")

    assert (response.status_code, response.json()) == (200, {"message": "Hello World"})
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-length"] == str(len(response.content))


@pytest.mark.parametrize("method", METHODS)
def test_each_decorator_answers_its_method_only(method: str) -> None:
    """A route answers the method of its decorator and refuses the others with 405 and Allow."""
    app = Zonda()

    @getattr(app, method)("/x")
    def endpoint() -> None:
        return None

    client = TestClient(app)

    assert client.request(method, "/x").status_code == 200
    for other in set(METHODS) - {method}:
        refused = client.request(other, "/x")
        assert (refused.status_code, refused.headers["allow"]) == (405, method.upper())


def test_unknown_path_and_wrong_method() -> None:
    """404 and 405 have FastAPI's bodies, and a GET route does not answer HEAD."""
    app = Zonda()
    app.get("/x")(lambda: 1)
    client = TestClient(app)

    assert (client.get("/y").status_code, client.get("/y").json()) == (404, {"detail": "Not Found"})
    assert (client.post("/x").status_code, client.post("/x").json()) == (405, {"detail": "Method Not Allowed"})
    assert client.head("/x").status_code == 405


def test_a_router_prefixes_and_tags_its_routes() -> None:
    """Prefix, tags and responses of a router reach its routes, and a slash too many redirects with 307."""
    router = APIRouter(prefix="/items", tags=["items"], responses={418: {"description": "Teapot"}})
    router.get("/")(lambda: "all")
    app = Zonda()
    app.include_router(router)
    client = TestClient(app, follow_redirects=False)
    operation = client.get("/openapi.json").json()["paths"]["/items/"]["get"]

    assert client.get("/items/").json() == "all"
    assert (client.get("/items").status_code, client.get("/items").headers["location"]) == (
        307,
        "http://testserver/items/",
    )
    assert operation["tags"] == ["items"]
    assert operation["responses"]["418"] == {"description": "Teapot"}


def test_include_router_adds_in_front() -> None:
    """The prefix of include_router stands before the router's own, and its dependencies run on every route."""

    def require(x_key: str = Header()) -> None:
        if x_key != "right":
            raise HTTPException(403)

    router = APIRouter(prefix="/users", tags=["users"])
    router.get("/me")(lambda: "me")
    app = Zonda()
    app.include_router(router, prefix="/api", tags=["api"], dependencies=[Depends(require)])
    client = TestClient(app)

    assert client.get("/api/users/me", headers={"x-key": "right"}).json() == "me"
    assert client.get("/api/users/me", headers={"x-key": "wrong"}).status_code == 403
    assert client.get("/users/me").status_code == 404
    assert app.openapi()["paths"]["/api/users/me"]["get"]["tags"] == ["api", "users"]


def test_routers_nest_and_late_routes_are_seen() -> None:
    """A router in a router answers under both prefixes, nothing before it is included, and routes added later too."""
    users, admin, app = APIRouter(prefix="/users"), APIRouter(prefix="/admin"), Zonda()
    users.get("/list")(lambda: "list")
    admin.include_router(users)
    client = TestClient(app)

    before = client.get("/admin/users/list").status_code
    app.include_router(admin)
    after = client.get("/admin/users/list").json()
    users.get("/late")(lambda: "late")

    assert (before, after, client.get("/admin/users/late").json()) == (404, "list", "late")


def test_a_mounted_application_is_on_its_own() -> None:
    """A mounted application has its own documents and handlers, knows its root path, and is wrapped from outside."""
    app, sub = Zonda(), Zonda(title="Sub")

    @sub.get("/hello")
    def hello() -> str:
        raise KeyError("x")

    @sub.exception_handler(KeyError)
    def answer(request: object, error: KeyError) -> object:
        from zonda.responses import PlainTextResponse

        return PlainTextResponse("handled inside", 400)

    @app.middleware("http")
    async def mark(request: object, call_next: object) -> object:
        response = await call_next(request)  # type: ignore[operator]
        response.headers["x-outer"] = "yes"
        return response

    app.mount("/sub", sub)
    client = TestClient(app)
    schema = client.get("/sub/openapi.json").json()

    assert (client.get("/sub/hello").status_code, client.get("/sub/hello").text) == (400, "handled inside")
    assert client.get("/sub/hello").headers["x-outer"] == "yes"
    assert (schema["info"]["title"], schema["servers"]) == ("Sub", [{"url": "/sub"}])
    assert "/sub/hello" not in client.get("/openapi.json").json()["paths"]


def test_a_hidden_route_answers_and_is_not_documented() -> None:
    """include_in_schema=False keeps a route out of OpenAPI and nowhere else; root and router routes live together."""
    app, router = Zonda(), APIRouter()
    app.get("/shown")(lambda: "shown")
    app.get("/hidden", include_in_schema=False)(lambda: "hidden")
    router.get("/routed")(lambda: "routed")
    app.include_router(router)
    client = TestClient(app)

    assert [client.get(path).json() for path in ("/shown", "/hidden", "/routed")] == ["shown", "hidden", "routed"]
    assert set(client.get("/openapi.json").json()["paths"]) == {"/shown", "/routed"}


def test_the_first_declared_route_wins() -> None:
    """A fixed path beside a parameter path wins exactly if it was declared before."""
    app = Zonda()
    app.get("/users/me")(lambda: "me")
    app.get("/users/{name}")(lambda name: name)
    app.get("/users/cursor")(lambda: "never")
    client = TestClient(app)

    assert [client.get(f"/users/{name}").json() for name in ("me", "cursor", "ada")] == ["me", "cursor", "ada"]


def test_one_router_class() -> None:
    """The router of the package and of its routing module are the same class."""
    assert routing.APIRouter is APIRouter
