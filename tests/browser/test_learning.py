"""A newcomer learns: the gallery, notes at their moments, predictions, experiments, the check, in either language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, address, both_languages, speaking, until, violations_in_every_look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PATH = ["first-graph", "walkthrough", "where-a-hook-lives", "order-around-a-node", "what-a-hook-may-do"]


def recorded(page: Page) -> None:
    """Wait until the lesson's tape is there and its notes have found their moments."""
    until(lambda: page.locator(".lesson-notes button").count() and not page.locator(".lesson-notes .gone").count())
    until(lambda: page.locator(".graph-host svg").count())


def lesson(watched: Watched, slug: str, place: str = "") -> Page:
    """The page of a lesson."""
    page = watched.open(f"/learn/{slug}{place}")
    recorded(page)
    return page


def note(page: Page, number: int) -> None:
    """Go to a note, and see it under the graph."""
    one = page.locator(".lesson-notes li").nth(number)
    one.get_by_role("button").click()
    expect(one.get_by_role("button")).to_have_attribute("aria-current", "step")


def test_a_newcomer_walks_through_five_lessons_and_comes_to_the_labs(watched: Watched) -> None:
    page = watched.open("/")
    until(lambda: page.locator(".graph-host svg").count())
    page.get_by_role("link", name="Lessons").click()
    expect(page.get_by_role("heading", name="Learn autograd by watching it")).to_be_visible()
    expect(page.locator(".lesson-card:not(.lab)")).to_have_count(46)
    page.get_by_role("link", name="Begin").click()
    for slug in PATH:
        recorded(page)
        assert address(page).split("#")[0].endswith(f"/learn/{slug}")
        note(page, 0)
        expect(page.get_by_role("complementary", name="Note")).to_be_visible()
        answer(page)
        page.get_by_role("link", name="Next lesson").click()
    page.get_by_role("link", name="All lessons").click()
    expect(page.locator(".gallery-progress")).to_contain_text("5 of 46 lessons done")
    expect(page.locator(".lesson-card.done")).to_have_count(5)
    page.reload()
    expect(page.locator(".lesson-card.done")).to_have_count(5)
    labs = page.locator(".lesson-card.lab").evaluate_all("cards => cards.map(card => card.getAttribute('href'))")
    assert labs == [f"/labs/{name}" for name in ("ad", "einsum", "convolution", "fusion", "describe")]
    for lab in labs:
        page.goto(f"{watched.base}/learn")
        page.locator(f'.lesson-card.lab[href="{lab}"]').click()
        expect(page.locator("main h1, main h2").first).to_be_visible()
        if lab == "/labs/describe":
            continue  # it records when it is asked to
        # Each of the others has recorded its own first program, and says where it is played.
        expect(page.locator('a[href^="/t/"]').first).to_be_attached(timeout=30_000)


def answer(page: Page) -> None:
    """Choose until it is right."""
    check = page.locator(".lesson-check")
    for choice in check.get_by_role("radio").all():
        choice.click()
        if check.get_by_text("Right.").count():
            return
    raise AssertionError("no choice is right")


def test_a_lesson_is_learned_by_keyboard_alone(watched: Watched) -> None:
    page = lesson(watched, "walkthrough")
    page.keyboard.press("Space")
    note_card = page.get_by_role("complementary", name=re.compile("Note|Predict"))
    expect(note_card).to_be_visible(timeout=15_000)
    reach(page, page.locator(".lesson-check").get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(4):
        if page.locator(".lesson-check").get_by_text("Right.").count():
            break
        page.keyboard.press("ArrowDown")
    expect(page.locator(".lesson-check")).to_contain_text("Right.")
    reach(page, page.get_by_role("link", name="Next lesson"))
    page.keyboard.press("Enter")
    until(lambda: "/learn/where-a-hook-lives" in address(page))


def reach(page: Page, target) -> None:
    """Tab until it has the focus."""
    for _ in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not come to it")


def test_playing_pauses_at_each_note_unless_told_otherwise(watched: Watched) -> None:
    page = lesson(watched, "walkthrough")
    first = page.locator(".lesson-notes li").first
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".lesson-note")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.get_by_label("pause at each").uncheck()
    first.get_by_role("button").click()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_what_comes_next_is_asked_and_the_tape_answers(watched: Watched) -> None:
    page = lesson(watched, "walkthrough")
    page.get_by_label("Speed").select_option("4")
    card = page.get_by_role("complementary", name="Predict")
    for _ in range(12):
        page.get_by_role("button", name="Play", exact=True).click()
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=20_000)
        if card.count():
            break
    choices = card.get_by_role("radio")
    assert choices.count() >= 2
    choices.first.click()
    expect(card.locator(".answer")).to_contain_text(re.compile("Right|Not this time"))
    card.get_by_role("button", name="Step on").click()
    expect(page.get_by_role("complementary", name="Note")).to_be_visible()


def test_an_experiment_edits_the_program_and_records_it_again(watched: Watched) -> None:
    page = lesson(watched, "walkthrough")
    before = page.locator(".console").inner_text()
    option = page.locator(".experiment").first.locator("label:not(:has(:checked))").first
    option.click()
    until(lambda: page.locator(".console").inner_text() != before)
    expect(page.get_by_role("button", name="Reset").first).to_be_visible()
    changed = page.locator(".console").inner_text()
    page.reload()
    recorded_again = page.locator(".console")
    expect(recorded_again).to_have_text(changed, use_inner_text=True, timeout=20_000)
    page.locator(".lesson").locator("xpath=..").get_by_role("button", name="Reset").click()
    expect(recorded_again).to_have_text(before, use_inner_text=True, timeout=20_000)


def test_a_link_leads_to_a_moment_of_a_lesson(watched: Watched) -> None:
    page = lesson(watched, "first-graph")
    note(page, 2)
    until(lambda: "#note=" in address(page))
    where = address(page)
    page.goto("about:blank")
    page.goto(where)
    recorded(page)
    expect(page.locator(".lesson-notes li").nth(2).get_by_role("button")).to_have_attribute("aria-current", "step")


def test_what_is_clicked_is_shown_and_escape_leads_back_to_the_lesson(watched: Watched) -> None:
    page = lesson(watched, "first-graph")
    note(page, 0)
    page.locator('.item.forward[data-id^="f:op:"]').first.click()
    expect(page.get_by_role("tab", name="Details")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tab", name="Lesson")).to_have_attribute("aria-selected", "true")


def test_the_language_is_switched_and_stays(watched: Watched) -> None:
    page = lesson(watched, "first-graph")
    title = page.locator(".lesson h2").inner_text()
    page.get_by_role("button", name="简体中文").click()
    recorded(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.locator(".lesson h2").inner_text() != title
    expect(page.get_by_role("tab", name="课程")).to_be_visible()
    note(page, 0)
    expect(page.locator(".now-words")).to_contain_text(re.compile("[\u4e00-\u9fff]"))
    page.get_by_role("button", name="English").click()
    expect(page.locator(".lesson h2")).to_have_text(title)


def test_a_lesson_that_does_not_exist_says_so(watched: Watched) -> None:
    page = watched.open("/learn/nothing")
    expect(page.get_by_text("There is no such lesson.")).to_be_visible()
    watched.said = [said for said in watched.said if "404" not in said]


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_lesson_fits_a_phone(watched: Watched) -> None:
    page = watched.open("/learn/walkthrough")
    until(lambda: page.locator(".graph-host svg").count())
    page.get_by_role("tab", name="Lesson").click()
    recorded(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    answer(page)
    page.goto(f"{watched.base}/learn")
    expect(page.locator(".lesson-card").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@both_languages
def test_axe_finds_no_violation_in_the_gallery_and_in_a_lesson(watched: Watched, language: str) -> None:
    speaking(watched, language)
    page = watched.open("/learn")
    expect(page.locator(".lesson-card").first).to_be_visible()
    found = violations_in_every_look(page)
    page = lesson(watched, "walkthrough")
    note(page, 1)
    page.locator(".lesson-check").get_by_role("radio").first.click()
    found += violations_in_every_look(page)
    assert found == []
