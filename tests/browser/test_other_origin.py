"""A page on another origin, in real Chromium, at a visitor's running local server: nothing runs, nothing is read.

The page tries everything that a page can send: fetch in every mode, forms, images, scripts, frames, WebSockets, event
streams, beacons, and a name of its own that was rebound to 127.0.0.1. The canary is a recording that must stay the only
one, and a secret in its program that must not be seen.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.conftest import CHROMIUM

pytestmark = pytest.mark.browser

TAPES = "/api/v1/tapes"
SECRET = "canary-that-nobody-elsewhere-may-read"
BODY = json.dumps({"source": "x = 1"})
PROGRAM = f"secret = '{SECRET}'\n"
REBOUND = "rebound.evil.example"
EVIL = "evil.example"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """Another site, with an empty page on it; its port."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Evil</title><iframe name=sink></iframe>")

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site.server_port
        site.shutdown()


@pytest.fixture(scope="module")
def evil_browser(playwright_: Playwright) -> Iterator[Browser]:
    """Chromium for which the names of the other site lead to this machine."""
    rules = f"MAP {EVIL} 127.0.0.1, MAP {REBOUND} 127.0.0.1"
    browser = playwright_.chromium.launch(**{**CHROMIUM, "args": [*CHROMIUM["args"], f"--host-resolver-rules={rules}"]})
    yield browser
    browser.close()


@pytest.fixture(params=[EVIL, "localhost", "127.0.0.1"])
def page(request: pytest.FixtureRequest, evil_browser: Browser, elsewhere: int, server: str) -> Iterator[Page]:
    """A page of another site, or of another port of this machine, whose visitor has used our page before."""
    context = evil_browser.new_context()
    visited = context.new_page()
    visited.goto(f"{server}/t/nobody")
    visited.close()
    page = context.new_page()
    page.goto(f"http://{request.param}:{elsewhere}/")
    yield page
    context.close()


@pytest.fixture(scope="module")
def recorded(server: str) -> dict[str, Any]:
    """The only recording there is."""
    while told := httpx.get(f"{server}{TAPES}").json()["tapes"]:  # a page of them at a time
        for one in told:
            httpx.delete(f"{server}{one['links']['self']}")
    answer = httpx.post(f"{server}{TAPES}", params={"wait": 30}, json={"source": PROGRAM}, timeout=60)
    return dict(answer.json()["links"])


@pytest.fixture
def canary(server: str, recorded: dict[str, str]) -> Iterator[dict[str, str]]:
    """Where it is; afterwards it is still there, and still the only one."""
    yield recorded
    assert [one["links"] for one in httpx.get(f"{server}{TAPES}").json()["tapes"]] == [recorded]


@contextlib.contextmanager
def refused(server: str) -> Iterator[None]:
    """Something that the browser tells nobody of happens here, reaches the server, and is refused."""

    def count() -> int:
        told = httpx.get(f"{server}/metrics").text
        return sum(int(float(number)) for number in re.findall(r'requests_total\{.*status="403"\} (.*)', told))

    before, until = count(), time.monotonic() + 20
    yield
    while count() == before:
        assert time.monotonic() < until, "it was not refused"


FETCHES = """
async ({ address, init }) => {
  try {
    const answer = await fetch(address, { ...init, credentials: "include" });
    return [answer.type, answer.status, await answer.text()];
  } catch (error) {
    return ["error", 0, String(error)];
  }
}"""


TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded")
MODES = ("cors", "no-cors")


def test_a_fetch_runs_nothing(page: Page, server: str, canary: dict[str, str]) -> None:
    for method, mode, type in product(("POST", "PUT", "DELETE"), MODES, TYPES):
        path = canary["self"] if method == "DELETE" else TAPES
        init = {"method": method, "mode": mode, "headers": {"Content-Type": type}, "body": BODY}
        kind, status, text = page.evaluate(FETCHES, {"address": f"{server}{path}", "init": init})
        assert (kind, status) in (("error", 0), ("opaque", 0)), (method, mode, type)
        assert SECRET not in text


def test_a_fetch_reads_nothing(page: Page, server: str, canary: dict[str, str]) -> None:
    for part, mode in product(canary, MODES):
        address = {"address": f"{server}{canary[part]}", "init": {"mode": mode}}
        kind, status, text = page.evaluate(FETCHES, address)
        assert (kind, status) in (("error", 0), ("opaque", 0)), (part, mode)
        assert SECRET not in text


FORM = """([address, encoding, target]) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: address, target });
  form.enctype = encoding;
  const field = document.createElement("input");
  field.name = '{"source": "x = 1", "title": "';
  field.value = '"}';
  form.append(field);
  document.body.append(form);
  form.submit();
}"""


def test_a_form_runs_nothing(page: Page, server: str, canary: dict[str, str]) -> None:
    for encoding in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        with refused(server):
            page.evaluate(FORM, [f"{server}{TAPES}", encoding, "sink"])


LOADS = """
([tag, attribute, address]) => new Promise((resolve) => {
  const element = document.createElement(tag);
  element.onload = () => resolve("loaded");
  element.onerror = () => resolve("error");
  if (tag === "link") element.rel = "stylesheet";
  element[attribute] = address;
  document.body.append(element);
})"""


OURS = ("/static/icon.svg", "/static/js/main.js", "/static/css/base.css")
TAGS = (("img", "src"), ("script", "src"), ("link", "href"), ("audio", "src"))


def test_nothing_of_ours_can_be_loaded(page: Page, server: str, canary: dict[str, str]) -> None:
    for path, (tag, attribute) in product((canary["self"], canary["page"], *OURS), TAGS):
        assert page.evaluate(LOADS, [tag, attribute, f"{server}{path}"]) == "error", (path, tag)


def test_nothing_of_ours_can_be_framed(page: Page, server: str, canary: dict[str, str]) -> None:
    for part in ("self", "page", "stream"):
        address = f"{server}{canary[part]}"
        with refused(server):
            page.evaluate("(address) => { document.querySelector('iframe').src = address; }", address)


CONNECTS = """
([kind, address]) => new Promise((resolve) => {
  const connection =
    kind === "WebSocket"
      ? new WebSocket(address.replace("http", "ws"))
      : new EventSource(address, { withCredentials: true });
  connection.onopen = () => resolve("opened");
  connection.onerror = () => { connection.close(); resolve("error"); };
})"""


def test_no_connection_is_opened(page: Page, server: str, canary: dict[str, str]) -> None:
    for kind, part in product(("WebSocket", "EventSource"), ("self", "stream", "page")):
        assert page.evaluate(CONNECTS, [kind, f"{server}{canary[part]}"]) == "error", (kind, part)


def test_a_beacon_runs_nothing(page: Page, server: str, canary: dict[str, str]) -> None:
    with refused(server):
        page.evaluate("([address, body]) => navigator.sendBeacon(address, body)", [f"{server}{TAPES}", BODY])


def test_a_window_that_it_opens_cannot_be_looked_into(page: Page, server: str, canary: dict[str, str]) -> None:
    with page.expect_popup() as opened:
        page.evaluate("(address) => { window.theirs = window.open(address); }", f"{server}{canary['page']}")
    opened.value.wait_for_load_state()
    look = "() => { try { return String(theirs.document?.body.innerText); } catch (error) { return error.name; } }"
    assert SECRET not in page.evaluate(look)
    assert page.evaluate("() => window.theirs.closed") is True  # cut off by Cross-Origin-Opener-Policy


def test_a_name_that_was_rebound_to_us_is_the_same_origin_and_still_gets_nothing(
    evil_browser: Browser, server: str, canary: dict[str, str]
) -> None:
    rebound = f"http://{REBOUND}:{server.rpartition(':')[2]}"
    context = evil_browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{rebound}/")
    assert answer is not None
    assert answer.status == 421
    for method, path in [("GET", TAPES), ("GET", canary["tape"]), ("POST", TAPES), ("DELETE", canary["self"])]:
        body = BODY if method == "POST" else None
        init = {"method": method, "headers": {"Content-Type": "application/json"}, "body": body}
        kind, status, text = page.evaluate(FETCHES, {"address": f"{rebound}{path}", "init": init})
        assert (kind, status) in (("error", 0), ("basic", 421))  # the policy of the answer forbids even to ask
        assert SECRET not in text
    context.close()
