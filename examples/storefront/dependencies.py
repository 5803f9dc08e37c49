"""This module is where the web meets the shop: what endpoints may ask for."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from sqlalchemy.ext.asyncio import AsyncSession

from zonda import Depends
from zonda.requests import HTTPConnection
from zonda.security import OAuth2PasswordBearer

from .database import Database
from .models import User
from .repositories.orders import Orders
from .repositories.products import Products
from .repositories.users import Users
from .services.accounts import Accounts, Tokens
from .services.catalog import Catalog
from .services.chat import ChatRooms
from .services.errors import NotAuthenticated, ShopError
from .services.ordering import Ordering
from .services.stock_feed import StockFeed


@dataclass(frozen=True)
class Shop:
    """What lives as long as the application."""

    database: Database
    tokens: Tokens
    feed: StockFeed
    rooms: ChatRooms
    images: Path
    outbox: Path


def get_shop(connection: HTTPConnection) -> Shop:
    shop: Shop = connection.state.shop
    return shop


ShopDep = Annotated[Shop, Depends(get_shop)]


async def get_session(shop: ShopDep) -> AsyncIterator[AsyncSession]:
    async with shop.database.session() as session:
        yield session


async def get_transaction(shop: ShopDep) -> AsyncIterator[AsyncSession]:
    async with shop.database.transaction() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
Transaction = Annotated[AsyncSession, Depends(get_transaction, scope="function")]
"""Committed before the answer is sent: a client that reads 201 can rely on it."""


def get_catalog(session: Session, shop: ShopDep) -> Catalog:
    return Catalog(Products(session), shop.images)


def get_writable_catalog(session: Transaction, shop: ShopDep) -> Catalog:
    return Catalog(Products(session), shop.images)


def get_ordering(session: Transaction) -> Ordering:
    return Ordering(Orders(session), Products(session))


def get_orders(session: Session) -> Orders:
    return Orders(session)


def get_accounts(session: Transaction) -> Accounts:
    return Accounts(Users(session))


def get_users(session: Session) -> Users:
    return Users(session)


CatalogDep = Annotated[Catalog, Depends(get_catalog)]
WritableCatalog = Annotated[Catalog, Depends(get_writable_catalog)]
OrderingDep = Annotated[Ordering, Depends(get_ordering)]
OrdersDep = Annotated[Orders, Depends(get_orders)]
AccountsDep = Annotated[Accounts, Depends(get_accounts)]
UsersDep = Annotated[Users, Depends(get_users)]

token_in_header = OAuth2PasswordBearer(tokenUrl="/api/v1/login")


async def get_user(token: Annotated[str, Depends(token_in_header)], shop: ShopDep, users: UsersDep) -> User:
    user = await users.get(shop.tokens.user_id(token))
    if user is None:
        raise NotAuthenticated("The account of this token is gone.")
    return user


CurrentUser = Annotated[User, Depends(get_user)]


class NotAllowed(ShopError):
    code = "not_allowed"


def require_staff(user: CurrentUser) -> User:
    if not user.is_staff:
        raise NotAllowed("Only the staff may do this.")
    return user
