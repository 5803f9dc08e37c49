"""The functions of `zonda.openapi.utils`, called by themselves as applications and packages do."""

import inspect
import subprocess
import sys
from typing import Annotated

import pytest
from pydantic import BaseModel

from zonda import APIRouter, Depends, Query, Zonda
from zonda.openapi.models import Schema
from zonda.openapi.utils import (
    _get_openapi_dependency_data,
    _get_openapi_operation_parameters,
    get_definitions,
    get_fields_from_routes,
    get_openapi,
    get_openapi_path,
)
from zonda.responses import Response
from zonda.routing import iter_route_contexts
from zonda.security import HTTPBearer


class Item(BaseModel):
    name: str


def test_the_document_can_be_made_of_routes_or_of_their_contexts() -> None:
    """`app.routes` and what `iter_route_contexts` gives of them describe the same operations."""
    router = APIRouter()

    @router.get("/items")
    def items(q: int) -> Item: ...

    app = Zonda()
    app.include_router(router, prefix="/shop")

    of_routes = get_openapi(title="Shop", version="1", routes=app.routes)
    of_contexts = get_openapi(title="Shop", version="1", routes=list(iter_route_contexts(app.routes)))

    assert of_routes == of_contexts
    assert list(of_routes["paths"]) == ["/shop/items"]


def test_fastapis_options_stand_first_with_its_defaults() -> None:
    """A call that is right on FastAPI is right here; what is ours follows."""
    parameters = inspect.signature(get_openapi).parameters

    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "title": inspect.Parameter.empty,
        "version": inspect.Parameter.empty,
        "openapi_version": "3.1.0",
        "summary": None,
        "description": None,
        "routes": inspect.Parameter.empty,
        "webhooks": None,
        "tags": None,
        "servers": None,
        "terms_of_service": None,
        "contact": None,
        "license_info": None,
        "separate_input_output_schemas": True,
        "external_docs": None,
        "corrections": False,
        "problem_details": False,
    }
    assert list(parameters)[-2:] == ["corrections", "problem_details"]


def test_a_repeated_operation_id_is_told() -> None:
    """The warning names the id, the function and its file."""
    app = Zonda()

    @app.get("/a", operation_id="same")
    def first(): ...

    @app.get("/b", operation_id="same")
    def second(): ...

    with pytest.warns(UserWarning, match="Duplicate Operation ID same for function second at .*test_utils.py"):
        app.openapi()


def test_all_methods_of_a_route_are_documented() -> None:
    """One declaration with several methods gives an operation for each."""
    app = Zonda()

    @app.api_route("/items", methods=["GET", "TRACE"])
    def items(item: Item): ...

    with pytest.warns(UserWarning, match="Duplicate Operation ID"):
        operations = app.openapi()["paths"]["/items"]

    assert set(operations) == {"get", "trace"}
    assert "requestBody" in operations["get"]
    assert "requestBody" not in operations["trace"]


@pytest.mark.parametrize("corrections", [False, True])
def test_the_body_of_query_is_documented_when_corrections_are_wanted(corrections: bool) -> None:
    """FastAPI leaves the body of a QUERY operation out, and so does this by default."""
    app = Zonda()

    @app.api_route("/search", methods=["QUERY"])
    def search(item: Item): ...

    document = get_openapi(title="Search", version="1", routes=app.routes, corrections=corrections)

    assert ("requestBody" in document["paths"]["/search"]["query"]) is corrections


@pytest.mark.parametrize("corrections", [False, True])
def test_what_only_callbacks_need_is_defined_when_corrections_are_wanted(corrections: bool) -> None:
    """FastAPI refers to it and leaves it out, and so does this by default."""
    callbacks = APIRouter()

    @callbacks.post("{$request.query.url}", dependencies=[Depends(HTTPBearer())])
    def called(q: int): ...

    app = Zonda()

    @app.get("/", callbacks=callbacks.routes)
    def root(): ...

    components = get_openapi(title="", version="1", routes=app.routes, corrections=corrections).get("components", {})

    assert ("HTTPBearer" in components.get("securitySchemes", {})) is corrections
    assert ("HTTPValidationError" in components.get("schemas", {})) is corrections


def test_a_response_class_that_names_no_status_answers_200() -> None:
    """FastAPI fails here, which would be an error page instead of the documentation."""

    class Bare(Response):
        def __init__(self, content: bytes | None = None) -> None:
            super().__init__(content)

    app = Zonda()

    @app.get("/", response_class=Bare)
    def bare(): ...

    assert list(app.openapi()["paths"]["/"]["get"]["responses"]) == ["200"]


def test_a_status_that_is_none_is_refused() -> None:
    """`responses=` has statuses, ranges of them or "default" as keys."""
    app = Zonda()

    @app.get("/", responses={"hello": {"description": "Not a valid additional response"}})
    def root(): ...

    with pytest.raises(ValueError, match="hello"):
        app.openapi()


def test_a_dependency_that_is_needed_often_is_read_once() -> None:
    """What is shared by many branches of the tree is one parameter."""

    def level(q: int): ...

    dependency = level
    for _ in range(6):

        def upper(a: Annotated[object, Depends(dependency)], b: Annotated[object, Depends(dependency)]): ...

        dependency = upper

    app = Zonda()

    @app.get("/", dependencies=[Depends(dependency)])
    def root(): ...

    parameters = app.openapi()["paths"]["/"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["q"]


def test_one_path_can_be_described_by_itself() -> None:
    """Packages call the steps of the document one by one."""
    app = Zonda()

    @app.post("/items")
    def create(item: Item, limit: Annotated[int, Query(ge=1)] = 1) -> Item: ...

    route = app.routes[-1]
    field_mapping, definitions = get_definitions(fields=get_fields_from_routes(app.routes), model_name_map={})
    operations, security_schemes, added = get_openapi_path(
        route=route, operation_ids=set(), model_name_map={}, field_mapping=field_mapping
    )
    parameters = _get_openapi_operation_parameters(
        dependency_data=_get_openapi_dependency_data(route.dependant), model_name_map={}, field_mapping=field_mapping
    )

    assert list(definitions) == ["Item"]
    assert security_schemes == {}
    assert set(added) == {"ValidationError", "HTTPValidationError"}
    assert operations["post"]["parameters"] == parameters
    assert parameters[0]["schema"] == {"type": "integer", "minimum": 1, "default": 1, "title": "Limit"}


def test_an_unfinished_schema_may_have_a_list_of_types() -> None:
    """JSON Schema's `type` is one name or several."""
    assert Schema(type=["string", "null"]).model_dump(exclude_none=True) == {"type": ["string", "null"]}


def test_importing_zonda_does_not_import_the_models() -> None:
    """An application that is never asked for its document does not pay for it."""
    script = "import sys, zonda; sys.exit('zonda.openapi.models' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
