"""Pages, limits and cursors over a list, also in an included router."""

from fastapi import APIRouter, FastAPI
from fastapi_pagination import LimitOffsetPage, Page, add_pagination, paginate
from fastapi_pagination.links import Page as LinkedPage
from pydantic import BaseModel


class User(BaseModel):
    name: str


users = [User(name=f"user {number}") for number in range(120)]
app = FastAPI()
router = APIRouter(prefix="/included")


@app.get("/users")
async def get_users() -> Page[User]:
    return paginate(users)


@app.get("/plain", response_model=LimitOffsetPage[User])
def get_plain():
    return paginate(users)


@app.get("/linked", response_model=LinkedPage[User])
async def get_linked():
    return paginate(users)


@router.get("/users", response_model=Page[User])
async def get_included():
    return paginate(users)


app.include_router(router)
add_pagination(app)


@app.get("/late", response_model=Page[User])
async def get_late():
    return paginate(users)
