"""A person looks closer at a part of a long tape."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, last_of, step_of, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PROGRAM = """import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
for _ in range(3):
    net[0].weight.register_hook(lambda g: g * 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(40):
    optimizer.zero_grad()
    net(torch.randn(2, 4)).pow(2).mean().backward()
    optimizer.step()
"""


def long(watched: Watched, step: int = 300) -> Page:
    """A tape of a training loop, on the page."""
    request = {"source": PROGRAM, "options": {"values": "structure"}}
    told = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json=request, timeout=90).json()
    page = watched.open(f"/t/{told['id']}#step={step}")
    until(lambda: page.locator(".scrubber .thumb").count())
    return page


def shown(page: Page) -> tuple[int, int]:
    """The first and the last step that the scrubber shows."""
    part = page.get_by_role("scrollbar", name="Part of the tape that is shown")
    if not part.count():
        return 1, last_of(page)
    words = (part.get_attribute("aria-valuetext") or "").replace(",", "").split()
    return int(words[1]), int(words[3])


def at(page: Page, share: float, height: float = 31) -> tuple[float, float]:
    """A place on the scrubber."""
    box = page.locator(".scrubber").bounding_box()
    assert box is not None
    return box["x"] + 10 + (box["width"] - 20) * share, box["y"] + height


def test_the_wheel_zooms_around_the_pointer_and_a_double_click_shows_all_again(watched: Watched) -> None:
    page = long(watched)
    everything = last_of(page)
    page.mouse.move(*at(page, 0.25))
    page.mouse.wheel(0, -700)
    until(lambda: shown(page)[1] < everything)
    first, last = shown(page)
    assert abs((everything * 0.25 - first) / (last - first) - 0.25) < 0.03

    page.mouse.dblclick(*at(page, 0.25))
    until(lambda: shown(page) == (1, everything))


def test_zoomed_in_the_track_scrubs_finely_and_the_flame_strip_drags_the_tape(watched: Watched) -> None:
    page = long(watched)
    page.mouse.move(*at(page, 0.5))
    page.mouse.wheel(0, -1000)
    until(lambda: shown(page)[0] > 1)
    first, last = shown(page)

    page.mouse.click(*at(page, 0.5, 43))
    middle = step_of(page)
    assert abs(middle - (first + last) / 2) < (last - first) * 0.05 + 2

    page.mouse.move(*at(page, 0.5, 8))
    page.mouse.down()
    page.mouse.move(*at(page, 0.8, 8), steps=6)
    page.mouse.up()
    until(lambda: shown(page)[0] < first - (last - first) * 0.2)
    assert step_of(page) == middle


def test_stepping_out_of_the_window_takes_the_window_along(watched: Watched) -> None:
    page = long(watched)
    page.keyboard.press("w")
    until(lambda: shown(page)[0] > 1)

    page.keyboard.press("End")
    until(lambda: shown(page)[1] == last_of(page))
    page.keyboard.press("Home")
    until(lambda: shown(page)[0] == 1)


def test_keys_and_buttons_narrow_to_the_iteration_then_the_phase_then_show_all(watched: Watched) -> None:
    page = long(watched)
    everything = shown(page)
    page.keyboard.press("w")
    until(lambda: shown(page) != everything)
    iteration = shown(page)
    page.get_by_role("button", name="This iteration, this phase, the whole tape").click()
    until(lambda: shown(page) != iteration)
    phase = shown(page)
    assert phase[1] - phase[0] < iteration[1] - iteration[0] < everything[1] / 20
    page.keyboard.press("w")
    until(lambda: shown(page) == everything)

    page.keyboard.press("x")
    until(lambda: shown(page) != everything)
    assert page.get_by_role("button", name="Zoom out").is_enabled()
    page.keyboard.press("Shift+X")
    until(lambda: shown(page) == everything)
    assert page.get_by_role("button", name="Zoom out").is_disabled()


def test_the_overview_moves_the_window_by_keyboard_and_leaves_the_step_alone(watched: Watched) -> None:
    page = long(watched)
    page.keyboard.press("w")
    until(lambda: shown(page)[0] > 1)
    before, step = shown(page), step_of(page)

    page.get_by_role("scrollbar", name="Part of the tape that is shown").focus()
    page.keyboard.press("PageDown")
    until(lambda: shown(page)[0] >= before[1] - 2)
    page.keyboard.press("Home")
    until(lambda: shown(page)[0] == 1)
    assert step_of(page) == step


def test_hooks_that_stand_too_close_are_counted(watched: Watched) -> None:
    page = long(watched)

    page.mouse.move(*at(page, 0.5))
    for share in range(40, 60):
        page.mouse.move(*at(page, share / 100))
        if page.locator(".tip .crowd").count():
            break
    expect(page.locator(".tip .crowd")).to_contain_text("hook calls here; the wheel zooms in")


@pytest.mark.parametrize(
    "watched",
    [{"color_scheme": "light"}, {**PHONE, "color_scheme": "dark"}],
    ids=["light", "phone"],
    indirect=True,
)
def test_axe_finds_no_violation_while_zoomed(watched: Watched) -> None:
    page = long(watched)
    page.keyboard.press("w")
    until(lambda: page.get_by_role("scrollbar", name="Part of the tape").count())

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
