"""The ATen layer shows what ran below each op and node, and nothing of the recorder's own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from tapedeck.tape import Tape
from tests.recorder.programs import kinds, tape_of

LINEAR = """
import torch
x = torch.ones(3, 4, requires_grad=True)
w = torch.ones(5, 4, requires_grad=True)
y = torch.nn.functional.linear(x, w, torch.zeros(5))
y.relu().sum().backward()
"""


class Listener(TorchDispatchMode):
    """What torch itself dispatches, without us."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


def heard(source: str) -> list[str]:
    with Listener() as listener:
        exec(source, {"__name__": "__main__"})
    return listener.names


def below(tape: Tape, label: str) -> list[str]:
    """What ran below the ops of this name."""
    return [row.name for row in tape.aten if row.op is not None and tape.ops[row.op].label == label]


def below_node(tape: Tape, name: str) -> list[str]:
    return [row.name for row in tape.aten if row.node is not None and tape.nodes[row.node].name == name]


def test_without_asking_nothing_is_recorded() -> None:
    tape = tape_of(LINEAR)

    assert (tape.aten, tape.header.aten) == ([], False)


def test_what_ran_below_an_op_stands_under_it() -> None:
    tape = tape_of(LINEAR, aten=True)

    assert tape.check() == []
    assert tape.header.aten
    assert below(tape, "linear") == ["aten.t.default", "aten.addmm.default"]
    assert below(tape, "relu") == ["aten.relu.default", "aten.detach.default"]


def test_what_ran_below_a_node_stands_under_it() -> None:
    tape = tape_of(LINEAR, aten=True)

    assert Counter(below_node(tape, "AddmmBackward0"))["aten.mm.default"] == 2
    assert "aten.threshold_backward.default" in below_node(tape, "ReluBackward0")


def test_a_row_has_shapes_dtypes_operations_and_time() -> None:
    tape = tape_of(LINEAR, aten=True)

    (row,) = [row for row in tape.aten if row.name == "aten.addmm.default"]
    assert [one.shape for one in row.inputs] == [[5], [3, 4], [4, 5]]
    assert [(one.shape, one.dtype) for one in row.outputs] == [([3, 5], "torch.float32")]
    assert row.flops == 2 * 3 * 4 * 5
    assert row.ns is not None
    assert row.ns > 0


def test_steps_put_the_layer_in_order_with_the_events() -> None:
    tape = tape_of(LINEAR, aten=True)

    (row,) = [row for row in tape.aten if row.name == "aten.threshold_backward.default"]
    enter = tape.events[row.step - 1]
    assert (type(enter).__name__, enter.node) == ("NodeEnter", row.node)  # type: ignore[union-attr]
    assert [row.step for row in tape.aten] == sorted(row.step for row in tape.aten)


PROGRAMS = {
    "linear": LINEAR,
    "custom function": (
        "import torch\n"
        "class Square(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, t):\n        ctx.save_for_backward(t)\n        return t * t\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return ctx.saved_tensors[0].mul(2).mul(g)\n"
        "Square.apply(torch.ones(3, requires_grad=True)).sum().backward()\n"
    ),
    "training": (
        "import torch\nnet = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.GELU(),"
        " torch.nn.Dropout(0.5), torch.nn.Linear(8, 2))\n"
        "optimizer = torch.optim.Adam(net.parameters())\n"
        "for _ in range(2):\n    optimizer.zero_grad()\n    net(torch.ones(3, 4)).pow(2).mean().backward()\n"
        "    optimizer.step()\n"
    ),
    "hooks": (
        "import torch\nx = torch.ones(3, requires_grad=True)\ny = x.exp()\ny.register_hook(lambda g: g * 2)\n"
        "y.retain_grad()\n(y + y.sin()).sum().backward()\n"
    ),
    "views in place": (
        "import torch\nx = torch.ones(4, requires_grad=True)\ny = x * 1\ny[:2].mul_(3)\ny.t_()\ny.sum().backward()\n"
    ),
    "second derivative": (
        "import torch\nx = torch.ones(3, requires_grad=True)\n"
        "(g,) = torch.autograd.grad(x.pow(3).sum(), x, create_graph=True)\ng.sum().backward()\n"
    ),
    "inference": "import torch\nwith torch.inference_mode():\n  torch.nn.Linear(4, 2)(torch.ones(3, 4)).softmax(-1)\n",
    "transforms": (
        "import torch\nf = torch.func.vmap(torch.func.grad(lambda x: x.sin().sum()))\nf(torch.ones(3, 4))\n"
    ),
    "large": "import torch\nx = torch.ones(300, 300, requires_grad=True)\n(x @ x).relu().std().backward()\n",
    "checkpoint": (
        "import torch\nfrom torch.utils.checkpoint import checkpoint\nx = torch.ones(3, requires_grad=True)\n"
        "checkpoint(lambda t: t.exp().sin(), x, use_reentrant=False).sum().backward()\n"
    ),
    "complex": (
        "import torch\nx = torch.ones(3, dtype=torch.cfloat, requires_grad=True)\n"
        "x.conj().mul(x).abs().sum().backward()\n"
    ),
    "sparse": (
        "import torch\ne = torch.nn.Embedding(5, 3, sparse=True)\ne(torch.tensor([1, 1, 2])).sum().backward()\n"
    ),
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("values", ["structure", "full"])
def test_the_layer_is_what_torch_dispatches_without_us(source: str, values: str) -> None:
    tape = tape_of(source, aten=True, values=values)

    assert tape.check() == []
    assert [row.name for row in tape.aten] == heard(source)


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_the_layer_counts_what_torch_counts(source: str) -> None:
    with FlopCounterMode(display=False) as counter:
        exec(source, {"__name__": "__main__"})

    assert sum(row.flops or 0 for row in tape_of(source, aten=True).aten) == counter.get_total_flops()


def test_the_layer_and_the_ops_count_the_same() -> None:
    tape = tape_of(PROGRAMS["training"], aten=True)

    for op in tape.ops:
        assert sum(row.flops or 0 for row in tape.aten if row.op == op.id) == (op.flops or 0)


def test_an_op_inside_a_custom_function_owns_what_ran_below_it() -> None:
    tape = tape_of(PROGRAMS["custom function"], aten=True)

    assert below(tape, "mul")[0] == "aten.mul.Tensor"


def test_what_the_engine_adds_up_belongs_to_nothing() -> None:
    tape = tape_of("import torch\nx = torch.ones(3, requires_grad=True)\n(x * 2 + x * 3).sum().backward()\n", aten=True)

    assert [row.name for row in tape.aten if row.op is None and row.node is None].count("aten.add.Tensor") == 1


def test_an_op_that_raised_keeps_what_it_ran_before() -> None:
    tape = tape_of("import torch\ntorch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 5))\n", aten=True)

    assert below(tape, "linear") == ["aten.t.default", "aten.mm.default"]
    assert tape.aten[-1].outputs == []


@pytest.mark.parametrize("options", ["foreach=True", "foreach=False", "fused=True"])
def test_an_optimizer_moves_versions_as_it_does_without_the_layer(options: str) -> None:
    source = (
        "import torch\np = torch.nn.Parameter(torch.ones(3))\np.grad = torch.ones(3)\n"
        f"optimizer = torch.optim.AdamW([p], {options})\noptimizer.step()\noptimizer.step()\n"
        "print([p._version, *(t._version for t in optimizer.state[p].values())])\n"
    )

    printed = [[event.text for event in kinds(tape_of(source, aten=on), "print")] for on in (False, True)]
    assert printed[0] == printed[1]


def test_the_mode_is_gone_when_the_recording_ends() -> None:
    tape_of("import torch\nraise ValueError\n", aten=True)

    assert torch._C._len_torch_dispatch_stack() == 0
