"""A person looks at less of the graph: one side, an overlay, without some kinds, a neighbourhood, through a map."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, address, last_of, light_dark_and_phone, pause, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WALK = """import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = a * b
c.register_hook(lambda g: g + 2)
d = torch.tensor(4.0, requires_grad=True)
e = c * d
e.backward()
"""

NET = """import torch
from torch import nn

torch.manual_seed(0)

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        return x + torch.relu(self.fc(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.h = nn.ModuleList(Block() for _ in range(6))

    def forward(self, x):
        for block in self.h:
            x = block(x)
        return x

net = Net()
net(torch.randn(4, 8)).sum().backward()
"""


def opened(watched: Watched, source: str, fragment: str = "") -> Page:
    """The page on a recorded program, paused."""
    told = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json={"source": source}, timeout=60).json()
    assert told["status"] == "finished"
    page = watched.open(f"/t/{told['id']}{fragment}")
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    pause(page)
    page.locator("svg.graph g.item").first.wait_for()
    return page


def item(page: Page, id: str) -> Locator:
    """One drawn box, by side and thing: `f:op:3`."""
    return page.locator(f'svg.graph g.item[data-id="{id}"]')


def sides(page: Page) -> set[str]:
    """The sides that have boxes."""
    ids: list[str] = page.locator("svg.graph g.item").evaluate_all("all => all.map(each => each.dataset.id)")
    return {id[0] for id in ids}


def named(page: Page, pattern: str) -> Locator:
    """Boxes by what a screen reader says of them."""
    return page.locator("svg.graph").get_by_role("button", name=re.compile(pattern))


def box_of(place: Locator) -> Any:
    """Where something is on the screen."""
    return until(place.bounding_box)


def is_now(place: Locator) -> bool:
    """Whether a box is the one where it happens."""
    return " now" in (place.get_attribute("class") or "")


def test_each_side_alone_and_both_by_button_and_by_key(watched: Watched) -> None:
    page = opened(watched, WALK)
    assert sides(page) == {"f", "b"}

    page.get_by_role("button", name="Forward", exact=True).click()
    until(lambda: sides(page) == {"f"})
    expect(page.get_by_role("button", name="Forward", exact=True)).to_have_attribute("aria-pressed", "true")
    until(lambda: "view=forward" in address(page))

    page.keyboard.press("v")
    until(lambda: sides(page) == {"b"})
    page.keyboard.press("z")
    until(lambda: sides(page) == {"f"})
    page.keyboard.press("z")
    until(lambda: sides(page) == {"f", "b"})
    until(lambda: "view=" not in address(page))


def test_an_overlay_shows_each_ops_grad_fn_and_gradients_on_the_same_wires(watched: Watched) -> None:
    page = opened(watched, WALK, "#view=overlay")
    page.keyboard.press("End")
    store = named(page, "^gradient store AccumulateGrad.*a.grad = 18")
    expect(store).to_be_visible()
    expect(page.locator("svg.graph .chip.backward").first).to_be_visible()

    node, op = named(page, "^autograd node MulBackward0").first, named(page, "^op mul").first
    below, above = box_of(node.locator(".shape")), box_of(op.locator(".shape"))
    assert abs(below["x"] + below["width"] / 2 - above["x"] - above["width"] / 2) < 2
    assert above["y"] < below["y"] < above["y"] + above["height"] + 1
    node.locator("text").first.click()
    expect(page.locator(".inspector .card h3").first).to_have_text("MulBackward0")

    wires: list[list[str]] = page.locator("svg.graph g.wire").evaluate_all(
        "all => all.map(each => [each.classList[1][0], each.querySelector('.line').getAttribute('d')])"
    )
    down = sorted(path.count("C") for side, path in wires if side == "f")
    up = sorted(path.count("C") for side, path in wires if side == "b")
    assert down == up


def test_while_the_backward_pass_plays_an_overlay_marks_the_node_and_not_its_op(watched: Watched) -> None:
    page = opened(watched, WALK, "#view=overlay")
    for _ in range(last_of(page)):
        page.keyboard.press("ArrowRight")
        if any(is_now(each) for each in named(page, "^autograd node").all()):
            break
    node = page.locator("svg.graph g.item.now")
    expect(node).to_have_count(1)
    expect(node).to_have_attribute("data-id", re.compile("^b:"))


def test_hidden_kinds_are_said_bridged_and_brought_back_with_one_click(watched: Watched) -> None:
    page = opened(watched, NET)
    page.keyboard.press("e")
    page.keyboard.press("e")
    until(lambda: named(page, "^op relu").count() > 0)
    page.keyboard.press("k")
    expect(page.get_by_role("checkbox", name=re.compile("^Functional ops"))).to_be_focused()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name=re.compile("^Parameters")).uncheck()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="2 kinds hidden")).to_be_focused()
    until(lambda: "view=both-functional-parameters" in address(page))
    assert named(page, "^op relu").count() == 0
    assert named(page, "^leaf tensor").count() == 0
    assert named(page, "^hidden op add").count() > 0
    page.keyboard.press("f")
    assert page.locator("svg.graph g.wire.past").count() > 0

    page.get_by_role("button", name="Show every kind again").click()
    until(lambda: named(page, "^op relu").count() > 0)
    expect(page.locator("svg.graph g.wire.past")).to_have_count(0)
    until(lambda: "view=" not in address(page))


def test_what_happens_in_a_hidden_op_shows_on_the_wire_past_it(watched: Watched) -> None:
    source = WALK.replace("e = c * d", "s = c.sin()\ne = s.cos() * d")
    page = opened(watched, source, "#view=forward-functional&step=2")
    for _ in range(last_of(page)):
        if page.locator("svg.graph .chip.past.now").count():
            break
        page.keyboard.press("ArrowRight")
    expect(page.locator("svg.graph .chip.past.now")).to_have_text("⋯ 2 hidden")


def test_neighbours_grow_hop_by_hop_and_escape_shows_everything_again(watched: Watched) -> None:
    page = opened(watched, NET, "#open=call:0")
    until(lambda: named(page, "^module h.2").count() == 2)
    named(page, "^module h.2").first.locator(".title").click()
    page.keyboard.press("h")
    note = page.get_by_role("status").filter(has_text="Within 1 hop of")
    expect(note).to_contain_text("net.h.2")
    until(lambda: named(page, "^module h\\.").count() == 6)
    until(lambda: re.search(r"view=both~call:\d+~1", address(page)))

    page.keyboard.press("h")
    until(lambda: named(page, "^module h\\.").count() == 10)
    page.keyboard.press("Shift+H")
    until(lambda: named(page, "^module h\\.").count() == 6)

    page.keyboard.press("Escape")
    until(lambda: named(page, "^module h\\.").count() == 12)
    expect(page.get_by_role("status").filter(has_text="hop of")).to_have_count(0)
    page.keyboard.press("z")
    until(lambda: named(page, "^module h\\.").count() == 6)


def test_the_menu_is_opened_walked_and_left_by_keyboard(watched: Watched) -> None:
    page = opened(watched, WALK)
    page.keyboard.press("End")
    op = named(page, "^op mul").first
    op.focus()
    page.keyboard.press("Shift+F10")
    menu = page.get_by_role("menu", name="mul")
    expect(menu.get_by_role("menuitem", name="Bring it to the middle")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Previous event about it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(op).to_be_focused()

    page.keyboard.press("Shift+F10")
    menu.get_by_role("menuitem", name="Show path to the loss").press("Enter")
    expect(menu).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="path to the loss")).to_be_visible()
    leaf = named(page, "^leaf tensor d")
    expect(leaf.first).to_have_class(re.compile("dimmed"))
    expect(named(page, "^result e").first).not_to_have_class(re.compile("dimmed"))
    page.keyboard.press("Escape")
    expect(page.locator("svg.graph .dimmed")).to_have_count(0)


def test_the_lineage_of_what_is_shown_comes_part_after_part_by_one_key(watched: Watched) -> None:
    page = opened(watched, WALK)
    page.keyboard.press("End")
    named(page, "^op mul").first.locator(".title").click()
    seen = []
    for _ in range(5):
        page.keyboard.press("t")
        seen.append(page.locator(".traced-note").inner_text().replace("\n", " "))
    assert [each.split("mul")[-1].strip() for each in seen] == [
        "",
        "what feeds it",
        "which parameters feed it",
        "what it feeds",
        "path to the loss",
    ]
    page.keyboard.press("t")
    expect(page.locator(".traced-note")).to_have_count(0)


def test_the_inspector_lights_one_part_of_a_lineage(watched: Watched) -> None:
    page = opened(watched, WALK)
    named(page, "^op mul").first.locator(".title").click()
    button = page.get_by_role("button", name="In the graph: what it feeds")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(named(page, "^leaf tensor a").first).to_have_class(re.compile("dimmed"))
    button.click()
    expect(page.locator("svg.graph .dimmed")).to_have_count(0)


def test_a_breakpoint_is_set_and_removed_on_its_box(watched: Watched) -> None:
    page = opened(watched, WALK)
    op = named(page, "^op mul").first
    op.hover()
    page.locator("svg.graph g.stop.ghost").click()
    mark = page.locator("svg.graph").get_by_role("button", name="Breakpoint: click to remove it")
    expect(mark).to_have_count(1)
    page.keyboard.press("n")
    expect(op).to_have_class(re.compile(" now"))

    mark.focus()
    page.keyboard.press("Enter")
    expect(mark).to_have_count(0)
    page.keyboard.press("b")
    expect(mark).to_have_count(1)


def test_a_closed_module_says_that_a_breakpoint_is_inside(watched: Watched) -> None:
    page = opened(watched, NET)
    page.keyboard.press("e")
    page.keyboard.press("e")
    until(lambda: named(page, "^op relu").count() > 0)
    named(page, "^op relu").first.locator(".title").click()
    page.keyboard.press("b")
    page.keyboard.press("Shift+E")
    page.keyboard.press("Shift+E")
    inside = page.locator("svg.graph").get_by_role("button", name="1 breakpoint inside")
    expect(inside).to_have_count(1)
    inside.focus()
    page.keyboard.press("Enter")
    until(lambda: page.locator("svg.graph g.stop:not(.inside)").count() == 1)


def test_what_is_shown_is_brought_to_the_middle(watched: Watched) -> None:
    page = opened(watched, NET, "#open=call:0")
    page.keyboard.press("f")
    named(page, "^module h.5").first.locator(".title").click(force=True)
    page.keyboard.press("g")

    def middle() -> bool:
        group, pane = box_of(named(page, "^module h.5").first), box_of(page.locator(".graph-host"))
        return abs(group["y"] + group["height"] / 2 - pane["y"] - pane["height"] / 2) < 30

    until(middle)


def test_the_map_moves_the_graph_by_click_drag_and_keys(watched: Watched) -> None:
    page = opened(watched, NET)
    for _ in range(3):
        page.keyboard.press("e")
    until(lambda: named(page, "^op relu").count() > 0)
    chart = page.get_by_role("application", name=re.compile("^Minimap"))
    expect(chart).to_be_visible()
    world = page.locator("svg.graph g.world")
    place = box_of(chart)
    before = world.get_attribute("transform")
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] - 8)
    until(lambda: world.get_attribute("transform") != before)

    clicked = world.get_attribute("transform")
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] - 12)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + 12, steps=4)
    page.mouse.up()
    until(lambda: world.get_attribute("transform") != clicked)

    step = page.get_by_role("slider", name="Position on the tape").get_attribute("aria-valuenow")
    dragged = world.get_attribute("transform")
    chart.focus()
    page.keyboard.press("ArrowDown")
    until(lambda: world.get_attribute("transform") != dragged)
    assert page.get_by_role("slider", name="Position on the tape").get_attribute("aria-valuenow") == step

    page.keyboard.press("m")
    expect(chart).to_have_count(0)
    expect(page.get_by_role("button", name="Minimap")).to_have_attribute("aria-pressed", "false")


def test_there_is_no_map_of_a_graph_that_is_all_in_view(watched: Watched) -> None:
    page = opened(watched, WALK)
    chart = page.get_by_role("application", name=re.compile("^Minimap"))
    expect(chart).to_be_hidden()
    for _ in range(6):
        page.keyboard.press("+")
    expect(chart).to_be_visible()


def test_searching_for_what_is_hidden_shows_it_again(watched: Watched) -> None:
    page = opened(watched, WALK, "#view=both-functional-hooks")
    until(lambda: named(page, "^hidden op mul").count() == 2)
    assert page.locator("svg.graph g.hook").count() == 0
    page.keyboard.press("/")
    page.keyboard.type("param:d")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="2 kinds hidden")).to_be_visible()
    page.keyboard.press("k")
    page.get_by_role("checkbox", name=re.compile("^Parameters")).uncheck()
    page.keyboard.press("Escape")
    until(lambda: named(page, "^leaf tensor d").count() == 0)
    page.keyboard.press("/")
    page.keyboard.type("param:d")
    page.keyboard.press("Enter")
    until(lambda: named(page, "^leaf tensor d").count() == 1)
    expect(page.get_by_role("button", name="2 kinds hidden")).to_be_visible()


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_phone_has_every_view_without_scrolling_sideways(watched: Watched) -> None:
    page = opened(watched, WALK)
    page.get_by_role("button", name="Overlay", exact=True).click()
    until(lambda: "view=overlay" in address(page))
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("checkbox", name=re.compile("^Hooks")).uncheck()
    expect(page.get_by_role("button", name="1 kind hidden")).to_be_visible()
    edge = box_of(page.get_by_role("group", name="Kinds that are shown"))
    assert edge["x"] >= 0
    assert edge["x"] + edge["width"] <= 400
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@light_dark_and_phone
def test_axe_finds_no_violation_in_any_view(watched: Watched) -> None:
    page = opened(watched, WALK, "#view=overlay-buffers")
    page.keyboard.press("End")
    named(page, "^op mul").first.focus()
    found = []
    page.keyboard.press("Shift+F10")
    found += violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("h")
    page.keyboard.press("k")
    expect(page.get_by_role("status").filter(has_text="hop of")).to_be_visible()
    found += violations(page)
    page.keyboard.press("Escape")
    for _ in range(6):
        page.keyboard.press("+")
    found += violations(page)

    assert found == []
