"""A person opens a module: its tables, what is not registered, its hooks, and torch's walks over it."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, last_of, pause, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PROGRAM = """import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4, bias=False)
        self.layers = [nn.Linear(4, 4), nn.ReLU()]
        self.last = nn.Linear(4, 4, bias=False)
        self.last.weight = self.first.weight
        self.register_buffer("mask", torch.ones(4), persistent=False)
        self.scale = torch.ones(1)

    def forward(self, x):
        x = self.first(x)
        for layer in self.layers:
            x = layer(x)
        return self.last(x * self.mask) * self.scale

def early(m, args): ...
def late(m, args): ...

net = Net()
net.register_forward_pre_hook(late)
handle = net.register_forward_pre_hook(early, prepend=True)
net(torch.randn(3, 4)).sum().backward()
handle.remove()
net.eval()
for names in (dict(net.named_modules()), dict(net.named_parameters()), net.state_dict()):
    print(",".join(names), end=";")
"""


def opened(watched: Watched, thing: str = "module:0") -> tuple[Page, list[list[str]]]:
    """The page at the end of the tape with a module selected, and the names that the program itself printed."""
    told = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json={"source": PROGRAM}, timeout=60).json()
    assert told["status"] == "finished"
    events = httpx.get(f"{watched.base}{told['links']['events']}").text
    printed = "".join(re.findall(r'"kind":"print","text":"([^"]*)"', events)).split(";")
    page = watched.open(f"/t/{told['id']}#step=0&sel={thing}")
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    pause(page)
    if page.get_by_role("tab", name="Details").count():
        page.get_by_role("tab", name="Details").click()
    return page, [names.split(",") for names in printed if names]


def end(page: Page) -> None:
    """To the tape's end."""
    page.get_by_role("slider", name="Position on the tape").focus()
    page.keyboard.press("End")


def names(walk: Locator) -> list[str]:
    """The names that a walk gives, without what it passes over."""
    found = walk.locator(".walk-items li.given .key").all_inner_texts()
    return [name.strip("'") for name in found]


def test_the_tables_show_what_is_registered_and_what_is_not(watched: Watched) -> None:
    page, _ = opened(watched)
    inspector = page.get_by_role("region", name="Inspector")
    end(page)

    expect(inspector.get_by_text("_parameters empty")).to_be_visible()
    expect(inspector.get_by_role("group", name="_buffers")).to_contain_text("persistent=False")
    modules = inspector.get_by_role("group", name="_modules")
    assert modules.get_by_role("button").all_inner_texts() == ["first", "last"]
    lost = inspector.get_by_role("region", name="Not registered")
    assert lost.get_by_role("button").all_inner_texts() == ["layers[0]", "layers[1]"]
    expect(lost).to_contain_text("hides 2 parameters")
    expect(inspector.get_by_text("Plain tensors")).to_be_visible()

    modules.get_by_role("button", name="first").click()
    table = inspector.get_by_role("group", name="_parameters")
    expect(table).to_contain_text("requires_grad=True")
    expect(table).to_contain_text(".grad ‖")
    expect(table).to_contain_text("the same as net.last.weight")
    assert table.locator("li", has_text="bias").inner_text().split() == ["bias", "None"]


def test_gradients_and_the_training_flag_are_those_of_the_step(watched: Watched) -> None:
    page, _ = opened(watched)
    inspector = page.get_by_role("region", name="Inspector")
    training = inspector.locator(".row", has_text="training")
    expect(training).to_contain_text("True")
    end(page)
    expect(training).to_contain_text("False")
    inspector.get_by_role("group", name="_modules").get_by_role("button", name="first").click()
    table = inspector.get_by_role("group", name="_parameters")
    expect(table).to_contain_text(".grad ‖")
    page.get_by_role("slider", name="Position on the tape").focus()
    page.keyboard.press("Home")
    expect(table).to_contain_text(".grad None")


def test_hooks_stand_in_their_dictionary_in_firing_order_and_leave_it(watched: Watched) -> None:
    page, _ = opened(watched)
    table = page.get_by_role("group", name="_forward_pre_hooks")
    for _ in range(200):
        if table.count() and table.locator("li").count() == 2:
            break
        page.keyboard.press("ArrowRight")
    assert table.get_by_role("button").all_inner_texts() == ["early", "late"]
    expect(table.locator("li").first).to_contain_text("prepend")
    end(page)
    expect(table.get_by_role("button")).to_have_text(["late"])


def test_a_walk_gives_what_the_program_printed_and_is_played_step_by_step(watched: Watched) -> None:
    page, (modules, parameters, state) = opened(watched)
    end(page)
    walk = page.get_by_role("region", name="Walks")
    for name, wanted in (("named_modules", modules), ("named_parameters", parameters), ("state_dict", state)):
        walk.get_by_label("Walk", exact=True).select_option(name)
        assert names(walk) == wanted

    walk.get_by_label("Walk", exact=True).select_option("named_parameters")
    again = walk.locator("li.passed", has_text="given already")
    expect(again).to_have_count(1)
    walk.get_by_label("remove_duplicate").uncheck()
    expect(again).to_have_count(0)
    assert names(walk) == ["first.weight", "last.weight"]
    walk.get_by_label("remove_duplicate").check()

    lit = page.locator("g.item.selected", has_text="first")
    expect(lit).to_have_count(0)
    walk.get_by_role("button", name="Walk: next").click()
    expect(walk.locator("li[aria-current=step]")).to_contain_text("first.weight")
    expect(walk.get_by_role("status")).to_contain_text("1 / 4: first.weight")
    expect(lit.first).to_be_visible()
    walk.get_by_role("button", name="Walk: play").click()
    expect(walk.locator("li[aria-current=step]")).to_contain_text("last.bias", timeout=20_000)
    expect(walk.get_by_role("button", name="Walk: play")).to_be_visible()

    slider = walk.get_by_role("slider", name="Position in the walk")
    slider.focus()
    page.keyboard.press("Home")
    expect(walk.locator("li[aria-current=step]")).to_have_count(0)
    expect(page.get_by_role("slider", name="Position on the tape")).to_have_attribute(
        "aria-valuenow", str(last_of(page))
    )


@pytest.mark.parametrize(
    "watched", [{}, {"color_scheme": "dark"}, PHONE], indirect=True, ids=["light", "dark", "400px"]
)
def test_axe_has_nothing_to_say(watched: Watched) -> None:
    page, _ = opened(watched)
    end(page)
    walk = page.get_by_role("region", name="Walks")
    walk.get_by_role("button", name="Walk: next").click()
    assert violations(page) == []
