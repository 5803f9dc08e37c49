"""A view whose methods are named as HTTP's, with exceptions that are documented."""

from fastapi import FastAPI, HTTPException, Query
from fastapi_class import View
from pydantic import BaseModel

NOT_FOUND = HTTPException(404, "Not found.")
app = FastAPI()


class Item(BaseModel):
    number: int


@View(app, path="/items")
class Items:
    exceptions = {"get": [NOT_FOUND]}

    async def get(self, number: int = Query(gt=0)):
        if number == 9:
            raise NOT_FOUND
        return {"number": number}

    async def post(self, item: Item):
        return {"number": item.number + 1}

    async def delete(self):
        return "gone"
