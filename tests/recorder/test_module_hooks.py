"""Module hooks: every kind, with what went in and what came out, in the order in which torch runs them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tapedeck.recorder import record
from tests.recorder.programs import kinds, numbers, tape_of

HEAD = """\
import torch
from torch import nn
x = torch.tensor([2.0], requires_grad=True)
net = nn.Identity()
"""


def fired(tape: object) -> list[str]:
    """The names of the hooks that fired, in order."""
    return [tape.hooks[event.hook].name for event in kinds(tape, "hook_fire")]  # type: ignore[attr-defined, arg-type]


def test_a_hook_registered_with_prepend_fires_first_and_says_so() -> None:
    tape = tape_of(
        f"{HEAD}def late(m, args): ...\ndef early(m, args): ...\nnet.register_forward_pre_hook(late)\n"
        "net.register_forward_pre_hook(early, prepend=True)\nnet(x)\n"
    )

    assert fired(tape) == ["early", "late"]
    assert [(hook.name, hook.order, hook.flags) for hook in tape.hooks] == [("late", 0, []), ("early", 1, ["prepend"])]
    assert tape.check() == []


def test_a_pre_hook_with_kwargs_replaces_both() -> None:
    tape = tape_of(
        f"{HEAD}class Add(nn.Module):\n    def forward(self, a, *, b):\n        return a + b\n"
        "def more(m, args, kwargs):\n    return (args[0] * 10,), {'b': kwargs['b'] * 100}\n"
        "net = Add()\nnet.register_forward_pre_hook(more, with_kwargs=True)\n"
        "print(net(torch.ones(1), b=torch.ones(1)).item())\n"
    )

    (fire,) = kinds(tape, "hook_fire")
    assert [numbers(tape, value) for value in (*fire.before, *fire.after)] == [[1.0], [1.0], [10.0], [100.0]]
    assert (tape.hooks[0].flags, kinds(tape, "print")[0].text) == (["with_kwargs"], "110.0\n")
    assert tape.check() == []


def test_a_forward_hook_may_put_a_dict_in_the_place_of_the_output() -> None:
    tape = tape_of(f"{HEAD}net.register_forward_hook(lambda m, args, out: {{'a': out + 1, 'b': (out + 2,)}})\nnet(x)\n")

    (fire,) = kinds(tape, "hook_fire")
    assert [numbers(tape, value) for value in fire.after] == [[3.0], [4.0]]
    assert fire.changed
    assert tape.check() == []


def test_a_forward_hook_that_puts_more_into_the_output_it_was_given_is_said_to() -> None:
    tape = tape_of(
        f"{HEAD}class Dict(nn.Module):\n    def forward(self, x):\n        return {{'a': x}}\n"
        "net = Dict()\nnet.register_forward_hook(lambda m, args, out: out.update(b=out['a'] * 5))\nnet(x)\n"
    )

    (fire,) = kinds(tape, "hook_fire")
    assert (fire.changed, fire.mutated) == (False, True)
    assert [numbers(tape, value) for value in fire.after] == [[2.0], [10.0]]


def test_an_always_called_hook_fires_when_forward_raises() -> None:
    tape = tape_of(
        f"{HEAD}class Bad(nn.Module):\n    def forward(self, x):\n        raise ValueError('no')\n"
        "def seldom(m, args, out): ...\ndef always(m, args, out): ...\nnet = Bad()\nnet.register_forward_hook(seldom)\n"
        "net.register_forward_hook(always, always_call=True)\nnet(x)\n"
    )

    assert fired(tape) == ["always"]
    assert (tape.hooks[1].flags, kinds(tape, "hook_fire")[0].before) == (["always_call"], [])
    assert tape.check() == []


def test_a_hook_that_removes_itself_is_removed_after_it_fired() -> None:
    tape = tape_of(
        f"{HEAD}def once(m, args):\n    handle.remove()\nhandle = net.register_forward_pre_hook(once)\nnet(x)\nnet(x)\n"
    )

    assert [event.__struct_config__.tag for event in kinds(tape, "hook_add", "hook_fire", "hook_remove")] == [
        "hook_add",
        "hook_fire",
        "hook_remove",
    ]
    assert tape.check() == []


def test_a_hook_that_forward_itself_registers_fires_in_the_same_call() -> None:
    tape = tape_of(
        f"{HEAD}class Own(nn.Module):\n    def forward(self, x):\n        self.register_forward_hook(late)\n"
        "        return x\ndef late(m, args, out): ...\ndef first(m, args): ...\nnet = Own()\n"
        "net.register_forward_pre_hook(first)\nnet(x)\n"
    )

    assert fired(tape) == ["first", "late"]
    assert tape.check() == []


def test_a_shared_module_called_twice_fires_its_hooks_for_each_call() -> None:
    tape = tape_of(f"{HEAD}def seen(m, args, out): ...\nnet.register_forward_hook(seen)\nnn.Sequential(net, net)(x)\n")

    assert fired(tape) == ["seen", "seen"]
    assert len(tape.hooks) == 1
    assert tape.check() == []


def test_legacy_backward_hooks_are_hooks_of_the_module_and_of_no_node() -> None:
    tape = tape_of(
        f"{HEAD}net = nn.Hardtanh()\nhandle = net.register_backward_hook(lambda m, gi, go: (gi[0] * 3,))\n"
        "(net(x / 4) * 2).backward()\nhandle.remove()\n"
    )

    (hook,) = tape.hooks
    (fire,) = kinds(tape, "hook_fire")
    assert (hook.kind, hook.module, tape.nodes[fire.node].name) == ("backward", 0, "HardtanhBackward0")
    assert [numbers(tape, value) for value in (*fire.before, *fire.after)] == [[2.0], [6.0]]
    assert numbers(tape, kinds(tape, "accumulate")[0].total) == [1.5]
    assert tape.check() == []


def test_full_backward_hooks_name_the_node_they_fire_at() -> None:
    tape = tape_of(
        f"{HEAD}net = nn.Linear(1, 1)\nnet.register_full_backward_pre_hook(lambda m, go: None)\n"
        "net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 0,))\nnet(x).backward()\n"
    )

    assert [tape.nodes[event.node].name for event in kinds(tape, "hook_fire")] == ["BackwardHookFunctionBackward"] * 2
    assert {tape.tensors[e.tensor].name: numbers(tape, e.total) for e in kinds(tape, "accumulate")}["x"] == [0.0]
    assert tape.check() == []


@pytest.mark.parametrize(
    ("kind", "register"),
    [
        ("state_dict_pre", "net.register_state_dict_pre_hook(seen)"),
        ("state_dict", "net.register_state_dict_post_hook(seen)"),
        ("state_dict", "net._register_state_dict_hook(seen)"),
        ("load_state_dict_pre", "net.register_load_state_dict_pre_hook(seen)"),
        ("load_state_dict_pre", "net._register_load_state_dict_pre_hook(seen, with_module=True)"),
        ("load_state_dict_post", "net.register_load_state_dict_post_hook(seen)"),
    ],
)
def test_a_state_dict_hook_is_added_fired_and_removed(kind: str, register: str) -> None:
    tape = tape_of(
        f"{HEAD}net = nn.Linear(1, 1, bias=False)\ndef seen(*args): ...\nhandle = {register}\n"
        "net.load_state_dict(net.state_dict())\nhandle.remove()\nnet.load_state_dict(net.state_dict())\n"
    )

    (hook,) = tape.hooks
    assert (hook.kind, hook.module, hook.name) == (kind, 0, "seen")
    assert len(kinds(tape, "hook_add", "hook_fire", "hook_remove")) == 3
    given = kinds(tape, "hook_fire")[0].tensors
    assert len(given) == (1 if kind in ("state_dict", "load_state_dict_pre") else 0)
    assert {tape.tensors[tensor].storage for tensor in given} <= {
        tape.tensors[tape.modules[0].parameters["weight"]].storage
    }
    assert tape.check() == []


def test_a_hook_deleted_from_its_table_is_found_to_be_gone() -> None:
    net = nn.Identity()
    with record() as recording:
        handle = net.register_forward_hook(lambda m, args, out: None)
        net(torch.ones(1))
        del net._forward_hooks[handle.id]
        net.register_forward_hook(lambda m, args, out: None)
        net(torch.ones(1))

    first, second = recording.tape.hooks
    assert (first.removed is None, second.removed is None) == (False, True)
    assert recording.tape.events[first.removed or 0].span is None  # type: ignore[union-attr]
    assert recording.tape.check() == []


def test_a_module_that_registers_hooks_while_it_is_built_keeps_its_parameters_and_children() -> None:
    tape = tape_of(
        f"{HEAD}class Own(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.register_forward_pre_hook(seen)\n        self.inner = nn.Linear(1, 1)\n"
        "    def forward(self, x):\n        return self.inner(x)\n"
        "def seen(m, args): ...\nnet = Own()\nnet(x)\n"
    )

    assert [(module.path, sorted(module.parameters)) for module in tape.modules] == [
        ("net", []),
        ("net.inner", ["bias", "weight"]),
    ]
    assert tape.check() == []
