"""POST → tape ready, over HTTP against a real server: one client, eight, and one beside a hostile neighbour."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

import httpx
from rich.console import Console
from rich.table import Table
from serving import server

ROUNDS = 40
CLIENTS = 8
CROWD_S = 15
WALKTHROUGH = "walkthrough"
HOSTILE = {
    "a fork bomb": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n",
    "a memory bomb": "kept = []\nwhile True:\n    kept.append(bytearray(1 << 20))\n",
    "a spin": "while True:\n    pass\n",
}


def posted(client: httpx.Client, body: dict[str, object]) -> tuple[float, str]:
    """Milliseconds from the request to the finished recording, and its status."""
    start = time.perf_counter()
    answer = client.post("/api/v1/tapes?wait=30", json=body)
    elapsed = (time.perf_counter() - start) * 1e3
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.text}")
    return elapsed, answer.json()["status"]


def recorded(client: httpx.Client, slug: str) -> float:
    """Milliseconds of one recording of a lesson, which must finish."""
    elapsed, status = posted(client, {"lesson": slug})
    if status != "finished":
        raise RuntimeError(f"{slug}: {status}")
    return elapsed


def p50_and_p95(times: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def gallery(base: str) -> Table:
    """One client, every lesson."""
    table = Table(title=f"POST /api/v1/tapes?wait=30 → finished, {ROUNDS} runs each, one client")
    for column in ("program", "p50 ms", "p95 ms"):
        table.add_column(column, justify="right" if column != "program" else "left")
    with httpx.Client(base_url=base, timeout=60) as client:
        for lesson in client.get("/api/v1/lessons").json()["lessons"]:
            times = [recorded(client, lesson["slug"]) for _ in range(ROUNDS + 3)][3:]
            table.add_row(lesson["slug"], *(f"{value:.0f}" for value in p50_and_p95(times)))
    return table


def crowd(base: str) -> str:
    """Eight clients at once, for a while."""
    times: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + CROWD_S

    def one() -> None:
        with httpx.Client(base_url=base, timeout=60) as client:
            while time.monotonic() < end:
                try:
                    times.append(recorded(client, WALKTHROUGH))
                except (RuntimeError, httpx.HTTPError) as error:
                    errors.append(str(error))

    everyone = [threading.Thread(target=one) for _ in range(CLIENTS)]
    for thread in everyone:
        thread.start()
    for thread in everyone:
        thread.join()
    p50, p95 = p50_and_p95(times)
    said = f"{len(times) / CROWD_S:.1f} runs/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms, {len(errors)} errors"
    return f"{CLIENTS} clients, {CROWD_S} s, {WALKTHROUGH}: {said} {errors[:1] or ''}"


def beside(base: str, source: str | None) -> list[float]:
    """Milliseconds of an honest client's recordings while a neighbour runs a program again and again."""
    stop = threading.Event()

    def neighbour() -> None:
        with httpx.Client(base_url=base, timeout=60) as client:
            while source is not None and not stop.is_set():
                posted(client, {"source": source, "options": {"time_limit_s": 2.0}})

    other = threading.Thread(target=neighbour)
    other.start()
    with httpx.Client(base_url=base, timeout=60) as client:
        times = [recorded(client, WALKTHROUGH) for _ in range(ROUNDS * 2)]
    stop.set()
    other.join()
    return times


def neighbours(base: str) -> Table:
    """An honest client beside each hostile neighbour, and alone just before."""
    table = Table(title=f"{WALKTHROUGH} alone, then beside a neighbour, {ROUNDS * 2} runs each")
    for column in ("neighbour", "alone p50 ms", "p95 ms", "beside it p50 ms", "p95 ms", "p95 ×"):
        table.add_column(column, justify="right" if column != "neighbour" else "left")
    for name, source in HOSTILE.items():
        alone, together = p50_and_p95(beside(base, None)), p50_and_p95(beside(base, source))
        table.add_row(name, *(f"{ms:.0f}" for ms in (*alone, *together)), f"{together[1] / alone[1]:.2f}")
    return table


def main() -> None:
    """Print the tables."""
    console = Console(width=100)
    parts: list[Callable[[str], Table | str]] = [gallery, crowd, neighbours]
    with server() as base:
        for part in parts:
            console.print(part(base))


if __name__ == "__main__":
    main()
