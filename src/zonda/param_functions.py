"""This module offers the functions with which users declare parameters: `Query()`, `Path()`, `Depends()` and the rest.

They return the classes of `zonda.params`, typed as `Any` so that they fit as the default of any parameter.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import PydanticUndefined
from typing_extensions import Unpack

from zonda import params
from zonda.declarations import BodyOptions, FormOptions, HeaderOptions, ParameterOptions, spelled_out
from zonda.types import DependencyScope

__all__ = ["Body", "Cookie", "Depends", "File", "Form", "Header", "Path", "Query", "Security"]


@spelled_out(ParameterOptions)
def Path(default: Any = ..., **options: Unpack[ParameterOptions]) -> Any:  # noqa: N802  (FastAPI's name)
    """Declare a parameter that comes from the path.

    ```python
    @app.get("/items/{item_id}")
    async def read_item(item_id: Annotated[int, Path(ge=1)]): ...
    ```
    """
    return params.Path(default, **options)


@spelled_out(ParameterOptions)
def Query(default: Any = PydanticUndefined, **options: Unpack[ParameterOptions]) -> Any:  # noqa: N802  (FastAPI's name)
    """Declare a parameter that comes from the query string.

    ```python
    @app.get("/items")
    async def search(q: Annotated[str, Query(max_length=50)] = ""): ...
    ```
    """
    return params.Query(default, **options)


@spelled_out(HeaderOptions)
def Header(default: Any = PydanticUndefined, **options: Unpack[HeaderOptions]) -> Any:  # noqa: N802  (FastAPI's name)
    """Declare a parameter that comes from the header fields; `user_agent` is read from `user-agent`.

    ```python
    @app.get("/items")
    async def read_items(user_agent: Annotated[str | None, Header()] = None): ...
    ```
    """
    return params.Header(default, **options)


@spelled_out(ParameterOptions)
def Cookie(default: Any = PydanticUndefined, **options: Unpack[ParameterOptions]) -> Any:  # noqa: N802  (FastAPI's name)
    """Declare a parameter that comes from the cookies.

    ```python
    @app.get("/items")
    async def read_items(session: Annotated[str | None, Cookie()] = None): ...
    ```
    """
    return params.Cookie(default, **options)


@spelled_out(BodyOptions)
def Body(default: Any = PydanticUndefined, **options: Unpack[BodyOptions]) -> Any:  # noqa: N802  (FastAPI's name)
    """Declare a parameter that comes from the body; with `embed=True` it is a key of the body's object.

    ```python
    @app.put("/items/{item_id}")
    async def rename(item_id: int, name: Annotated[str, Body(embed=True)]): ...
    ```
    """
    return params.Body(default, **options)


@spelled_out(FormOptions, media_type="application/x-www-form-urlencoded")
def Form(default: Any = PydanticUndefined, **options: Unpack[FormOptions]) -> Any:  # noqa: N802  (FastAPI's name)
    """Declare a field of a form.

    ```python
    @app.post("/login")
    async def login(username: Annotated[str, Form()], password: Annotated[str, Form()]): ...
    ```
    """
    return params.Form(default, **options)


@spelled_out(FormOptions, media_type="multipart/form-data")
def File(default: Any = PydanticUndefined, **options: Unpack[FormOptions]) -> Any:  # noqa: N802  (FastAPI's name)
    """Declare an uploaded file, read into `bytes` or given as an `UploadFile`.

    ```python
    @app.post("/photos")
    async def upload(photo: Annotated[bytes, File()]): ...
    ```
    """
    return params.File(default, **options)


def Depends(  # noqa: N802  (FastAPI's name)
    dependency: Callable[..., Any] | None = None,
    *,
    use_cache: bool = True,
    scope: DependencyScope | None = None,
    max_concurrency: int | None = None,
    parallel: bool | None = None,
) -> Any:
    """Declare a dependency: a callable whose value the parameter receives.

    Without a callable, the annotated class is called. `use_cache=False` calls it again where it is used again,
    `scope` says when a `yield` dependency ends, and at most `max_concurrency` calls run at the same time. With
    `scope="app"` there is one value for the process, opened when the application starts and closed when it ends. With
    `parallel=True` it runs at the same time as others that say so, if they need nothing of each other;
    `Zonda(parallel_dependencies=True)` says it for all that do not say `parallel=False`.

    ```python
    @app.get("/items")
    async def read_items(session: Annotated[Session, Depends(open_session)]): ...
    ```
    """
    return params.Depends(
        dependency, use_cache=use_cache, scope=scope, max_concurrency=max_concurrency, parallel=parallel
    )


def Security(  # noqa: N802  (FastAPI's name)
    dependency: Callable[..., Any] | None = None,
    *,
    scopes: Sequence[str] | None = None,
    use_cache: bool = True,
) -> Any:
    """Declare a dependency that also asks for OAuth2 scopes.

    ```python
    @app.get("/me/items")
    async def read_own(user: Annotated[User, Security(current_user, scopes=["items"])]): ...
    ```
    """
    return params.Security(dependency, scopes=scopes, use_cache=use_cache)
