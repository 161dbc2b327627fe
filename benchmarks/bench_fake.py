"""A decoder of 70 billion parameters under fake tensors: forward + backward, recorded where no memory could hold it.

Each of the two, plain and recorded, runs in a process of its own, so that the growth of its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any

import torch
from models import Step
from models_llama import Llama
from rich.console import Console
from rich.table import Table
from rounds import Times, seconds
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional as F

from tapedeck.recorder import record
from tapedeck.tape.tape import Tape

ROUNDS = 3
TOKENS = 4096
MIB = 1 << 20


def llama() -> Step:
    """80 layers, 8192 wide, 64 heads over 8; made under a fake mode, so that nothing is allocated."""
    model = Llama(vocabulary=128_256, width=8192, heads=64, kv_heads=8, hidden=28_672, layers=80)
    tokens = torch.zeros(1, TOKENS + 1, dtype=torch.long)
    return Step(model, tokens[:, :-1], lambda logits: F.cross_entropy(logits.flatten(0, 1), tokens[0, 1:]))


def recorded(step: Step) -> Tape:
    """The tape of a step."""
    with record(values="structure") as recording:
        step()
    return recording.tape


def peak() -> int:
    """The most bytes that this process has had resident (``ru_maxrss`` is in KiB on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def child(what: str) -> dict[str, Any]:
    """Seconds of every round, growth of the peak from the built model on, and what was counted."""
    answer: dict[str, Any] = {"seconds": []}
    with FakeTensorMode():
        step = llama()
        answer["parameters"] = sum(parameter.numel() for parameter in step.model.parameters())
        before = peak()
        for _ in range(ROUNDS):
            if what == "plain":
                answer["seconds"].append(seconds(step))
            else:
                tapes: list[Tape] = []
                answer["seconds"].append(seconds(lambda: tapes.append(recorded(step))))  # noqa: B023 - called at once
                answer.update(events=len(tapes[0].events), ops=len(tapes[0].ops), nodes=len(tapes[0].nodes))
            step.clear()
    return {**answer, "growth": peak() - before}


def ask(what: str) -> dict[str, Any]:
    """What a process of its own measured. Raises ``CalledProcessError`` when the process fails."""
    command = [sys.executable, __file__, what]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    """Print the table."""
    plain, ours = ask("plain"), ask("recorded")
    table = Table(
        title=f"{ours['parameters'] / 1e9:.1f} billion parameters, 80 layers, {TOKENS} tokens, fake tensors, structure",
        caption="Forward + backward. Recorded counts up to the finished tape. Memory grows from the built model on.",
    )
    table.add_column("what")
    for column in ("plain", "recorded", "target"):
        table.add_column(column, justify="right")
    times = [Times(found["seconds"]) for found in (plain, ours)]
    table.add_row(f"s, median of {ROUNDS}", *(f"{t.median:.2f}" for t in times), "≤ 5")
    table.add_row("s, the first", *(f"{t.seconds[0]:.2f}" for t in times), "")
    table.add_row("peak memory grows by, MiB", *(f"{found['growth'] / MIB:.0f}" for found in (plain, ours)), "≤ 1024")
    for what in ("ops", "nodes", "events"):
        table.add_row(what, "", f"{ours[what]:,}", "")
    over = (times[1].median - times[0].median) / ours["events"] * 1e6
    table.add_row("µs an event over plain", "", f"{over:.1f}", "")
    Console(width=120).print(table)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        sys.stdout.write(json.dumps(child(sys.argv[1])) + "\n")
    else:
        main()
