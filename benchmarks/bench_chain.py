"""A chain of up to 100,000 ops: whether the cost of an op grows with their number, and what a long tape weighs.

Every length is measured in a process of its own, because torch 2.13 overflows the C stack when it frees more than
about 40,000 nodes in a row that Python has seen, with nothing recorded too: a crash is a row of the table.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from rounds import in_turn, seconds

from tapedeck.recorder import record
from tapedeck.tape.file import load
from tapedeck.tape.tape import Tape

LENGTHS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
EVENTS = 100_000
MIB = 1 << 20


def chain(length: int) -> None:
    """``length`` times ``sin`` of four numbers, and backward through all of them."""
    x = torch.ones(4, requires_grad=True)
    y = x
    for _ in range(length):
        y = y.sin()
    y.sum().backward()


def recorded(length: int) -> Tape:
    """The tape of a chain."""
    with record(values="structure") as recording:
        chain(length)
    return recording.tape


def block(length: int) -> float:
    """Seconds of the recorded block alone."""
    start = time.perf_counter()
    with record(values="structure"):
        chain(length)
        return time.perf_counter() - start


def curve(length: int) -> list[float]:
    """Median seconds at a length: plain, the recorded block, the block and the finished tape."""
    contestants = {
        "plain": lambda: seconds(lambda: chain(length)),
        "block": lambda: block(length),
        "tape": lambda: seconds(lambda: recorded(length)),
    }
    return [times.median for times in in_turn(contestants, rounds=7, budget=4, warm=1).values()]


def weight(length: int) -> dict[str, float]:
    """A tape's events, the bytes of its file, and the seconds there and back."""
    tape = recorded(length)
    if problems := tape.check():
        raise RuntimeError(problems[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.tape"
        save = seconds(lambda: tape.save(path))
        back = seconds(lambda: load(path))
        return {"events": len(tape.events), "save": save, "load": back, "size": path.stat().st_size}


def memory(length: int) -> dict[str, float]:
    """Bytes of Python's memory at the end of the block, and at the most until the tape is built."""
    tracemalloc.start()
    with record(values="structure"):
        chain(length)
        held, _ = tracemalloc.get_traced_memory()
    _, most = tracemalloc.get_traced_memory()
    return {"held": held, "most": most}


def ask(what: str, length: int) -> Any:
    """What a process of its own measured; a text where it crashed."""
    command = [sys.executable, __file__, what, str(length)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if answer.returncode < 0:
        return signal.Signals(-answer.returncode).name
    answer.check_returncode()
    return json.loads(answer.stdout)


def curve_table() -> Table:
    """Seconds and µs per op at every length."""
    table = Table(title="a chain of sin, forward + backward, structure: medians")
    columns = ("ops", "plain s", "recorded s", "to the tape s", "plain µs / op", "recorded µs / op", "× of the first")
    for column in columns:
        table.add_column(column, justify="right")
    first = None
    for length in LENGTHS:
        found = ask("curve", length)
        if isinstance(found, str):
            table.add_row(f"{length:,}", found)
            continue
        plain, inside, _ = found
        each = inside / length
        first = first or each
        cells = [*(f"{value:.3f}" for value in found), *(f"{x * 1e6:.1f}" for x in (plain / length, each))]
        table.add_row(f"{length:,}", *cells, f"{each / first:.2f}")
    return table


def weight_table() -> Table:
    """A tape of about `EVENTS` events."""
    length = EVENTS * 1_000 // ask("weight", 1_000)["events"]
    table = Table(title=f"a tape of about {EVENTS:,} events ({length:,} ops), structure")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("target", justify="right")
    found, used = ask("weight", length), ask("memory", length)
    if isinstance(found, str) or isinstance(used, str):
        table.add_row("the process ended in", str(found if isinstance(found, str) else used))
        return table
    events, save, back = found["events"], found["save"], found["load"]
    table.add_row("events", f"{events:,}", "")
    table.add_row("bytes an event on disk", f"{found['size'] / events:.1f}", "≤ 60")
    table.add_row("save + load, s", f"{save:.2f} + {back:.2f} = {save + back:.2f}", "≤ 3")
    for label, key in (("held at the end of the block", "held"), ("at the most, while the tape is built", "most")):
        text = f"{used[key] / events:.0f} ({used[key] / MIB:.0f} MiB)"
        table.add_row(f"Python bytes an event {label} (tracemalloc)", text, "")
    return table


def main() -> None:
    """Print both tables."""
    console = Console(width=120)
    console.print(curve_table())
    console.print(weight_table())


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure = {"curve": curve, "weight": weight, "memory": memory}[sys.argv[1]]
        sys.stdout.write(json.dumps(measure(int(sys.argv[2]))))
    else:
        main()
