"""Endpoints for one table, made from its model and schemas."""

from collections.abc import AsyncGenerator

from fastapi import FastAPI
from fastcrud import FilterConfig, crud_router
from pydantic import BaseModel
from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    description = Column(String)


class ItemCreateSchema(BaseModel):
    name: str
    description: str


class ItemSchema(ItemCreateSchema):
    id: int


class ItemUpdateSchema(BaseModel):
    name: str
    description: str


engine = create_async_engine("sqlite+aiosqlite:///crud.db")
async_session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


async def get_session() -> AsyncGenerator[AsyncSession, None]:
    async with async_session() as session:
        yield session


async def lifespan(app: FastAPI):
    async with engine.begin() as conn:
        await conn.run_sync(Base.metadata.create_all)
    yield


app = FastAPI(lifespan=lifespan)
item_router = crud_router(
    session=get_session,
    model=Item,
    create_schema=ItemCreateSchema,
    update_schema=ItemUpdateSchema,
    select_schema=ItemSchema,
    path="/items",
    tags=["Items"],
    filter_config=FilterConfig(name=None),
)
app.include_router(item_router)
