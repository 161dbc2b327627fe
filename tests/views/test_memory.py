"""Live memory is the sum of the storages that live, step by step, and its peak names what it is made of."""

from __future__ import annotations

import pytest

from tapedeck.tape import Header, Tables, Tape
from tapedeck.tape import events as e
from tapedeck.tape.rows import Storage
from tapedeck.views.memory import live_memory
from tests.recorder.programs import kinds, tape_of

CHAIN = """
import torch
x = torch.ones(1000, requires_grad=True)
y = x.exp()
z = y.sin()
del z
loss = y.sum()
loss.backward()
"""


def written(tape: Tape, label: str) -> int:
    """The step of the op of this name."""
    return next(
        s for s, event in enumerate(tape.events) if isinstance(event, e.OpEvent) and label_of(tape, event) == label
    )


def label_of(tape: Tape, event: e.OpEvent) -> str:
    return tape.ops[event.op].label


def alive_after(tape: Tape, step: int) -> int:
    memory = live_memory(tape)
    return next(size for at, size in reversed(list(zip(memory.steps, memory.bytes, strict=True))) if at <= step)


def test_memory_grows_by_what_an_op_makes() -> None:
    tape = tape_of(CHAIN, values="structure")

    step = written(tape, "exp")
    assert alive_after(tape, step) - alive_after(tape, step - 1) == 4000


def test_memory_falls_when_the_last_holder_lets_go() -> None:
    tape = tape_of(CHAIN, values="structure")

    assert alive_after(tape, written(tape, "sin")) - alive_after(tape, written(tape, "sum")) == 4000 - 4


def test_a_view_and_an_in_place_op_take_no_memory() -> None:
    tape = tape_of("import torch\nx = torch.ones(1000)\nx[:500].mul_(2)\nx.view(10, 100)\n", values="structure")

    assert live_memory(tape).peak.bytes == 4000


def test_the_peak_lists_the_largest_storages_with_their_tensors() -> None:
    tape = tape_of("import torch\na = torch.ones(10)\nb = torch.ones(1000)\nc = b[:10]\n", values="structure")

    peak = live_memory(tape, largest=1).peak
    assert [[tape.tensors[t].name for t in one.tensors] for one in peak.largest] == [["b", "c"]]
    assert (peak.bytes, peak.others) == (4040, 40)


def test_the_peak_of_backward_is_told_apart_from_that_of_forward() -> None:
    tape = tape_of(CHAIN, values="structure")

    memory = live_memory(tape)
    start, end = (
        next(s for s, event in enumerate(tape.events) if event is found)
        for found in kinds(tape, "backward_start", "backward_end")
    )
    assert memory.backward is not None
    assert start <= memory.backward.step < end
    assert memory.forward.step < start or memory.forward.step >= end


def test_what_was_there_before_the_recording_counts_from_the_start() -> None:
    storages = [Storage(0, 100), Storage(1, 20, born=0, freed=1), Storage(2, 5, born=1, freed=1)]
    tape = Tape(Tables(Header(), storages=storages), [e.Print(text="a"), e.Print(text="b")])

    memory = live_memory(tape)
    assert (memory.steps, memory.bytes) == ([-1, 0, 1], [100, 120, 100])
    assert (memory.peak.step, memory.backward) == (0, None)


@pytest.mark.parametrize(("device", "size"), [("cpu", 10), ("meta", 300), ("cuda:0", 0), (None, 310)])
def test_one_device_can_be_asked_for(device: str | None, size: int) -> None:
    tape = Tape(Tables(Header(), storages=[Storage(0, 10), Storage(1, 300, "meta")]), [])

    assert live_memory(tape, device).peak.bytes == size
