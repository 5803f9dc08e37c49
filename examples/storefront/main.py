"""This module makes the application: `zonda run examples/storefront/main.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from zonda import Zonda
from zonda.middleware.gzip import GZipMiddleware

from . import errors, seed
from .database import Database
from .dependencies import Shop
from .repositories.products import Products
from .routers import pages, versions
from .services.accounts import Tokens
from .services.chat import ChatRooms
from .services.stock_feed import StockFeed
from .settings import Settings


class State(TypedDict):
    shop: Shop


def create_app(settings: Settings) -> Zonda:
    @asynccontextmanager
    async def lifespan(app: Zonda) -> AsyncIterator[State]:
        shop = open_shop(settings)
        await prepare(shop.database, settings)
        yield {"shop": shop}
        shop.feed.close()
        await shop.database.close()

    app = Zonda(title="Storefront", version="2.0", summary="A small shop, served by Zonda.", lifespan=lifespan)
    app.add_middleware(GZipMiddleware, minimum_size=2000)
    errors.install(app)
    app.include_router(pages.router)
    app.include_router(versions.v1)
    app.include_router(versions.v2)
    return app


def open_shop(settings: Settings) -> Shop:
    images, outbox = settings.data / "images", settings.data / "outbox"
    images.mkdir(parents=True, exist_ok=True)
    outbox.mkdir(exist_ok=True)
    return Shop(
        database=Database(settings.data / "shop.sqlite"),
        tokens=Tokens(settings.token_key, settings.token_minutes),
        feed=StockFeed(),
        rooms=ChatRooms(),
        images=images,
        outbox=outbox,
    )


async def prepare(database: Database, settings: Settings) -> None:
    """Make the tables and, in an empty shop, the products."""
    await database.create_tables()
    async with database.transaction() as session:
        if await Products(session).count() == 0:
            await seed.fill(session, settings.products, settings.seed)


app = create_app(Settings())
