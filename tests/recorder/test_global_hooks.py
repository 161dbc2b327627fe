"""Hooks on all modules and on all optimizers, and the hooks of one optimizer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.modules import module as modules
from torch.optim import optimizer as optimizers

from tapedeck.recorder import record
from tests.recorder.programs import kinds, numbers, tape_of

HEAD = """\
import torch
from torch import nn
from torch.nn.modules.module import *
from torch.optim.optimizer import register_optimizer_step_pre_hook, register_optimizer_step_post_hook
x = torch.tensor([2.0], requires_grad=True)
net = nn.Sequential(nn.Hardtanh(-9, 9))
optimizer = torch.optim.SGD([x], lr=1.0)
"""

GLOBAL = [
    ("global_forward_pre", "register_module_forward_pre_hook(lambda m, args: (args[0] + 1,))", [[2.0], [3.0]]),
    ("global_forward", "register_module_forward_hook(lambda m, args, out: out + 1)", [[2.0], [3.0]]),
    ("global_full_backward_pre", "register_module_full_backward_pre_hook(lambda m, go: (go[0] * 2,))", [[1.0], [2.0]]),
    ("global_full_backward", "register_module_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))", [[1.0], [2.0]]),
    ("global_backward", "register_module_backward_hook(lambda m, gi, go: (gi[0] * 2,))", [[1.0], [2.0]]),
]


TABLES = (
    modules._global_forward_pre_hooks,
    modules._global_forward_hooks,
    modules._global_backward_pre_hooks,
    modules._global_backward_hooks,
    optimizers._global_optimizer_pre_hooks,
    optimizers._global_optimizer_post_hooks,
)


@pytest.fixture(autouse=True)
def _no_hooks_on_everything() -> Iterator[None]:
    """Hooks on everything, and whether those for backward are full ones, belong to the whole process."""
    modules._global_is_full_backward_hook = None
    yield
    modules._global_is_full_backward_hook = None
    for table in TABLES:
        table.clear()


@pytest.mark.filterwarnings("ignore:Using a non-full backward hook")
@pytest.mark.parametrize(("kind", "register", "first"), GLOBAL, ids=[kind for kind, _, _ in GLOBAL])
def test_a_hook_on_all_modules_fires_for_each_of_them(kind: str, register: str, first: list[Any]) -> None:
    tape = tape_of(f"{HEAD}handle = {register}\nnet(x).backward()\nhandle.remove()\nnet(x).backward()\n")

    (hook,) = tape.hooks
    fires = kinds(tape, "hook_fire")
    assert (hook.kind, hook.module, len(kinds(tape, "hook_add", "hook_remove"))) == (kind, None, 2)
    backward = [event.module for event in fires] == [0, 1]
    assert sorted(tape.modules[event.module].path for event in fires) == ["net", "net.0"]
    assert backward == (kind in ("global_forward_pre", "global_full_backward_pre"))
    assert [numbers(tape, value) for value in (*fires[0].before, *fires[0].after)] == first
    assert tape.check() == []


def test_a_global_hook_fires_before_the_modules_own() -> None:
    tape = tape_of(
        f"{HEAD}def own(m, args, out): ...\ndef all_(m, args, out): ...\nnet[0].register_forward_hook(own)\n"
        "handle = register_module_forward_hook(all_)\nnet(x)\nhandle.remove()\n"
    )

    assert [tape.hooks[event.hook].name for event in kinds(tape, "hook_fire")] == ["all_", "own", "all_"]


def test_a_global_hook_from_before_the_recording_is_seen_and_left_in_its_table() -> None:
    def seen(m: nn.Module, args: Any, out: Any) -> None: ...

    handle = modules.register_module_forward_hook(seen, always_call=True)
    with record() as recording:
        nn.Identity()(torch.ones(1))
        inside = modules._global_forward_hooks[handle.id]
    outside = modules._global_forward_hooks[handle.id]
    handle.remove()

    (hook,) = recording.tape.hooks
    assert (hook.kind, hook.added, hook.flags, len(kinds(recording.tape, "hook_fire"))) == (
        "global_forward",
        None,
        ["always_call"],
        1,
    )
    assert inside == outside
    assert outside is seen


OPTIMIZER = [
    ("optimizer_step_pre", "optimizer.register_step_pre_hook(seen)"),
    ("optimizer_step_post", "optimizer.register_step_post_hook(seen)"),
    ("global_optimizer_step_pre", "register_optimizer_step_pre_hook(seen)"),
    ("global_optimizer_step_post", "register_optimizer_step_post_hook(seen)"),
    ("optimizer_state_dict_pre", "optimizer.register_state_dict_pre_hook(seen)"),
    ("optimizer_state_dict_post", "optimizer.register_state_dict_post_hook(seen)"),
    ("optimizer_load_state_dict_pre", "optimizer.register_load_state_dict_pre_hook(seen)"),
    ("optimizer_load_state_dict_post", "optimizer.register_load_state_dict_post_hook(seen)"),
]
USE = "x.grad = torch.ones(1)\noptimizer.step()\noptimizer.load_state_dict(optimizer.state_dict())\n"


@pytest.mark.parametrize(("kind", "register"), OPTIMIZER, ids=[kind for kind, _ in OPTIMIZER])
def test_an_optimizers_hook_is_added_fired_and_removed(kind: str, register: str) -> None:
    tape = tape_of(f"{HEAD}def seen(*args): ...\nhandle = {register}\n{USE}handle.remove()\n{USE}")

    (hook,) = tape.hooks
    assert (hook.kind, hook.name, hook.optimizer) == (kind, "seen", None if kind.startswith("global") else 0)
    assert [event.__struct_config__.tag for event in kinds(tape, "hook_add", "hook_fire", "hook_remove")] == [
        "hook_add",
        "hook_fire",
        "hook_remove",
    ]
    assert tape.check() == []


def test_the_hooks_of_a_step_stand_in_the_order_in_which_torch_runs_them() -> None:
    register = "".join(f"{line.replace('seen', kind)}\n" for kind, line in OPTIMIZER[:4])
    define = "".join(f"def {kind}(*args): ...\n" for kind, _ in OPTIMIZER[:4])
    tape = tape_of(f"{HEAD}{define}{register}x.grad = torch.ones(1)\noptimizer.step()\n")

    assert [tape.hooks[event.hook].name for event in kinds(tape, "hook_fire")] == [
        "global_optimizer_step_pre",
        "optimizer_step_pre",
        "optimizer_step_post",
        "global_optimizer_step_post",
    ]


def test_an_optimizers_hooks_from_before_the_recording_are_seen_and_left_in_their_tables() -> None:
    def seen(*args: Any) -> None: ...

    x = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([x])
    optimizer.register_step_pre_hook(seen)
    optimizer.register_state_dict_post_hook(seen, prepend=True)
    with record() as recording:
        optimizer.step()
        optimizer.state_dict()

    assert [(hook.kind, hook.added) for hook in recording.tape.hooks] == [
        ("optimizer_step_pre", None),
        ("optimizer_state_dict_post", None),
    ]
    assert len(kinds(recording.tape, "hook_fire")) == 2
    assert all(function is seen for function in optimizer._optimizer_step_pre_hooks.values())
    assert all(function is seen for function in optimizer._optimizer_state_dict_post_hooks.values())
