"""A first visitor is offered a tour, and is never held by it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, playing, step_of, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TITLES = [
    "This is the tape",
    "Play it, or step",
    "Click a thing",
    "The source beside it",
    "Backward, hooks, and more",
]


def start(page: Page) -> None:
    """Take the offer."""
    page.get_by_role("button", name="Start the tour").click()


def test_it_is_offered_once_and_takes_no_focus(watched: Watched) -> None:
    page = playing(watched)

    expect(page.get_by_role("complementary", name="Tour")).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="No, thanks").click()
    expect(page.get_by_role("complementary", name="Tour")).to_have_count(0)
    page.reload()
    until(lambda: page.locator(".scrubber .thumb").count())
    expect(page.get_by_role("complementary", name="Tour")).to_have_count(0)


@pytest.mark.parametrize("watched", [{}, PHONE], ids=["wide", "phone"], indirect=True)
def test_its_five_steps_stand_beside_their_controls_by_keyboard_alone(watched: Watched) -> None:
    page = playing(watched)
    page.get_by_role("button", name="Start the tour").press("Enter")
    size = page.viewport_size
    assert size is not None

    for title in TITLES:
        card = page.get_by_role("dialog", name=title)
        expect(card).to_be_visible()
        until(lambda: page.locator(".tour-ring").count())
        box, ring = card.bounding_box(), page.locator(".tour-ring").bounding_box()
        assert box is not None
        assert ring is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"]
        assert 0 <= box["y"] <= box["y"] + box["height"] <= size["height"]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.keyboard.press("Enter")
    expect(page.locator(".tour")).to_have_count(0)


def test_the_page_works_while_it_is_open_and_escape_ends_it(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")
    start(page)
    before = step_of(page)

    page.keyboard.press("ArrowRight")
    assert step_of(page) == before + 1
    page.get_by_role("button", name="Next", exact=True).first.click()
    page.keyboard.press("Escape")
    expect(page.locator(".tour")).to_have_count(0)
    assert step_of(page) >= before + 1


def test_it_is_found_again_in_help(watched: Watched) -> None:
    page = playing(watched)
    page.get_by_role("button", name="No, thanks").click()

    page.keyboard.press("?")
    page.get_by_role("button", name="Show the tour").click()

    expect(page.get_by_role("dialog", name=TITLES[0])).to_be_visible()
    expect(page.get_by_role("complementary", name="Help")).to_have_count(0)


@pytest.mark.parametrize(
    "watched",
    [{"color_scheme": "light"}, {"color_scheme": "dark", "reduced_motion": "reduce"}, PHONE],
    ids=["light", "dark, reduced motion", "phone"],
    indirect=True,
)
def test_axe_finds_no_violation_in_it(watched: Watched) -> None:
    page = playing(watched)
    start(page)

    for _ in TITLES:
        assert violations(page) == []
        page.locator(".tour .primary").click()
