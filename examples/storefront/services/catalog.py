"""This module finds products and changes them."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from ..models import Product
from ..repositories.products import Products
from .errors import NotAnImage, NotFound

IMAGE_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
CSV_COLUMNS = ("sku", "name", "category", "price", "stock")


class Catalog:
    def __init__(self, products: Products, images: Path) -> None:
        self.products = products
        self.images = images

    async def product(self, product_id: int) -> Product:
        product = await self.products.get(product_id)
        if product is None:
            raise NotFound(f"There is no product {product_id}.", product_id=product_id)
        return product

    async def set_image(self, product_id: int, content: bytes) -> Product:
        """Keep `content` as the product's picture. What it is shows in its first bytes, not in its name."""
        product = await self.product(product_id)
        product.image_type = image_type(content)
        await asyncio.to_thread(self.image_file(product).write_bytes, content)
        return product

    def image_file(self, product: Product) -> Path:
        if product.image_type is None:
            raise NotFound(f"Product {product.id} has no image.", product_id=product.id)
        return self.images / f"{product.id}.{product.image_type.removeprefix('image/')}"


def image_type(content: bytes) -> str:
    for beginning, name in IMAGE_TYPES.items():
        if content.startswith(beginning):
            return name
    raise NotAnImage("Only PNG and JPEG pictures are taken.")


async def csv_pages(products: Products) -> AsyncIterator[str]:
    """The whole catalogue as CSV, a page of rows at a time."""
    yield _csv_text([CSV_COLUMNS])
    async for page in products.pages(size=100):
        yield _csv_text([(p.sku, p.name, p.category, f"{p.cents / 100:.2f}", p.stock) for p in page])


def _csv_text(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
