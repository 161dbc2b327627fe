"""POST → tape ready, over HTTP against a real server: p50 and p95 for the gallery's programs, warm."""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import httpx
from rich.console import Console
from rich.table import Table

ROUNDS = 40


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A server of our own on a free port, with a folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tapedeck.cli", "serve", "--port", str(port)],
            env={**os.environ, "TAPEDECK_DATA_DIR": folder},
            stdout=subprocess.DEVNULL,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait_until_ready(base)
            yield base
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_ready(base: str) -> None:
    """Return when ``/readyz`` answers 200; raise ``TimeoutError`` after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{base}/readyz").status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not become ready within a minute")


def main() -> None:
    """Print the table."""
    table = Table(title=f"POST /api/v1/tapes?wait=30 → finished, {ROUNDS} runs each, one client")
    for column in ("program", "p50 ms", "p95 ms"):
        table.add_column(column, justify="right" if column != "program" else "left")
    with server() as base, httpx.Client(base_url=base, timeout=60) as client:
        for lesson in client.get("/api/v1/lessons").json()["lessons"]:
            times = []
            for round_ in range(ROUNDS + 3):
                start = time.perf_counter()
                answer = client.post("/api/v1/tapes?wait=30", json={"lesson": lesson["slug"]}).json()
                elapsed = time.perf_counter() - start
                if answer["status"] != "finished":
                    raise RuntimeError(f"{lesson['slug']}: {answer}")
                if round_ >= 3:
                    times.append(elapsed * 1e3)
            p95 = statistics.quantiles(times, n=20)[-1]
            table.add_row(lesson["slug"], f"{statistics.median(times):.0f}", f"{p95:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
