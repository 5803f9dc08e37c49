"""Resources with links that are found by the names of routes."""

from fastapi import FastAPI
from fastapi_hypermodel import FrozenDict, HALFor, HALHyperModel, HALLinks, HALResponse


class Item(HALHyperModel):
    id_: str
    links: HALLinks = FrozenDict(
        {
            "self": HALFor("read_item", {"item_id": "<id_>"}),
            "search": HALFor("find_items", templated=True),
        }
    )


app = FastAPI()
HALHyperModel.init_app(app)


@app.get("/items/{item_id}", response_model=Item, response_class=HALResponse)
def read_item(item_id: str):
    return {"id_": item_id}


@app.get("/items", response_model=list[Item], response_class=HALResponse)
def find_items():
    return [{"id_": "a"}, {"id_": "b"}]
