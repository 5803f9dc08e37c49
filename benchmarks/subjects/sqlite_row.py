"""This module is one row of a SQLite file, read by SQLAlchemy's asynchronous session, as a model."""

import os
from typing import Annotated, Any

from benchmarks.databases import ADDRESS, sqlite_database
from benchmarks.subject import Subject, json_answer

SUBJECT = Subject("one row from SQLite", "/items/42", json_answer(b'{"id":42,"name":"Item 42","price":42.5}'))

surroundings = sqlite_database


def fastapi() -> Any:
    from fastapi import Depends, FastAPI, HTTPException
    from pydantic import BaseModel
    from sqlalchemy.ext.asyncio import AsyncSession

    Item, sessions = _mapped()  # noqa: N806  (a class)
    app = FastAPI()

    async def open_session():
        async with sessions() as session:
            yield session

    class ItemOut(BaseModel):
        id: int
        name: str
        price: float

    @app.get("/items/{item_id}", response_model=ItemOut)
    async def read_item(item_id: int, session: Annotated[AsyncSession, Depends(open_session)]):
        item = await session.get(Item, item_id)
        if item is None:
            raise HTTPException(404)
        return item

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    Item, sessions = _mapped()  # noqa: N806  (a class)

    async def read_item(request: Request) -> JSONResponse:
        async with sessions() as session:
            item = await session.get(Item, request.path_params["item_id"])
            if item is None:
                raise HTTPException(404)
            return JSONResponse({"id": item.id, "name": item.name, "price": item.price})

    return Starlette(routes=[Route("/items/{item_id:int}", read_item)])


def _mapped() -> tuple[Any, Any]:
    """The mapped class, and what makes sessions."""
    from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Model(DeclarativeBase):
        pass

    class Item(Model):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        price: Mapped[float]

    engine = create_async_engine(os.environ[ADDRESS], pool_size=32)
    return Item, async_sessionmaker(engine, expire_on_commit=False)
