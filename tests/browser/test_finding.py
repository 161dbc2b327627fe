"""A person looks for things on a tape, is shown them in the graph, and follows where they come from."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, address, light_dark_and_phone, pause, step_of, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PROGRAM = """import torch
from torch import nn

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 16)
        self.proj = nn.Linear(16, 8)

    def forward(self, x):
        return x + self.proj(torch.relu(self.fc(x)))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.h = nn.ModuleList([Block() for _ in range(6)])
        self.head = nn.Linear(8, 3)
        self.spare = nn.Linear(2, 2)

    def forward(self, x):
        for block in self.h:
            x = block(x)
        return self.head(x)

torch.manual_seed(0)
net = Net()
x = torch.randn(4, 8)
loss = net(x).pow(2).mean()
loss.backward()
y = torch.log(torch.zeros(3) - 1)
z = y * 2
"""


@pytest.fixture(scope="module")
def tape(server: str) -> str:
    """The path of the program's tape on this worker's server."""
    answer = httpx.post(f"{server}/api/v1/tapes", params={"wait": 30}, json={"source": PROGRAM}, timeout=60)
    return f"/t/{answer.json()['id']}"


def opened(watched: Watched, path: str) -> Page:
    """The page with the tape, at its start."""
    page = watched.open(path)
    until(lambda: page.get_by_role("slider", name="Position on the tape").count())
    pause(page)
    expect(page.locator("svg.graph g.item").first).to_be_visible()
    return page


def look_for(page: Page, words: str) -> None:
    """Open the search by its key and write into it."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.get_by_role("combobox", name="Search the tape")).to_have_value(words)


def options(page: Page) -> Locator:
    """What was found."""
    return page.get_by_role("listbox", name="Found on the tape").get_by_role("option")


def box_in_graph(page: Page, item: Locator) -> dict[str, Any]:
    """An item's box, once it stands still inside the graph's pane."""
    pane = page.get_by_role("region", name="Graph").locator(".graph-host").bounding_box()
    assert pane is not None
    last: list[Any] = []

    def still() -> Any:
        box = item.bounding_box()
        last.append(box)
        settled = box and len(last) > 2 and last[-2] == box
        inside = (
            box
            and box["x"] >= pane["x"]
            and box["y"] >= pane["y"]
            and box["x"] + box["width"] <= pane["x"] + pane["width"]
            and box["y"] + box["height"] <= pane["y"] + pane["height"]
        )
        return box if settled and inside else None

    found: dict[str, Any] = until(still, 10)
    return found


def test_something_is_found_by_keyboard_alone(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    step = step_of(page)
    look_for(page, "net.h.3.fc.weight")
    field = page.get_by_role("combobox", name="Search the tape")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "found-0")

    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "found-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    expect(field).to_have_count(0)
    expect(page.locator(".inspector .card h3").first).to_have_text("net.h.3.fc.weight")
    assert step_of(page) == step


def test_control_k_opens_the_search_in_the_editor_too_and_escape_gives_the_focus_back(
    watched: Watched, tape: str
) -> None:
    page = opened(watched, tape)
    page.get_by_role("textbox", name="Program").click()
    expect(page.get_by_role("textbox", name="Program")).to_be_focused()

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search the tape")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("combobox", name="Search the tape")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Program")).to_be_focused()


def test_an_empty_search_offers_what_can_be_asked_and_remembers_what_was(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("option", name=re.compile("^op:")).click()
    expect(page.get_by_role("combobox", name="Search the tape")).to_have_value("op:")
    expect(page.get_by_role("group", name="Forward ops")).to_be_visible()
    page.keyboard.type("relu")
    page.keyboard.press("Enter")

    page.keyboard.press("/")

    expect(page.get_by_role("group", name="Recent searches").get_by_role("option")).to_have_text(["op:relu"])


def test_a_shape_is_found_and_what_matched_is_marked(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)

    look_for(page, "op:linear [4, 16]")

    expect(options(page)).to_have_count(6)
    expect(options(page).first.locator("mark")).to_have_text(["linear", "4×16"])
    expect(page.locator(".finder-foot").get_by_role("status")).to_have_text("6 things found")


def test_nan_finds_what_produced_it_and_alt_enter_goes_there(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    look_for(page, "nan")
    expect(options(page)).to_have_count(1)
    expect(page.locator(".finder-note")).to_contain_text("What produced a NaN")

    page.keyboard.press("Alt+Enter")

    expect(page.locator(".inspector .card h3").first).to_have_text("log")
    expect(page.get_by_role("slider", name="Position on the tape")).to_have_attribute(
        "aria-valuetext", re.compile("log")
    )


def test_the_step_in_a_row_can_be_clicked(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    look_for(page, "op:log")
    wanted = options(page).first.locator(".found-step").inner_text()

    options(page).first.locator(".found-step").click()

    until(lambda: wanted == f"step {step_of(page)}")
    expect(page.locator(".inspector .card h3").first).to_have_text("log")


def test_unused_finds_the_parameters_without_a_gradient(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)

    look_for(page, "unused")

    expect(options(page).locator(".found-title")).to_have_text(["net.spare.weight", "net.spare.bias"])


def test_a_thing_inside_closed_groups_is_revealed_and_can_be_read(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    relu = page.get_by_role("button", name=re.compile("^op relu"))
    expect(relu).to_have_count(0)

    look_for(page, "op:relu net.h.4")
    page.keyboard.press("Enter")

    box = box_in_graph(page, relu)
    assert box["height"] > 28
    expect(relu).to_have_class(re.compile("selected"))
    until(lambda: "sel=op:" in address(page) and "open=" in address(page))


def test_a_revealed_thing_is_brought_back_from_anywhere(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    look_for(page, "op:relu net.h.4")
    page.keyboard.press("Enter")
    relu = page.get_by_role("button", name=re.compile("^op relu"))
    box_in_graph(page, relu)
    host = page.locator(".graph-host").bounding_box()
    assert host is not None
    page.mouse.move(host["x"] + host["width"] / 2, host["y"] + host["height"] / 2)
    for _ in range(12):
        page.mouse.wheel(0, 400)
    until(lambda: page.locator("svg.graph").get_attribute("data-detail") == "0")

    look_for(page, "op:relu net.h.4")
    page.keyboard.press("Enter")

    assert box_in_graph(page, relu)["height"] > 28


def test_lineage_counts_what_feeds_a_thing_and_dims_the_rest(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    look_for(page, "op:relu net.h.4")
    page.keyboard.press("Enter")
    lineage = page.get_by_role("region", name="Lineage")
    expect(lineage.locator("summary")).to_have_text(
        ["fed by 18 parameters", "fed by 18 ops", "feeds 9 ops", "6 ops to the loss"]
    )
    lineage.get_by_text("fed by 18 parameters").click()
    expect(lineage.get_by_role("button", name="net.h.4.fc.weight")).to_be_visible()

    lineage.get_by_role("button", name="Show in the graph").click()

    expect(lineage.get_by_role("button", name="Show in the graph")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("f")
    expect(page.get_by_role("button", name=re.compile("^op relu"))).not_to_have_class(re.compile("dimmed"))
    expect(page.get_by_role("button", name=re.compile("^op log"))).to_have_class(re.compile("dimmed"))
    expect(page.locator(".traced-note")).to_contain_text("Lineage of relu")

    page.keyboard.press("Escape")

    expect(page.locator("svg.graph .dimmed")).to_have_count(0)
    expect(page.locator(".inspector .card h3").first).to_have_text("relu")


def test_a_lineage_stays_while_the_graph_is_moved_and_opened(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    look_for(page, "param:net.h.5.fc.weight")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show in the graph").click()
    expect(page.locator('.item.forward.dimmed[data-id^="f:call:"]').first).to_be_attached()
    host = page.locator(".graph-host").bounding_box()
    assert host is not None

    page.mouse.move(host["x"] + 40, host["y"] + 40)
    page.mouse.down()
    page.mouse.move(host["x"] + 40, host["y"] + 400, steps=6)
    page.mouse.up()
    group = page.locator(".item.group.closed.forward.dimmed").first
    group.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".item.group.open.forward.dimmed")).to_have_count(1)
    expect(page.locator('[data-id="f:call:0"]')).not_to_have_class(re.compile("dimmed"))
    expect(page.get_by_role("button", name=re.compile("^op relu"))).to_have_class(re.compile("dimmed"))


def test_a_node_says_where_its_gradient_comes_from(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)

    look_for(page, "node:relu net.h.5")
    page.keyboard.press("Enter")

    summaries = page.get_by_role("region", name="Lineage").locator("summary")
    expect(summaries.nth(0)).to_have_text(re.compile(r"^gets its gradient through \d+ nodes$"))
    expect(summaries.nth(2)).to_have_text("reaches 22 parameters")
    expect(summaries.nth(3)).to_have_text(re.compile("^[0-9]+ nodes to the loss$"))


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_on_a_phone_the_search_covers_the_top_bar_and_shows_the_graph(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    page.get_by_role("tab", name="Details").click()
    page.get_by_role("button", name="Search", exact=True).click()
    field = page.locator(".finder-field").bounding_box()
    assert field is not None
    assert (field["x"], field["y"], field["width"]) == (0, 0, 400)
    page.keyboard.type("op:relu net.h.2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400

    options(page).first.click()

    expect(page.get_by_role("tab", name="Graph")).to_have_attribute("aria-selected", "true")
    assert box_in_graph(page, page.get_by_role("button", name=re.compile("^op relu")))["height"] > 28


@light_dark_and_phone
def test_axe_finds_no_violation_in_the_search_and_the_lineage(watched: Watched, tape: str) -> None:
    page = opened(watched, tape)
    found = []
    for words in ("", "nan", "net.h.4"):
        page.get_by_role("button", name="Search", exact=True).click()
        page.keyboard.type(words)
        found += violations(page)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Search", exact=True).click()
    page.keyboard.type("op:relu net.h.4")
    page.keyboard.press("Enter")
    if page.get_by_role("tab", name="Details").count():
        page.get_by_role("tab", name="Details").click()
    page.get_by_role("button", name="Show in the graph").click()
    found += violations(page)

    assert found == []
