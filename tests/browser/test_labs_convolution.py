"""A learner in the convolution lab: by mouse, by keyboard alone, with a picture of their own, with what is wrong."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import (
    both_languages,
    hash_of,
    sideways,
    speaking,
    tab_to,
    until,
    violations_in_every_look,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

EDGE = "/labs/convolution#picture=edge&padding=0&kernel=" + ";".join(
    ["-1/9,-1/9,-1/9", "-1/9,1,-1/9", "-1/9,-1/9,-1/9"]
)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, declared: tuple[int, int] | None = None) -> bytes:
    """A picture whose left half is black and whose right half is white; its header may lie."""
    row = b"\0" + b"\0" * (width // 2) + b"\xff" * (width - width // 2)
    header = struct.pack(">IIBBBBB", *(declared or (width, height)), 8, 0, 0, 0, 0)
    pixels = zlib.compress(row * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def board(page: Page, name: str) -> Locator:
    """A board of numbers, by its name."""
    return page.get_by_role("application", name=re.compile(rf"^{re.escape(name)}[,，]"))


def arrive(watched: Watched, path: str = "/labs/convolution") -> Page:
    """The lab, once its first recording is shown."""
    page = watched.open(path)
    expect(board(page, "picture")).to_be_visible(timeout=30_000)
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until what is shown is of what is chosen."""
    until(lambda: page.locator(".conv-stage:not(.stale)[aria-busy=false]").count() == 1)


def point(page: Page, name: str, row: int, column: int, cells: int) -> None:
    """Move the mouse onto a cell of a square board of so many cells a side."""
    box = board(page, name).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / cells, box["y"] + (row + 0.5) * box["height"] / cells)


def readout(page: Page) -> Locator:
    """What is said of the cell that is pointed at."""
    return page.locator(".conv-readout [role=status], p.conv-readout")


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a list, and wait for what comes of it."""
    page.get_by_role("combobox", name=label, exact=True).select_option(label=option)


def test_pointing_at_a_cell_shows_its_window_its_sum_and_the_gradients_way_back(watched: Watched) -> None:
    page = arrive(watched, EDGE)

    point(page, "output", 0, 1, 4)
    expect(readout(page)).to_contain_text("output[0, 1] = 0.9·(−0.111) + 0.9·(−0.111) + 0.9·(−0.111) = −0.3")
    expect(readout(page)).to_contain_text("6 products are 0")
    point(page, "picture.grad", 2, 2, 6)
    expect(readout(page)).to_contain_text("It lies in 9 windows")
    point(page, "gradient of output", 1, 1, 4)
    expect(readout(page)).to_contain_text("spreads over the 9 cells of its window")
    until(lambda: "at=output_grad%2C1%2C1" in hash_of(page))


def test_a_gradient_is_sent_back_from_one_cell_and_that_can_be_undone(watched: Watched) -> None:
    page = arrive(watched, EDGE)
    point(page, "output", 3, 3, 4)
    page.get_by_role("button", name="Send a gradient back from here alone").click()

    until(lambda: "loss=one" in hash_of(page) and "cell=3%2C3" in hash_of(page))
    settle(page)
    point(page, "picture.grad", 4, 4, 6)
    expect(readout(page)).to_contain_text("picture.grad[4, 4] = 1·1 = 1")
    point(page, "picture.grad", 0, 0, 6)
    expect(readout(page)).to_contain_text("picture.grad[0, 0] = 0 = 0")
    page.get_by_role("button", name="Undo").click()
    until(lambda: "loss=one" not in hash_of(page))


def test_the_program_is_shown_and_its_tape_opens_in_the_player(watched: Watched) -> None:
    page = arrive(watched, EDGE)

    expect(page.locator(".lab-program pre")).to_contain_text(
        "output = F.conv2d(picture, kernel, stride=1, padding=0, dilation=1)"
    )
    page.get_by_role("link", name="Open this recording in the player").click()
    expect(page.get_by_role("slider", name="Position on the tape")).to_be_visible(timeout=30_000)


def test_everything_can_be_done_by_keyboard_alone(watched: Watched) -> None:
    page = arrive(watched, EDGE)

    tab_to(page, page.get_by_label("row 2, column 2", exact=True))
    page.keyboard.type("17/9")
    tab_to(page, page.get_by_label("stride", exact=True))
    page.keyboard.press("ArrowUp")
    until(lambda: "17%2F9" in hash_of(page) and "stride=2" in hash_of(page))
    settle(page)
    tab_to(page, board(page, "output"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(readout(page)).to_contain_text("output[1, 1] = ")
    expect(readout(page)).to_contain_text("= 0.9")
    tab_to(page, page.get_by_role("button", name="Send a gradient back from here alone"))
    page.keyboard.press("Enter")
    until(lambda: "cell=1%2C1" in hash_of(page))
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    until(lambda: "stride=2" not in hash_of(page))
    settle(page)
    tab_to(page, page.get_by_role("link", name="Open this recording in the player"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/t/"), timeout=20_000)


def test_pooling_is_compared_with_a_convolution(watched: Watched) -> None:
    page = arrive(watched, "/labs/convolution#picture=count&loss=sum")
    page.get_by_role("radio", name="Average pooling").check()
    expect(page.get_by_text("The largest difference: they are the same.")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("it is linear, as every convolution is")).to_be_visible()
    settle(page)
    point(page, "output", 0, 0, 2)
    expect(readout(page)).to_contain_text("= 2.5")

    page.get_by_role("radio", name="Max pooling").check()
    expect(page.get_by_text("it is not linear, so no kernel can do this")).to_be_visible(timeout=20_000)
    settle(page)
    point(page, "output", 1, 1, 2)
    expect(readout(page)).to_contain_text("max(10, 11, 14, 15) = 15")
    expect(readout(page)).to_contain_text("The winner stands at [3, 3]")


def test_a_relu_in_place_on_what_backward_needs_shows_torchs_words_and_what_to_change(watched: Watched) -> None:
    page = arrive(watched, EDGE)
    choose(page, "Before the ReLU", "output.exp()")
    choose(page, "ReLU", "in place")

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("modified by an inplace operation", timeout=20_000)
    expect(alert).to_contain_text("is at version 1; expected version 0 instead")
    expect(alert).to_contain_text("let the ReLU make a new tensor")
    choose(page, "ReLU", "new tensor")
    expect(alert).to_have_count(0, timeout=20_000)
    settle(page)
    choose(page, "ReLU", "in place, on the picture")
    expect(alert).to_contain_text(
        "a leaf Variable that requires grad is being used in an in-place operation.", timeout=20_000
    )


WRONG = {
    "en": (
        "“x” in row 1, column 1, which is no number: write one",
        "The stride is 0, so the window would never move on: write 1 or more.",
    ),
    "zh-Hans": (
        "第 1 行第 1 列写着“x”，不是数：请写一个数",
        "步幅（stride）是 0，窗口就永远不会移动：请写 1 或更大的数。",
    ),
}


@pytest.mark.parametrize("language", WRONG)
def test_a_kernel_of_letters_and_a_stride_of_0_get_a_sentence_in_the_chosen_language(
    watched: Watched, language: str
) -> None:
    speaking(watched, language)
    page = arrive(watched, EDGE)
    kernel, stride = WRONG[language]

    page.locator(".conv-kernel input").first.fill("x")
    expect(page.get_by_role("alert")).to_contain_text(kernel)
    page.locator(".conv-kernel input").first.fill("1")
    page.get_by_label(re.compile("stride")).first.fill("0")
    expect(page.get_by_role("alert")).to_have_text(stride)
    expect(page.get_by_label(re.compile("stride")).first).to_have_attribute("aria-invalid", "true")
    page.get_by_label(re.compile("stride")).first.fill("1")
    expect(page.get_by_role("alert")).to_have_count(0)


FILES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"name": "huge.png", "mimeType": "image/png", "buffer": png(8, 8, declared=(8000, 5000))},
        "8000 × 5000 pixels, which is 40 megapixels",
        "请先缩小",
    ),
    (
        {"name": "cat.png", "mimeType": "image/png", "buffer": b"GIF89a" + b"\0" * 60},
        "no PNG, JPEG or WebP picture",
        "请选择这几种类型",
    ),
    (
        {"name": "big.png", "mimeType": "image/png", "buffer": png(8, 8) + b"\0" * 1_500_000},
        "1.5 MB and this page takes 1 MB: save it smaller",
        "请存小一点",
    ),
    (
        {"name": "cut.png", "mimeType": "image/png", "buffer": png(8, 8)[:50]},
        "The browser cannot decode this picture",
        "浏览器无法解码这张图片",
    ),
]


@both_languages
def test_a_picture_that_cannot_be_taken_is_refused_with_what_to_change(watched: Watched, language: str) -> None:
    speaking(watched, language)
    page = arrive(watched, EDGE)

    for file, english, chinese in FILES:
        page.locator("input[type=file]").set_input_files(files=[file])
        expect(page.get_by_role("alert")).to_contain_text(english if language == "en" else chinese)
    assert "picture=own" not in hash_of(page)


def test_a_picture_of_ones_own_is_recorded_kept_and_never_sent_as_a_file(watched: Watched) -> None:
    page = arrive(watched, "/labs/convolution#size=16&loss=sum")
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or "") if request.method == "POST" else None)

    page.locator("input[type=file]").set_input_files(
        files=[{"name": "half.png", "mimeType": "image/png", "buffer": png(60, 40)}]
    )
    until(lambda: "picture=own" in hash_of(page))
    settle(page)
    expect(page.locator(".lab-program pre")).to_contain_text("pixels = base64.b64decode(")
    assert [body for body in bodies if '"source"' in body]
    assert not [body for body in bodies if "PNG" in body]
    assert len(hash_of(page)) < 300
    page.reload()
    expect(board(page, "picture")).to_be_visible(timeout=30_000)
    settle(page)
    board(page, "picture").focus()
    page.keyboard.press("End")
    expect(readout(page)).to_contain_text("picture[0, 15] = 1")
    page.keyboard.press("Home")
    expect(readout(page)).to_contain_text("picture[0, 0] = 0")


def test_what_was_chosen_is_there_after_a_reload_and_in_a_link(watched: Watched) -> None:
    page = arrive(watched, "/labs/convolution#picture=stripes&size=16&stride=2")
    choose(page, "ReLU", "new tensor")
    until(lambda: "relu=new" in hash_of(page))
    shared = hash_of(page)
    page.reload()
    expect(board(page, "activated")).to_be_visible(timeout=30_000)

    assert hash_of(page) == shared
    expect(page.get_by_label("stride", exact=True)).to_have_value("2")


@both_languages
def test_axe_finds_nothing_and_nothing_is_cut_off_to_the_side(watched: Watched, language: str) -> None:
    speaking(watched, language)
    page = arrive(watched, EDGE + "&relu=inplace&before=exp&at=output,0,1")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations_in_every_look(page) == []
    assert sideways(page) == 0

    page.goto(f"{watched.base}/labs/convolution#op=avg&channels=3&size=16&stride=0")
    expect(page.get_by_role("alert")).to_be_visible(timeout=20_000)
    assert violations_in_every_look(page) == []


def test_a_recording_can_be_cancelled_and_made_after_all(watched: Watched) -> None:
    page = arrive(watched, EDGE)
    page.route("**/api/v1/tapes/*/stream", lambda route: None)  # it never answers
    page.get_by_label("stride", exact=True).fill("3")
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("The recording was cancelled")).to_be_visible()
    expect(page.get_by_label("stride", exact=True)).to_have_value("3")
    page.unroute("**/api/v1/tapes/*/stream")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("The recording was cancelled")).to_have_count(0, timeout=20_000)
    settle(page)
