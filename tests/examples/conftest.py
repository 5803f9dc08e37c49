"""This module serves the storefront and opens browsers that reach nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.cli.conftest import Running, free_port, running

REPOSITORY = Path(__file__).parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,1400",
    # No name but ours is looked up: a page that needs the network would stay empty.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The storefront under `zonda run`, on a free port, with data of its own."""
    os.environ["SHOP_DATA"] = str(tmp_path_factory.mktemp("shop"))
    arguments = ("zonda", "run", "examples/storefront/main.py", "--host", "127.0.0.1", "--port", "{port}")
    with running(REPOSITORY, arguments, free_port()) as server:
        server.answers()
        yield server
    del os.environ["SHOP_DATA"]


@pytest.fixture
def open_browser(tmp_path: Path) -> Iterator[Callable[[], Chrome]]:
    """Open a browser of its own, closed after the test."""
    with ExitStack() as stack:

        def open_one() -> Chrome:
            options = ChromeOptions()
            options.binary_location = "/usr/bin/chromium"
            options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
            for flag in FLAGS:
                options.add_argument(flag)
            browser = Chrome(options, Service("/usr/bin/chromedriver"))
            stack.callback(browser.quit)
            return browser

        yield open_one
