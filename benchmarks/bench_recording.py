"""What recording costs: forward + backward of three models, recorded at each level, as a ratio to the plain program."""

from __future__ import annotations

import gc
import statistics
import time

import torch
from models import MODELS, Step
from rich.console import Console
from rich.table import Table

from tapedeck.recorder import record

ROUNDS = 9
LEVELS = ("structure", "summary", "full")


def timed(step: Step) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def recorded(step: Step, level: str) -> tuple[float, float, int]:
    """Seconds of the recorded block, seconds until the tape is built too, and its events."""
    start = time.perf_counter()
    with record(values=level) as recording:  # type: ignore[arg-type]
        step()
        inside = time.perf_counter() - start
    return inside, time.perf_counter() - start, len(recording.tape.events)


def main() -> None:
    """Print the table."""
    torch.manual_seed(0)
    table = Table(
        title=f"forward + backward, medians of {ROUNDS}, torch {torch.__version__}, {torch.get_num_threads()} threads"
    )
    for column in ("model", "plain ms", *(f"{level} ×" for level in LEVELS), "events", "tape built (full) ms"):
        table.add_column(column, justify="right" if column != "model" else "left")
    for name, make in MODELS.items():
        step = make()
        for _ in range(2):
            step()
            recorded(step, "full")
        plain: list[float] = []
        times: dict[str, list[float]] = {level: [] for level in LEVELS}
        built, events = [], 0
        for _ in range(ROUNDS):
            gc.collect()
            plain.append(timed(step))
            for level in LEVELS:
                inside, whole, events = recorded(step, level)
                times[level].append(inside)
                if level == "full":
                    built.append(whole - inside)
        base = statistics.median(plain)
        ratios = [f"{statistics.median(times[level]) / base:.2f}" for level in LEVELS]
        table.add_row(name, f"{base * 1e3:.1f}", *ratios, str(events), f"{statistics.median(built) * 1e3:.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
