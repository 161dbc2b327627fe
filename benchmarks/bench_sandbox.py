"""What confinement costs: an empty program in a child with every layer, with none, and in one that was parked."""

from __future__ import annotations

import asyncio
import statistics
import time

from rich.console import Console
from rich.table import Table

from tapedeck.sandbox import Sandbox

ROUNDS = 60
PROGRAM = "x = 1\n"
EVERY_LAYER = ("rlimits", "landlock", "seccomp")


async def run_ms(sandbox: Sandbox) -> float:
    """Milliseconds of one run, which must finish."""
    began = time.perf_counter()
    run = await sandbox.run(PROGRAM)
    took = (time.perf_counter() - began) * 1e3
    if run.outcome.status != "finished":
        raise RuntimeError(str(run.outcome))
    await asyncio.sleep(0.05)  # a parked child takes the place of the one that ran
    return took


async def measure() -> dict[str, list[float]]:
    """The rounds of all three alternate, so that a machine that slows down does so for all of them."""
    sandboxes = {
        "no layer": Sandbox(parked=0, without=EVERY_LAYER),
        "every layer": Sandbox(parked=0),
        "every layer, parked": Sandbox(parked=1),
    }
    times: dict[str, list[float]] = {name: [] for name in sandboxes}
    for sandbox in sandboxes.values():
        await sandbox.start()
    for number in range(-5, ROUNDS):
        for name, sandbox in sandboxes.items():
            took = await run_ms(sandbox)
            if number >= 0:
                times[name].append(took)
    for sandbox in sandboxes.values():
        await sandbox.close()
    return times


def main() -> None:
    """Print the table."""
    times = asyncio.run(measure())
    base = statistics.median(times["no layer"])
    table = Table(title=f"an empty program from its source to its tape, {ROUNDS} runs each")
    for column in ("child", "p50 ms", "p95 ms", "layers cost ms"):
        table.add_column(column, justify="right" if column != "child" else "left")
    for name, found in times.items():
        p50, p95 = statistics.median(found), statistics.quantiles(found, n=20)[-1]
        table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", f"{p50 - base:+.1f}" if name == "every layer" else "")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
