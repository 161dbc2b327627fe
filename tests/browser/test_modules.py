"""A person looks at where gradients vanish, module by module."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, last_of, pause, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PROGRAM = """import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Sigmoid()) for _ in range(4)])
net(torch.randn(16, 8)).sum().backward()
for layer in net:
    print(sum(p.grad.norm() ** 2 for p in layer.parameters()).sqrt().item(), layer[1].__class__.__name__)
print(torch.stack([p.grad.norm() for p in net.parameters()]).norm().item(), "net")
"""


def opened(watched: Watched) -> tuple[Page, list[float]]:
    """The page on a tape of four layers at its start, and the norms that the program itself printed."""
    told = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json={"source": PROGRAM}, timeout=60).json()
    assert told["status"] == "finished"
    events = httpx.get(f"{watched.base}{told['links']['events']}").text
    printed = [float(number) for number in re.findall(r'"text":"([\d.e-]+) ', events)]
    page = watched.open(f"/t/{told['id']}#step=0")
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    pause(page)
    return page, printed


def shown(page: Page) -> list[str]:
    """What each module's row says to a screen reader."""
    return (
        page.get_by_role("list", name=re.compile("^Modules"))
        .get_by_role("button")
        .evaluate_all("rows => rows.map(row => row.getAttribute('aria-label'))")
    )


def norms(page: Page) -> list[float]:
    """The gradient norms of the net and of its four layers, in that order."""
    return [
        float(found[1])
        for row in shown(page)
        if ", Sequential:" in row and (found := re.search(r"‖\.grad‖ ([\d.e-]+)", row))
    ]


def test_gradients_build_up_module_by_module_to_what_torch_computed(watched: Watched) -> None:
    page, printed = opened(watched)
    page.get_by_role("tab", name="Modules").click()
    expect(page.get_by_role("list", name=re.compile("^Modules"))).to_be_visible()
    assert norms(page) == []
    assert sum("no gradient yet" in row for row in shown(page)) == 9

    page.get_by_role("slider", name="Position on the tape").focus()
    page.keyboard.press("End")
    until(lambda: len(norms(page)) == 5)
    found = norms(page)
    assert found == pytest.approx([printed[-1], *printed[:-1]], rel=5e-3)
    assert found[1] < found[4]  # it vanishes on the way back


def test_activations_are_shown_and_a_module_can_be_chosen_by_keyboard(watched: Watched) -> None:
    page, _ = opened(watched)
    tab = page.get_by_role("tab", name="Events")
    tab.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Modules")).to_be_focused()
    page.get_by_label("What is shown of each module").select_option("activations")
    page.get_by_role("slider", name="Position on the tape").focus()
    page.keyboard.press("End")
    until(lambda: sum("std of output" in row for row in shown(page)) == 13)
    row = page.get_by_role("button", name=re.compile("^net.0.0, Linear"))
    row.focus()
    page.keyboard.press("Enter")
    expect(row).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("_parameters")
    page.reload()
    expect(page.get_by_role("tab", name="Modules")).to_have_attribute("aria-selected", "true")


def test_a_tape_without_numbers_says_that_it_cannot_know(watched: Watched) -> None:
    body = {"source": PROGRAM, "options": {"values": "structure"}}
    told = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json=body, timeout=60).json()
    page = watched.open(f"/t/{told['id']}#step=0")
    page.get_by_role("tab", name="Modules").click()
    expect(page.get_by_text("it holds no numbers")).to_be_visible()


@pytest.mark.parametrize(
    "watched", [{}, {"color_scheme": "dark"}, PHONE], indirect=True, ids=["light", "dark", "400px"]
)
def test_axe_has_nothing_to_say(watched: Watched) -> None:
    page, _ = opened(watched)
    if page.get_by_role("tab", name="Details").count():
        page.get_by_role("tab", name="Details").click()
    page.get_by_role("tab", name="Modules").click()
    page.get_by_role("button", name=re.compile("^net.0.0, Linear")).click()
    page.keyboard.press("End")
    until(lambda: len(norms(page)) == 5)
    assert violations(page) == []
