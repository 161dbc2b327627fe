"""A person opens the page, edits a program, runs it and watches the tape play."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.page import (
    CHINESE,
    PHONE,
    PROGRAM,
    address,
    last_of,
    light_dark_and_phone,
    narration,
    pause,
    playing,
    run,
    speaking,
    step_of,
    until,
    violations,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_first_visitor_sees_the_walk_through_on_a_graph(watched: Watched) -> None:
    page = playing(watched)

    page.keyboard.press("End")
    expect(page.get_by_role("button", name=re.compile("AccumulateGrad.*a.grad = 30"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("AccumulateGrad.*b.grad = 20"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("AccumulateGrad.*d.grad = 112"))).to_be_visible()


def test_the_walk_through_tells_the_notes_story_in_order(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")

    told = [narration(page)]
    while step_of(page) < last_of(page):
        page.keyboard.press("ArrowRight")
        told.append(narration(page))

    story = "\n".join(told)
    wanted = [
        r"e_hook changes .* from 1 to 2",
        r"e\.grad = 2",
        r"MulBackward0 .*e = c \* d.* 8 .*12",
        r"d_hook changes .* from 12 to 112",
        r"d\.grad .*112",
        r"c_hook changes .* from 8 to 10",
        r"c_print sees .* 10",
        r"c\.grad = 10",
        r"MulBackward0 .*c = a \* b.* 30 .*20",
        r"a\.grad .*30",
        r"b\.grad .*20",
    ]
    position = 0
    for pattern in wanted:
        found = re.compile(pattern).search(story, position)
        assert found, f"{pattern} is not told after {story[:position][-200:]!r} in:\n{story}"
        position = found.start() + 1


def test_edit_run_play_step_back_scrub_select_and_reload(watched: Watched) -> None:
    page = playing(watched)
    run(page, PROGRAM)
    until(lambda: last_of(page) > 5)
    pause(page)

    page.get_by_label("Speed").select_option(label="8×")
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Source").click()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play", exact=True).click()
    until(lambda: step_of(page) == last_of(page))
    expect(page.get_by_role("button", name=re.compile("AccumulateGrad.*a.grad = 26"))).to_be_visible()

    for _ in range(10):
        page.get_by_role("button", name="Back", exact=True).click()
    assert step_of(page) == last_of(page) - 10

    slider = page.get_by_role("slider", name="Position on the tape")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    scrubbed = step_of(page)
    assert 0.4 * last_of(page) < scrubbed < 0.8 * last_of(page)

    page.get_by_role("button", name=re.compile("autograd node MulBackward0, c = b")).click()
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("MulBackward0")

    until(lambda: f"step={scrubbed - 1}" in address(page) or f"step={scrubbed}" in address(page))
    until(lambda: "sel=" in address(page))
    link = address(page)
    page.reload()
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    assert step_of(page) == scrubbed
    assert address(page) == link
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("MulBackward0")
    expect(page.get_by_role("textbox", name="Program")).to_contain_text("register_hook(lambda g: g + 1)")


@pytest.mark.parametrize(
    ("source", "said", "expression"),
    [
        ("import torch\nx = = 3\n", "SyntaxError", "="),
        ("import torch\na = torch.ones(2, 3)\nb = a @ a\n", "shapes cannot be multiplied", "a @ a"),
        ("import torch\nx = torch.tensor([-1.0])\ny = x.log()\n", "NaN", "x.log()"),
    ],
    ids=["syntax error", "wrong shape", "NaN"],
)
def test_what_went_wrong_is_said_with_its_line(watched: Watched, source: str, said: str, expression: str) -> None:
    page = playing(watched)

    run(page, source)

    expect(page.locator("body")).to_contain_text(said)
    expect(page.locator("body")).to_contain_text(re.compile(r"line \d"))
    expect(page.locator("body")).to_contain_text(expression)


def test_what_the_server_finds_is_said_in_the_chosen_language(watched: Watched, server: str) -> None:
    source = "import os\nimport torch\nx = torch.tensor([-1.0])\ny = x.log()\nos._exit(3)\n"
    told = httpx.post(f"{server}/api/v1/tapes?wait=30", json={"source": source}, timeout=60).json()
    speaking(watched, CHINESE)

    page = watched.open(f"/t/{told['id']}")

    expect(page.get_by_text("第一个 NaN 在这里产生：")).to_be_visible()
    expect(page.get_by_text("程序以退出码 3 结束了自己的进程")).to_be_visible()


def test_an_endless_loop_is_stopped_and_the_next_run_works(watched: Watched) -> None:
    page = playing(watched)

    run(page, "import torch\nx = torch.ones(1)\nwhile True:\n    pass\n")
    expect(page.locator("body")).to_contain_text(re.compile("time", re.I))
    run(page, PROGRAM)

    until(lambda: last_of(page) > 5)
    assert "/t/" in address(page)


def test_the_keyboard_plays_steps_and_jumps_but_not_while_typing(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")
    first = step_of(page)

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert step_of(page) == first + 1
    page.keyboard.press("End")
    assert step_of(page) == last_of(page)
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    until(lambda: step_of(page) > first)
    pause(page)

    page.get_by_role("textbox", name="Program").click()
    before = step_of(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert step_of(page) == before


def test_the_twelve_layer_decoder_opens_collapsed_by_module(watched: Watched, server: str) -> None:
    source = (Path(__file__).parents[1] / "data" / "decoder.py").read_text()
    answer = httpx.post(f"{server}/api/v1/tapes?wait=30", json={"source": source}, timeout=60).json()
    assert answer["status"] == "finished", answer

    page = playing(watched, f"/t/{answer['id']}")

    blocks = page.get_by_role("button", name=re.compile(r"^equal modules h\.0 – h\.11"))
    assert [each.get_attribute("aria-expanded") for each in blocks.all()] == ["false", "false"]
    expect(blocks.first).to_have_attribute("aria-label", re.compile("12 × Block"))
    page.keyboard.press("End")
    expect(page.get_by_role("slider", name="Position on the tape")).to_have_attribute(
        "aria-valuenow", str(last_of(page))
    )


@light_dark_and_phone
def test_axe_finds_no_violation(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("ArrowRight")

    assert violations(page) == []


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_phone_can_read_everything_without_scrolling_sideways(watched: Watched) -> None:
    page = playing(watched)

    for tab in ("Source", "Graph", "Details"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("watched", [{"reduced_motion": "reduce"}], indirect=True)
def test_with_reduced_motion_the_states_change_all_the_same(watched: Watched) -> None:
    page = playing(watched)

    page.keyboard.press("End")

    expect(page.get_by_role("button", name=re.compile("AccumulateGrad.*a.grad = 30"))).to_be_visible()


def test_what_a_program_is_called_is_shown_as_text(watched: Watched) -> None:
    page = playing(watched)

    run(page, "import torch\nprint('<img src=x onerror=alert(1)> \\u202e')\nx = torch.ones(1)\n")

    page.keyboard.press("Escape")
    until(lambda: "<img src=x" in (page.locator("body").text_content() or ""))
    assert page.locator("img[src=x]").count() == 0


def test_a_finding_says_where_the_first_nan_was_made_and_leads_there(watched: Watched) -> None:
    page = playing(watched)
    run(page, "import torch\nx = torch.tensor([-1.0])\ny = x.log()\nz = y * 2\nw = z + 1\n")

    expect(page.locator("body")).to_contain_text("The first NaN is made here: log gives NaN in y")
    page.get_by_role("button", name="Go there").click()

    assert step_of(page) == 2
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("x.log()")


def test_a_tape_can_be_taken_along_and_opened_again(watched: Watched, server: str, tmp_path: Path) -> None:
    page = playing(watched)
    before = run(page, PROGRAM)
    tape = httpx.get(f"{server}/api/v1/tapes/{before.split('/t/')[1].split('#')[0]}/file").content
    (tmp_path / "mine.tape").write_bytes(tape)

    page.locator("input[type=file]").set_input_files(tmp_path / "mine.tape")

    until(lambda: "/t/" in address(page) and address(page).split("#")[0] != before.split("#")[0])
    until(lambda: last_of(page) > 5)
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Program")).to_contain_text("register_hook(lambda g: g + 1)")


def test_a_reload_while_it_plays_goes_on_from_there(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("Home")
    until(lambda: step_of(page) <= 1)
    page.keyboard.press("Space")
    until(lambda: step_of(page) > 4)
    page.reload()
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    assert step_of(page) > 4

    page.keyboard.press("Home")
    page.goto(f"{watched.base}/#step=3")
    until(lambda: step_of(page) == 4)
    page.reload()
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and last_of(page) > 5)
    assert step_of(page) == 4


def test_a_module_opens_and_closes_by_keyboard_and_the_link_remembers(watched: Watched, server: str) -> None:
    answer = httpx.post(f"{server}/api/v1/tapes?wait=30", json={"lesson": "cnn"}, timeout=60).json()
    tables = httpx.get(f"{server}{answer['links']['tape']}").json()
    conv = next(op["id"] for op in tables["ops"] if op["label"] == "conv2d")
    events = httpx.get(f"{server}{answer['links']['events']}").text.splitlines()
    step = next(i for i, event in enumerate(map(json.loads, events)) if event["kind"] == "op" and event["op"] == conv)
    page = playing(watched, f"/t/{answer['id']}#step={step}")
    group = page.get_by_role("button", name=re.compile(r"module conv1, Conv2d"))

    group.focus()
    page.keyboard.press("Enter")

    until(lambda: page.get_by_role("button", name=re.compile("leaf tensor weight")).count())
    until(lambda: "open=" in address(page))
    page.reload()
    until(lambda: page.get_by_role("button", name=re.compile("leaf tensor weight")).count())


def test_every_pass_of_the_page_keeps_the_content_security_policy(watched: Watched) -> None:
    page = playing(watched)
    page.evaluate(
        """() => {
            window.broken = []
            addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective))
        }"""
    )

    page.get_by_role("button", name="Legend").click()
    page.get_by_role("button", name="Help").click()
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.keyboard.press("Home")

    assert page.evaluate("window.broken") == []
