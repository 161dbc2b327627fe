"""Hooks that were registered before the recording began, and what is left of ours when it has ended."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from tapedeck.recorder import record
from tapedeck.recorder.module_hooks import backward_owner
from tests.recorder.programs import kinds, numbers


def seen(*args: Any) -> None:
    """A hook that changes nothing."""


def leaf_and_product() -> tuple[Tensor, Tensor]:
    """A leaf and a tensor made from it."""
    a = torch.tensor(2.0, requires_grad=True)
    return a, a * 3


REGISTER: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "tensor": lambda a, c: c.register_hook(seen),
    "tensor (leaf)": lambda a, c: a.register_hook(seen),
    "post_accumulate_grad": lambda a, c: a.register_post_accumulate_grad_hook(seen),
    "node_pre": lambda a, c: c.grad_fn.register_prehook(seen),
    "node_post": lambda a, c: c.grad_fn.register_hook(seen),
    "node_pre (leaf)": lambda a, c: c.grad_fn.next_functions[0][0].register_prehook(seen),
}


@pytest.mark.parametrize("case", REGISTER)
def test_a_backward_hook_from_before_the_recording_is_seen_and_left_as_it_was(case: str) -> None:
    a, c = leaf_and_product()
    handle = REGISTER[case](a, c)
    with record() as recording:
        c.backward()

    tape = recording.tape
    (hook,) = tape.hooks
    assert (hook.kind, hook.added, hook.name) == (case.split(" ")[0], None, "seen")
    assert len(kinds(tape, "hook_fire")) == 1
    assert handle.hooks_dict_ref() == {handle.id: seen}
    assert handle.hooks_dict_ref()[handle.id] is seen
    assert tape.check() == []


def test_a_hook_on_a_tensor_that_only_a_variable_holds_is_seen_when_it_is_in_the_recorded_block() -> None:
    _, c = leaf_and_product()
    c.register_hook(seen)
    d = c * 2
    with record() as recording:
        d.backward()

    assert [
        (hook.kind, numbers(recording.tape, event.before[0]))
        for hook, event in zip(recording.tape.hooks, kinds(recording.tape, "hook_fire"), strict=True)
    ] == [("tensor", 2.0)]


def test_a_retained_gradient_asked_for_before_the_recording_is_on_the_tape() -> None:
    _, c = leaf_and_product()
    c.retain_grad()
    with record() as recording:
        (c * 2).backward()

    assert [numbers(recording.tape, event.value) for event in kinds(recording.tape, "retain")] == [2.0]


def test_hooks_on_a_node_from_before_the_recording_may_be_invisible_and_its_leafs_are_not() -> None:
    _, c = leaf_and_product()
    with record() as recording:
        (c * 2).backward()

    assert [(node.name, node.hooks_visible) for node in recording.tape.nodes] == [
        ("MulBackward0", False),
        ("AccumulateGrad", True),
        ("MulBackward0", True),
    ]


def test_module_hooks_from_before_the_recording_fire_also_in_a_graph_from_before() -> None:
    net = nn.Linear(1, 1)
    net.register_full_backward_pre_hook(seen)
    net.register_full_backward_hook(seen)
    y = net(torch.ones(1, requires_grad=True))
    with record() as recording:
        y.backward()

    assert [(hook.kind, hook.added) for hook in recording.tape.hooks] == [
        ("full_backward_pre", None),
        ("full_backward", None),
    ]
    assert [event.hook for event in kinds(recording.tape, "hook_fire")] == [0, 1]
    assert recording.tape.check() == []


def test_state_dict_hooks_from_before_the_recording_are_seen_on_a_module_that_is_not_called() -> None:
    net = nn.Linear(1, 1)
    net.register_state_dict_pre_hook(seen)
    net.register_load_state_dict_post_hook(seen)
    with record() as recording:
        net.load_state_dict(net.state_dict())

    assert [hook.kind for hook in recording.tape.hooks] == ["state_dict_pre", "load_state_dict_post"]
    assert len(kinds(recording.tape, "hook_fire")) == 2
    assert list(net._state_dict_pre_hooks.values()) == [seen]


def test_a_second_recording_sees_the_hooks_that_the_first_one_left() -> None:
    a, _ = leaf_and_product()
    keep = a * 1
    for _ in range(2):
        with record() as recording:
            c = keep * 3
            c.grad_fn.next_functions[0][0].register_prehook(seen)
            c.backward(retain_graph=True)

    assert [(hook.kind, hook.added is None) for hook in recording.tape.hooks] == [
        ("node_pre", True),
        ("node_pre", False),
    ]
    assert recording.tape.check() == []


# ── while the recording runs ───────────────────────────────────────────────────────────────────────────────────────


def test_a_program_finds_its_own_functions_in_its_tables() -> None:
    a, _ = leaf_and_product()
    with record():
        a.register_hook(seen)
        (found,) = (a._backward_hooks or {}).values()
        equal, same_hash, name = found == seen, hash(found) == hash(seen), found.__name__
        copied, loaded = copy.deepcopy(found), pickle.loads(pickle.dumps(found))  # noqa: S301 - what the test itself has just written

    assert (equal, same_hash, name, repr(found)) == (True, True, "seen", repr(seen))
    assert copied is seen
    assert loaded is seen
    assert isinstance(found, type(seen))


def test_handles_have_the_numbers_that_they_would_have_without_us() -> None:
    def handles() -> list[int]:
        a, _ = leaf_and_product()
        net, start = nn.Linear(1, 1), RemovableHandle.next_id
        c = net(a.view(1)) * 2
        ids = [c.register_hook(seen).id, net.register_forward_hook(seen).id, c.grad_fn.register_hook(seen).id]
        c.backward()
        return [one - start for one in [*ids, RemovableHandle.next_id]]

    plain = handles()
    with record():
        recorded = handles()

    assert recorded == plain


def test_what_a_hook_holds_is_freed_when_the_program_drops_what_the_hook_is_on() -> None:
    gc.disable()
    with record():
        a, c = leaf_and_product()
        kept = a * 5
        alive = weakref.ref(kept)
        c.register_hook(lambda g, kept=kept: None)
        del kept
        before = alive() is None
        del c
        after = alive() is None
    gc.enable()

    assert (before, after) == (False, True)


def test_a_crash_leaves_every_table_as_it_was() -> None:
    a, c = leaf_and_product()
    net = nn.Linear(1, 1)
    net.register_forward_hook(seen)
    c.register_hook(seen)

    def bad(*args: Any) -> None:
        raise KeyError("no")

    def crash() -> None:
        with record():
            net.register_forward_hook(bad)
            c.backward(retain_graph=True)
            net(a.view(1))

    with pytest.raises(KeyError):
        crash()

    assert [list(net._forward_hooks.values()), list((c._backward_hooks or {}).values())] == [[seen, bad], [seen]]
    assert all(type(f) is type(seen) for f in (*net._forward_hooks.values(), *(c._backward_hooks or {}).values()))


def test_the_lists_that_a_call_leaves_in_the_graph_hold_the_programs_functions_afterwards() -> None:
    net = nn.Linear(1, 1)
    net.register_full_backward_hook(seen)
    with record():
        y = net(torch.ones(1, requires_grad=True))

    table = y.grad_fn.register_hook(seen).hooks_dict_ref()  # type: ignore[union-attr]
    owner = backward_owner(next(iter(table.values())))
    assert owner is not None
    assert owner.user_hooks[0] is seen
