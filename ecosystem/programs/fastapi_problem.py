"""Errors as problems, with a handler for all that goes wrong."""

from fastapi import FastAPI
from fastapi_problem.error import NotFoundProblem
from fastapi_problem.handler import add_exception_handler, new_exception_handler


class UserNotFoundError(NotFoundProblem):
    title = "User not found."


app = FastAPI()
add_exception_handler(app, new_exception_handler())


@app.get("/users/{number}")
async def read(number: int) -> int:
    if number == 1:
        raise UserNotFoundError("No user found.")
    if number == 2:
        raise ValueError("broken")
    return number
