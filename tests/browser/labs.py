"""What the tests of the labs share: waiting, walking by Tab, looking for violations."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

CHINESE = {"name": "tapedeck_language", "value": "zh-Hans"}
PHONE = {"viewport": {"width": 400, "height": 800}}


def until(question: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What a question answers as soon as it is true (Playwright's own waiting needs `eval`, which the CSP forbids)."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not come true in time")
        time.sleep(0.05)
    return answer


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
    """What axe finds wrong."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found]


def sideways(page: Page) -> int:
    """How far the lab can be scrolled to the side."""
    return int(page.evaluate("(main => main.scrollWidth - main.clientWidth)(document.querySelector('main'))"))
