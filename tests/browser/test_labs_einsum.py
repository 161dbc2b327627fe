"""A person contracts: the notes' matrices cell by cell, adjoints, an equation of their own, refusals explained."""

from __future__ import annotations

import re

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

WRONG = {
    "ik,kj->ii": (
        "einsum(): output subscript i appears more than once in the output",
        "Index i stands twice in the output: an output has each index once.",
        "指标 i 在输出里出现两次：输出中每个指标只能出现一次。",
        "i",
    ),
    "ik,kj->iz": (
        "einsum(): output subscript z does not appear in the equation for any input operand",
        "Index z is in the output and in no operand, so there is nothing to put there: use one of i, k, j.",
        "指标 z 只在输出里出现，操作数里没有，无值可填：请用 i, k, j 之一。",
        "z",
    ),
    "ik,jk->ij": (
        "einsum(): subscript k has size 5 for operand 1 which does not broadcast with previously seen size 3",
        "Index k runs to 3 in operand a and to 5 in operand b: give both the same size, or use another letter",
        "指标 k 在操作数 a 中大小为 3，在操作数 b 中为 5",
        "k",
    ),
    "ik,kj,jl": (
        "einsum(): fewer operands were provided than specified in the equation",
        "The equation has 3 terms, but there are only 2 operands: take a term away, or add a shape.",
        "等式有 3 项，但只有 2 个操作数",
        ",jl",
    ),
    "ikk,kj->ij": (
        "einsum(): the number of subscripts in the equation (3) does not match the number of dimensions (2)",
        "Operand a has 2 dimensions, its term has 3 indices: write one index for each dimension",
        "操作数 a 有 2 维，而它的项有 3 个指标",
        "ikk",
    ),
    "i1,kj->ij": (
        "einsum(): invalid subscript given at index 1 in the equation string",
        "“1” is no index: an index is one letter from a to z or A to Z; sizes stand in the shapes.",
        "“1”不是指标",
        "1",
    ),
    "..k,kj->j": (
        "einsum(): found '.' for operand 0 that is not part of any ellipsis",
        "A dot stands alone in operand a: an ellipsis is written with exactly three dots",
        "操作数 a里有单独的点",
        "..",
    ),
}


def lab(watched: Watched, path: str = "/labs/einsum", language: str = ENGLISH) -> Page:
    """The lab, once its program is recorded."""
    speaking(watched, language)
    page = watched.open(path)
    until(lambda: page.locator(".ein-node, .ein-refused pre").count())
    return page


def output(page: Page) -> list[str]:
    """The cells of the tensor that the loops fill."""
    return page.locator(".ein-grid").last.locator("td.cell").all_text_contents()


def test_the_notes_product_is_there_with_its_gradients_and_nodes(watched: Watched) -> None:
    page = lab(watched)

    assert output(page) == ["36", "60", "47", "48", "41", "52", "110", "72", "98", "82"]
    grads = page.locator(".ein-check code").all_text_contents()
    assert [one.split() for one in grads] == [["17", "26", "26"] * 2, ["12"] * 5 + ["4"] * 5 + ["13"] * 5]
    expect(page.locator(".ein-rule").first).to_contain_text('ā = einsum("ij,kj->ik", g, b)')
    expect(page.locator(".ein-rule").last).to_contain_text('b̄ = einsum("ij,ik->kj", g, a)')
    assert page.locator(".ein-adjoints").inner_text().count("Largest difference from the contraction: 0.") == 2
    nodes = page.locator(".ein-node b").all_text_contents()
    assert len(nodes) == 14
    assert nodes[:4] == ["ViewBackward0", "PermuteBackward0", "ViewBackward0", "BmmBackward0"]
    expect(page.locator(".ein-reading")).to_contain_text("Summed, because it is missing on the right: k.")


def test_loops_are_played_cell_by_cell_by_keyboard_alone(watched: Watched) -> None:
    page = lab(watched)

    page.keyboard.press("Home")
    until(lambda: output(page) == [""] * 10)
    page.keyboard.press("ArrowRight")
    until(lambda: output(page)[0] == "36")
    assert page.locator(".ein-grid td.cell.now").all_text_contents() == ["6", "6", "36"]
    expect(page.get_by_role("status").last).to_have_text("y[0, 0] += a[0, 0] · b[0, 0] = 6 · 6 = 36; so far 36")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").last).to_have_text("y[0, 1] += a[0, 1] · b[1, 1] = 0 · 8 = 0; so far 30")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").last).to_contain_text("the sum is complete: 60")
    assert output(page)[:3] == ["36", "60", ""]
    page.keyboard.press("Space")
    until(lambda: output(page)[2] != "")
    page.keyboard.press("End")
    until(lambda: output(page)[-1] == "82")


def test_an_adjoint_is_played_as_loops_too(watched: Watched) -> None:
    page = lab(watched)

    page.get_by_role("button", name="Play these loops").first.click()

    until(lambda: output(page) == ["17", "26", "26", "17", "26", "26"])
    expect(page.locator(".ein-nest .statement")).to_have_text(re.compile(r"a_bar\[i, k\] \+= g\[i, j\] \* b\[k, j\]"))
    until(lambda: "of=a" in address(page))
    page.reload()
    until(lambda: page.locator(".ein-node").count() and output(page) == ["17", "26", "26", "17", "26", "26"])
    page.get_by_role("button", name="y", exact=True).click()
    until(lambda: output(page)[-1] == "82")


def test_an_equation_of_one_s_own_by_keyboard_is_kept_and_undone(watched: Watched) -> None:
    page = lab(watched)

    page.get_by_label("Equation").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("ba")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("2x3")
    page.keyboard.press("Enter")

    until(lambda: output(page) == ["6", "6", "0", "4", "5", "8"])
    expect(page.locator(".ein-reading")).to_contain_text(
        "There is no arrow, so the output is what occurs exactly once, sorted: a, b."
    )
    until(lambda: "eq=ba" in address(page))
    page.reload()
    until(lambda: output(page) == ["6", "6", "0", "4", "5", "8"])
    page.get_by_label("Equation").fill("ab")
    until(lambda: output(page) == ["6", "0", "5", "6", "4", "8"])
    page.get_by_role("button", name="Undo").click()
    until(lambda: output(page) == ["6", "6", "0", "4", "5", "8"])


def test_a_node_opens_the_player_where_it_ran(watched: Watched) -> None:
    page = lab(watched)

    page.get_by_role("link", name=re.compile("BmmBackward0")).click()

    until(lambda: re.search(r"/t/[^/]+#step=\d+&sel=node:\d+", address(page)))
    expect(page.locator("body")).to_contain_text("BmmBackward0")


@both_languages
def test_what_torch_refuses_is_shown_word_for_word_and_explained_at_the_index(watched: Watched, language: str) -> None:
    page = lab(watched, language=language)

    for equation, (torch, english, chinese, marked) in WRONG.items():
        page.locator(".ein-equation input").fill(equation)
        expect(page.locator(".ein-refused .bar")).to_contain_text(english if language == ENGLISH else chinese)
        expect(page.locator(".ein-refused mark")).to_have_text(marked)
        until(lambda torch=torch: torch in page.locator(".ein-refused pre").inner_text(timeout=30_000))
    page.locator(".ein-equation input").fill("ik,kj")
    until(lambda: page.locator(".ein-node").count())
    assert page.locator(".ein-refused").count() == 0


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            ENGLISH,
            [
                "“two” is no shape: write sizes with an x between them, such as 2x3, and () for a scalar.",
                "9x9 has 81 elements; the lab shows at most 64",
            ],
        ),
        (CHINESE, ["“two”不是形状：各维大小之间写 x", "9x9 有 81 个元素；这里最多显示 64 个"]),
    ],
)
def test_shapes_that_cannot_be_get_a_sentence(watched: Watched, language: str, sentences: list[str]) -> None:
    page = lab(watched, language=language)

    for text, sentence in zip(["2x3, two", "2x3, 9x9"], sentences, strict=True):
        page.locator(".lab-field input").nth(1).fill(text)
        expect(page.get_by_role("alert")).to_contain_text(sentence)


@both_languages
def test_axe_finds_no_violation(watched: Watched, language: str) -> None:
    page = lab(watched, "/labs/einsum#eq=...ij,...jk&sh=2x2x3,2x3x4&v=digits&of=b&turn=20", language)

    assert violations_in_every_look(page) == []
    page.locator(".ein-equation input").fill("ij->ii")
    expect(page.locator(".ein-refused")).to_be_visible()
    assert violations_in_every_look(page) == []


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
@both_languages
def test_a_phone_reads_it_without_scrolling_sideways(watched: Watched, language: str) -> None:
    page = lab(watched, language=language)

    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("document.querySelector('.lab').scrollWidth") <= 400
