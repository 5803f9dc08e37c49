"""This module names what can go wrong in the shop, without a word about HTTP.

ShopError
├── NotFound
├── OutOfStock
├── NotAnImage
├── EmailTaken
└── NotAuthenticated
"""


class ShopError(Exception):
    code = "shop_error"

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class NotFound(ShopError):
    code = "not_found"


class OutOfStock(ShopError):
    code = "out_of_stock"


class NotAnImage(ShopError):
    code = "not_an_image"


class EmailTaken(ShopError):
    code = "email_taken"


class NotAuthenticated(ShopError):
    code = "not_authenticated"
