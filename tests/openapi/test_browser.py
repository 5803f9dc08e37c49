"""The pages in a real browser that can reach nothing but the application."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from pydantic import BaseModel
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import presence_of_element_located, text_to_be_present_in_element
from selenium.webdriver.support.wait import WebDriverWait

from zonda import Form, UploadFile, Zonda

pytestmark = pytest.mark.chromium

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
"""No name means an address, so that a page which asks another host for something gets nothing."""

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1400",
)

app = Zonda(title="Harbour", description="Berths and tides")


class Ship(BaseModel):
    name: str = "Zephyr"
    length: float = 12.5


@app.get("/ships/{ship_id}", tags=["ships"])
def read_ship(ship_id: int) -> Ship:
    return Ship(name=f"number {ship_id}")


@app.post("/ships", tags=["ships"])
def add_ship(ship: Ship) -> Ship:
    return ship


@app.post("/photos", tags=["photos"])
async def add_photo(photo: UploadFile, note: Annotated[str, Form()] = "a note") -> dict[str, Any]:
    return {"filename": photo.filename, "size": len(await photo.read()), "note": note}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, ALONE, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield browser
    browser.quit()


def open_page(browser: Chrome, url: str, sign: tuple[str, str]) -> Any:
    """Load the page with an empty log and return the element that tells that it is drawn."""
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(url)
    return WebDriverWait(browser, 30).until(presence_of_element_located(sign))


def hosts_asked(browser: Chrome) -> set[str]:
    """The hosts that the page sent requests to, or tried to."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [item["params"]["request"]["url"] for item in messages if item["method"] == "Network.requestWillBeSent"]
    return {host for host in (urlsplit(url).hostname for url in urls if url.startswith("http")) if host}


@pytest.mark.parametrize(
    ("page", "sign", "shown"),
    [
        ("/docs", (By.CSS_SELECTOR, ".opblock-post"), "/photos"),
        ("/redoc", (By.CSS_SELECTOR, "[data-section-id='tag/ships']"), "Berths and tides"),
        ("/scalar", (By.CSS_SELECTOR, "[id*='tag/ships']"), "Berths and tides"),
    ],
)
def test_pages_render_without_a_network(
    browser: Chrome, address: str, page: str, sign: tuple[str, str], shown: str
) -> None:
    """Each page draws the API, asks no other host for anything and reports no error."""
    open_page(browser, address + page, sign)
    WebDriverWait(browser, 30).until(text_to_be_present_in_element((By.TAG_NAME, "body"), shown))

    assert "Harbour" in browser.title
    assert hosts_asked(browser) == {"127.0.0.1"}
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


FIELDS = {"ship_id": "placeholder=ship_id", "photo": "type=file"}


def try_out(browser: Chrome, operation: str, **values: str) -> str:
    """Open the operation, fill in the values execute it, and return the response that is shown."""
    block = browser.find_element(By.ID, operation)
    if "is-open" not in str(block.get_attribute("class")):
        block.find_element(By.CSS_SELECTOR, ".opblock-summary-control").click()
    waiting = WebDriverWait(browser, 20)
    button = waiting.until(presence_of_element_located((By.CSS_SELECTOR, f"#{operation} .try-out__btn")))
    browser.execute_script("arguments[0].click()", button)
    for kind, value in values.items():
        field = (By.CSS_SELECTOR, f"#{operation} input[{FIELDS[kind]}]")
        waiting.until(presence_of_element_located(field)).send_keys(value)
    execute = waiting.until(presence_of_element_located((By.CSS_SELECTOR, f"#{operation} button.execute")))
    browser.execute_script("arguments[0].click()", execute)
    body = (By.CSS_SELECTOR, f"#{operation} .live-responses-table .response-col_description pre")
    return str(waiting.until(presence_of_element_located(body)).text)


def test_operations_can_be_tried_out(browser: Chrome, address: str, tmp_path: Path) -> None:
    """A path parameter, a JSON body and an upload are sent from the page and answered."""
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"x" * 1234)
    open_page(browser, f"{address}/docs", (By.CSS_SELECTOR, ".opblock-post"))

    read = try_out(
        browser, "operations-ships-read_ship_ships__ship_id__get", ship_id="7" + Keys.TAB
    )  # leaving the field enters it
    added = try_out(browser, "operations-ships-add_ship_ships_post")
    uploaded = try_out(browser, "operations-photos-add_photo_photos_post", photo=str(photo))

    assert '"number 7"' in read
    assert '"Zephyr"' in added
    assert '"photo.png"' in uploaded
    assert "1234" in uploaded
    assert hosts_asked(browser) == {"127.0.0.1"}
