"""This program calls back and announces webhooks."""

from pydantic import BaseModel, HttpUrl

from zonda import APIRouter, Depends, Zonda
from zonda.security import HTTPBearer


class Invoice(BaseModel):
    id: str
    total: float


class Receipt(BaseModel):
    ok: bool


callbacks = APIRouter()
general = APIRouter()


@callbacks.post(
    "{$callback_url}/invoices/{$request.body.id}",
    responses={400: {"model": Receipt}},
    dependencies=[Depends(HTTPBearer())],
)
def invoice_notification(receipt: Receipt, attempt: int = 1) -> Receipt: ...


@general.get("{$request.query.ping}")
def ping(): ...


app = Zonda(callbacks=general.routes)


@app.post("/invoices", callbacks=callbacks.routes)
def create_invoice(invoice: Invoice, callback_url: HttpUrl | None = None): ...


@app.webhooks.post("new-invoice", tags=["hooks"])
def new_invoice(invoice: Invoice) -> None:
    """Sent when an invoice was made."""


hooks = APIRouter()


@hooks.get("paid")
def paid(invoice_id: str): ...


app.webhooks.include_router(hooks, prefix="/bank")
