"""Hooks: each kind is seen registered, fired and removed, with before and after, and is the user's own again."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tapedeck.recorder import record
from tests.recorder.programs import kinds, numbers, tape_of

HEAD = "import torch\nfrom torch import nn\na = torch.tensor(2.0, requires_grad=True)\nc = a * 3\n"


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("tensor", "h = c.register_hook(lambda g: g * 2)"),
        ("post_accumulate_grad", "h = a.register_post_accumulate_grad_hook(lambda p: None)"),
        ("node_pre", "h = c.grad_fn.register_prehook(lambda gs: (gs[0] * 2,))"),
        ("node_post", "h = c.grad_fn.register_hook(lambda gi, go: (gi[0] * 2, None))"),
        ("node_pre", "h = c.grad_fn.next_functions[0][0].register_prehook(lambda gs: (gs[0] * 2,))"),
    ],
)
def test_a_backward_hook_is_added_fired_and_removed(kind: str, line: str) -> None:
    tape = tape_of(f"{HEAD}{line}\nc.backward(retain_graph=True)\nh.remove()\nc.backward()\n")

    assert [hook.kind for hook in tape.hooks] == [kind]
    story = [event.__struct_config__.tag for event in kinds(tape, "hook_add", "hook_fire", "hook_remove")]
    assert story == ["hook_add", "hook_fire", "hook_remove"]
    changed = kind != "post_accumulate_grad"
    assert kinds(tape, "hook_fire")[0].changed is changed
    assert numbers(tape, kinds(tape, "accumulate")[0].total) == (6.0 if changed else 3.0)
    assert tape.check() == []


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("forward_pre", "net.register_forward_pre_hook(lambda m, args: (args[0] + 1,))"),
        ("forward", "net.register_forward_hook(lambda m, args, out: out + 1)"),
        ("full_backward_pre", "net.register_full_backward_pre_hook(lambda m, go: (go[0] * 2,))"),
        ("full_backward", "net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))"),
    ],
)
def test_a_module_hook_is_added_fired_and_removed(kind: str, line: str) -> None:
    tape = tape_of(
        f"{HEAD}net = nn.Identity()\nh = {line}\nnet(c).backward(retain_graph=True)\nh.remove()\nnet(c).backward()\n"
    )

    assert [hook.kind for hook in tape.hooks] == [kind]
    fire = kinds(tape, "hook_fire")[0]
    assert len(kinds(tape, "hook_fire", "hook_add", "hook_remove")) == 3
    assert fire.changed
    assert numbers(tape, fire.after[0]) == numbers(tape, fire.before[0]) * (2 if "backward" in kind else 1) + (
        0 if "backward" in kind else 1
    )


def test_a_hook_that_changes_its_argument_in_place_is_said_to() -> None:
    tape = tape_of(f"{HEAD}c.register_hook(lambda g: g.mul_(5) and None)\nc.backward()\n")

    (fire,) = kinds(tape, "hook_fire")
    assert (fire.changed, fire.mutated) == (False, True)
    assert (numbers(tape, fire.before[0]), numbers(tape, fire.after[0])) == (1.0, 5.0)


def test_what_a_hook_does_stands_after_its_firing_and_names_it() -> None:
    tape = tape_of(f"{HEAD}c.register_hook(lambda g: print(g) or g + 2)\nc.backward()\n")

    fire = next(step for step, event in enumerate(tape.events) if event.__struct_config__.tag == "hook_fire")
    assert [event.__struct_config__.tag for event in tape.events[fire + 1 : fire + 3]] == ["print", "op"]
    assert tape.ops[-1].hook == tape.events[fire].hook


def test_a_hook_that_raises_is_the_culprit() -> None:
    tape = tape_of(f"{HEAD}def bad(g):\n    raise ValueError('no')\nc.register_hook(bad)\nc.backward()\n")

    end = tape.events[-1]
    assert (end.type, end.message, tape.hooks[end.hook].name) == ("ValueError", "no", "bad")


def test_hooks_registered_before_the_recording_are_seen_when_their_module_is_called() -> None:
    net = nn.Identity()
    net.register_forward_hook(lambda m, args, out: None)

    with record() as recording:
        net(torch.ones(1))

    (hook,) = recording.tape.hooks
    assert (hook.kind, hook.added) == ("forward", None)


def test_the_users_own_functions_stand_in_every_table_afterwards() -> None:
    def tensor_hook(g: torch.Tensor) -> None: ...
    def module_hook(m: nn.Module, args: object, out: object) -> None: ...

    a = torch.ones(1, requires_grad=True)
    net = nn.Linear(1, 1)
    with record():
        a.register_hook(tensor_hook)
        net.register_forward_hook(module_hook)
        inside = list(net._forward_hooks.values())
        net(a).backward()

    assert list(a._backward_hooks.values()) == [tensor_hook]  # type: ignore[union-attr]
    assert inside == list(net._forward_hooks.values()) == [module_hook]


def test_nothing_is_recorded_by_hooks_that_outlive_the_recording() -> None:
    a = torch.ones(1, requires_grad=True)
    with record() as recording:
        c = a * 2
        c.register_hook(lambda g: g * 3)
    count = len(recording.tape.events)

    c.backward()

    assert a.grad is not None
    assert (a.grad.item(), len(recording.tape.events)) == (6.0, count)
