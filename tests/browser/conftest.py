"""A real server and a real Chromium for the tests of the page."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

# Without its own windows it takes less than half the time; it draws and scripts as the whole one does.
KNOWN = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = {
    "executable_path": os.environ.get("TAPEDECK_TEST_CHROMIUM") or next(filter(None, map(shutil.which, KNOWN)), None),
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}


class Watched:
    """A page and everything it said or asked for that it should not have."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page: Page = context.new_page()
        self.base = base
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.said.append(f"request to another host: {request.url}")

    def open(self, path: str = "/") -> Page:
        """Go to a path of the server."""
        self.page.goto(f"{self.base}{path}")
        return self.page


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of this worker's own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("data")
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tapedeck.cli", "serve", "--port", str(port)],
        env={**os.environ, "TAPEDECK_DATA_DIR": str(folder)},
        stdout=log,
        stderr=log,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not ready(base):
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"the server did not become ready:\n{Path(log.name).read_text()}")
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def ready(base: str) -> bool:
    """Whether the server answers that it is ready."""
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{base}/readyz").status_code == 200
    return False


@pytest.fixture(scope="module")
def playwright_() -> Iterator[Playwright]:
    """Playwright, for one module: while it is open, its event loop runs in this thread and no other can."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright_: Playwright) -> Iterator[Browser]:
    """Chromium, for one module."""
    browser = playwright_.chromium.launch(**CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture
def watched(request: pytest.FixtureRequest, server: str, browser: Browser) -> Iterator[Watched]:
    """A page in a context of its own; at the end it must have said nothing and asked nobody else for anything.

    Parametrise indirectly with options of `Browser.new_context` (``viewport``, ``color_scheme``, ``reduced_motion``).
    """
    options = {"viewport": {"width": 1440, "height": 900}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    watched = Watched(context, server)
    yield watched
    context.close()
    assert watched.said == []
