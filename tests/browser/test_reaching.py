"""Everybody reaches everything: by button, by dropping a file, without motion, with a screen reader, on 400 pixels."""

from __future__ import annotations

import base64
import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, PROGRAM, address, last_of, narration, pause, playing, step_of, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
    const data = new DataTransfer()
    data.items.add(new File([bytes], name))
    const target = document.querySelector(".cm-content") ?? document.body
    const send = (kind) => target.dispatchEvent(
        new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })
    )
    return [send("dragenter"), send("dragover"), send("drop")]
}"""

MOVING = """() => document.getAnimations()
    .filter((each) => each.playState === "running" && Number(each.effect.getComputedTiming().activeDuration) > 1)
    .map((each) => each.animationName ?? each.transitionProperty)"""
"""What moves on the page."""


def drop(page: Page, name: str, content: bytes) -> None:
    """Drag a file from elsewhere over the page and let it go above the editor."""
    refused = page.evaluate(DROP, [name, base64.b64encode(content).decode()])
    # An event that nobody takes would make the browser leave the page for the file.
    assert refused == [False, False, False]


def test_a_tape_that_is_dropped_on_the_page_opens(watched: Watched, server: str) -> None:
    told = httpx.post(f"{server}/api/v1/tapes?wait=30", json={"source": PROGRAM}, timeout=60).json()
    content = httpx.get(f"{server}/api/v1/tapes/{told['id']}/file").content
    page = playing(watched)

    drop(page, "mine.tape", content)

    until(lambda: "/t/" in address(page))
    until(
        lambda: "register_hook(lambda g: g + 1)" in (page.get_by_role("textbox", name="Program").text_content() or "")
    )
    expect(page.locator(".drop-target")).to_have_count(0)


def test_a_file_that_is_no_tape_is_refused_with_a_sentence_and_the_page_stays(watched: Watched) -> None:
    page = playing(watched)
    before = last_of(page)

    drop(page, "holiday.jpg", b"\xff\xd8\xff\xe0 no tape at all")

    expect(page.get_by_role("alert")).to_contain_text("This file cannot be opened")
    assert last_of(page) == before
    watched.said[:] = [each for each in watched.said if "422" not in each and "400" not in each]


def test_every_control_of_the_transport_moves_as_it_says(watched: Watched) -> None:
    page = playing(watched)

    def press(name: str) -> int:
        page.get_by_role("group", name="Controls").get_by_role("button", name=name, exact=True).click()
        return step_of(page)

    last = last_of(page)
    assert press("To the end") == last
    assert press("Back") == last - 1
    assert press("Next") == last
    begin = press("Previous phase")
    assert 1 < begin < last
    assert press("Previous phase") < begin
    assert press("Next phase") == begin
    assert press("To the start") == 0
    press("Play")
    until(lambda: step_of(page) > 1)
    pause(page)
    there = step_of(page)
    press("Play backwards")
    until(lambda: step_of(page) < there)
    page.get_by_label("Speed").select_option(label="8×")
    expect(page.get_by_label("Speed")).to_have_value("8")


@pytest.mark.parametrize("watched", [{"reduced_motion": "reduce"}], ids=["reduced motion"], indirect=True)
def test_with_reduced_motion_nothing_plays_by_itself_and_nothing_travels(watched: Watched) -> None:
    page = watched.open()
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    page.wait_for_timeout(600)
    assert step_of(page) == 0
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()

    page.get_by_label("Speed").select_option(label="0.5×")
    page.get_by_role("heading", name="Source").click()
    page.keyboard.press("Space")
    moved = []
    told = set()
    until(lambda: (moved.extend(page.evaluate(MOVING)), told.add(narration(page)), step_of(page) > 5)[-1])
    pause(page)

    assert page.locator(".traveller").count() == 0
    assert moved == []
    assert len(told) > 4


@pytest.mark.parametrize(
    "watched",
    [{**PHONE, "color_scheme": "light"}, {**PHONE, "color_scheme": "dark"}],
    ids=["phone, light", "phone, dark"],
    indirect=True,
)
def test_axe_finds_no_violation_in_any_pane_of_a_phone(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("End")
    for tab in ("Source", "Graph", "Details"):
        page.get_by_role("tab", name=tab).first.click()
        if tab == "Source":
            expect(page.get_by_role("textbox", name="Program")).to_be_visible()
        assert violations(page) == [], tab
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab


@pytest.mark.parametrize(
    "watched", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=["light", "dark"], indirect=True
)
def test_axe_finds_no_violation_in_what_opens_on_request(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("End")
    page.get_by_role("button", name=re.compile("autograd node MulBackward0, e = c")).click()
    for name, opens in {
        "help": lambda: page.keyboard.press("?"),
        "legend": lambda: page.keyboard.press("l"),
        "programs": lambda: page.locator("details.menu > summary").first.click(),
        "take along": lambda: page.get_by_label("Take along").click(),
        "modules": lambda: page.get_by_role("tab", name="Modules").click(),
    }.items():
        opens()
        assert violations(page) == [], name
        page.keyboard.press("Escape")


def test_the_words_of_every_step_are_heard_where_the_tape_stops(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    heard = page.locator("p.hidden[role=status][aria-live=polite]")

    expect(heard).to_contain_text(f"Step {step_of(page)} of {last_of(page)}. ")
    expect(heard).to_contain_text(narration(page).split(". ", 1)[1])
