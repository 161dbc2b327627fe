"""What confinement costs: a child with every layer and with none, and a program in a child that was parked or not."""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import time

import torch
from rich.console import Console
from rich.table import Table

from tapedeck.sandbox import Limits, Sandbox
from tapedeck.sandbox.child.warm import record_a_step, warm_up
from tapedeck.sandbox.confine import LAYERS, Confinement

ROUNDS = 60
PROGRAM = "x = 1\n"


def child_ms(confinement: Confinement) -> float:
    """Milliseconds from the fork to the end of a child that closes its layers and records behind them."""
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        confinement.begin()
        confinement.close(Limits())
        record_a_step()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"the child ended with status {status}")
    return (time.perf_counter() - began) * 1e3


def layers() -> Table:
    """The layers' own cost: forks of this process, warmed up as a fork server is."""
    confinements = {"no layer": Confinement(LAYERS), "every layer": Confinement()}
    torch.set_num_threads(1)  # a fork has none of OpenMP's threads, and would wait for them
    warm_up()
    gc.collect()
    gc.freeze()
    times: dict[str, list[float]] = {name: [] for name in confinements}
    for _ in range(ROUNDS):
        for name, confinement in confinements.items():
            times[name].append(child_ms(confinement))
    table = Table(title=f"a child from its fork to its end, a small recording in it, {ROUNDS} each")
    for column in ("child", "p50 ms", "the layers cost ms"):
        table.add_column(column, justify="right" if column != "child" else "left")
    cost = statistics.median(b - a for a, b in zip(times["no layer"], times["every layer"], strict=True))
    for name, found in times.items():
        said = f"{cost:+.1f} (target ≤ 2)" if name == "every layer" else ""
        table.add_row(name, f"{statistics.median(found):.1f}", said)
    return table


async def run_ms(sandbox: Sandbox) -> float:
    """Milliseconds of one run, which must finish."""
    began = time.perf_counter()
    run = await sandbox.run(PROGRAM)
    took = (time.perf_counter() - began) * 1e3
    if run.outcome.status != "finished":
        raise RuntimeError(str(run.outcome))
    await asyncio.sleep(0.06)  # a parked child takes the place of the one that ran
    return took


async def parked() -> Table:
    """A program from its source to its tape."""
    sandboxes = {"forked for it": Sandbox(parked=0), "parked": Sandbox(parked=1)}
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
    table = Table(title=f"an empty program from its source to its tape, {ROUNDS} each")
    for column in ("child", "p50 ms", "p95 ms"):
        table.add_column(column, justify="right" if column != "child" else "left")
    for name, found in times.items():
        table.add_row(name, f"{statistics.median(found):.1f}", f"{statistics.quantiles(found, n=20)[-1]:.1f}")
    return table


def main() -> None:
    """Print the tables; the forks first, while this process has one thread."""
    os.environ["OMP_NUM_THREADS"] = "1"
    console = Console(width=100)
    console.print(layers())
    console.print(asyncio.run(parked()))


if __name__ == "__main__":
    main()
