"""This module offers controllers: classes whose decorated methods are operations.

from zonda.controllers import Controller, get

class Items(Controller, prefix="/items", tags=["items"]):
    def __init__(self, db: Annotated[Session, Depends(get_db)]) -> None:
        self.db = db

    @get("/{item_id}")
    async def read(self, item_id: int) -> Item: ...

app.include_router(Items.router)
"""

from zonda.controllers.controller import Controller
from zonda.controllers.declaring import (
    api_route,
    delete,
    get,
    head,
    options,
    patch,
    post,
    put,
    query,
    trace,
    websocket,
)

__all__ = [
    "Controller",
    "api_route",
    "delete",
    "get",
    "head",
    "options",
    "patch",
    "post",
    "put",
    "query",
    "trace",
    "websocket",
]
