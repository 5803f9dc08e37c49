"""This module is three nested dependencies, one of them a generator that is left when the answer was sent."""

from typing import Annotated, Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject(
    "yield + nested dependencies",
    "/me",
    json_answer(b'{"user":"secret"}'),
    headers={"X-Token": "secret"},
)


def fastapi() -> Any:
    from fastapi import Depends, FastAPI, Header

    app = FastAPI()

    async def get_db():
        yield {"db": 1}

    async def get_user(db: Annotated[dict, Depends(get_db)], x_token: Annotated[str, Header()]):
        return {"user": x_token}

    async def get_active_user(user: Annotated[dict, Depends(get_user)]):
        return user

    @app.get("/me")
    async def me(user: Annotated[dict, Depends(get_active_user)], db: Annotated[dict, Depends(get_db)]):
        return user

    return app


def litestar() -> Any:
    from litestar import Litestar, get
    from litestar.di import Provide
    from litestar.params import Parameter

    async def get_db():
        yield {"db": 1}

    async def get_user(db: dict[str, int], x_token: Annotated[str, Parameter(header="x-token")]) -> dict[str, str]:
        return {"user": x_token}

    async def get_active_user(user: dict[str, str]) -> dict[str, str]:
        return user

    @get("/me")
    async def me(active_user: dict[str, str], db: dict[str, int]) -> dict[str, str]:
        return active_user

    dependencies = {"db": Provide(get_db), "user": Provide(get_user), "active_user": Provide(get_active_user)}
    return Litestar([me], dependencies=dependencies, openapi_config=None, logging_config=None)
