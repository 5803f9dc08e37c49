"""Transactions and errors of an application, kept instead of sent."""

from elasticapm.conf.constants import ERROR, TRANSACTION
from elasticapm.contrib.starlette import ElasticAPM, make_apm_client
from elasticapm.transport.base import Transport
from fastapi import APIRouter, Body, FastAPI

kept: list[dict] = []


class KeepingTransport(Transport):
    """Named by its path in the options of the client."""

    def queue(self, event_type, data, flush=False):
        if event_type == TRANSACTION:
            kept.append({"kind": "transaction", "name": data["name"], "result": data["result"]})
        if event_type == ERROR:
            kept.append(
                {"kind": "error", "name": data["exception"]["message"], "body": data["context"]["request"]["body"]}
            )

    def start_thread(self, pid=None):
        self._thread = None

    def flush(self):
        pass


apm = make_apm_client(
    {
        "SERVICE_NAME": "shop",
        "TRANSPORT_CLASS": f"{__name__}.KeepingTransport",
        "CAPTURE_BODY": "all",
        "CLOUD_PROVIDER": "none",
        "CENTRAL_CONFIG": False,
        "METRICS_INTERVAL": "0ms",
    }
)
app = FastAPI()
app.add_middleware(ElasticAPM, client=apm)
router = APIRouter(prefix="/orders")


@app.get("/items/{item_id}")
async def read_item(item_id: int):
    return item_id


@app.post("/fail")
async def fail(value: dict[str, int] = Body()):
    raise ValueError(f"no {value['a']}")


@router.get("/{order_id}")
def read_order(order_id: int):
    return order_id


@app.get("/kept")
async def read_kept():
    told, kept[:] = [*kept], []
    return told


app.include_router(router)
