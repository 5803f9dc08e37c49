"""Exceptions that a route maps to answers, told in the document."""

from fastapi import APIRouter, FastAPI
from fastapi_error_map import ErrorAwareRouter, rule

told = []


class Unauthenticated(Exception): ...


class NoUser(Exception): ...


router = ErrorAwareRouter()


@router.get(
    "/stock", error_map={Unauthenticated: 401, NoUser: rule(404, on_error=lambda error: told.append(str(error)))}
)
def stock(user: int = 0) -> int:
    if user == 0:
        raise Unauthenticated("log in")
    if user == 1:
        raise NoUser("user 1")
    if user == 2:
        raise ValueError("broken")
    return user


plain = APIRouter()


@plain.get("/told")
async def read_told() -> list[str]:
    return told


app = FastAPI()
app.include_router(router, prefix="/v1")
app.include_router(plain)
