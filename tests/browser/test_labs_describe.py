"""A person builds a model without code: by mouse, by keyboard, with faults said where they are, and nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import CHINESE, PHONE, speaking, until, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SMALL: dict[str, Any] = {
    "inputs": {"x": {"shape": [4, 3]}},
    "layers": [{"layer": "Linear", "args": {"in_features": 3, "out_features": 2}}],
}


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A recording takes its time on a machine that does much else."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def opened(watched: Watched, spec: dict[str, Any] | None = None) -> Page:
    """The lab, with its source there."""
    page = watched.open("/labs/describe" + (f"#spec={quote(json.dumps(spec))}" if spec else ""))
    expect(page.locator(".lab-program pre")).to_contain_text("import torch")
    return page


def cards(page: Page) -> Locator:
    return page.locator(".d-card")


def kinds(page: Page) -> list[str]:
    return page.locator(".d-card .d-kind").all_inner_texts()


def source(page: Page) -> Locator:
    return page.locator(".lab-program pre")


def field(page: Page, layer: int, name: str) -> Locator:
    return page.locator(f"[id='d-layers-{layer}-{name}']")


def record(page: Page) -> None:
    page.locator("#d-record").click()
    expect(page.locator(".d-numbers")).to_be_visible(timeout=60_000)


def add(page: Page, query: str) -> None:
    """A layer at the end, by its name."""
    page.locator("#d-add").click()
    page.get_by_role("combobox", name="The layer to add").fill(query)
    page.get_by_role("option", name=query).first.click()


def test_a_model_with_branches_is_built_by_mouse_and_recorded(watched: Watched) -> None:
    page = opened(watched, SMALL)
    add(page, "Linear")
    field(page, 1, "args.in_features").fill("3")
    field(page, 1, "args.out_features").fill("2")
    field(page, 1, "inputs[0]").select_option("x")
    add(page, "add")
    until(lambda: kinds(page) == ["Linear", "Linear", "add"])
    expect(source(page)).to_contain_text("add1 = linear1 + linear2")
    expect(page.locator(".d-box")).to_have_count(5)
    record(page)
    expect(cards(page).nth(0).locator(".d-shape")).to_have_text("Output shape: 4×2")
    expect(cards(page).nth(1).locator(".d-pill")).to_have_text("8 parameters")
    expect(cards(page).nth(2).locator(".d-shape")).to_be_visible()
    left, right = (page.locator(".d-box.layer").nth(i).bounding_box() for i in (0, 1))
    assert left
    assert right
    assert left["y"] == pytest.approx(right["y"], abs=1)
    assert abs(left["x"] - right["x"]) > 40
    assert violations(page) == []


def test_a_model_is_built_with_the_keyboard_alone(watched: Watched) -> None:
    page = opened(watched, SMALL)
    page.locator("#d-add").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("relu")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("d-layers-1-grip")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(":focus")).to_have_id("d-layers-0-grip")
    until(lambda: kinds(page) == ["ReLU", "Linear"])
    expect(page.get_by_text("ReLU is now 1 of 2.")).to_be_attached()
    field(page, 1, "plus").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("linear")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("d-layers-2-args.in_features")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(":focus")).to_have_id("d-layers-1-args.out_features")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(cards(page).nth(2).locator(".d-shape")).to_contain_text("4×5")
    field(page, 0, "grip").focus()
    page.keyboard.press("Delete")
    until(lambda: kinds(page) == ["Linear", "Linear"])
    expect(page.locator(":focus")).to_have_id("d-layers-0-grip")
    page.keyboard.press("Control+z")
    expect(cards(page)).to_have_count(3)


def test_layers_move_by_button_and_by_drag(watched: Watched) -> None:
    page = opened(watched)
    until(lambda: kinds(page)[:3] == ["Conv2d", "BatchNorm2d", "ReLU"])
    field(page, 0, "down").click()
    expect(page.locator(":focus")).to_have_id("d-layers-1-down")
    until(lambda: kinds(page)[:3] == ["BatchNorm2d", "Conv2d", "ReLU"])
    field(page, 1, "up").click()
    expect(page.locator(":focus")).to_have_id("d-layers-0-grip")
    field(page, 0, "grip").drag_to(cards(page).nth(2), target_position={"x": 200, "y": 36})
    until(lambda: kinds(page)[:3] == ["BatchNorm2d", "ReLU", "Conv2d"])
    page.keyboard.press("Control+z")
    expect(page.locator(".d-card .d-kind").first).to_have_text("Conv2d")


WORDS = {
    "en": (
        "torch.nn has no layer 'Conv2D' that a spec can use, did you mean 'Conv2d'?",
        "'in_features' of Linear should be a whole number, not 'three'.",
        "There is no 'nobody' before this layer; there is: x.",
        "in_features is 5, but 4×2 arrives: it has 2 there.",
    ),
    "zh-Hans": (
        "torch.nn 中没有 spec 可用的层 'Conv2D'，你是想写 'Conv2d' 吗？",
        "Linear 的 'in_features' 应为整数，而不是 'three'。",
        "在这一层之前没有 'nobody'；可用的有：x。",
        "in_features 为 5，但传入的是 4×2：对应维度为 2。",
    ),
}


@pytest.mark.parametrize("language", WORDS)
def test_what_is_wrong_is_said_at_its_card_and_field(watched: Watched, language: str) -> None:
    if language == "zh-Hans":
        speaking(watched, CHINESE)
    unknown, wrong, nobody, clash = WORDS[language]
    page = opened(watched, SMALL)
    told = page.locator(".d-fault")

    def paste(layers: list[dict[str, Any]]) -> None:
        page.locator(".d-exchange textarea").fill(json.dumps({**SMALL, "layers": layers}))
        page.locator(".d-exchange").get_by_role("button").first.click()

    page.locator(".d-exchange summary").click()
    paste([*SMALL["layers"], {"layer": "Conv2D"}])
    expect(cards(page).nth(1).locator(".d-fault")).to_have_text(unknown)
    expect(field(page, 1, "layer")).to_have_attribute("aria-invalid", "true")
    paste([{"layer": "Linear", "args": [3, 2], "inputs": ["nobody"]}])
    expect(cards(page).nth(0).locator(".d-fault")).to_have_text(nobody)
    expect(field(page, 0, "inputs[0]")).to_have_attribute("aria-invalid", "true")
    paste(SMALL["layers"])
    expect(told).to_have_count(0)
    field(page, 0, "args.in_features").fill("three")
    expect(cards(page).nth(0).locator(".d-fault")).to_have_text(wrong)
    expect(field(page, 0, "args.in_features")).to_have_attribute("aria-describedby", "d-fault")
    assert violations(page) == []
    page.locator("#d-record").click()
    expect(field(page, 0, "args.in_features")).to_be_focused()
    paste([*SMALL["layers"], {"layer": "Linear", "args": [5, 2]}])
    expect(told).to_have_count(0)
    record(page)
    failed = cards(page).nth(1).locator(".d-failure")
    expect(failed).to_contain_text(clash)
    expect(failed).to_contain_text("mat1 and mat2 shapes cannot be multiplied")
    expect(page.locator(".d-box.wrong")).to_have_count(1)
    assert violations(page) == []
    failed.get_by_role("button").click()
    expect(field(page, 1, "args.in_features")).to_have_value("2")
    record(page)
    expect(page.locator(".d-failure")).to_have_count(0)


def test_what_the_form_has_no_field_for_can_be_left_out(watched: Watched) -> None:
    odd = {**SMALL, "layers": [{"layer": "Linear", "args": {"in_features": 3, "out_features": 2, "bais": True}}]}
    page = opened_with_fault(watched, odd)
    expect(page.locator(".d-fault")).to_contain_text("did you mean 'bias'?")
    page.get_by_role("button", name="Leave out bais").click()
    expect(page.locator(".d-fault")).to_have_count(0)
    expect(source(page)).to_contain_text("nn.Linear(3, 2)")


def opened_with_fault(watched: Watched, spec: dict[str, Any]) -> Page:
    """The lab with a spec that cannot be translated: it has no source."""
    page = watched.open(f"/labs/describe#spec={quote(json.dumps(spec))}")
    expect(page.locator(".d-fault")).to_be_visible()
    return page


def test_a_reload_loses_nothing_and_undo_goes_back(watched: Watched) -> None:
    page = opened(watched, SMALL)
    field(page, 0, "args.out_features").fill("7")
    add(page, "Tanh")
    field(page, 1, "name").fill("squashed")
    field(page, 1, "name").press("Tab")
    page.reload()
    expect(field(page, 1, "name")).to_have_value("squashed")
    record(page)
    page.reload()
    expect(field(page, 1, "name")).to_have_value("squashed")
    expect(field(page, 0, "args.out_features")).to_have_value("7")
    # The recording is found again, and not made again.
    expect(cards(page).nth(1).locator(".d-shape")).to_contain_text("4×7")
    page.locator(".d-toolbar select").select_option(label="LSTM classifier")
    expect(cards(page)).to_have_count(4)
    page.keyboard.press("Control+z")
    expect(field(page, 1, "name")).to_have_value("squashed")
    page.keyboard.press("Control+Shift+z")
    expect(cards(page)).to_have_count(4)
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(2)


def test_every_starting_point_runs_to_its_end(watched: Watched) -> None:
    page = opened(watched)
    options = page.locator(".d-toolbar option").all_inner_texts()[1:]
    assert len(options) == 6
    for number, title in enumerate(options):
        page.locator(".d-toolbar select").select_option(label=title)
        page.locator("#d-record").click()
        link = page.get_by_role("link", name="Open this recording in the player")
        expect(link).to_be_visible(timeout=60_000)
        expect(page.locator(".d-numbers")).to_be_visible()
        expect(page.locator(".d-failure, .d-fault")).to_have_count(0)
        expect(page.locator(".d-shape")).to_have_count(cards(page).count())
        id = re.search(r"/t/([\w-]+)", link.get_attribute("href") or "")
        assert id, title
        assert httpx.get(f"{watched.base}/api/v1/tapes/{id[1]}").json()["status"] == "finished", title
        page.locator("#d-layers-0-grip").focus()
        if number in (2, 5):
            assert violations(page) == []


def test_it_is_edited_further_as_code(watched: Watched) -> None:
    page = opened(watched, SMALL)
    page.get_by_role("button", name="Edit further as code").click()
    page.wait_for_url(re.compile(r"/t/[\w-]+"))
    expect(page.locator(".cm-content")).to_contain_text("nn.Linear(3, 2)")
    page.get_by_text("Tapes", exact=True).click()
    page.get_by_role("link", name="Describe a model…").click()
    expect(page.get_by_role("heading", name="Describe a model")).to_be_visible()
    expect(source(page)).to_contain_text("nn.Linear(3, 2)")


def test_json_that_is_none_is_told_with_its_place(watched: Watched) -> None:
    page = opened(watched, SMALL)
    page.locator(".d-exchange summary").click()
    area = page.get_by_role("textbox", name="The spec as JSON")
    assert json.loads(area.input_value()) == SMALL
    area.fill('{"inputs": {},\n "layers": [}')
    page.get_by_role("button", name="Take over").click()
    expect(page.locator("#d-json-wrong")).to_have_text("This is not JSON: it breaks off at line 2, column 13.")
    until(lambda: kinds(page) == ["Linear"])
    area.fill(json.dumps({**SMALL, "layers": [{"layer": "ReLU"}], "loss": "MSELoss", "target": {"shape": [4, 3]}}))
    page.get_by_role("button", name="Take over").click()
    expect(source(page)).to_contain_text("loss_function = nn.MSELoss()")
    until(lambda: kinds(page) == ["ReLU"])


def test_an_address_without_a_model_says_so_and_shows_the_first(watched: Watched) -> None:
    page = watched.open("/labs/describe#spec=%7Bnothing")
    expect(page.get_by_role("alert")).to_contain_text("The address holds no model: This is not JSON")
    expect(cards(page).first).to_be_visible()


def test_loss_target_and_optimizer_are_set_in_the_form(watched: Watched) -> None:
    page = opened(watched, SMALL)
    page.locator("#d-loss-type").select_option("CrossEntropyLoss")
    expect(source(page)).to_contain_text("target = torch.randint(2, (4,))")
    page.get_by_label("Optimizer").select_option("Adam")
    page.get_by_role("button", name="More arguments of Adam").click()
    page.get_by_label("betas").fill("0.5, 0.9")
    page.get_by_label("amsgrad").check()
    page.get_by_label("Steps").fill("3")
    expect(source(page)).to_contain_text("torch.optim.Adam(model.parameters(), betas=(0.5, 0.9), amsgrad=True)")
    page.get_by_label("Steps").fill("0")
    expect(page.locator(".d-training .d-fault")).to_have_text("This should be a whole number from 1 to 100, not 0.")
    page.get_by_label("Steps").fill("3")
    record(page)
    expect(page.locator(".d-numbers")).to_contain_text(re.compile(r"Loss[\d.]+ → [\d.]+ → [\d.]+"))
    page.locator("#d-loss-type").select_option("")
    expect(source(page)).to_contain_text("output.sum().backward()")


@pytest.mark.parametrize("watched", [PHONE], indirect=True)
def test_a_phone_has_all_of_it_without_scrolling_sideways(watched: Watched) -> None:
    page = opened(watched)
    record(page)
    width = page.evaluate("Math.max(document.documentElement.scrollWidth, document.querySelector('main').scrollWidth)")
    assert width <= 400
    add(page, "Tanh")
    page.locator("#d-add").click()
    assert page.evaluate("document.querySelector('main').scrollWidth") <= 400
    assert violations(page) == []
