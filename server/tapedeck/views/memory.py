"""Live memory along the tape: how many bytes of tensors were alive after each event, the peak, and what was alive then.

The sum is over the storages that Python could see. What a kernel allocates and frees within one op or node is not seen
and not counted, and neither is what the allocator keeps in reserve. A storage that was there before the recording began
counts from the start. Storages that were made and freed between the same two events are never alive at a step.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate
from math import inf

import msgspec

from tapedeck.tape import Tape
from tapedeck.tape import events as e
from tapedeck.tape.rows import Storage


class Alive(msgspec.Struct, frozen=True):
    """One storage that is alive, and the tensors in it by their rows."""

    storage: int
    bytes: int
    tensors: list[int]


class Peak(msgspec.Struct, frozen=True):
    """The most that was alive, the first step after which it was (-1: before the first), and what it was made of.

    ``largest`` are storages, the largest first, and ``others`` the bytes of those that are not listed.
    """

    bytes: int
    step: int
    largest: list[Alive]
    others: int = 0


class LiveMemory(msgspec.Struct, frozen=True):
    """Live bytes along the tape: ``bytes[i]`` from step ``steps[i]`` on; the first step is -1.

    ``forward`` and ``backward`` are the peaks outside of and inside backward passes; ``backward`` is ``None`` without
    one.
    """

    steps: list[int]
    bytes: list[int]
    peak: Peak
    forward: Peak
    backward: Peak | None = None


def live_memory(tape: Tape, device: str | None = None, largest: int = 10) -> LiveMemory:
    """The curve of a sound tape, of one device or of all; at each peak, the ``largest`` storages are listed.

    It takes time linear in the length of the tape, but for the sorting of the steps.
    """
    living = [_Life(storage) for storage in tape.storages if device in (None, storage.device)]
    steps, curve = _curve([life for life in living if life.born < life.freed], len(tape.events))
    forward, backward = _highest(tape, steps, curve)
    peaks = [_peak(tape, living, largest, *found) for found in (forward, backward) if found is not None]
    return LiveMemory(
        steps,
        curve,
        max(peaks, key=lambda peak: peak.bytes),
        peaks[0],
        peaks[1] if backward is not None else None,
    )


class _Life:
    """A storage and the steps at which it is alive: from ``born`` to before ``freed``."""

    __slots__ = ("born", "bytes", "freed", "id")

    def __init__(self, storage: Storage) -> None:
        self.id = storage.id
        self.bytes = storage.bytes
        self.born: float = -1 if storage.born is None else storage.born
        self.freed: float = inf if storage.freed is None else storage.freed


def _curve(living: list[_Life], length: int) -> tuple[list[int], list[int]]:
    """The steps at which the sum changes, and the sums."""
    changes: dict[float, int] = defaultdict(int, {-1: 0})
    for life in living:
        changes[life.born] += life.bytes
        changes[life.freed] -= life.bytes
    steps = sorted(int(step) for step, change in changes.items() if step == -1 or (change and step < length))
    return steps, list(accumulate(changes[step] for step in steps))


def _highest(tape: Tape, steps: list[int], curve: list[int]) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """The step and sum of the peak outside of backward passes, and of the one inside them, if there are any."""
    depth, at = 0, 0
    outside, inside = (-1, curve[0]), None
    for step, event in enumerate(tape.events):
        while at + 1 < len(steps) and steps[at + 1] <= step:
            at += 1
        if isinstance(event, e.BackwardStart):
            depth += 1
        elif isinstance(event, e.BackwardEnd):
            depth -= 1
        if depth:
            inside = (step, curve[at]) if inside is None or curve[at] > inside[1] else inside
        elif curve[at] > outside[1]:
            outside = (step, curve[at])
    return outside, inside


def _peak(tape: Tape, living: list[_Life], largest: int, step: int, total: int) -> Peak:
    alive = sorted((life for life in living if life.born <= step < life.freed), key=lambda life: (-life.bytes, life.id))
    listed: dict[int, list[int]] = {life.id: [] for life in alive[:largest]}
    for tensor in tape.tensors:
        if tensor.storage in listed:
            listed[tensor.storage].append(tensor.id)
    found = [Alive(life.id, life.bytes, listed[life.id]) for life in alive[:largest]]
    return Peak(total, step, found, total - sum(one.bytes for one in found))
