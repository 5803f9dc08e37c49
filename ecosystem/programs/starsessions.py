"""Sessions in memory, loaded when they are asked for."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from starsessions import InMemoryStore, SessionMiddleware, load_session, regenerate_session_id

app = FastAPI()
app.add_middleware(SessionMiddleware, store=InMemoryStore(), lifetime=3600, cookie_https_only=False)


async def loaded(request: Request) -> dict[str, Any]:
    await load_session(request)
    return request.session


Session = Annotated[dict[str, Any], Depends(loaded)]


@app.get("/")
async def read(session: Session):
    return session


@app.post("/visit")
async def visit(session: Session):
    session["visits"] = session.get("visits", 0) + 1
    return session


@app.post("/regenerate")
def regenerate(request: Request, session: Session):
    regenerate_session_id(request)
    return session


@app.post("/clear")
async def clear(session: Session):
    session.clear()


@app.get("/unloaded")
async def unloaded(request: Request):
    return request.session["visits"]
