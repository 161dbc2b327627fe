"""A decoder of 70 billion parameters under fake tensors: forward + backward, recorded where no memory could hold it.

Each of the two, plain and recorded, runs in a process of its own, so that the growth of its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import torch
from models import Step
from models_llama import Llama
from rich.console import Console
from rich.table import Table
from rounds import Times
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional as F

from tapedeck.recorder import record

ROUNDS = 3
TOKENS = 4096
MIB = 1 << 20


@dataclass
class Round:
    """Seconds of making the model and of its forward and backward pass up to the finished tape; what is on the tape."""

    made: float
    passed: float
    parameters: int
    ops: int = 0
    nodes: int = 0
    events: int = 0


def llama() -> Step:
    """80 layers, 8192 wide, 64 query heads over 8 key and value heads; under a fake mode nothing is allocated."""
    model = Llama(vocabulary=128_256, width=8192, heads=64, kv_heads=8, hidden=28_672, layers=80)
    tokens = torch.zeros(1, TOKENS + 1, dtype=torch.long)
    return Step(model, tokens[:, :-1], lambda logits: F.cross_entropy(logits.flatten(0, 1), tokens[0, 1:]))


def size(step: Step) -> int:
    """How many numbers the model's parameters would hold."""
    return sum(parameter.numel() for parameter in step.model.parameters())


def plain() -> Round:
    """The whole program under torch's own fake mode."""
    with FakeTensorMode():
        start = time.perf_counter()
        step = llama()
        made = time.perf_counter()
        step()
        passed = time.perf_counter()
    return Round(made - start, passed - made, size(step))


def recorded() -> Round:
    """The whole program in a recorded block."""
    start = time.perf_counter()
    with record(values="structure", fake=True) as recording:
        step = llama()
        made = time.perf_counter()
        step()
    passed = time.perf_counter()
    tape = recording.tape
    return Round(made - start, passed - made, size(step), len(tape.ops), len(tape.nodes), len(tape.events))


def peak() -> int:
    """The most bytes that this process has had resident (``ru_maxrss`` is in KiB on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def child(what: str) -> dict[str, Any]:
    """The rounds, and by how much they raised the peak of this process's memory."""
    run = {"plain": plain, "recorded": recorded}[what]
    before = peak()
    rounds = [asdict(run()) for _ in range(ROUNDS)]
    return {"rounds": rounds, "growth": peak() - before}


def ask(what: str) -> dict[str, Any]:
    """What a process of its own measured. Raises ``CalledProcessError`` when the process fails."""
    command = [sys.executable, __file__, what]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    """Print the table."""
    answers = {what: ask(what) for what in ("plain", "recorded")}
    rounds = {what: [Round(**row) for row in answer["rounds"]] for what, answer in answers.items()}
    last = rounds["recorded"][-1]
    table = Table(
        title=f"{last.parameters / 1e9:.1f} billion parameters, 80 layers, {TOKENS} tokens, fake tensors, structure: "
        f"medians of {ROUNDS}",
        caption="Plain is the same program under torch's own FakeTensorMode. Recorded counts up to the finished tape.",
    )
    table.add_column("what")
    for column in ("plain", "recorded", "target"):
        table.add_column(column, justify="right")
    passed = {what: Times([row.passed for row in rows]) for what, rows in rounds.items()}
    made = {what: Times([row.made for row in rows]) for what, rows in rounds.items()}
    table.add_row("forward + backward, s (least)", *(f"{t.median:.2f} ({t.least:.2f})" for t in passed.values()), "≤ 5")
    table.add_row("making the model before, s", *(f"{t.median:.2f}" for t in made.values()), "")
    growth = (f"{answer['growth'] / MIB:.0f}" for answer in answers.values())
    table.add_row("peak memory grows by, MiB", *growth, "≤ 1024")
    for what, count in (("ops", last.ops), ("nodes", last.nodes), ("events", last.events)):
        table.add_row(what, "", f"{count:,}", "")
    over = (passed["recorded"].median - passed["plain"].median) / last.events * 1e6
    table.add_row("µs an event over plain", "", f"{over:.1f}", "")
    Console(width=120).print(table)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        sys.stdout.write(json.dumps(child(sys.argv[1])) + "\n")
    else:
        main()
