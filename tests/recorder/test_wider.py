"""Programs that reach beyond one pass on one thread: threads, checkpoints, fake tensors, limits, very deep graphs."""

from __future__ import annotations

import subprocess
import sys
import traceback
from contextlib import nullcontext
from typing import Any

import pytest
import torch

from tapedeck.recorder import record
from tapedeck.recorder.log import LIMIT
from tests.recorder.programs import kinds, tape_of

CHECKPOINT = """
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
layer = nn.Linear(3, 3)
x = torch.ones(2, 3, requires_grad=True)
checkpoint(lambda t: layer(t).relu(), x, use_reentrant=REENTRANT).sum().backward()
"""


@pytest.mark.parametrize("reentrant", ["True", "False"])
def test_a_recomputation_is_forward_inside_backward(reentrant: str) -> None:
    tape = tape_of(CHECKPOINT.replace("REENTRANT", reentrant))

    again = [op for op in tape.ops if op.phase == "recompute" and op.label in ("linear", "relu")]
    assert [op.label for op in again] == ["linear", "relu"]
    assert all(op.node is not None for op in again)
    assert tape.check() == []


def test_threads_that_the_program_starts_are_recorded_each_in_its_order() -> None:
    tape = tape_of(
        "import torch, threading\nfrom torch import nn\nlayer = nn.Linear(3, 3)\n"
        "def work():\n    layer(torch.ones(2, 3)).sum().backward()\n"
        "threads = [threading.Thread(target=work) for _ in range(3)]\n"
        "for t in threads: t.start()\nfor t in threads: t.join()\n"
    )

    calls = [(event.thread, tape.calls[event.call].thread) for event in kinds(tape, "call_enter")]
    assert sorted(calls) == [(1, 1), (2, 2), (3, 3)]
    assert {event.thread for event in kinds(tape, "backward_start")} == {1, 2, 3}
    assert tape.check() == []


def test_fake_tensors_have_shapes_nodes_and_flops_and_take_no_memory() -> None:
    tape = tape_of(
        "import torch\nfrom torch import nn\nnet = nn.Linear(200_000, 200_000)\n"
        "net(torch.ones(8, 200_000)).sum().backward()\n",
        fake=True,
    )

    linear = next(op for op in tape.ops if op.label == "linear")
    assert (tape.header.fake, linear.flops) == (True, 2 * 8 * 200_000**2)
    assert all(value.note and not value.data and value.summary is None for value in tape.values)
    assert [node.flops for node in tape.nodes if node.name == "AddmmBackward0"] == [2 * 8 * 200_000**2]
    assert tape.check() == []


def test_at_the_limit_the_recording_ends_and_the_program_goes_on() -> None:
    with record(max_events=10) as recording:
        x = torch.ones(())
        for _ in range(50):
            x = x + 1

    tape = recording.tape
    assert (float(x), tape.header.ended) == (51.0, "cut")
    assert kinds(tape, "warning")[-1].category == LIMIT


def test_an_exception_leaves_the_block_with_the_programs_own_traceback() -> None:
    def program(block: Any) -> None:
        with block:
            torch.nn.Linear(2, 2)(torch.ones(3))

    found = []
    for block in (nullcontext(), record()):
        with pytest.raises(RuntimeError) as caught:
            program(block)
        frames = traceback.extract_tb(caught.value.__traceback__)
        found.append([(frame.filename, frame.lineno) for frame in frames][1:])

    assert found[0] == found[1]


def test_a_graph_of_50000_nodes_in_a_row_is_recorded_and_freed() -> None:
    source = (
        "import torch\nfrom tapedeck.recorder import record\n"
        "with record('structure') as recording:\n"
        "    y = x = torch.ones(2, requires_grad=True)\n    for _ in range(50_000): y = y.sin()\n"
        "    y.sum().backward()\n    del y\n"
        "print(len(recording.tape.nodes))\n"
    )

    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "50002")


def test_a_warning_is_placed_where_the_program_would_have_been_warned() -> None:
    y = torch.ones(1, requires_grad=True) * 2
    with pytest.warns(UserWarning, match="not a leaf") as caught, record():
        y.grad  # noqa: B018 - reading it warns

    assert caught[0].filename == __file__
