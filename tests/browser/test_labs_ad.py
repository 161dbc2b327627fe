"""A person differentiates: the survey's example op by op, an expression of their own, mistakes, by mouse and keys."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import (
    CHINESE,
    ENGLISH,
    PHONE,
    address,
    both_languages,
    speaking,
    until,
    violations_in_every_look,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FORWARD = ["1", "0", "0.5", "5", "0", "5.5", "5.5"]
PRIMAL = ["2", "5", "0.69315", "10", "−0.95892", "10.693", "11.652"]
ADJOINT = ["5.5", "1.7163", "1", "1", "−1", "1", "1"]

WRONG = {
    ENGLISH: {
        "ln(x1) + 2x2": "A sign is missing between 2 and x2: for a product write 2 * x2.",
        "ln(x1": "This bracket is never closed: add a ).",
        "foo(x1)": "There is no function foo here. There are: ln, exp,",
        "x1 +": "Something must follow “+”",
        "3": "There is no variable in it",
        "y = x1\ny = x2": "y is set twice: give one of them another name.",
        "a+b+c+d+e+f+g": "The lab follows at most 6 inputs.",
    },
    CHINESE: {
        "ln(x1) + 2x2": "2 和 x2 之间缺运算符：乘积请写 2 * x2。",
        "ln(x1": "这个括号没有闭合：请补一个 )。",
        "foo(x1)": "这里没有函数 foo。可用的有：ln, exp,",
        "x1 +": "“+”后面还缺一个数、变量名或括号。",
        "3": "里面没有变量，无从求导",
        "y = x1\ny = x2": "y 定义了两次：请给其中一个换个名字。",
        "a+b+c+d+e+f+g": "实验室最多跟踪 6 个输入。",
    },
}


def lab(watched: Watched, path: str = "/labs/ad", language: str = ENGLISH) -> Page:
    """The lab, once both programs are recorded."""
    speaking(watched, language)
    page = watched.open(path)
    until(lambda: page.locator(".ad-stage:not(.waiting) tbody tr.now, .ad-stage:not(.waiting) tbody tr.back").count())
    return page


def column(page: Page, of: str) -> list[str]:
    """What a column of the trace shows, from top to bottom."""
    return [text.strip() for text in page.locator(f".ad-table tbody td.{of}").all_text_contents()]


def expression(page: Page, text: str, language: str = ENGLISH) -> None:
    """Type another expression."""
    page.locator(".ad-expression textarea").fill(text)


def test_the_survey_s_table_is_there_with_its_numbers(watched: Watched) -> None:
    page = lab(watched)

    assert column(page, "value") == PRIMAL
    assert column(page, "tangent.number") == FORWARD
    assert column(page, "adjoint.number") == ADJOINT
    expect(page.locator(".ad-table")).to_contain_text("−0.28366 + 2")
    expect(page.locator(".ad-matrix.forward caption")).to_have_text("Forward mode 2 inputs: 2 passes, a column each")
    expect(page.locator(".ad-matrix.backward caption")).to_have_text("Reverse mode 1 output: 1 pass, a row each")
    for kind in ("forward", "backward"):
        assert page.locator(f".ad-matrix.{kind} .cell").all_text_contents() == ["5.5", "1.7163"]
    expect(page.locator(".ad-jacobian")).to_contain_text("Largest difference between the two: 0.")


def test_columns_fill_op_by_op_and_back_by_keyboard_alone(watched: Watched) -> None:
    page = lab(watched)
    steps = len(PRIMAL)

    page.keyboard.press("Home")
    assert column(page, "value") == ["·"] * steps
    for done in range(1, steps + 1):
        page.keyboard.press("ArrowRight")
        until(lambda done=done: column(page, "tangent.number") == FORWARD[:done] + ["·"] * (steps - done))
        assert column(page, "value")[:done] == PRIMAL[:done]
        assert column(page, "adjoint.number") == ["·"] * steps
    expect(page.get_by_role("status").last).to_contain_text("v₅ = v₄ − v₃ = 11.652")

    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").last).to_contain_text("The backward pass begins with the seed: v̄₅ = 1")
    for row in (6, 5, 4, 3, 1, 2, 0):
        page.keyboard.press("ArrowRight")
        until(lambda row=row: column(page, "adjoint.number")[row] == ADJOINT[row])
    page.keyboard.press("Shift+ArrowLeft")
    until(lambda: column(page, "adjoint.number") == ["·"] * steps)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("End")
    until(lambda: column(page, "adjoint.number") == ADJOINT)


def test_an_expression_of_one_s_own_is_recorded_kept_in_the_address_and_undone(watched: Watched) -> None:
    page = lab(watched)

    expression(page, "y1 = x^2 * z\ny2 = sin(x)")
    page.get_by_label("x =", exact=True).fill("3")
    until(lambda: column(page, "value")[0:2] == ["3", "1"] and column(page, "tangent.number")[-1:] != ["·"])

    until(lambda: page.locator(".ad-matrix.forward .cell").all_text_contents() == ["6", "9", "−0.98999", "0"])
    assert page.locator(".ad-matrix.backward .cell").all_text_contents() == ["6", "9", "−0.98999", "0"]
    until(lambda: "x%5E2" in address(page))
    page.reload()
    until(lambda: page.locator(".ad-matrix.forward .cell").all_text_contents() == ["6", "9", "−0.98999", "0"])

    expression(page, "x")
    until(lambda: column(page, "value") == ["3"])
    page.keyboard.press("Control+z")
    until(lambda: page.locator(".ad-expression textarea").input_value() == "y1 = x^2 * z\ny2 = sin(x)")
    until(lambda: page.locator(".ad-matrix.forward .cell").all_text_contents() == ["6", "9", "−0.98999", "0"])


def test_seeds_are_chosen_by_mouse_and_by_keyboard(watched: Watched) -> None:
    page = lab(watched)

    page.get_by_text("ẋ2 = 1", exact=True).click()
    until(lambda: column(page, "tangent.number") == ["0", "1", "0", "2", "0.28366", "2", "1.7163"])

    page.get_by_role("radio", name="ẋ2 = 1").focus()
    page.keyboard.press("ArrowRight")
    until(lambda: page.get_by_label("ẋ1 =").count() == 2)
    until(lambda: page.locator(".ad-programs").inner_text().count("fwAD.make_dual") == 2)
    page.locator(".ad-number", has_text="ẋ1 =").locator("input").fill("1")
    until(lambda: column(page, "tangent.number")[-1] == "7.2163")
    page.locator(".ad-seeds.backward").get_by_text("own").click()
    page.locator(".ad-number", has_text="ȳ =").locator("input").fill("2")
    until(lambda: column(page, "adjoint.number")[:2] == ["11", "3.4327"])


def test_the_recording_opens_in_the_player_at_the_moment_that_is_shown(watched: Watched) -> None:
    page = lab(watched)
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")

    page.get_by_role("link", name="Open this recording in the player").first.click()

    until(lambda: re.search(r"/t/[^/]+#step=4", address(page)))
    expect(page.locator("body")).to_contain_text("torch.log(x1)")


@both_languages
def test_a_mistake_gets_a_sentence_that_says_what_to_change(watched: Watched, language: str) -> None:
    page = lab(watched, language=language)

    for text, sentence in WRONG[language].items():
        expression(page, text)
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        assert page.locator(".ad-expression textarea").get_attribute("aria-invalid") == "true"
    expression(page, "x1")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_mistake_is_marked_where_it_is(watched: Watched) -> None:
    page = lab(watched)

    expression(page, "ln(x1) + 2x2")

    expect(page.locator(".ad-context mark")).to_have_text("2x2")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "v₂ = ln(v₁) is NaN: ln is defined for numbers above 0, and here v₁ = -1. Change x1 or x2"),
        (CHINESE, "v₂ = ln(v₁) 得到 NaN：ln 只对大于 0 的数有定义，而这里 v₁ = -1。请修改 x1 或 x2"),
    ],
)
def test_where_a_number_is_lost_is_explained(watched: Watched, language: str, text: str) -> None:
    page = lab(watched, "/labs/ad#f=ln(x1-x2)*x2&at=x1=1;x2=2", language)

    expect(page.get_by_role("alert")).to_contain_text(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [(ENGLISH, "two is no number for x1: write one, such as 2 or -0.5."), (CHINESE, "two 不是数，不能赋给 x1")],
)
def test_a_point_of_letters_is_explained(watched: Watched, language: str, text: str) -> None:
    page = lab(watched, language=language)

    page.get_by_label("x1 =", exact=True).fill("two")

    expect(page.get_by_role("alert")).to_contain_text(text)


def test_what_is_typed_is_shown_as_text(watched: Watched) -> None:
    page = lab(watched)

    expression(page, "<img src=x onerror=alert(1)>")

    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


@both_languages
def test_axe_finds_no_violation(watched: Watched, language: str) -> None:
    page = lab(watched, language=language)
    page.keyboard.press("ArrowLeft")

    assert violations_in_every_look(page) == []
    expression(page, "ln(x1")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations_in_every_look(page) == []


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
@both_languages
def test_a_phone_reads_it_without_scrolling_sideways(watched: Watched, language: str) -> None:
    page = lab(watched, language=language)

    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("document.querySelector('.lab').scrollWidth") <= 400


@both_languages
def test_no_english_is_left_in_the_other_language(watched: Watched, language: str) -> None:
    page = lab(watched, language=language)

    text = page.locator("main").inner_text()

    words = {"chain rule", "Forward seed", "The whole Jacobian, by either mode", "Open this recording in the player"}
    assert {word for word in words if word in text} == (words if language == ENGLISH else set())


def test_a_recording_that_waits_is_cancelled_and_asked_for_again(watched: Watched) -> None:
    page = lab(watched)
    busy = {"source": "while True: pass"}
    waiting = [httpx.post(f"{watched.base}/api/v1/tapes", json=busy).json() for _ in range(6)]

    expression(page, "x1 * cos(x2) + 1")
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    for _ in range(2):
        cancel.click()
    again = page.get_by_role("button", name="Record it")
    again.click()
    for each in waiting:
        assert httpx.delete(f"{watched.base}/api/v1/tapes/{each['id']}").is_success

    until(lambda: column(page, "value")[-1] not in ("", "·"), 60)
    assert column(page, "value")[:2] == ["2", "5"]
    expect(again).to_have_count(0)


def test_the_start_page_leads_to_the_labs_and_each_lab_to_the_others(watched: Watched) -> None:
    page = watched.open("/")

    page.get_by_role("link", name="Labs", exact=True).click()
    page.get_by_role("main").get_by_role("link", name=re.compile("Forward and reverse mode")).click()
    expect(page.get_by_role("heading", name="Forward and reverse mode", level=1)).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Einsum").click()
    expect(page.get_by_role("heading", name="Einsum", level=1)).to_be_visible()
    expect(page).to_have_title("Einsum · Tapedeck")
