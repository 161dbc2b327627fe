"""A person folds and unfolds what repeats itself: equal modules as one stack, the steps of a loop along time."""

from __future__ import annotations

import re
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, address, until, violations
from tests.browser.test_finding import PROGRAM as BLOCKS
from tests.browser.test_finding import box_in_graph, look_for, opened

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LOOP = """import torch
from torch import nn

torch.manual_seed(0)
cell, head = nn.GRUCell(3, 4), nn.Linear(4, 1)
xs, h, states = torch.randn(20, 2, 3), torch.zeros(2, 4), []
for x in range(20):
    h = cell(xs[x], h)
    states.append(h)
head(torch.stack(states)).sum().backward()
"""


def recorded(server: str, source: str) -> str:
    """The path of a program's tape."""
    answer = httpx.post(f"{server}/api/v1/tapes", params={"wait": 30}, json={"source": source}, timeout=60)
    return f"/t/{answer.json()['id']}"


@pytest.fixture(scope="module")
def blocks(server: str) -> str:
    """A tape of six equal blocks."""
    return recorded(server, BLOCKS)


@pytest.fixture(scope="module")
def loop(server: str) -> str:
    """A tape of twenty steps of a GRU."""
    return recorded(server, LOOP)


def stack(page: Page) -> Locator:
    """The six blocks as one thing, on the forward side."""
    return page.locator('g.item.forward[data-id^="f:stack:"]')


def block(page: Page, number: int) -> Locator:
    """One block, on the forward side."""
    return page.locator("g.item.forward").and_(page.get_by_role("button", name=re.compile(rf"^module h\.{number},")))


def turner(item: Locator) -> Locator:
    """The arrow that opens and closes a group."""
    return item.locator(":scope > .turner-room")


def step_to(page: Page, step: int) -> None:
    """Go to a step by the keyboard."""
    page.get_by_role("slider", name="Position on the tape").focus()
    page.keyboard.press("Home")
    for _ in range(step // 10):
        page.keyboard.press("Shift+ArrowRight")
    for _ in range(step % 10):
        page.keyboard.press("ArrowRight")


def test_equal_blocks_are_one_stack_that_opens_and_closes(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    expect(stack(page)).to_have_attribute("aria-label", re.compile(r"^equal modules h\.0 – h\.5, 6 × Block, 4×8 · "))
    expect(stack(page)).to_have_attribute("aria-expanded", "false")
    expect(block(page, 3)).to_have_count(0)

    turner(stack(page)).click()
    for number in range(6):
        expect(block(page, number)).to_have_count(1)
    expect(stack(page)).to_have_attribute("aria-expanded", "true")

    stack(page).locator(":scope > .title").dispatch_event("dblclick")
    expect(block(page, 3)).to_have_count(0)

    page.keyboard.press("z")
    expect(block(page, 3)).to_have_count(1)
    page.keyboard.press("z")
    expect(block(page, 3)).to_have_count(0)


def test_by_keyboard_a_stack_opens_closes_and_keeps_the_focus(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    stack(page).focus()
    page.keyboard.press("Enter")
    expect(block(page, 0)).to_have_count(1)
    expect(stack(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(block(page, 0)).to_have_count(0)
    expect(stack(page)).to_be_focused()

    page.keyboard.press("e")
    expect(block(page, 0)).to_have_count(1)
    page.keyboard.press("Shift+E")
    expect(block(page, 0)).to_have_count(0)


def test_the_address_remembers_what_is_unfolded(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    turner(stack(page)).click()
    until(lambda: "stack:" in unquote(address(page)))
    page.reload()
    expect(block(page, 5)).to_have_count(1)

    turner(stack(page)).click()
    until(lambda: "stack:" not in unquote(address(page)))
    page.reload()
    expect(stack(page)).to_have_attribute("aria-expanded", "false")
    expect(block(page, 5)).to_have_count(0)


def test_a_thing_that_is_found_inside_is_shown_there(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    look_for(page, "op:relu net.h.4")
    page.keyboard.press("Enter")
    relu = page.get_by_role("button", name=re.compile("^op relu"))
    box_in_graph(page, relu)
    expect(stack(page)).to_have_attribute("aria-expanded", "true")


def test_a_stack_says_which_of_its_blocks_runs_and_how_far_it_is(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    expect(stack(page).locator(".piece.done")).to_have_count(0)
    expect(stack(page).locator(".piece")).to_have_count(6)
    seen: list[str] = []
    page.get_by_role("slider", name="Position on the tape").focus()
    for _ in range(300):
        page.keyboard.press("ArrowRight")
        if len(seen) == 6:
            break
        words = re.search(r"(h\.\d) · (\d) of 6", stack(page).get_attribute("aria-label") or "")
        if words and words[0] not in seen:
            seen.append(words[0])
    assert seen == [f"h.{number} · {number + 1} of 6" for number in range(6)]

    page.keyboard.press("End")
    expect(stack(page).locator(".piece.done")).to_have_count(6)
    behind = page.locator('g.item.backward[data-id^="b:stack:"]')
    expect(behind).to_have_attribute("aria-label", re.compile("done$"))
    expect(behind.locator(".piece.done")).to_have_count(6)


def test_what_happens_or_is_selected_inside_lights_the_stack(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    page.get_by_role("slider", name="Position on the tape").focus()
    while not re.search(r"now", stack(page).get_attribute("class") or ""):
        page.keyboard.press("ArrowRight")
    expect(stack(page)).not_to_have_class(re.compile("selected"))

    op = httpx.get(f"{watched.base}/api/v1/tapes/{blocks[3:]}/tape").json()["ops"]
    relu = next(row.get("id", number) for number, row in enumerate(op) if row["label"] == "relu")
    watched.page.goto("about:blank")
    page = watched.open(f"{blocks}#step=0&sel=op:{relu}")
    expect(stack(page)).to_have_class(re.compile("selected"))
    turner(stack(page)).click()
    expect(stack(page)).not_to_have_class(re.compile("selected"))
    expect(block(page, 0)).to_have_class(re.compile("selected"))


def test_the_card_of_a_stack_has_the_gradient_of_each_of_its_blocks(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    stack(page).locator(":scope > .title").dispatch_event("click")
    card = page.get_by_role("article", name="What repeats itself")
    expect(card).to_contain_text("6 × Block")
    rows = card.get_by_role("button")
    expect(rows).to_have_count(6)
    expect(rows.nth(3)).to_have_attribute("aria-label", re.compile("no gradient yet"))
    page.keyboard.press("End")
    for number in range(6):
        expect(rows.nth(number)).to_have_attribute("aria-label", re.compile(rf"h\.{number}, Block: ‖\.grad‖ \d"))

    rows.nth(3).click()
    expect(page.get_by_role("region", name="Inspector").get_by_role("article").first).to_contain_text("h.3")
    expect(card.locator("[aria-current]")).to_have_attribute("aria-label", re.compile(r"h\.3"))
    expect(stack(page)).to_have_class(re.compile("selected"))


def test_from_afar_the_names_of_things_can_still_be_read(watched: Watched, blocks: str) -> None:
    page = opened(watched, blocks)
    page.keyboard.press("f")
    until(lambda: page.evaluate("document.querySelector('svg.graph').dataset.detail") != "3")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("svg.graph g.item.group > .title")]
          .filter((title) => title.getClientRects().length && Number(getComputedStyle(title).opacity) > 0)
          .map((title) => parseFloat(getComputedStyle(title).fontSize) * title.getScreenCTM().a)"""
    )
    assert sizes
    assert min(sizes) > 9


def test_steps_of_a_loop_stand_along_time_with_the_middle_put_away(watched: Watched, loop: str) -> None:
    page = opened(watched, loop)
    turns = page.locator('g.item.forward[data-id^="f:turn:"]')
    expect(turns).to_have_count(5)
    boxes = [turns.nth(number).bounding_box() for number in range(5)]
    words = [turns.nth(number).get_attribute("aria-label") or "" for number in range(5)]
    assert [re.sub(r",.*", "", each) for each in words] == [f"turn of a loop t = {n}" for n in (0, 1, 2, 18, 19)]
    lefts = [box["x"] for box in boxes if box]
    assert lefts == sorted(lefts)
    assert len({box["y"] for box in boxes if box}) == 1

    rest = page.locator('g.item.forward[data-id^="f:rest:"]')
    expect(rest).to_have_attribute("aria-label", re.compile(r"^turns of a loop … 15 more …, t = 3 – 17"))
    step_to(page, 40)
    expect(rest).to_have_attribute("aria-label", re.compile(r"t = \d+ · \d+ of 15"))
    turner(rest).click()
    expect(turns).to_have_count(20)
    until(lambda: "rest:" in unquote(address(page)))
    page.keyboard.press("z")
    expect(turns).to_have_count(5)


def test_a_step_in_the_middle_is_found_and_shown(watched: Watched, loop: str) -> None:
    page = opened(watched, loop)
    look_for(page, "op:gru_cell")
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    cell = page.locator("g.item.forward.selected").and_(page.get_by_role("button", name=re.compile("^op gru_cell")))
    box_in_graph(page, cell)
    expect(page.locator('g.item.forward[data-id^="f:rest:"]')).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize(
    "watched", [{}, {"color_scheme": "dark"}, PHONE], indirect=True, ids=["light", "dark", "400px"]
)
def test_axe_has_nothing_to_say(watched: Watched, blocks: str, loop: str) -> None:
    for path in (blocks, loop):
        page = opened(watched, path)
        step_to(page, 30)
        assert violations(page) == []
