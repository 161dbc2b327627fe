"""A person looks closely: at the chain rule of a node, at a tensor's history, at its numbers."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, narration, playing, step_of, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}

NUMBERS = """import torch

w = torch.arange(12.0).reshape(2, 3, 2) - 5
m = torch.tensor([[1.5, -2.0, float("nan")], [0.25, 4.0, float("inf")]])
big = torch.randn(70, 8)
line = torch.arange(3.0)
"""

TRAINING = """import torch

w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.5)
for _ in range(5):
    optimizer.zero_grad()
    w.square().sum().backward()
    optimizer.step()
"""

LAYERS = """import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
conv, norm, head = nn.Conv2d(3, 4, 3, padding=1), nn.LayerNorm(4), nn.Linear(4, 5)
hidden = norm(F.gelu(conv(torch.randn(2, 3, 6, 6)), approximate="tanh").mean((2, 3)))
loss = F.cross_entropy(head(hidden), torch.tensor([1, 4]))
loss.backward()
"""


def card(page: Page) -> Locator:
    """The inspector."""
    return page.get_by_role("region", name="Inspector")


def recorded(watched: Watched, source: str) -> str:
    """The id of the tape of a program."""
    answer = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json={"source": source}, timeout=60).json()
    return str(answer["id"])


def look(watched: Watched, tape: str, table: str, name: str) -> Locator:
    """The card of the first thing with a name, at the end of the tape."""
    tables = httpx.get(f"{watched.base}/api/v1/tapes/{tape}/tape").json()
    row = next(i for i, each in enumerate(tables[table]) if name in (each.get("name"), each.get("label")))
    watched.page.goto("about:blank")
    page = watched.open(f"/t/{tape}#step={tables['header']['events'] - 1}&sel={table[:-1]}:{row}")
    details = page.get_by_role("tab", name="Details")
    until(lambda: page.get_by_role("slider", name="Position on the tape").count())
    if details.count():
        details.click()
    expect(page.get_by_role("heading", name="Selected")).to_be_visible()
    return card(page)


def step_until(page: Page, words: str) -> None:
    """Step on from the start until the sentence says so."""
    page.keyboard.press("Home")
    until(lambda: page.keyboard.press("ArrowRight") or re.search(words, narration(page)))


def test_the_chain_rule_shows_the_gradient_that_c_receives(watched: Watched) -> None:
    page = playing(watched)
    step_until(page, r"MulBackward0 .*c = a \* b.* receives c̄ = 10")

    forward, to_a, to_b = card(page).locator(".chain li").all()
    expect(forward).to_contain_text("2 · 3 = 6")
    expect(to_a).to_have_text("a\u0304 += c\u0304 · b10 · 3now")
    expect(to_a).to_have_attribute("aria-current", "step")
    expect(card(page).get_by_role("math").nth(1)).to_have_attribute(
        "aria-label", "the gradient of a gets the gradient of c times b: 10 times 3."
    )

    page.keyboard.press("ArrowRight")
    expect(to_a).to_contain_text("10 · 3 = 30")
    expect(to_b).to_contain_text("10 · 2 = 20")


def test_a_store_shows_what_it_adds(watched: Watched) -> None:
    page = playing(watched)
    step_until(page, r"a\.grad was None, is now 30")

    expect(card(page).get_by_role("math")).to_have_attribute("aria-label", "a.grad becomes the gradient of a: 30.")


def test_the_history_of_a_tensor_leads_to_its_writes(watched: Watched) -> None:
    inspector = look(watched, recorded(watched, TRAINING), "tensors", "w")
    table = inspector.locator("table.along")

    expect(table.get_by_role("columnheader")).to_have_text(["when", "value", ".grad"])
    expect(inspector.get_by_role("img", name=re.compile(r"^Norm of w over \d+ versions"))).to_be_visible()
    page = watched.page
    last = step_of(page)
    link = table.get_by_role("button", name=re.compile(r"^step \d+$")).first
    wanted = int((link.text_content() or "").split()[1])
    assert wanted < last
    link.click()
    until(lambda: step_of(page) == wanted)
    expect(table.locator("[aria-current=step]")).to_contain_text(f"step {wanted}")


def test_the_heat_map_is_read_by_keyboard_and_leaves_the_tape_alone(watched: Watched) -> None:
    inspector = look(watched, recorded(watched, NUMBERS), "tensors", "w")
    heat = inspector.get_by_role("application", name=re.compile("Heat map of 3 × 2 numbers"))
    page = watched.page
    before = step_of(page)

    heat.focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(inspector.locator(".readout")).to_have_text("[0, 1, 1] -2")
    inspector.get_by_label("dimension 0").fill("1")
    expect(inspector.locator(".readout")).to_have_text("[1, 1, 1] 4")
    expect(inspector.get_by_role("img", name=re.compile("orange below zero.* from 1 to 6"))).to_be_visible()
    assert step_of(page) == before


def test_a_tensor_larger_than_a_page_is_fetched_a_page_at_a_time(watched: Watched) -> None:
    inspector = look(watched, recorded(watched, NUMBERS), "tensors", "big")

    inspector.get_by_role("button", name="Show numbers").click()
    expect(inspector.get_by_role("application", name=re.compile("64 × 8 numbers"))).to_be_visible()
    inspector.get_by_label("rows from").fill("64")
    expect(inspector.get_by_role("application", name=re.compile("6 × 8 numbers"))).to_be_visible()


@pytest.mark.parametrize("watched", [CLIPBOARD], indirect=True)
def test_numbers_are_copied_as_csv(watched: Watched) -> None:
    inspector = look(watched, recorded(watched, NUMBERS), "tensors", "m")

    inspector.get_by_role("button", name="Copy as CSV").click()
    expect(inspector.get_by_text("Copied", exact=True)).to_be_visible()
    assert watched.page.evaluate("navigator.clipboard.readText()") == "1.5,-2,nan\n0.25,4,inf\n"


@pytest.mark.parametrize(
    "watched", [PHONE, {**PHONE, "color_scheme": "dark"}, {"color_scheme": "light"}], indirect=True
)
def test_formulas_never_leave_their_pane_and_have_no_barriers(watched: Watched) -> None:
    tape = recorded(watched, LAYERS)
    for table, name in (
        ("nodes", "NativeLayerNormBackward0"),
        ("nodes", "ConvolutionBackward0"),
        ("ops", "cross_entropy"),
        ("ops", "gelu"),
        ("tensors", "conv.weight"),
    ):
        inspector = look(watched, tape, table, name)
        wide = "(e) => e.scrollWidth > e.clientWidth"
        assert not inspector.evaluate(wide), name
        assert not any(each.evaluate(wide) for each in inspector.locator(".chain li, .formula").all()), name
        assert violations(watched.page) == [], name
