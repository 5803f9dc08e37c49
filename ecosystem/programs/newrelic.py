"""An application under New Relic's agent, which asks the agent what it knows of the transaction."""

import os

os.environ |= {"NEW_RELIC_DEVELOPER_MODE": "true", "NEW_RELIC_LICENSE_KEY": "0" * 40, "NEW_RELIC_LOG": "stderr"}
os.environ |= {"NEW_RELIC_APP_NAME": "shop", "NEW_RELIC_STARTUP_TIMEOUT": "10"}

import newrelic.agent

newrelic.agent.initialize()

from fastapi import APIRouter, Depends, FastAPI, Request

app = FastAPI()
router = APIRouter(prefix="/orders")


def transaction() -> str | None:
    current = newrelic.agent.current_transaction()
    return None if current is None else current.name


async def within() -> bool:
    return newrelic.agent.current_transaction() is not None


@app.get("/items/{item_id}")
async def read_item(item_id: int, within: bool = Depends(within)):
    return {"transaction": transaction(), "within": within}


@router.get("/{order_id}")
def read_order(order_id: int, within: bool = Depends(within)):
    return {"transaction": transaction(), "within": within}


@app.exception_handler(LookupError)
async def on_lookup_error(request: Request, error: LookupError):
    from fastapi.responses import JSONResponse

    return JSONResponse({"transaction": transaction()}, 404)


@app.get("/fail")
async def fail():
    raise LookupError


app.include_router(router)
app = newrelic.agent.ASGIApplicationWrapper(app)
