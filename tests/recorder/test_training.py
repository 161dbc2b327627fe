"""The training loop on the tape: optimizers, their steps and state, and gradients that are cleared."""

from __future__ import annotations

import gc
import itertools
import weakref
from typing import Any

import pytest
import torch
from torch import nn
from torch.autograd.profiler import record_function
from torch.optim import optimizer as optim
from torch.utils.hooks import RemovableHandle

from tapedeck.recorder import record
from tapedeck.tape import Tape
from tests.recorder.programs import kinds, numbers, tape_of, text

HEAD = (
    "import torch\nfrom torch import nn\ntorch.manual_seed(0)\n"
    "net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))\nx = torch.ones(1, 2)\n"
)
ONE = "import torch\nw = torch.nn.Parameter(torch.tensor([1.0, 2.0]))\n"


def training(source: str, **options: Any) -> Tape:
    tape = tape_of(source, **options)
    assert tape.check() == []
    return tape


def updates(tape: Tape) -> list[tuple[str | None, Any, Any]]:
    """Every update of a parameter: its name, what it was and what it is."""
    return [
        (tape.tensors[u.tensor].name, numbers(tape, u.before), numbers(tape, u.value))
        for u in kinds(tape, "param_update")
    ]


def zeroed(tape: Tape) -> list[tuple[str | None, bool, Any, str]]:
    """Every gradient that was cleared: whose, to ``None``, to what, by which expression."""
    return [
        (tape.tensors[z.tensor].name, z.to_none, numbers(tape, z.value), text(tape, z.span))
        for z in kinds(tape, "grad_zero")
    ]


# ── optimizers and their steps ─────────────────────────────────────────────────────────────────────────────────────


def test_an_optimizer_has_its_type_its_variable_and_its_groups() -> None:
    tape = training(
        HEAD + "adam = torch.optim.Adam([{'params': net[0].parameters(), 'lr': 0.5}, {'params': [net[2].weight]}])\n"
        "net(x).sum().backward()\nadam.step()\n"
    )

    (row,) = tape.optimizers
    assert (row.type, row.name) == ("Adam", "adam")
    assert [[tape.tensors[t].name for t in group.parameters] for group in row.groups] == [
        ["net.0.weight", "net.0.bias"],
        ["net.2.weight"],
    ]
    assert [(group.options["lr"], group.options["betas"]) for group in row.groups] == [
        ("0.5", "(0.9, 0.999)"),
        ("0.001", "(0.9, 0.999)"),
    ]


def test_steps_are_counted_for_each_optimizer_and_stand_where_they_are_called() -> None:
    tape = training(
        HEAD + "a = torch.optim.SGD(net[0].parameters())\nb = torch.optim.SGD(net[2].parameters())\n"
        "for _ in range(2):\n    net(x).sum().backward()\n    a.step()\n    b.step()\n"
    )

    steps = kinds(tape, "optimizer_step")
    assert [(tape.optimizers[s.row].name, s.index, text(tape, s.span)) for s in steps] == [
        ("a", 0, "a.step()"),
        ("b", 0, "b.step()"),
        ("a", 1, "a.step()"),
        ("b", 1, "b.step()"),
    ]


def test_an_update_has_the_parameter_before_and_after() -> None:
    tape = training(ONE + "opt = torch.optim.SGD([w], lr=0.5)\n(w * 2).sum().backward()\nopt.step()\n")

    assert updates(tape) == [("w", [1.0, 2.0], [0.0, 1.0])]


def test_a_parameter_without_a_gradient_has_no_update() -> None:
    tape = training(
        ONE + "v = torch.nn.Parameter(torch.ones(1))\nopt = torch.optim.SGD([w, v])\nw.sum().backward()\nopt.step()\n"
    )

    assert [name for name, _, _ in updates(tape)] == ["w"]


def test_the_state_has_every_entry_before_and_after() -> None:
    tape = training(
        ONE + "opt = torch.optim.Adam([w])\nfor _ in range(2):\n    opt.zero_grad()\n    (w * 2).sum().backward()\n"
        "    opt.step()\n"
    )

    first, second = [{c.name: c for c in u.state} for u in kinds(tape, "param_update")]
    assert list(first) == ["step", "exp_avg", "exp_avg_sq"]
    assert all(change.before is None for change in first.values())
    assert [(numbers(tape, c.before), numbers(tape, c.after)) for c in (second["step"],)] == [(1.0, 2.0)]
    assert second["exp_avg"].before == first["exp_avg"].after
    assert numbers(tape, second["exp_avg"].after) == pytest.approx([0.38, 0.38])
    assert "w.exp_avg" in {tensor.name for tensor in tape.tensors}


def test_momentum_is_made_by_the_first_step() -> None:
    tape = training(
        ONE + "opt = torch.optim.SGD([w], lr=0.1, momentum=0.9)\nfor _ in range(2):\n    (w * 1).sum().backward()\n"
        "    opt.step()\n"
    )

    first, second = [u.state[0] for u in kinds(tape, "param_update")]
    assert (first.name, first.before, numbers(tape, first.after)) == ("momentum_buffer", None, [1.0, 1.0])
    assert (second.before, numbers(tape, second.after)) == (first.after, pytest.approx([2.9, 2.9]))


def test_state_that_is_no_tensor_is_text() -> None:
    tape = training(
        ONE + "opt = torch.optim.LBFGS([w], max_iter=1)\ndef closure():\n    opt.zero_grad()\n    l = (w * w).sum()\n"
        "    l.backward()\n    return l\nopt.step(closure)\nopt.step(closure)\n"
    )

    texts = [{c.name: c.text for c in u.state} for u in kinds(tape, "param_update")]
    assert [changes["n_iter"] for changes in texts] == ["1", "1 → 2"]


@pytest.mark.parametrize("kind", ["Adam", "AdamW", "SGD", "Adagrad"])
@pytest.mark.parametrize("how", ["foreach", "fused", "for-loop"])
def test_every_implementation_gives_the_same_updates(kind: str, how: str) -> None:
    options = {"foreach": "foreach=True", "fused": "fused=True", "for-loop": "foreach=False"}[how]
    source = ONE + (
        f"opt = torch.optim.{kind}([w], lr=0.5, {options})\nfor _ in range(2):\n    (w * 2).sum().backward()\n"
        "    opt.step()\n    opt.zero_grad()\nlast = w.detach().clone()\n"
    )
    tape = training(source)

    (_, before, between), (_, again, after) = updates(tape)
    last = next(op for op in tape.ops if op.label == "clone")
    (event,) = [e for e in kinds(tape, "op") if e.op == last.id]
    assert before == [1.0, 2.0]
    assert before != between == again != after == numbers(tape, event.values[0])


def test_the_state_of_a_fused_step_is_seen_anew() -> None:
    tape = training(
        ONE + "opt = torch.optim.Adam([w], fused=True)\nfor _ in range(2):\n    opt.zero_grad()\n"
        "    (w * 2).sum().backward()\n    opt.step()\n"
    )

    averages = [numbers(tape, c.after) for u in kinds(tape, "param_update") for c in u.state if c.name == "exp_avg"]
    assert averages == [pytest.approx([0.2, 0.2]), pytest.approx([0.38, 0.38])]


def test_lbfgs_is_one_step_whose_closure_runs_inside_of_it() -> None:
    tape = training(
        ONE + "opt = torch.optim.LBFGS([w], max_iter=3)\ndef closure():\n    opt.zero_grad()\n    l = (w * w).sum()\n"
        "    l.backward()\n    return l\nopt.step(closure)\n"
    )

    order = [event.__struct_config__.tag for event in kinds(tape, "optimizer_step", "backward_start", "param_update")]
    assert (order[0], order[-1], set(order[1:-1])) == ("optimizer_step", "param_update", {"backward_start"})


def test_a_sparse_gradient_updates_its_rows() -> None:
    tape = training(
        "import torch\ntable = torch.nn.Embedding(3, 1, sparse=True)\n"
        "with torch.no_grad():\n    table.weight.fill_(1.0)\n"
        "opt = torch.optim.SparseAdam(list(table.parameters()), lr=0.5)\n"
        "table(torch.tensor([1])).sum().backward()\nopt.step()\n"
    )

    ((name, before, after),) = updates(tape)
    assert (name, before, after) == ("table.weight", [1.0, 1.0, 1.0], [1.0, pytest.approx(0.5), 1.0])


MINE = (
    "class Mine(torch.optim.Optimizer):\n"
    "    def __init__(self, params):\n        super().__init__(params, {'lr': 0.5})\n"
    "    @torch.no_grad()\n    def step(self):\n"
    "        for group in self.param_groups:\n            for p in group['params']:\n"
)


@pytest.mark.parametrize(
    "line",
    [
        "p.sub_(p.grad, alpha=group['lr'])",
        "p.data.sub_(p.grad.data, alpha=group['lr'])",
        "p.data = p.data - group['lr'] * p.grad",
    ],
)
@pytest.mark.parametrize("level", ["structure", "full"])
def test_an_optimizer_of_the_users_own_is_seen_however_it_writes(line: str, level: str) -> None:
    source = ONE + MINE + f"                {line}\nopt = Mine([w])\n(w * 2).sum().backward()\nopt.step()\n"
    tape = training(source, values=level)

    assert [row.type for row in tape.optimizers] == ["Mine"]
    expected = ([1.0, 2.0], [0.0, 1.0]) if level == "full" else (None, None)
    assert updates(tape) == [("w", *expected)]


def test_a_step_that_calls_its_base_class_is_one_step() -> None:
    tape = training(
        ONE + "base = torch.optim.SGD([w], lr=0.5)\n"
        "class Loud(torch.optim.SGD):\n    def step(self, closure=None):\n        return super().step(closure)\n"
        "opt = Loud([w], lr=0.5)\n(w * 2).sum().backward()\nopt.step()\n"
    )

    assert [s.optimizer for s in kinds(tape, "optimizer_step")] == ["Loud"]
    assert updates(tape) == [("w", [1.0, 2.0], [0.0, 1.0])]


def test_a_step_that_raises_shows_what_it_had_changed() -> None:
    tape = training(
        ONE + "v = torch.nn.Parameter(torch.ones(1))\n" + MINE + "                p.sub_(1)\n"
        "                raise KeyError('half way')\nopt = Mine([w, v])\n(w * 2).sum().backward()\n"
        "try:\n    opt.step()\nexcept KeyError:\n    pass\n"
        "torch.optim.SGD([v]).step()\n"
    )

    assert updates(tape) == [("w", [1.0, 2.0], [0.0, 1.0])]
    assert [s.optimizer for s in kinds(tape, "optimizer_step")] == ["Mine", "SGD"]


def test_a_step_through_a_scheduler_made_before_the_recording_is_seen() -> None:
    w = nn.Parameter(torch.ones(1))
    w.grad = torch.ones(1)
    opt = torch.optim.SGD([w], lr=0.5)
    schedule = torch.optim.lr_scheduler.StepLR(opt, 1)
    with record() as recording:
        opt.step()
        schedule.step()

    assert [s.optimizer for s in kinds(recording.tape, "optimizer_step")] == ["SGD"]
    assert updates(recording.tape) == [("w", [1.0], [0.5])]


def test_names_given_by_hand_name_optimizers_too() -> None:
    holder = {"w": nn.Parameter(torch.ones(1))}
    holder["opt"] = torch.optim.SGD([holder["w"]], lr=0.5)  # type: ignore[assignment]
    with record() as recording:
        recording.name(sgd=holder["opt"])
        holder["opt"].step()  # type: ignore[operator]

    assert [row.name for row in recording.tape.optimizers] == ["sgd"]


def test_structure_keeps_updates_without_values_or_state() -> None:
    tape = training(ONE + "opt = torch.optim.Adam([w])\n(w * 2).sum().backward()\nopt.step()\n", values="structure")

    (update,) = kinds(tape, "param_update")
    assert (update.before, update.value, update.state, tape.values) == (None, None, [], [])


def test_summary_sees_a_parameter_once_in_each_step() -> None:
    source = (
        "import torch\nw = torch.nn.Parameter(torch.ones(123))\nopt = torch.optim.SGD([w], lr=0.5)\n"
        "for _ in range(3):\n    w.sum().backward()\n    opt.step()\n    opt.zero_grad()\n"
    )
    tape = training(source, values="summary")

    seen = kinds(tape, "param_update")
    assert [b.before == a.value for a, b in itertools.pairwise(seen)] == [True, True]
    written = [e.values[0] for e in kinds(tape, "op") if tape.ops[e.op].phase == "update"]
    assert written == [u.value for u in seen]


# ── gradients that are cleared ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("opt.zero_grad()", ("w", True, None, "opt.zero_grad()")),
        ("opt.zero_grad(set_to_none=False)", ("w", False, [0.0, 0.0], "opt.zero_grad(set_to_none=False)")),
        ("w.grad = None", ("w", True, None, "w.grad")),
        ("del w.grad", ("w", True, None, "w.grad")),
        ("w.grad.zero_()", ("w", False, [0.0, 0.0], "w.grad.zero_()")),
        ("torch._foreach_zero_([w.grad])", ("w", False, [0.0, 0.0], "torch._foreach_zero_([w.grad])")),
    ],
)
def test_a_gradient_is_cleared_where_the_program_says(line: str, expected: Any) -> None:
    tape = training(ONE + f"opt = torch.optim.SGD([w])\nw.sum().backward()\n{line}\n")

    assert zeroed(tape) == [expected]


@pytest.mark.parametrize("to_none", [True, False])
def test_a_module_clears_the_gradients_of_its_parameters(to_none: bool) -> None:
    tape = training(HEAD + f"net(x).sum().backward()\nnet.zero_grad(set_to_none={to_none})\n")

    assert [(name, none) for name, none, _, _ in zeroed(tape)] == [
        (f"net.{name}", to_none) for name in ("0.weight", "0.bias", "2.weight", "2.bias")
    ]


def test_foreach_zero_grad_clears_in_one_op() -> None:
    tape = training(
        HEAD + "opt = torch.optim.SGD(net.parameters(), foreach=True)\nnet(x).sum().backward()\n"
        "opt.zero_grad(set_to_none=False)\n"
    )

    assert len(zeroed(tape)) == 4
    assert [op.label for op in tape.ops if "zero" in op.label] == ["_foreach_zero_"]


def test_detaching_a_gradient_does_not_clear_it() -> None:
    tape = training(ONE + "(w * w).sum().backward(create_graph=True)\nw.grad.detach_()\n")

    assert zeroed(tape) == []


def test_clearing_what_is_not_there_is_no_event() -> None:
    tape = training(ONE + "opt = torch.optim.SGD([w])\nopt.zero_grad()\nw.grad = None\n")

    assert zeroed(tape) == []


@pytest.mark.parametrize("line", ["opt.zero_grad(set_to_none=False)", "net.zero_grad(set_to_none=False)"])
def test_gradients_from_before_the_recording_are_known_when_they_are_cleared(line: str) -> None:
    net = nn.Linear(1, 1)
    opt = torch.optim.SGD(net.parameters())
    net(torch.ones(1)).backward()
    with record() as recording:
        exec(line, {"opt": opt, "net": net})

    owners = [recording.tape.tensors[z.tensor].shape for z in kinds(recording.tape, "grad_zero")]
    assert owners == [[1, 1], [1]]


def test_a_gradient_from_before_is_known_once_its_parameter_is() -> None:
    w = nn.Parameter(torch.ones(2))
    w.grad = torch.ones(2)
    with record() as recording:
        w * 2
        w.grad.zero_()

    assert [z.to_none for z in kinds(recording.tape, "grad_zero")] == [False]


# ── nothing changes ────────────────────────────────────────────────────────────────────────────────────────────────


def surroundings() -> list[Any]:
    """What a recording of a training loop might leave behind."""
    return [
        record_function.__enter__,
        record_function.__exit__,
        torch.optim.Optimizer._optimizer_step_code,
        torch.optim.SGD.step,
        nn.Module.zero_grad,
        list(optim._global_optimizer_pre_hooks),
        list(optim._global_optimizer_post_hooks),
        RemovableHandle.next_id,
    ]


def test_a_recording_registers_no_step_hook_and_takes_no_handle_id() -> None:
    w = nn.Parameter(torch.ones(1))
    opt = torch.optim.SGD([w])
    hooks = [optim._global_optimizer_pre_hooks, optim._global_optimizer_post_hooks, opt._optimizer_step_pre_hooks]
    before = (RemovableHandle.next_id, [list(table) for table in hooks])
    with record():
        during = (RemovableHandle.next_id, [list(table) for table in hooks])
        opt.step()

    assert before == during == (RemovableHandle.next_id, [list(table) for table in hooks])


def test_torch_is_left_as_it_was_after_a_step_and_after_one_that_raises() -> None:
    w = nn.Parameter(torch.ones(1))
    opt = torch.optim.SGD([w])
    before = surroundings()
    with record():
        opt.step()
        opt.zero_grad()
    with pytest.raises(ZeroDivisionError), record():
        opt.step(lambda: 1 / 0)

    assert surroundings() == before
    assert set(vars(opt)) == set(vars(torch.optim.SGD([w])))


def test_a_state_that_is_asked_for_is_not_made() -> None:
    w = nn.Parameter(torch.ones(1))
    opt = torch.optim.Adam([w])
    with record():
        opt.step()

    assert len(opt.state) == 0


def test_an_optimizer_and_its_state_are_freed_when_the_program_lets_go() -> None:
    gc.disable()
    try:
        with record():
            w = nn.Parameter(torch.ones(1))
            w.grad = torch.ones(1)
            opt = torch.optim.Adam([w])
            opt.step()
            gone = [weakref.ref(w), weakref.ref(opt.state[w]["exp_avg"])]
            del w, opt
            gc.collect()
            alive = [ref() for ref in gone]
    finally:
        gc.enable()

    assert alive == [None, None]


TRAINED = (
    "torch.manual_seed(3); net = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 1))\n"
    "opt = torch.optim.{}(net.parameters(), lr=0.1, {})\n"
    "plan = torch.optim.lr_scheduler.ExponentialLR(opt, 0.9)\n"
    "for _ in range(3):\n    opt.zero_grad({})\n    net(torch.randn(5, 3)).pow(2).mean().backward()\n"
    "    opt.step()\n    plan.step()\n"
)


def outcome(source: str, level: str | None) -> list[Any]:
    """The parameters, the whole state of the optimizer and the random state that a training loop leaves."""
    namespace: dict[str, Any] = {"torch": torch, "nn": nn}
    if level is None:
        exec(source, namespace)
    else:
        with record(values=level):  # type: ignore[arg-type]
            exec(source, namespace)
    state = namespace["opt"].state_dict()
    entries = [value for entry in state["state"].values() for value in entry.values()]
    everything = [*namespace["net"].parameters(), *entries, torch.get_rng_state()]
    return [[one.tolist() if isinstance(one, torch.Tensor) else one for one in everything], state["param_groups"]]


@pytest.mark.parametrize("level", ["structure", "summary", "full"])
@pytest.mark.parametrize("options", ["foreach=True", "fused=True", "foreach=False"])
def test_training_gives_the_same_bits_recorded_and_not(options: str, level: str) -> None:
    source = TRAINED.format("AdamW", options, "set_to_none=False")

    assert outcome(source, None) == outcome(source, level)


def test_a_label_of_the_profilers_is_none_of_our_business() -> None:
    tape = training("import torch\nwith torch.profiler.record_function('Optimizer.step#mine'):\n    torch.ones(1)\n")

    assert kinds(tape, "optimizer_step") == []


def test_a_function_that_uses_record_function_can_still_be_scripted() -> None:
    with record():
        with pytest.warns(DeprecationWarning, match="deprecated"):
            scripted = torch.jit.script(_labelled)
        result = scripted(torch.ones(1))

    assert result.item() == 2


def _labelled(x: torch.Tensor) -> torch.Tensor:
    with torch.autograd.profiler.record_function("label"):
        return x * 2
