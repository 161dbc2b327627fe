"""What recording costs: forward + backward of four models, recorded at each level, as a ratio to the plain program."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from models import LARGE, MODELS, Step
from rich.console import Console
from rich.table import Table
from rounds import Contestant, Times, in_turn, seconds

from tapedeck.recorder import record
from tapedeck.tape.tape import Level

LEVELS: tuple[Level, ...] = ("structure", "summary", "full")
TARGETS = {"structure": (3.0, 1.15), "summary": (None, 1.5), "full": (None, None)}
"""The ratio to keep below: for the MLP, for the large models."""


class Recorded:
    """A step in a recorded block. The block's seconds count; from its end to the finished tape is kept apart."""

    def __init__(self, step: Step, level: Level) -> None:
        self.step = step
        self.level = level
        self.built = Times()
        self.events = 0

    def __call__(self) -> float:
        start = time.perf_counter()
        with record(values=self.level) as recording:
            self.step()
            inside = time.perf_counter() - start
        self.built.seconds.append(time.perf_counter() - start - inside)
        self.events = len(recording.tape.events)
        self.step.clear()
        return inside


def plain(step: Step) -> Contestant:
    """The step with nothing recorded."""

    def run() -> float:
        elapsed = seconds(step)
        step.clear()
        return elapsed

    return run


def measure(make: Callable[[], Step]) -> tuple[Times, dict[Level, tuple[Times, Recorded]]]:
    """Plain times, and each level's times with what was recorded."""
    step = make()
    recorded = {level: Recorded(step, level) for level in LEVELS}
    times = in_turn({"plain": plain(step), **recorded}, rounds=100 if make is MODELS["MLP"] else 24, budget=90)
    return times["plain"], {level: (times[level], recorded[level]) for level in LEVELS}


def verdict(name: str, level: Level, ratio: float) -> str:
    """The target, and whether it is met."""
    target = TARGETS[level][name in LARGE]
    return "" if target is None else f"≤ {target:g} {'[green]met' if ratio <= target else '[red]missed'}"


def main() -> None:
    """Print the table."""
    torch.manual_seed(0)
    table = Table(
        title=f"forward + backward, torch {torch.__version__}, {torch.get_num_threads()} threads: medians (least)",
        caption="Each round runs plain, structure, summary and full in another order. × is the recorded block over the "
        "plain one; the tape is built when the block has ended and counts apart.",
    )
    for column in ("model", "level"):
        table.add_column(column)
    for column in ("ms", "×", "target", "events", "µs / event", "tape built ms", "rounds"):
        table.add_column(column, justify="right")
    for name, make in MODELS.items():
        base, levels = measure(make)
        table.add_row(name, "plain", f"{base.median * 1e3:.2f}", "", "", "", "", "", str(len(base.seconds)))
        for level, (times, recorded) in levels.items():
            table.add_row(
                "",
                level,
                f"{times.median * 1e3:.2f}",
                times.over(base),
                verdict(name, level, times.median / base.median),
                f"{recorded.events:,}",
                f"{(times.median - base.median) / recorded.events * 1e6:.1f}",
                f"{recorded.built.median * 1e3:.1f}",
                str(len(times.seconds)),
            )
        table.add_section()
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
