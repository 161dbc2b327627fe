"""Rounds of several contestants in turn, so that a machine that speeds up or slows down does so for all of them."""

from __future__ import annotations

import ctypes
import gc
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)

Contestant = Callable[[], float]
"""Runs once and returns the seconds that count."""


@dataclass
class Times:
    """Seconds of every round of one contestant."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """What is printed and compared."""
        return statistics.median(self.seconds)

    @property
    def least(self) -> float:
        """The round that the rest of the machine disturbed least."""
        return min(self.seconds)

    def over(self, base: Times) -> str:
        """The ratio of medians, with the ratio of the least in brackets."""
        return f"{self.median / base.median:.2f} ({self.least / base.least:.2f})"


def seconds(run: Callable[[], object]) -> float:
    """Seconds of one call; what it returns is dropped after the clock has stopped."""
    start = time.perf_counter()
    kept = run()
    elapsed = time.perf_counter() - start
    del kept
    return elapsed


def settle() -> None:
    """Begin a round as a program begins: nothing left to collect, and no freed memory in glibc's hands.

    Otherwise the gradients that the round before has freed are, or are not, given back to the kernel, as the layout of
    the heap happens to be: BERT-base then has 23 or 131 thousand page faults a step, recorded or not, 50 ms apart.
    """
    gc.collect()
    if _trim is not None:
        _trim(0)


def in_turn(contestants: dict[str, Contestant], rounds: int, budget: float, warm: int = 2) -> dict[str, Times]:
    """``rounds`` rounds after ``warm`` that do not count, fewer (three at least) when ``budget`` seconds are spent.

    Every run is settled before it, so that nobody pays for what another left, and each round is shuffled anew (the
    same way in every run of a benchmark), so that nobody always follows the same one.
    """
    times = {name: Times() for name in contestants}
    deadline = time.monotonic() + budget
    order, shuffled = list(contestants.items()), random.Random(0)
    for number in range(-warm, rounds):
        shuffled.shuffle(order)
        for name, run in order:
            settle()
            elapsed = run()
            if number >= 0:
                times[name].seconds.append(elapsed)
        if number >= 2 and time.monotonic() > deadline:
            break
    return times
