"""Templates for htmx, data for everybody else."""

from fastapi import FastAPI, HTTPException
from fastapi.templating import Jinja2Templates
from fasthx.jinja import Jinja
from jinja2 import DictLoader, Environment
from pydantic import BaseModel


class User(BaseModel):
    name: str


app = FastAPI()
templates = Environment(
    loader=DictLoader(
        {
            "index.html": "<h1>Users</h1>",
            "users.html": "{% for user in items %}<li>{{ user.name }}</li>{% endfor %}",
        }
    ),
    autoescape=True,
)
jinja = Jinja(Jinja2Templates(env=templates))


@app.get("/")
@jinja.page("index.html")
def index() -> None: ...


@app.get("/users")
@jinja.hx("users.html")
async def users(only: str | None = None) -> list[User]:
    if only == "nobody":
        raise HTTPException(404)
    return [User(name=name) for name in ("Ada", "<Bob>") if only in (None, name)]


@app.get("/partial")
@jinja.hx("users.html", no_data=True)
def partial() -> list[User]:
    return [User(name="Eve")]
