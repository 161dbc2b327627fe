"""Hooks on saved tensors, and multi-grad hooks."""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.graph import register_multi_grad_hook, saved_tensors_hooks

from tapedeck.recorder import record
from tests.recorder.programs import kinds, numbers, tape_of

HEAD = """\
import torch
from torch.autograd.graph import *
from torch.utils.checkpoint import checkpoint
a = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(4.0, requires_grad=True)
"""


def test_a_pair_of_saved_tensor_hooks_fires_for_every_pack_and_unpack() -> None:
    tape = tape_of(
        f"{HEAD}with saved_tensors_hooks(lambda t: t.detach() + 1, lambda t: t - 1):\n    c = a * b\nc.backward()\n"
    )

    assert [hook.kind for hook in tape.hooks] == ["saved_pack", "saved_unpack"]
    story = [
        (tape.hooks[e.hook].kind, numbers(tape, e.before[0]), numbers(tape, e.after[0]))
        for e in kinds(tape, "hook_fire")
    ]
    assert sorted(story[:2]) == [("saved_pack", 3.0, 4.0), ("saved_pack", 4.0, 5.0)]
    assert sorted(story[2:]) == [("saved_unpack", 4.0, 3.0), ("saved_unpack", 5.0, 4.0)]
    assert [tape.nodes[e.node].name for e in kinds(tape, "hook_fire")[2:]] == ["MulBackward0"] * 2
    assert tape.check() == []


def test_a_pair_is_added_when_its_context_is_entered_and_removed_when_it_is_left() -> None:
    tape = tape_of(f"{HEAD}with saved_tensors_hooks(lambda t: t, lambda t: t):\n    c = a.exp()\nc.backward()\n")

    story = [event.__struct_config__.tag for event in kinds(tape, "hook_add", "op", "hook_remove", "hook_fire")]
    assert story[-7:] == ["hook_add", "hook_add", "hook_fire", "op", "hook_remove", "hook_remove", "hook_fire"]
    assert not any(event.changed for event in kinds(tape, "hook_fire"))


def test_what_an_op_saves_of_its_own_output_is_still_that_ops_output() -> None:
    tape = tape_of(f"{HEAD}with saved_tensors_hooks(lambda t: t.detach() + 1, lambda t: t - 1):\n    c = a.exp()\n")

    (fire,) = kinds(tape, "hook_fire")
    row = tape.tensors[fire.tensors[0]]
    assert (row.name, tape.ops[row.op or 0].label, tape.nodes[row.node or 0].op) == ("c", "exp", row.op)
    assert tape.check() == []


def test_save_on_cpu_is_a_pair_of_hooks_and_checkpointing_is_none() -> None:
    tape = tape_of(
        f"{HEAD}with save_on_cpu():\n    c = a * b\n"
        "checkpoint(lambda t: t.exp() * b, c, use_reentrant=False).backward()\n"
    )

    assert [hook.name.rsplit(".", 1)[-1] for hook in tape.hooks] == ["pack_to_cpu", "unpack_from_cpu"]
    assert len(kinds(tape, "hook_fire")) == 4
    assert tape.check() == []


def test_disabled_saved_tensor_hooks_are_refused_and_leave_no_row() -> None:
    tape = tape_of(f"{HEAD}with disable_saved_tensors_hooks('not here'):\n    with save_on_cpu():\n        pass\n")

    assert (tape.events[-1].message, tape.hooks) == ("not here", [])  # type: ignore[union-attr]
    assert torch._C._autograd._top_saved_tensors_default_hooks(True) is None


def test_pairs_from_before_the_recording_are_seen_and_put_back() -> None:
    def pack(t: torch.Tensor) -> torch.Tensor:
        return t

    a = torch.ones(2, requires_grad=True)
    with saved_tensors_hooks(pack, pack), saved_tensors_hooks(pack, lambda t: t):
        with record() as recording:
            a.exp()
        top = torch._C._autograd._top_saved_tensors_default_hooks(True)
    below = torch._C._autograd._top_saved_tensors_default_hooks(True)

    tape = recording.tape
    assert [(hook.kind, hook.added) for hook in tape.hooks] == [("saved_pack", None), ("saved_unpack", None)] * 2
    assert [event.hook for event in kinds(tape, "hook_fire")] == [2]
    assert (top[0] is pack, below) == (True, None)  # type: ignore[index]


def test_a_multi_grad_hook_is_one_hook_and_fires_with_every_gradient() -> None:
    tape = tape_of(
        f"{HEAD}c, d = a * b, a * b\nhandle = register_multi_grad_hook((a, b, c, d), lambda gs: None)\n"
        "(c * 1).backward(retain_graph=True)\nhandle.remove()\nc.backward()\n"
    )

    (hook,) = tape.hooks
    (fire,) = kinds(tape, "hook_fire")
    assert (hook.kind, [tape.tensors[t].name for t in hook.tensors]) == ("multi_grad", ["a", "b", "c", "d"])
    assert [numbers(tape, value) for value in fire.before] == [4.0, 3.0, 1.0, None]
    assert len(kinds(tape, "hook_add", "hook_remove")) == 2
    assert tape.check() == []


def test_a_multi_grad_hook_in_mode_any_fires_with_the_first_gradient() -> None:
    tape = tape_of(
        f"{HEAD}c = a * b\nwith register_multi_grad_hook((a, b), lambda g: None, mode='any'):\n    c.backward()\n"
    )

    (hook,) = tape.hooks
    (fire,) = kinds(tape, "hook_fire")
    assert (hook.flags, numbers(tape, fire.before[0]), len(kinds(tape, "hook_remove"))) == (["mode=any"], 4.0, 1)
    assert tape.check() == []


def test_a_multi_grad_hook_from_before_the_recording_is_seen_and_its_closure_left_as_it_was() -> None:
    def seen(gradients: Any) -> None: ...

    a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    register_multi_grad_hook((a, b), seen)
    with record() as recording:
        (a * b).backward()

    (hook,) = recording.tape.hooks
    (inner,) = a._backward_hooks.values()  # type: ignore[union-attr]
    cell = inner.__closure__[inner.__code__.co_freevars.index("fn")]
    assert (hook.added, len(hook.tensors), len(kinds(recording.tape, "hook_fire"))) == (None, 2, 1)
    assert cell.cell_contents is seen
