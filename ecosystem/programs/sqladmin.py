"""An admin page over one table, with a login."""

from fastapi import FastAPI, Request
from sqladmin import Admin, ModelView
from sqladmin.authentication import AuthenticationBackend
from sqlalchemy import String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


engine = create_engine("sqlite:///admin.db", connect_args={"check_same_thread": False})
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([User(name="Ada"), User(name="Grace")])
    session.commit()


class Login(AuthenticationBackend):
    async def login(self, request: Request) -> bool:
        form = await request.form()
        request.session["user"] = form["username"]
        return form["password"] == "secret"

    async def logout(self, request: Request) -> bool:
        request.session.clear()
        return True

    async def authenticate(self, request: Request) -> bool:
        return "user" in request.session


class UserAdmin(ModelView, model=User):
    column_list = [User.id, User.name]
    column_searchable_list = [User.name]


app = FastAPI()
admin = Admin(app, engine, authentication_backend=Login(secret_key="not secret"))
admin.add_view(UserAdmin)


@app.get("/")
async def root():
    return {"hello": "world"}
