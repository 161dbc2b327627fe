"""A learner in the fusion lab: its steps, the mistakes one can make, what ones cannot see; by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import (
    both_languages,
    far_away,
    hash_of,
    sideways,
    speaking,
    tab_to,
    until,
    violations_in_every_look,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def board(page: Page, name: str) -> Locator:
    """A board of numbers, by its name."""
    return page.get_by_role("application", name=re.compile(rf"^{re.escape(name)}[,，]"))


def arrive(watched: Watched, path: str = "/labs/fusion") -> Page:
    """The lab, once its first recording is shown."""
    page = watched.open(path)
    expect(page.locator(".fuse-told")).to_be_visible(timeout=30_000)
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until what is shown is of what is chosen."""
    until(lambda: page.locator(".fuse-told:not(.stale)[aria-busy=false]").count() == 1)


def card(page: Page, name: str) -> Locator:
    """A card, by its title."""
    return page.get_by_role("region", name=name, exact=True)


def says(page: Page) -> Locator:
    """What is said of the present step."""
    return page.locator(".lab-says")


def test_three_branches_become_one_step_by_step(watched: Watched) -> None:
    page = arrive(watched)
    expect(says(page)).to_contain_text("44 parameters become 38")
    page.get_by_role("button", name="To the start").click()
    expect(board(page, "fused.weight")).to_have_count(0)
    expect(board(page, "conv1.weight")).to_be_visible()

    step = page.get_by_role("button", name="Next")
    for sentence, name in [
        ("gets a ring of zeros", "padded"),
        ("a 1 in the middle, from each channel to itself", "identity"),
        ("The kernels add up. In the middle of the first one: −0.09078 + 0.3155 + 1 = 1.225.", "fused.weight"),
    ]:
        step.click()
        expect(says(page)).to_contain_text(sentence)
        expect(board(page, name)).to_be_visible()
    step.click()
    expect(says(page)).to_contain_text("−0.1376 + 0.1196 = −0.01796")


def test_ones_do_not_notice_a_swapped_identity(watched: Watched) -> None:
    page = arrive(watched)
    expect(card(page, "On random input")).to_contain_text("rounding only")
    page.get_by_label("Swap the identity").check()

    expect(card(page, "On random input")).to_contain_text("3.627", timeout=20_000)
    expect(card(page, "On random input")).to_contain_text("not the same")
    expect(card(page, "On random input")).to_contain_text("rejects 162 of 162 numbers")
    expect(card(page, "On ones")).to_contain_text("rounding only")
    expect(page.get_by_text("Both channels of the ones are equal")).to_contain_text("differ by up to 3.627")
    until(lambda: "swap=yes" in hash_of(page))
    page.get_by_role("button", name="Undo").click()
    expect(card(page, "On random input")).to_contain_text("rounding only", timeout=20_000)


def test_the_graphs_have_the_notes_counts(watched: Watched) -> None:
    page = arrive(watched)

    expect(card(page, "Before")).to_contain_text("44 parameters")
    expect(card(page, "Before")).to_contain_text("8 nodes")
    expect(card(page, "After")).to_contain_text("38 parameters")
    expect(card(page, "After")).to_contain_text("3 nodes")
    drawn = card(page, "Before").get_by_role("img", name=re.compile("^Autograd nodes"))
    expect(drawn).to_have_attribute("aria-label", re.compile("AddBackward0, AddBackward0, ConvolutionBackward0"))
    assert drawn.locator(".fuse-item").count() == 8


def test_pointing_at_a_weight_shows_what_it_is_the_sum_of(watched: Watched) -> None:
    page = arrive(watched)
    box = board(page, "fused.weight").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1.5 * box["width"] / 6, box["y"] + 1.5 * box["height"] / 6)

    expect(page.locator(".fuse-written")).to_have_text("[0, 0, 1, 1] −0.09078 + 0.3155 + 1 = 1.225")


def test_batch_norm_folds_in_eval_mode_and_torch_refuses_train_mode(watched: Watched) -> None:
    page = arrive(watched)
    page.get_by_role("radio", name="convolution + BatchNorm").check()
    expect(card(page, "In eval mode")).to_contain_text("rounding only", timeout=20_000)
    expect(page.get_by_role("cell", name="0.9644", exact=True)).to_be_visible()
    expect(card(page, "Before")).to_contain_text("6 nodes")

    page.get_by_role("radio", name="train").check()
    expect(card(page, "In train mode")).to_contain_text("1.654", timeout=20_000)
    expect(page.get_by_text("AssertionError: Fusion only for eval!")).to_be_visible()
    expect(page.get_by_text("choose eval, or call eval() before it")).to_be_visible()
    page.get_by_role("link", name="Open this recording in the player").click()
    expect(page.get_by_role("slider", name="Position on the tape")).to_be_visible(timeout=30_000)


def test_everything_can_be_done_by_keyboard_alone(watched: Watched) -> None:
    page = arrive(watched)

    tab_to(page, page.get_by_label("Swap the identity"))
    page.keyboard.press("Space")
    expect(card(page, "On random input")).to_contain_text("not the same", timeout=20_000)
    settle(page)
    tab_to(page, board(page, "fused.weight"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fuse-written")).to_have_text("[0, 0, 1, 1] −0.09078 + 0.3155 + 0 = 0.2247")
    tab_to(page, page.get_by_role("slider", name="Step of the fusion"))
    page.keyboard.press("Home")
    expect(says(page)).to_contain_text("Three branches read the same x")
    page.keyboard.press("ArrowRight")
    expect(says(page)).to_contain_text("ring of zeros")
    until(lambda: "step=0" in hash_of(page))
    page.keyboard.press("Control+z")
    expect(card(page, "On random input")).to_contain_text("rounding only", timeout=20_000)


def test_200_seeds_are_recorded_counted_and_can_be_cancelled(watched: Watched) -> None:
    page = arrive(watched)
    with far_away(page):
        page.get_by_role("button", name="Record 200 seeds").click()
        page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.get_by_text("of 200", exact=False).filter(has_text=re.compile(r"^\d+ of 200$"))).to_have_count(0)

    page.get_by_role("button", name="Record 200 seeds").click()
    counts = page.get_by_text(re.compile(r"^\d+ of 200$"))
    expect(counts).to_have_count(2, timeout=60_000)
    random, ones = (int(text.split()[0]) for text in counts.all_inner_texts())
    assert 20 <= random <= 150
    assert 1 <= ones <= 60


SEED = {"en": "The seed is “abc”: write a whole number", "zh-Hans": "随机种子写成了“abc”：请写"}


@pytest.mark.parametrize("language", SEED)
def test_a_seed_of_letters_gets_a_sentence_in_the_chosen_language(watched: Watched, language: str) -> None:
    speaking(watched, language)
    page = arrive(watched)

    page.locator(".fuse-seed input").fill("abc")
    expect(page.get_by_role("alert")).to_contain_text(SEED[language])
    page.locator(".fuse-seed input").fill("3")
    expect(page.get_by_role("alert")).to_have_count(0)
    until(lambda: "seed=3" in hash_of(page))
    settle(page)


def test_what_was_chosen_is_there_after_a_reload(watched: Watched) -> None:
    page = arrive(watched, "/labs/fusion#swap=yes&bias=no&step=1")
    until(lambda: "step=1" in hash_of(page))
    page.reload()
    expect(says(page)).to_contain_text("its channels are swapped", timeout=30_000)
    expect(page.get_by_label("Forget a bias")).to_be_checked()


@both_languages
def test_axe_finds_nothing_and_nothing_is_cut_off_to_the_side(watched: Watched, language: str) -> None:
    speaking(watched, language)
    page = arrive(watched, "/labs/fusion#swap=yes")
    assert violations_in_every_look(page) == []
    assert sideways(page) == 0

    page.goto(f"{watched.base}/labs/fusion#what=norm&mode=train&step=0")
    expect(page.get_by_text("Fusion only for eval!")).to_be_visible(timeout=20_000)
    settle(page)
    assert violations_in_every_look(page) == []
    assert sideways(page) == 0
