"""This module fills an empty shop with the same products each time."""

import random

from sqlalchemy.ext.asyncio import AsyncSession

from .models import Product, User
from .services.accounts import hash_password

CATEGORIES: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "coffee": ((590, 3490), ("Espresso Blend", "Single Origin", "Decaf", "Cold Brew Pack", "Filter Roast")),
    "kitchen": ((990, 18900), ("Chef's Knife", "Cast Iron Pan", "Pour-Over Kettle", "Mixing Bowl", "Cutting Board")),
    "stationery": ((250, 4900), ("Dotted Notebook", "Fountain Pen", "Desk Pad", "Letter Set", "Pencil Case")),
    "outdoor": ((1490, 24900), ("Trail Backpack", "Insulated Bottle", "Camp Stove", "Rain Jacket", "Head Torch")),
    "audio": ((1990, 39900), ("Studio Headphones", "Desk Speaker", "Record Cleaner", "Phono Cable", "Field Recorder")),
    "garden": ((390, 8900), ("Herb Seeds", "Pruning Shears", "Terracotta Pot", "Watering Can", "Compost Bin")),
}
MAKERS = ("Alder & Finch", "Brightwater", "Cordova", "Dunmore", "Elm Street", "Fjord", "Granary", "Halden")
STYLES = ("Classic", "Compact", "Everyday", "Heritage", "Light", "Pro", "Slate", "Walnut")


def products(count: int, seed: int) -> list[Product]:
    """`count` products, equal for equal `seed`."""
    choice = random.Random(seed)
    return [_product(number, choice) for number in range(1, count + 1)]


def _product(number: int, choice: random.Random) -> Product:
    category = choice.choice(sorted(CATEGORIES))
    (cheapest, dearest), things = CATEGORIES[category]
    maker, style, thing = choice.choice(MAKERS), choice.choice(STYLES), choice.choice(things)
    return Product(
        sku=f"{category[:3].upper()}-{number:05d}",
        name=f"{maker} {style} {thing}",
        category=category,
        description=f"{thing} from {maker}'s {style.lower()} range, checked by hand before it leaves the shop.",
        cents=choice.randrange(cheapest, dearest, 10),
        stock=choice.choice((0, 1, 3, 8, 15, 40, 120)),
    )


async def fill(session: AsyncSession, count: int, seed: int) -> None:
    """Products, a customer (ada@example.com / lovelace) and a member of the staff (grace@example.com / hopper)."""
    session.add_all(products(count, seed))
    session.add(User(email="ada@example.com", password_hash=hash_password("lovelace")))
    session.add(User(email="grace@example.com", password_hash=hash_password("hopper"), is_staff=True))
