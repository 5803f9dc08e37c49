"""Tables opened by the lifespan, with models made from them."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from tortoise import fields
from tortoise.contrib.fastapi import RegisterTortoise
from tortoise.contrib.pydantic import pydantic_model_creator
from tortoise.models import Model


class User(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=20, unique=True)


UserOut = pydantic_model_creator(User, name="UserOut")
UserIn = pydantic_model_creator(User, name="UserIn", exclude_readonly=True)


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with RegisterTortoise(
        app,
        db_url="sqlite://tortoise.db",
        modules={"models": [__name__]},
        generate_schemas=True,
        add_exception_handlers=True,
    ):
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/users", response_model=UserOut)
async def create_user(user: UserIn):
    return await UserOut.from_tortoise_orm(await User.create(**user.model_dump()))


@app.get("/users/{user_id}", response_model=UserOut)
async def read_user(user_id: int):
    return await UserOut.from_queryset_single(User.get(id=user_id))
