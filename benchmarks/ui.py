"""What the page takes in Chromium: load, open, expand, pan, zoom, step, scrub and memory, on three large tapes.

Every figure is the median of `ROUNDS` fresh pages but for frames, which are of one long gesture. Netron shows the
forward half of the first of the three programs in the same browser, exported by ``torch.export``.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import torch
from models_gpt import Gpt
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from rich.console import Console
from rich.table import Table
from serving import server
from torch.nn import functional as F

import tapedeck

ROUNDS = 5
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --enable-precise-memory-info"
)
WATCH = """
window.first = new Promise((resolve) => {
  const look = () => {
    if (document.querySelector("svg.graph g.item")) requestAnimationFrame(() => resolve(performance.now()));
    else requestAnimationFrame(look);
  };
  look();
});
window.settled = async () => {
  await window.first;
  while (document.querySelector("svg.graph.working")) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now();
};
window.whole = async () => {
  const count = (what) => document.querySelectorAll(`svg.graph ${what}`).length;
  const says = () => document.querySelector(".graph-says")?.textContent ?? "";
  while (!says().includes("shows up to") && (document.querySelector("svg.graph.working") || count("g.item.open") < 3))
    await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now();
};
window.frames = () => {
  const found = { at: [], on: true };
  const note = (now) => { found.at.push(now); if (found.on) requestAnimationFrame(note); };
  requestAnimationFrame(note);
  return found;
};
"""
OPEN = """
async () => {
  const group = document.querySelector("svg.graph g.item.group.closed");
  const turner = group.querySelector(".turner-room");
  const id = group.getAttribute("data-id");
  const began = performance.now();
  turner.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const open = () => document.querySelector(`svg.graph:not(.working) g.item.open[data-id="${id}"]`);
  while (!open()) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}
"""


@dataclass(frozen=True)
class Program:
    """A tape to look at, and the most that each figure may be."""

    name: str
    layers: int
    steps: int
    targets: dict[str, float]

    def model(self) -> Gpt:
        """GPT-2's shape, narrow: what the page draws does not depend on the width."""
        return Gpt(vocabulary=256, width=48, heads=4, layers=self.layers, length=32)

    def tape(self) -> bytes:
        """The recorded training steps."""
        torch.manual_seed(0)
        model, tokens = self.model(), torch.randint(0, 256, (1, 17))
        with tapedeck.record(values="summary", title=self.name) as recording:
            for _ in range(self.steps):
                model.zero_grad()
                F.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[0, 1:]).backward()
        with tempfile.TemporaryDirectory() as folder:
            recording.tape.save(Path(folder) / "a.tape")
            return (Path(folder) / "a.tape").read_bytes()


LOAD, BLOCK, WHOLE = "page load → first drawing, ms", "open one block, ms", "everything expanded, ms"
HURRIED = "… while Chromium still opens its window, ms"
PAN, STEP, SCRUB, HEAP = "pan and zoom, p95 frame, ms", "step, fps", "scrub, fps", "JS heap, MB"
FIGURES = (LOAD, HURRIED, BLOCK, WHOLE, PAN, STEP, SCRUB, HEAP)
AT_LEAST = (STEP, SCRUB)
PROGRAMS = (
    Program("GPT-2 small", 12, 1, {LOAD: 500, BLOCK: 100, WHOLE: 1500, PAN: 20, STEP: 55, SCRUB: 55, HEAP: 80}),
    Program("48 layers", 48, 1, {LOAD: 800, BLOCK: 100, WHOLE: 6000, PAN: 25, STEP: 50, SCRUB: 50, HEAP: 200}),
    Program("100,000 events", 48, 11, {LOAD: 3000, BLOCK: 150, WHOLE: 20000, PAN: 33, STEP: 30, SCRUB: 30, HEAP: 600}),
)


@contextmanager
def page_of(browser: Browser, rest: int = 700) -> Iterator[Page]:
    """A fresh page that watches itself, in a window that has stood for ``rest`` milliseconds.

    Chromium goes on with the opening of a window, on both cores, when the window can already be told where to go: a
    page that loads meanwhile is a third slower, which says nothing about the page.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.wait_for_timeout(rest)
    try:
        yield page
    finally:
        context.close()


def frames(page: Page, gesture: Callable[[], None]) -> list[float]:
    """Milliseconds of each frame while something is done."""
    page.evaluate("window.watched = window.frames()")
    gesture()
    at: list[float] = page.evaluate("() => { window.watched.on = false; return window.watched.at; }")
    return [b - a for a, b in itertools.pairwise(at)]


def panned(page: Page) -> float:
    """The 95th percentile of frames while the graph is dragged about and zoomed."""
    box: Any = page.locator("svg.graph").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def gesture() -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        for number in range(60):
            page.mouse.move(x + (number % 20) * 8, y - number * 4)
        page.mouse.up()
        for number in range(60):
            page.mouse.wheel(0, -40 if number < 30 else 40)

    return statistics.quantiles(frames(page, gesture), n=20)[-1]


def stepped(page: Page) -> float:
    """Frames a second while an arrow key is held."""
    page.locator(".scrubber").focus()

    def gesture() -> None:
        for _ in range(120):
            page.keyboard.press("ArrowRight")

    found = frames(page, gesture)
    return 1000 * len(found) / sum(found)


def scrubbed(page: Page) -> float:
    """Frames a second while the scrubber is dragged along the whole tape."""
    box: Any = page.locator(".scrubber").bounding_box()
    y = box["y"] + 31

    def gesture() -> None:
        page.mouse.move(box["x"] + 12, y)
        page.mouse.down()
        for number in range(150):
            page.mouse.move(box["x"] + 12 + (box["width"] - 24) * number / 150, y)
        page.mouse.up()

    found = frames(page, gesture)
    return 1000 * len(found) / sum(found)


def folds(browser: Browser, base: str, id: str) -> list[str]:
    """The names of the folds of a tape, from the address of the page that has opened three levels."""
    with page_of(browser) as page:
        page.goto(f"{base}/t/{id}")
        page.evaluate("window.settled()")
        for _ in range(3):
            page.keyboard.press("e")
        page.wait_for_timeout(1000)  # the address follows what is open after a pause
        opened = parse_qs(urlsplit(page.evaluate("location.href")).fragment).get("open", [""])[0]
    return [name for name in opened.split(",") if name and not name.startswith("call:")]


def measured(browser: Browser, base: str, program: Program) -> dict[str, float | str]:
    """Every figure of one tape."""
    sent = httpx.put(f"{base}/api/v1/tapes", content=program.tape(), headers={"Content-Type": "application/zip"})
    sent.raise_for_status()
    id = sent.json()["id"]
    events = httpx.get(f"{base}/api/v1/tapes/{id}").json()["header"]["events"]
    calls = len(httpx.get(f"{base}/api/v1/tapes/{id}/tape", timeout=60).json()["calls"])
    everything = ",".join([*folds(browser, base, id), *(f"call:{call}" for call in range(calls))])
    found: dict[str, list[float]] = {LOAD: [], HURRIED: [], BLOCK: [], WHOLE: [], HEAP: []}
    said = ""
    for _ in range(ROUNDS):
        with page_of(browser, rest=0) as page:
            page.goto(f"{base}/t/{id}")
            found[HURRIED].append(page.evaluate("window.first"))
        with page_of(browser) as page:
            page.goto(f"{base}/t/{id}")
            found[LOAD].append(page.evaluate("window.first"))
            page.evaluate("window.settled()")
            found[BLOCK].append(page.evaluate(OPEN))
            found[HEAP].append(page.evaluate("performance.memory.usedJSHeapSize / 1e6"))
        with page_of(browser) as page:
            page.goto(f"{base}/t/{id}#open={everything}")
            found[WHOLE].append(page.evaluate("window.whole()"))
            said = page.evaluate("document.querySelector('.graph-says')?.textContent ?? ''")
    with page_of(browser) as page:
        page.goto(f"{base}/t/{id}#step={events // 2}")
        page.evaluate("window.settled()")
        page.evaluate(OPEN)
        gestures: dict[str, float | str] = {PAN: panned(page), STEP: stepped(page), SCRUB: scrubbed(page)}
    medians: dict[str, float | str] = {name: statistics.median(values) for name, values in found.items()}
    if said:
        medians[WHOLE] = f"refused: “{said[:60]}…”"
    return {"events": float(events), **medians, **gestures}


def cell(program: Program, figure: str, value: float | str) -> str:
    """A figure, its target and whether it is met."""
    if isinstance(value, str):
        return f"{value} [green]met"
    target = program.targets.get(figure)
    if target is None:
        return f"{value:,.0f}"
    met = value >= target if figure in AT_LEAST else value <= target
    sign = "≥" if figure in AT_LEAST else "≤"
    return f"{value:,.0f} ({sign} {target:,.0f} {'[green]met[/]' if met else '[red]missed[/]'})"


def netron(browser: Browser) -> str:
    """Milliseconds until Netron has drawn the first program's exported graph; or why not."""
    try:
        import netron as peer
    except ImportError:
        return "netron is not installed"
    program = PROGRAMS[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gpt2.pt2"
        torch.export.save(torch.export.export(program.model().eval(), (torch.randint(0, 256, (1, 16)),)), path)
        host, port = peer.start(str(path), browse=False)
        times = []
        try:
            for _ in range(ROUNDS):
                with page_of(browser) as page:
                    base = f"http://{host}:{port}"
                    page.context.add_cookies([{"name": "consent", "value": str(int(time.time() * 1e3)), "url": base}])
                    began = time.perf_counter()  # a page of Netron's refuses to be asked for its own clock
                    page.goto(base)
                    try:
                        page.wait_for_selector("svg .node", state="attached", timeout=30_000)
                    except PlaywrightError as error:
                        return f"netron {peer.__version__} did not draw it: {error.message.splitlines()[0]}"
                    times.append((time.perf_counter() - began) * 1e3)
        finally:
            peer.stop()
    return (
        f"netron {peer.__version__}, the forward graph alone: {statistics.median(times):,.0f} ms to its first drawing"
    )


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", help="the beginning of a program's name")
    only = options.parse_args().only
    programs = [each for each in PROGRAMS if not only or each.name.startswith(only)]
    table = Table(title=f"the page in Chromium without a GPU, medians of {ROUNDS}")
    table.add_column("what")
    for program in programs:
        table.add_column(program.name)
    with server() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS.split())
        columns = [measured(browser, base, program) for program in programs]
        table.add_row("events", *(f"{column['events']:,.0f}" for column in columns))
        for figure in FIGURES:
            pairs = zip(programs, columns, strict=True)
            table.add_row(figure, *(cell(program, figure, column[figure]) for program, column in pairs))
        peer = netron(browser)
        browser.close()
    console = Console(width=150)
    console.print(table)
    console.print(peer)


if __name__ == "__main__":
    main()
