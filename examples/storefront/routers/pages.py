"""This module serves the three pages that people look at."""

from pathlib import Path

from zonda import APIRouter
from zonda.responses import FileResponse

PAGES = Path(__file__).parent.parent / "pages"

router = APIRouter(include_in_schema=False)


@router.get("/")
async def index_page() -> FileResponse:
    return FileResponse(PAGES / "index.html")


@router.get("/stock")
async def stock_page() -> FileResponse:
    return FileResponse(PAGES / "stock.html")


@router.get("/chat")
async def chat_page() -> FileResponse:
    return FileResponse(PAGES / "chat.html")
