"""Names, source, docstrings, printed text and messages that mean harm are shown as text and break nothing."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.page import PHONE, last_of, until, violations
from tests.browser.test_taking import drawn, taken, texts

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SOURCE = (Path(__file__).parents[1] / "data" / "hostile_names.txt").read_text()
TITLE = "<b>title</b>\u202eeltit \"'"

CONTROLS = r"\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
HIDDEN = rf"[{CONTROLS}\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"

UNSEEN = f"""() => {{
    const hidden = /{HIDDEN}/
    const found = document.title.match(hidden) ? ["title"] : []
    const all = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    for (let node = all.nextNode(); node; node = all.nextNode()) {{
        const element = node instanceof Text ? node.parentElement : node
        if (element.closest(".cm-editor")) continue
        const texts = node instanceof Text ? [node.data] : [...node.attributes].map((each) => each.value)
        for (const text of texts)
            if (hidden.test(text)) found.push(`${{element.tagName}}: ${{JSON.stringify(text.slice(0, 90))}}`)
    }}
    return found.slice(0, 10)
}}"""
"""Where the page (but for the editor, which has its own signs for them) holds signs that cannot be seen."""

PLANTED = """() => document.querySelectorAll(
    "img[src=x], [onload], [onerror], .console table, svg.graph b, svg.graph i, body script:not([nonce])"
).length"""

WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((each) => !each.closest("svg, .cm-editor, .hidden, ol, ul, .events, .modules"))
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => `${each.tagName}.${each.className}`).slice(0, 5)"""


@pytest.fixture
def page(watched: Watched) -> Iterator[Page]:
    """The tape of the hostile program at its end; at the end nothing of it must have run."""
    request = {"source": SOURCE, "title": TITLE}
    told = httpx.post(f"{watched.base}/api/v1/tapes?wait=30", json=request, timeout=90).json()
    assert told["outcome"]["status"] == "raised", told
    assert "ValueError" in told["outcome"]["detail"]
    page = watched.page
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    watched.open(f"/t/{told['id']}#step=10000")
    until(lambda: page.locator(".scrubber .thumb").count() and last_of(page) > 100)
    yield page
    assert said == []


def sound(page: Page) -> None:
    """Nothing is hidden, nothing was taken for markup, nothing leaves the page."""
    assert page.evaluate(UNSEEN) == []
    assert page.evaluate(PLANTED) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(WIDE) == []


def test_every_panel_shows_them_as_text(page: Page) -> None:
    expect(page.locator(".console")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".console")).to_contain_text("\\u202egnpexe\\u202c")
    expect(page.locator(".console")).to_contain_text("nul\\x00bell\\x07\\x1b[31mred")
    expect(page.locator(".notices")).to_contain_text("<img src=x onerror=alert(7)> \\u202eegassem\\x00 yyy")
    expect(page.locator(".breadcrumbs")).to_contain_text("<b>title</b>\\u202eeltit \"'")
    expect(page.locator("svg.graph")).to_contain_text("</script><script>alert(3)</script>")
    expect(page.locator("svg.graph")).to_contain_text("pay\\u200bload\\xadsoft")
    assert page.title() == "<b>title</b>\\u202eeltit \"' · Tapedeck"
    sound(page)
    page.get_by_role("tab", name="Modules").click()
    expect(page.locator(".modules")).to_contain_text("&lt;b&gt;&amp;")
    expect(page.locator(".modules")).to_contain_text("\\u2067isolate")
    sound(page)


def test_every_step_is_told_as_text(page: Page) -> None:
    page.keyboard.press("Home")
    for _ in range(0, last_of(page), 10):
        page.keyboard.press("Shift+ArrowRight")
        assert page.evaluate(UNSEEN) == []
    sound(page)


def test_everything_that_can_be_selected_is_told_as_text(page: Page, watched: Watched) -> None:
    tape = page.url.split("/t/")[1].split("#")[0]
    tables: dict[str, Any] = httpx.get(f"{watched.base}/api/v1/tapes/{tape}/tape").json()
    things = [
        f"{kind}:{row['id']}"
        for kind, table, every in (("module", "modules", 2), ("call", "calls", 5), ("hook", "hooks", 1))
        for row in tables[table][::every]
    ]
    for thing in things:
        page.evaluate("(thing) => { location.hash = `#step=200&sel=${thing}` }", thing)
        page.reload()
        until(lambda: page.locator(".scrubber .thumb").count())
        expect(page.get_by_role("heading", name="Selected")).to_be_visible()
        sound(page)


def test_they_are_found_by_search_and_shown_in_its_list(page: Page) -> None:
    page.keyboard.press("/")
    for words in ("img", "script", "202e", "HYPERLINK", "xxxxxxxxxx", "שלום"):
        page.get_by_role("combobox", name="Search the tape").fill(words)
        expect(page.get_by_role("option").first).to_be_visible()
        sound(page)


def test_a_name_of_ten_thousand_letters_leaves_the_graph_readable(page: Page) -> None:
    groups = page.locator("svg.graph g.item.group")
    widths = groups.evaluate_all("(all) => all.map((each) => each.querySelector('.shape').getBBox().width)")
    assert max(widths) < 3000, widths
    page.keyboard.press("f")
    sound(page)


def test_a_name_from_right_to_left_does_not_turn_its_number_around(page: Page) -> None:
    page.get_by_label("Filter events by text").fill("sum מספר")
    expect(page.locator(".event code", has_text="מספר").first).to_be_visible()

    name, number = page.evaluate(
        """() => {
            const name = [...document.querySelectorAll(".event code")].find((each) => each.textContent === "מספר")
            return [name, name.nextElementSibling].map((each) => each.getClientRects()[0]).map(({ x, y }) => [x, y])
        }"""
    )
    assert number > name if number[1] == name[1] else number[1] > name[1]


def test_what_is_taken_along_is_text_too(page: Page, tmp_path: Path) -> None:
    picture = drawn(page, "The whole graph", tmp_path)
    written = texts(picture)
    assert "<img src=x onerror=alert(1)>" in written
    assert "\\u202egnpexe" in written
    assert not re.search(HIDDEN.replace("\\0", "\\x00"), (tmp_path / "picture.svg").read_text())
    assert not [each.tag for each in ET.parse(tmp_path / "picture.svg").iter() if each.tag.endswith(("script", "img"))]

    taken(page, "All events as a table").save_as(tmp_path / "events.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "events.csv").read_text())))
    assert {len(row) for row in rows} == {5}
    assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-(?!\d)", cell)]


@pytest.mark.parametrize("watched", [PHONE], ids=["phone"], indirect=True)
def test_a_phone_shows_them_without_scrolling_sideways(page: Page) -> None:
    for tab in ("Graph", "Source", "Details"):
        page.get_by_role("tab", name=tab).first.click()
        sound(page)


def test_axe_finds_no_violation_among_them(page: Page) -> None:
    assert violations(page) == []
