"""A person takes along what is seen: the picture, the moment, the events."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, address, playing, step_of, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SVG = "{http://www.w3.org/2000/svg}"


def taken(page: Page, what: str) -> Download:
    """The file that comes of an entry of the menu, chosen by keyboard."""
    page.get_by_label("Take along").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name=what).press("Enter")
    return download.value


def drawn(page: Page, part: str, folder: Path) -> ET.Element:
    """The picture as SVG, parsed as strictly as XML asks."""
    taken(page, f"{part} SVG").save_as(folder / "picture.svg")
    return ET.parse(folder / "picture.svg").getroot()


def texts(picture: ET.Element) -> str:
    """Every text of a picture."""
    return "\n".join("".join(each.itertext()) for each in picture.iter(f"{SVG}text"))


@pytest.mark.parametrize(
    ("watched", "page_colour"),
    [({"color_scheme": "light"}, "#f6f8fb"), ({"color_scheme": "dark"}, "#0d131a")],
    ids=["light", "dark"],
    indirect=["watched"],
)
def test_the_whole_graph_is_one_self_contained_svg_in_the_theme_now_shown(
    watched: Watched, page_colour: str, tmp_path: Path
) -> None:
    page = playing(watched)
    page.keyboard.press("End")

    picture = drawn(page, "The whole graph", tmp_path)

    assert page.title().removesuffix(" · Tapedeck") in texts(picture)
    assert f"Step {step_of(page)} of" in texts(picture)
    assert "a.grad = 30" in texts(picture)
    assert "d.grad = 112" in texts(picture)
    assert (background := picture.find(f"{SVG}rect")) is not None
    assert background.get("fill") == page_colour
    assert {each.tag.removeprefix(SVG) for each in picture.iter()} <= {
        *("svg", "title", "rect", "text", "defs", "marker", "path", "g", "circle"),
    }
    source = (tmp_path / "picture.svg").read_text()
    assert not re.search(r"var\(|color-mix|light-dark|class=|style=|<script|href|\bon\w+=", source)
    assert {each.get("font-family") for each in picture.iter(f"{SVG}text")} <= {"monospace", "sans-serif", None}
    assert expect_silence(page)


def expect_silence(page: Page) -> bool:
    """Whether the graph on the screen is as before: taking a picture of all leaves no trace."""
    return bool(page.locator("svg.graph g.item").count())


def test_the_view_is_taken_as_it_is_on_the_screen(watched: Watched, tmp_path: Path) -> None:
    page = playing(watched)
    page.keyboard.press("End")
    box = page.locator("svg.graph").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.wheel(0, -1500)
    until(lambda: page.locator("svg.graph g.item").count() < 8)

    picture = drawn(page, "What is on the screen", tmp_path)

    assert "d.grad = 112" not in texts(picture)
    assert picture.get("width") == str(round(box["width"]))


def test_a_png_is_made_under_the_content_security_policy(watched: Watched, tmp_path: Path) -> None:
    page = playing(watched)
    page.keyboard.press("End")

    file = taken(page, "The whole graph PNG")
    file.save_as(tmp_path / "picture.png")

    assert re.fullmatch(r"Hooks-on-[\w-]+-step-\d+\.png", file.suggested_filename)
    with Image.open(tmp_path / "picture.png") as image:
        colours = image.convert("RGB").getcolors(1 << 20)
        assert image.width > 1000
        assert len(colours or []) > 50
    expect(page.locator(".taken")).to_contain_text("Saved as")


@pytest.mark.parametrize(
    "watched", [{"permissions": ["clipboard-read", "clipboard-write"]}], ids=["clipboard"], indirect=True
)
def test_the_link_to_this_moment_opens_it_elsewhere(watched: Watched) -> None:
    page = playing(watched)
    page.keyboard.press("End")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    step = step_of(page)

    page.get_by_label("Take along").click()
    page.get_by_role("button", name="Copy the link to this moment").click()
    expect(page.locator(".taken")).to_contain_text("copied")
    link = page.evaluate("navigator.clipboard.readText()")

    assert re.fullmatch(rf"{watched.base}/t/[\w-]+#step={step - 1}", link)
    page.goto("about:blank")
    page.goto(link)
    until(lambda: page.get_by_role("slider", name="Position on the tape").count() and step_of(page) == step)


def test_all_events_are_taken_as_a_table(watched: Watched, tmp_path: Path) -> None:
    page = playing(watched)

    taken(page, "All events as a table").save_as(tmp_path / "events.csv")

    rows = list(csv.reader(io.StringIO((tmp_path / "events.csv").read_text())))
    assert rows[0] == ["step", "phase", "kind", "thread", "sentence"]
    assert ["4", "forward", "op", "0", "mul takes a = 2 and b = 3, gives c = 6"] in rows


@pytest.mark.parametrize("watched", [PHONE], ids=["phone"], indirect=True)
def test_the_menu_fits_a_phone_and_closes_on_escape(watched: Watched) -> None:
    page = playing(watched)

    page.get_by_label("Take along").click()
    box = page.locator("details.take .menu-list").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 400
    page.keyboard.press("Escape")
    expect(page.locator("details.take .menu-list")).not_to_be_visible()
    assert address(page)
