"""This module puts the routers together into `/api/v1` and `/api/v2`."""

from zonda import APIRouter

from . import accounts, live, orders, products

v1 = APIRouter(prefix="/api/v1")
v2 = APIRouter(prefix="/api/v2")

for version, own in ((v1, products.v1), (v2, products.v2)):
    version.include_router(products.shared)
    version.include_router(own)
    version.include_router(orders.router)
    version.include_router(accounts.router)
    version.include_router(live.router)
