"""An application as an AWS Lambda function, called by another route of its own."""

import asyncio
import json

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from mangum import Mangum

app = FastAPI()
function = FastAPI()


@function.post("/items/{item_id}")
async def item(item_id: int, request: Request, response: Response, limit: int = 10):
    response.set_cookie("seen", "yes")
    return {"item_id": item_id, "limit": limit, "body": await request.json(), "event": "aws.event" in request.scope}


handler = Mangum(function, lifespan="auto")


def event(path: str, body: str) -> dict:
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "limit=5",
        "headers": {"content-type": "application/json", "host": "shop"},
        "requestContext": {"http": {"method": "POST", "path": path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


def invoke(event: dict) -> dict:
    """As Lambda's runtime does: in a thread with a loop that does not run."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    return handler(event, {})


@app.post("/call/{item_id}")
async def call(item_id: str, request: Request):
    answer = await run_in_threadpool(invoke, event(f"/items/{item_id}", (await request.body()).decode()))
    return {**answer, "body": json.loads(answer["body"])}
