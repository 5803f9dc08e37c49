"""This module is the first of a thousand routes."""

from typing import Any

from benchmarks.subject import Subject, json_answer

SUBJECT = Subject("first of 1,000 routes", "/resource0/7", json_answer(b'{"item_id":7}'))


def fastapi() -> Any:
    from fastapi import FastAPI

    app = FastAPI()
    for number in range(1000):

        @app.get(f"/resource{number}/{{item_id}}")
        async def read_item(item_id: int):
            return {"item_id": item_id}

    return app
