"""This module serves the nested generator dependencies of `dependencies/tutorial008`, whose resources are left open."""

from typing import Annotated, Any

from docs_src.dependencies import tutorial008_non_an as tutorial
from fastapi import Depends, FastAPI

events: list[str] = []


class Resource:
    def __init__(self, name: str) -> None:
        self.name = name
        events.append(f"open {name}")

    def close(self, *others: object) -> None:
        events.append(f"close {self.name} with {len(others)}")


for letter in "abc":
    setattr(tutorial, f"generate_dep_{letter}", lambda *_, letter=letter: Resource(letter))

app = FastAPI()


@app.get("/")
def read_root(c: Annotated[Any, Depends(tutorial.dependency_c)]) -> dict[str, str]:
    return {"c": c.name}


@app.get("/fail")
def fail(c: Annotated[Any, Depends(tutorial.dependency_c)]) -> None:
    raise RuntimeError(c.name)


@app.get("/events")
def read_events() -> list[str]:
    return events
