"""This module serves products: what both versions share, and what sets them apart."""

from collections.abc import AsyncIterator
from typing import Annotated

from zonda import APIRouter, Depends, File, Query, Response, UploadFile
from zonda.exceptions import HTTPException
from zonda.responses import FileResponse, StreamingResponse

from ..dependencies import CatalogDep, WritableCatalog, require_staff
from ..schemas.catalog import Page, ProductFilter, ProductV1, ProductV2
from ..services.catalog import csv_pages

LARGEST_IMAGE = 2 * 1024 * 1024

shared = APIRouter(prefix="/products", tags=["products"])
v1 = APIRouter(prefix="/products", tags=["products"])
v2 = APIRouter(prefix="/products", tags=["products"])


class CSVResponse(StreamingResponse):
    media_type = "text/csv"


@shared.get("/export", response_class=CSVResponse)
async def export_products(catalog: CatalogDep) -> AsyncIterator[str]:
    """The whole catalogue as CSV, streamed."""
    async for page in csv_pages(catalog.products):
        yield page


@shared.get("/{product_id}/image", response_class=FileResponse)
async def get_image(product_id: int, catalog: CatalogDep) -> FileResponse:
    product = await catalog.product(product_id)
    return FileResponse(catalog.image_file(product), media_type=product.image_type)


@shared.put("/{product_id}/image", status_code=204, dependencies=[Depends(require_staff)])
async def set_image(
    product_id: int, image: Annotated[UploadFile, File(description="PNG or JPEG")], catalog: WritableCatalog
) -> None:
    content = await image.read(LARGEST_IMAGE + 1)
    if len(content) > LARGEST_IMAGE:
        raise HTTPException(413, "A picture may have 2 MiB.")
    await catalog.set_image(product_id, content)


@v1.get("")
async def list_products_v1(
    catalog: CatalogDep,
    wanted: Annotated[ProductFilter, Query()],
    response: Response,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[ProductV1]:
    """A list, and how many there are in all in `X-Total-Count`."""
    found, total = await catalog.products.find(
        text=wanted.q, category=wanted.category, in_stock=wanted.in_stock, offset=offset, limit=limit
    )
    response.headers["X-Total-Count"] = str(total)
    return [ProductV1.of(product) for product in found]


@v1.get("/{product_id}")
async def get_product_v1(product_id: int, catalog: CatalogDep) -> ProductV1:
    return ProductV1.of(await catalog.product(product_id))


@v2.get("")
async def list_products_v2(
    catalog: CatalogDep,
    wanted: Annotated[ProductFilter, Query()],
    after: Annotated[int, Query(ge=0, description="`next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Page[ProductV2]:
    found, total = await catalog.products.find(
        text=wanted.q, category=wanted.category, in_stock=wanted.in_stock, after=after, limit=limit
    )
    items = [ProductV2.of(product) for product in found]
    return Page[ProductV2](items=items, total=total, next=items[-1].id if len(items) == limit else None)


@v2.get("/{product_id}")
async def get_product_v2(product_id: int, catalog: CatalogDep) -> ProductV2:
    return ProductV2.of(await catalog.product(product_id))
