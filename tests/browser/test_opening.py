"""A person opens and closes the levels of a model with the keyboard, and takes it back."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.page import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PROGRAM = """import torch
from torch import nn

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    def forward(self, x):
        return x + self.inner(x) * 2

net = nn.Sequential(*[Block() for _ in range(12)])
net(torch.randn(2, 4)).sum().backward()
"""


def groups(page: Page) -> int:
    """How many modules and stacks of them are open."""
    return int(page.evaluate("decodeURIComponent(location.hash).split('open=')[1]?.split(',').length ?? 0"))


def test_levels_open_and_close_and_it_can_be_taken_back(watched: Watched) -> None:
    told = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json={"source": PROGRAM}, timeout=60).json()
    page = watched.open(f"/t/{told['id']}#step=0")
    until(lambda: page.locator("svg.graph g.item").count())
    page.get_by_role("slider", name="Position on the tape").focus()

    page.keyboard.press("e")
    until(lambda: groups(page) == 2)
    page.keyboard.press("e")
    until(lambda: groups(page) == 14)
    page.keyboard.press("Shift+E")
    until(lambda: groups(page) == 2)
    page.keyboard.press("z")
    until(lambda: groups(page) == 14)
    page.keyboard.press("z")
    until(lambda: groups(page) == 2)

    page.reload()
    until(lambda: page.locator("svg.graph g.item.open").count() > 1)
    assert groups(page) == 2
