"""A person debugs a tape: steps over and out, sets breakpoints, plays until one stops it, in both directions."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import (
    PHONE,
    last_of,
    light_dark_and_phone,
    narration,
    pause,
    playing,
    run,
    step_of,
    until,
    violations,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PROGRAM = """import torch

layers = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
x = torch.ones(1, 2)
a = torch.tensor(3.0, requires_grad=True)
b = a * 50
b.register_hook(lambda g: g + 1)
c = b * layers(x).sum()
c.backward()
"""


def ready(watched: Watched, source: str = PROGRAM) -> Page:
    """The page with a program's tape, at its start, without the focus in the editor."""
    page = playing(watched)
    run(page, source)
    until(lambda: last_of(page) > 5)
    pause(page)
    page.get_by_role("heading", name="Source").click()
    page.keyboard.press("Home")
    return page


def breakpoints(page: Page) -> Locator:
    """The panel of breakpoints."""
    return page.get_by_role("complementary", name="Breakpoints")


def add(page: Page, condition: str, size: str | None = None) -> None:
    """Add a condition by the panel's form, and close the panel."""
    page.keyboard.press("Shift+B")
    page.get_by_label("Stop when").select_option(label=condition)
    if size is not None:
        page.get_by_role("spinbutton").fill(size)
    breakpoints(page).get_by_role("button", name="Add", exact=True).click()
    breakpoints(page).get_by_role("button", name="Close breakpoints").click()


def heard(page: Page) -> str:
    """What the live region says."""
    return page.get_by_role("status").filter(has_text="Step").text_content() or ""


def step_until(page: Page, pattern: str) -> None:
    """Step on to an event whose sentence matches."""
    while not re.search(pattern, narration(page)):
        before = step_of(page)
        page.keyboard.press("ArrowRight")
        assert step_of(page) > before, f"no step says {pattern}"


def test_over_out_and_into_by_button(watched: Watched) -> None:
    page = ready(watched)
    step_until(page, r"layers .*is called")
    entered = step_of(page)

    page.get_by_role("button", name="Next", exact=True).click()
    assert "layers.0" in narration(page)
    page.get_by_role("button", name="Step out", exact=True).click()
    assert re.search(r"layers\.0 returns", narration(page))
    page.get_by_role("button", name="Step over", exact=True).click()
    assert re.search(r"layers\.1 returns", narration(page))
    page.get_by_role("button", name="Back over", exact=True).click()
    assert re.search(r"layers\.0 returns", narration(page))
    page.get_by_role("button", name="Step out", exact=True).click()
    assert re.search(r"layers returns", narration(page))
    page.get_by_role("button", name="Back over", exact=True).click()
    assert step_of(page) == entered - 1
    page.get_by_role("button", name="Step over", exact=True).click()
    assert re.search(r"layers returns", narration(page))


def test_over_out_and_back_by_key(watched: Watched) -> None:
    page = ready(watched)
    step_until(page, r"backward\(\) begins")
    begun = step_of(page)

    page.keyboard.press("u")
    assert "backward pass is complete" in narration(page)
    page.keyboard.press("Shift+O")
    assert step_of(page) == begun - 1
    page.keyboard.press("o")
    assert "backward pass is complete" in narration(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+U")
    assert step_of(page) == begun - 1


def test_a_gradient_above_a_size_stops_the_tape_and_says_why(watched: Watched) -> None:
    page = ready(watched)
    add(page, "|gradient| is above …", "10")
    page.get_by_label("Speed").select_option(label="8×")
    page.get_by_role("heading", name="Source").click()

    page.keyboard.press("Space")
    until(lambda: step_of(page) > 5 and page.get_by_role("button", name="Play", exact=True).count())

    assert step_of(page) < last_of(page)
    stopped = step_of(page)
    expect(page.get_by_role("contentinfo")).to_contain_text(re.compile(r"Stopped: \|gradient\| above 10 in \w+"))
    assert "Stopped at a breakpoint: |gradient| above 10 in" in heard(page)

    page.keyboard.press("End")
    page.keyboard.press("r")
    until(lambda: step_of(page) < last_of(page) and page.get_by_role("button", name="Play", exact=True).count())
    assert stopped <= step_of(page) < last_of(page)
    assert "Stopped at a breakpoint: |gradient| above 10 in" in heard(page)
    page.keyboard.press("Home")
    page.keyboard.press("n")
    assert step_of(page) == stopped


def test_a_breakpoint_on_a_source_line_from_its_margin(watched: Watched) -> None:
    page = ready(watched)

    margin = page.locator(".stops-gutter .cm-gutterElement")
    number = page.locator(".cm-lineNumbers .cm-gutterElement", has_text=re.compile("^6$"))
    box, left = number.bounding_box(), margin.nth(1).bounding_box()
    assert box is not None
    assert left is not None
    page.mouse.click(left["x"] + left["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.locator(".line-stop")).to_have_count(1)
    page.keyboard.press("n")
    assert re.search(r"mul takes a", narration(page))
    assert "breakpoint: line 6: b = a * 50" in heard(page)
    page.keyboard.press("n")
    assert "MulBackward0" in narration(page)
    page.keyboard.press("p")
    assert re.search(r"mul takes a", narration(page))


def test_a_breakpoint_on_the_selected_thing_is_switched_off_and_removed(watched: Watched) -> None:
    page = ready(watched)
    page.get_by_role("button", name=re.compile("autograd node MulBackward0, b = a")).click()

    here = page.get_by_role("button", name="Break here")
    here.click()
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Breakpoints, 1 of 1 on")).to_be_visible()
    page.get_by_role("button", name="Next breakpoint").click()
    stopped = step_of(page)
    assert "MulBackward0" in narration(page)
    assert "receives" in narration(page)

    page.get_by_role("button", name="Breakpoints, 1 of 1 on").click()
    page.get_by_role("checkbox", name=re.compile("MulBackward0")).uncheck()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="Next breakpoint")).to_be_disabled()
    page.get_by_role("checkbox", name=re.compile("MulBackward0")).check()
    page.get_by_role("button", name="Next breakpoint").click()
    assert step_of(page) == stopped
    page.get_by_role("button", name=re.compile("Remove MulBackward0")).click()
    expect(here).to_have_attribute("aria-pressed", "false")
    expect(breakpoints(page)).to_contain_text("None yet")


def test_breakpoints_survive_a_reload_and_belong_to_their_program(watched: Watched) -> None:
    page = ready(watched)
    page.get_by_role("textbox", name="Program").click()
    page.keyboard.press("Control+Home")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("F9")
    page.get_by_role("heading", name="Source").click()
    add(page, "a hook changes a gradient")

    page.reload()
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    expect(page.locator(".line-stop")).to_have_count(1)
    page.keyboard.press("Shift+B")
    expect(breakpoints(page).get_by_role("listitem")).to_have_count(2)
    expect(breakpoints(page)).to_contain_text("line 9: c.backward()")
    page.keyboard.press("Escape")

    other = playing(watched)
    expect(other.get_by_role("button", name="Breakpoints", exact=True)).to_be_visible()


def test_after_an_edit_a_line_keeps_its_breakpoint(watched: Watched) -> None:
    page = ready(watched)
    page.get_by_role("textbox", name="Program").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("F9")

    run(page, f"# one line more\n{PROGRAM}")

    page.get_by_role("heading", name="Source").click()
    pause(page)
    page.keyboard.press("Shift+B")
    expect(breakpoints(page)).to_contain_text("line 10: c.backward()")


def test_a_debugging_session_by_keyboard_alone(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")
    page.keyboard.press("o")
    page.keyboard.press("b")
    page.keyboard.press("Shift+B")
    expect(breakpoints(page)).to_be_focused()
    page.keyboard.press("Tab")  # Close
    page.keyboard.press("Tab")  # the switch of the first breakpoint
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name=re.compile("Breakpoints, 0 of 1 on"))).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # its Remove
    page.keyboard.press("Tab")
    expect(page.get_by_label("Stop when")).to_be_focused()
    page.keyboard.type("a hook ch")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(breakpoints(page)).to_contain_text("a hook changes a gradient")
    page.keyboard.press("Escape")
    expect(breakpoints(page)).to_have_count(0)

    page.keyboard.press("n")
    assert re.search("e_hook changes .* from 1 to 2", narration(page))
    page.keyboard.press("n")
    assert re.search("d_hook changes", narration(page))
    page.keyboard.press("p")
    assert re.search("e_hook changes", narration(page))
    page.keyboard.press(".")
    page.keyboard.press(",")
    page.keyboard.press("?")
    for words in ("step over", "play backwards", "run to the next breakpoint"):
        expect(page.get_by_role("complementary", name="Help")).to_contain_text(words)


def test_run_to_the_next_event_of_a_kind_about_a_thing_or_in_a_line(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")
    page.keyboard.press("Shift+B")
    group = page.get_by_role("group", name="Run to an event")

    group.get_by_label("Event to run to").select_option(label="a .grad is written")
    group.get_by_role("button", name="Next such event").click()
    assert re.search(r"d\.grad was None, is now 112", narration(page))
    group.get_by_role("button", name="Next such event").click()
    group.get_by_role("button", name="Next such event").click()
    expect(group.get_by_role("button", name="Next such event")).to_be_disabled()
    group.get_by_label("Event to run to").select_option("line")
    group.get_by_role("button", name="Previous such event").click()
    assert "AccumulateGrad" in narration(page)


def test_a_tape_without_numbers_says_that_a_condition_cannot_be_known(watched: Watched) -> None:
    page = playing(watched)
    page.get_by_role("button", name="Recording options").click()
    page.get_by_label("Keep of tensors").select_option("structure")
    run(page, PROGRAM)
    until(lambda: last_of(page) > 5)
    pause(page)
    page.get_by_role("heading", name="Source").click()

    add(page, "a NaN or Inf appears")

    page.keyboard.press("Shift+B")
    expect(breakpoints(page)).to_contain_text("Cannot be known: this tape was recorded without numbers")


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_phone_has_the_whole_debugger(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")

    for name in ("Previous breakpoint", "Back out", "Back over", "Step over", "Step out", "Next breakpoint"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= 400 - box["width"]
    page.get_by_role("button", name="Breakpoints", exact=True).click()
    page.get_by_label("Stop when").select_option(label="a hook changes a gradient")
    breakpoints(page).get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Next breakpoint").click()
    assert "e_hook changes" in narration(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@light_dark_and_phone
def test_axe_finds_no_violation_with_breakpoints(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("b")
    add(page, "a NaN or Inf appears")
    add(page, "a hook changes a gradient")
    page.keyboard.press("n")
    page.keyboard.press("Shift+B")
    page.get_by_role("checkbox", name="a NaN or Inf appears").uncheck()

    assert violations(page) == []
