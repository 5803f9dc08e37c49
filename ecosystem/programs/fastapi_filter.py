"""Users filtered, searched and ordered by the query, with a nested filter for their addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi_filter import FilterDepends, with_prefix
from fastapi_filter.contrib.sqlalchemy import Filter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("sqlite+aiosqlite:///filter.db")
sessions = async_sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    age: Mapped[int]
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    address: Mapped[Address] = relationship(lazy="joined")


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    age: int


class AddressFilter(Filter):
    city: str | None = None
    city__in: list[str] | None = None

    class Constants(Filter.Constants):
        model = Address


class UserFilter(Filter):
    name__ilike: str | None = None
    age__lt: int | None = None
    age__gte: int | None = None
    address: AddressFilter | None = FilterDepends(with_prefix("address", AddressFilter))
    order_by: list[str] = ["age"]
    search: str | None = None

    class Constants(Filter.Constants):
        model = User
        search_model_fields = ["name"]


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions() as session:
        rome, oslo = Address(city="Rome"), Address(city="Oslo")
        people = [("Ada", 36, rome), ("Grace", 85, oslo), ("Linus", 20, oslo)]
        session.add_all([User(name=name, age=age, address=address) for name, age, address in people])
        await session.commit()
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def get_db() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


@app.get("/users", response_model=list[UserOut])
async def get_users(user_filter: UserFilter = FilterDepends(UserFilter), db: AsyncSession = Depends(get_db)):
    query = user_filter.sort(user_filter.filter(select(User).outerjoin(Address)))
    return (await db.execute(query)).scalars().all()
