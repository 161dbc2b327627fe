"""What the browser tests share: waiting, a tape that is played, a program that is typed, Tab, violations."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched

ENGLISH = "en"
CHINESE = "zh-Hans"
PHONE = {"viewport": {"width": 400, "height": 800}}

PROGRAM = """import torch

a = torch.tensor(3.0, requires_grad=True)
b = a * 2
b.register_hook(lambda g: g + 1)
c = b * b
c.backward()
print("a.grad is", a.grad.item())
"""

light_dark_and_phone = pytest.mark.parametrize(
    "watched",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {**PHONE, "color_scheme": "dark"}],
    ids=["light", "dark", "phone"],
    indirect=True,
)
both_languages = pytest.mark.parametrize("language", [ENGLISH, CHINESE])


def speaking(watched: Watched, language: str) -> None:
    """The page that opens next speaks this language."""
    watched.page.context.add_cookies([{"name": "tapedeck_language", "value": language, "url": watched.base}])


def until(question: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What a question answers as soon as it is true (Playwright's own waiting needs `eval`, which the CSP forbids)."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not come true in time")
        time.sleep(0.05)
    return answer


@contextlib.contextmanager
def far_away(page: Page, milliseconds: int = 800) -> Iterator[None]:
    """The server answers this much later: what is over in a blink can then be seen while it runs, and be stopped."""
    network = page.context.new_cdp_session(page)
    unlimited = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {**unlimited, "latency": milliseconds})
    yield
    network.send("Network.emulateNetworkConditions", {**unlimited, "latency": 0})
    network.detach()


def tab_to(page: Page, target: Locator, most: int = 90) -> None:
    """Press Tab until something has the focus, as a person without a mouse does."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def hash_of(page: Page) -> str:
    """What stands in the address after the #."""
    return str(page.evaluate("location.hash"))


def violations(page: Page) -> list[str]:
    """What axe finds wrong. It is not asked to describe all that is well, which takes it two thirds of its time."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found]


def violations_in_every_look(page: Page) -> list[str]:
    """What axe finds wrong in a page in light, in dark and on a phone; it is light and wide again afterwards."""
    found = []
    before = page.viewport_size or {"width": 1440, "height": 900}
    for look, scheme, size in (
        ("dark", "dark", before),
        ("phone", "dark", PHONE["viewport"]),
        ("light", "light", before),
    ):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        # A colour that is on its way from one theme to the other is neither's.
        until(lambda: page.evaluate("document.getAnimations().every((each) => each.playState !== 'running')"))
        found += [f"{look}: {each}" for each in violations(page)]
    return found


def sideways(page: Page) -> int:
    """How far the lab can be scrolled to the side."""
    return int(page.evaluate("(main => main.scrollWidth - main.clientWidth)(document.querySelector('main'))"))


def address(page: Page) -> str:
    """The address bar (Playwright's own `page.url` lags behind `pushState` until it is next spoken to)."""
    return str(page.evaluate("location.href"))


def step_of(page: Page) -> int:
    """The step that the slider is at (steps count from 1 for people)."""
    return int(page.get_by_role("slider", name="Position on the tape").get_attribute("aria-valuenow") or -1)


def last_of(page: Page) -> int:
    """The last step of the slider."""
    return int(page.get_by_role("slider", name="Position on the tape").get_attribute("aria-valuemax") or -1)


def playing(watched: Watched, path: str = "/") -> Page:
    """The page, once a tape is loaded, paused at its start."""
    page = watched.open(path)
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    pause(page)
    return page


def pause(page: Page) -> None:
    """Stop playing, if it plays."""
    button = page.get_by_role("button", name="Pause", exact=True)
    if button.count():
        button.click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def write(page: Page, source: str) -> None:
    """Replace the program in the editor."""
    editor = page.get_by_role("textbox", name="Program")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(source)


def run(page: Page, source: str) -> str:
    """Write a program, press Run by keyboard and wait for its tape; the page's address."""
    before = address(page).split("#")[0]
    write(page, source)
    page.keyboard.press("Control+Enter")
    until(lambda: "/t/" in address(page) and address(page).split("#")[0] != before)
    return address(page)


def narration(page: Page) -> str:
    """The sentence about the current event, as a screen reader gets it."""
    return page.get_by_role("slider", name="Position on the tape").get_attribute("aria-valuetext") or ""
