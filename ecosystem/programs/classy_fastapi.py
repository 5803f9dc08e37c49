"""Routes declared in a class whose constructor takes what they use."""

from classy_fastapi import Routable, delete, get, websocket
from fastapi import FastAPI, Query, WebSocket


class UserRoutes(Routable):
    def __init__(self, users: dict[str, int]) -> None:
        super().__init__(prefix="/users")
        self.users = users

    @get("/{name}")
    async def read(self, name: str, plus: int = Query(default=0, ge=0)) -> int:
        return self.users[name] + plus

    @delete("/{name}", status_code=204)
    def remove(self, name: str) -> None:
        del self.users[name]

    @get("/")
    def names(self) -> list[str]:
        return sorted(self.users)

    @websocket("/ws")
    async def talk(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_json(self.users)
        await socket.close()


app = FastAPI()
app.include_router(UserRoutes({"ada": 36, "bob": 1, "eve": 2}).router)
