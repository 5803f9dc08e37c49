"""The storefront's pages and its documentation work in a browser that reaches no other host."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.cli.conftest import Running

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(180)]

Open = Callable[[], Chrome]


@pytest.fixture
def address(shop: Running) -> str:
    return f"http://127.0.0.1:{shop.port}"


def wait(browser: Chrome, what: str, seconds: float = 30) -> WebElement:
    """The first element for a CSS selector, once it is there and visible."""

    def visible(_: object) -> WebElement | None:
        found = browser.find_elements(By.CSS_SELECTOR, what)
        return found[0] if found and found[0].is_displayed() else None

    element = WebDriverWait(browser, seconds).until(visible, f"no {what} in {browser.current_url}")
    assert element is not None
    return element


def wait_for_text(browser: Chrome, what: str, text: str, seconds: float = 30) -> None:
    def has(_: object) -> bool:
        return any(text in element.text for element in browser.find_elements(By.CSS_SELECTOR, what))

    WebDriverWait(browser, seconds).until(has, f"no {text!r} in {what}")


def hosts(browser: Chrome) -> set[str]:
    """The hosts that the browser asked for anything."""
    asked = set()
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            address = urlsplit(message["params"]["request"]["url"])
            if address.scheme in ("http", "https", "ws", "wss"):
                asked.add(address.hostname or "")
    return asked


@pytest.mark.parametrize(
    ("path", "what", "text"),
    [
        ("/docs", ".opblock-summary-path", "products"),
        ("/redoc", "#redoc h1, .redoc-wrap h1, h1", "Storefront"),
        ("/scalar", "h1", "Storefront"),
    ],
)
def test_the_pages_render_with_no_network(open_browser: Open, address: str, path: str, what: str, text: str) -> None:
    """Each page shows the API, asks no host but ours, and reports no error."""
    browser = open_browser()

    browser.get(address + path)
    wait_for_text(browser, what, text)

    assert hosts(browser) == {"127.0.0.1"}
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def expand(browser: Chrome, operation: str) -> WebElement:
    block = wait(browser, f"[id='{operation}']")
    browser.execute_script("arguments[0].scrollIntoView()", block)
    block.find_element(By.CSS_SELECTOR, ".opblock-summary-control").click()
    WebDriverWait(browser, 30).until(lambda _: block.find_elements(By.CSS_SELECTOR, ".try-out__btn"))
    block.find_element(By.CSS_SELECTOR, ".try-out__btn").click()
    return block


def execute(browser: Chrome, block: WebElement) -> str:
    button = block.find_element(By.CSS_SELECTOR, "button.execute")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    status = ".live-responses-table .response-col_status"
    WebDriverWait(browser, 30).until(lambda _: block.find_elements(By.CSS_SELECTOR, status))
    return block.find_element(By.CSS_SELECTOR, ".live-responses-table").text


def authorize(browser: Chrome, name: str, password: str) -> None:
    wait(browser, ".btn.authorize").click()
    wait(browser, "#oauth_username, input[name=username]").send_keys(name)
    wait(browser, "#oauth_password, input[name=password]").send_keys(password)
    wait(browser, ".modal-btn.auth.authorize").click()
    wait_for_text(browser, ".modal-btn.auth", "Logout")
    wait(browser, ".btn-done").click()


def test_operations_can_be_tried_out(open_browser: Open, address: str, tmp_path: Path) -> None:
    """Swagger UI logs in, lists products, places an order and uploads a picture."""
    browser = open_browser()
    browser.get(address + "/docs")
    authorize(browser, "grace@example.com", "hopper")

    listed = execute(browser, expand(browser, "operations-products-list_products_v2_api_v2_products_get"))
    order = expand(browser, "operations-orders-place_order_api_v1_orders_post")
    body = order.find_element(By.CSS_SELECTOR, "textarea.body-param__text")
    body.clear()
    body.send_keys('{"lines": [{"product_id": 1, "quantity": 1}]}')
    ordered = execute(browser, order)
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 16)
    upload = expand(browser, "operations-products-set_image_api_v1_products__product_id__image_put")
    upload.find_element(By.CSS_SELECTOR, "[data-param-name=product_id] input").send_keys("1")
    upload.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(picture))
    uploaded = execute(browser, upload)

    assert "200" in listed
    assert '"total"' in listed
    assert "201" in ordered
    assert "total_cents" in ordered
    assert "204" in uploaded
    assert hosts(browser) == {"127.0.0.1"}


def test_two_tabs_see_the_stock_change(open_browser: Open, address: str) -> None:
    """What is bought in one tab appears in both."""
    first, second = open_browser(), open_browser()
    for browser in (first, second):
        browser.get(address + "/stock")
        wait_for_text(browser, "#state", "listening")

    wait(first, "#buy").click()

    rows = [wait(browser, "#changes tr").text for browser in (first, second)]
    assert rows[0] == rows[1] != ""


def test_two_tabs_chat(open_browser: Open, address: str) -> None:
    """What one says in the lobby both read."""
    ada, grace = open_browser(), open_browser()
    for browser, name in ((ada, "ada"), (grace, "grace")):
        browser.get(address + "/chat")
        wait(browser, "[name=who]").send_keys(name)
        wait(browser, "#enter button").click()
        WebDriverWait(browser, 30).until(lambda _, b=browser: b.find_element(By.NAME, "text").is_enabled())

    ada.find_element(By.NAME, "text").send_keys("good morning\n")
    wait_for_text(grace, "#lines", "ada: good morning")
    grace.find_element(By.NAME, "text").send_keys("hello ada\n")

    wait_for_text(ada, "#lines", "grace: hello ada")
    wait_for_text(grace, "#lines", "grace: hello ada")


def test_the_chat_says_that_it_is_closed(open_browser: Open, address: str) -> None:
    """Nothing can be said any more, and entering again opens it again."""
    browser = open_browser()
    browser.get(address + "/chat")
    wait(browser, "[name=who]").send_keys("ada\n")
    say = browser.find_element(By.NAME, "text")
    WebDriverWait(browser, 30).until(lambda _: say.is_enabled())

    browser.execute_script("socket.close()")
    wait_for_text(browser, "#lines", "The connection is closed. Enter again to go on.")
    was_enabled = say.is_enabled()
    wait(browser, "#enter button").click()

    WebDriverWait(browser, 30).until(lambda _: say.is_enabled())
    assert not was_enabled


def test_the_first_page_lists_products(open_browser: Open, address: str) -> None:
    """The start page fills its table from the API."""
    browser = open_browser()

    browser.get(address + "/")

    wait(browser, "#products tr")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#products tr")) == 15
