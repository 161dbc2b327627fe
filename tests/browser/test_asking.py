"""A person asks for more of a recording than its numbers, and looks at what came of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import last_of, light_dark_and_phone, narration, pause, playing, run, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LOGARITHM = """import torch

x1 = torch.tensor(2.0)
x2 = torch.tensor(5.0)
v1 = torch.log(x1)
v2 = x1 * x2
y = v1 + v2
"""

CHECKPOINT = """import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        return checkpoint(lambda t: torch.relu(self.fc(t)) * 2, x, use_reentrant=False).sum()


Net()(torch.ones(1, 2)).backward()
"""

CUSTOM = """import torch


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


x = torch.tensor(1.0, requires_grad=True)
Exp.apply(x * 2).backward()
"""

TRAINING = """import torch
from torch import nn

fc = nn.Linear(2, 1)
optimizer = torch.optim.Adam(fc.parameters(), lr=0.5)
for _ in range(2):
    optimizer.zero_grad()
    fc(torch.ones(3, 2)).sum().backward()
    optimizer.step()
"""


def ask(page: Page, **ticks: bool) -> None:
    """Open the options, if they are closed, and tick them."""
    button = page.get_by_role("button", name="Recording options")
    if button.get_attribute("aria-expanded") != "true":
        button.click()
    for label, ticked in ticks.items():
        page.get_by_label(label.replace("_", " ")).set_checked(ticked)


def recorded(page: Page, source: str) -> None:
    """Record a program and go to the end of its tape."""
    before = last_of(page)
    run(page, source)
    until(lambda: page.get_by_role("button", name="Cancel").count() == 0 and last_of(page) not in (-1, before))
    pause(page)
    page.get_by_role("heading", name="Source").click()
    page.keyboard.press("End")


def event(page: Page, words: str) -> None:
    """Go to the first event whose sentence says something, through the filter of the event list."""
    page.get_by_label("Filter events by text").fill(words)
    page.get_by_role("listitem").filter(has_text=words).first.get_by_role("button").click()


def test_forward_mode_is_asked_for_and_its_tangents_are_told_drawn_and_remembered(watched: Watched) -> None:
    page = playing(watched)
    ask(page, Forward_mode=True)
    page.get_by_label("Seeds").fill("x1, x2")
    recorded(page, LOGARITHM)

    assert "The tangent of y seeded by x2 is 2" in narration(page)
    expect(page.locator("svg.graph")).to_contain_text("v2 = 10 · ∂ 5, 2")
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("Tangents now")
    page.reload()
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    expect(page.locator("body")).to_contain_text("Records tangents of x1, x2")


def test_options_that_contradict_each_other_are_said_before_anything_is_sent(watched: Watched) -> None:
    page = playing(watched)
    ask(page, Forward_mode=True, Fake_tensors=True)
    expect(page.get_by_role("form")).to_contain_text("no tangents to follow")
    ask(page, Fake_tensors=False)
    page.get_by_label("Seeds").fill("x1, 2x")
    expect(page.get_by_role("form")).to_contain_text("2x is no name of a tensor")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The options do not fit together")


def test_a_seed_that_is_not_met_is_told_with_the_names_there_are(watched: Watched) -> None:
    page = playing(watched)
    ask(page, Forward_mode=True)
    page.get_by_label("Seeds").fill("x1, zz")
    recorded(page, LOGARITHM)

    expect(page.locator(".notices")).to_contain_text("no tensor of the name zz; names on this tape: x1, x2")


def test_the_ops_below_are_listed_with_their_shapes(watched: Watched) -> None:
    page = playing(watched)
    ask(page, ATen_ops=True)
    recorded(page, LOGARITHM)
    page.get_by_role("button", name=re.compile("^op mul")).click()

    expect(page.get_by_role("region", name="Inspector")).to_contain_text(
        re.compile(r"ATen below.*aten\.mul.*scalar f32")
    )


def test_a_tape_without_numbers_claims_none(watched: Watched) -> None:
    page = playing(watched)
    ask(page)
    page.get_by_label("Keep of tensors").select_option("structure")
    recorded(page, TRAINING)
    page.get_by_role("button", name=re.compile("leaf tensor weight")).first.click()

    expect(page.get_by_role("region", name="Inspector")).to_contain_text("no numbers: recorded at level structure")
    assert not re.search(r"\bnone\b|not computed|undefined", page.locator("body").inner_text())


def test_what_a_checkpoint_computes_again_is_told_and_not_drawn_twice(watched: Watched) -> None:
    page = playing(watched)
    recorded(page, CHECKPOINT)

    assert page.get_by_role("button", name=re.compile(r"^op (relu|mul|sum)")).count() == 3
    event(page, "Recomputed: linear")
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("once more, in a backward pass")


def test_a_custom_function_is_one_box_with_its_interior_in_the_inspector(watched: Watched) -> None:
    page = playing(watched)
    recorded(page, CUSTOM)

    assert page.get_by_role("button", name=re.compile("^op exp")).count() == 0
    page.get_by_role("button", name=re.compile("^op Exp")).click()
    inspector = page.get_by_role("region", name="Inspector")
    expect(inspector).to_contain_text(re.compile(r"Interior.*exp.*y = x\.exp\(\)"))
    inspector.get_by_role("button", name="exp", exact=True).click()
    expect(inspector).to_contain_text(re.compile("grad mode.*off.*inside the op.*Exp"))


def test_an_optimizer_shows_its_options_its_state_and_its_steps(watched: Watched) -> None:
    page = playing(watched)
    recorded(page, TRAINING)
    event(page, "step 2 begins")
    inspector = page.get_by_role("region", name="Inspector")
    expect(inspector).to_contain_text(re.compile(r"optimizer.*Adam.*step 2 of 2.*lr.*0\.5"))

    event(page, "step 2 changes fc.bias")
    assert "exp_avg [0.3] → [0.57]" in narration(page)


def test_live_memory_stands_beside_the_step_and_leads_to_its_peak(watched: Watched) -> None:
    page = playing(watched)
    recorded(page, TRAINING)
    memory = page.get_by_role("button", name=re.compile("^Live memory: .* B of tensors after this step"))
    peak = re.search(r"after step (\d+)", memory.get_attribute("aria-label") or "")
    assert peak is not None

    memory.click()
    expect(page.get_by_role("slider", name="Position on the tape")).to_have_attribute("aria-valuenow", peak[1])


@light_dark_and_phone
def test_axe_finds_no_violation_in_the_options_and_the_new_cards(watched: Watched) -> None:
    page = playing(watched)
    if page.get_by_role("tab", name="Source").count():
        page.get_by_role("tab", name="Source").click()
    ask(page, Forward_mode=True, ATen_ops=True)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
