"""The graph on the tape is the one that an independent walk finds, and its gradients are ``torch.autograd.grad``'s."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tapedeck.recorder import record
from tapedeck.tape import Tape

HEAD = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\nfrom torch.utils.checkpoint import checkpoint\n"
PROGRAMS = {
    "a product": "x, y = torch.randn(3, requires_grad=True), torch.randn(3, requires_grad=True)\nloss = (x * y).sum()",
    "a diamond": "x = torch.randn(3, requires_grad=True)\ny = x.exp()\nloss = (y.sin() * y.cos() + y).sum()",
    "a linear net": "m = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))\nloss = m(torch.randn(2, 3)).sum()",
    "a convolution": "m = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.MaxPool2d(2))\nloss = m(torch.randn(2, 1, 6, 6)).square().sum()",
    "an lstm": "m = nn.LSTM(2, 3)\nloss = m(torch.randn(4, 1, 2))[0].sum()",
    "attention": "m = nn.MultiheadAttention(4, 2)\nx = torch.randn(3, 1, 4, requires_grad=True)\nloss = m(x, x, x)[0].square().sum()",
    "views written in place": "x = torch.randn(4, requires_grad=True)\ny = x * 2\ny[:2].mul_(3)\ny.view(2, 2)[1].add_(x[:2])\nloss = y.sum()",
    "indexing": "x = torch.randn(3, 4, requires_grad=True)\nloss = (x[[0, 2], 1:3].sum() + x.gather(1, torch.tensor([[1], [2], [0]])).sum() + x.unbind()[1].prod())",
    "split and cat": "x = torch.randn(6, requires_grad=True)\na, b, c = x.chunk(3)\nloss = torch.cat([c, a * b, c]).square().sum()",
    "a tied weight": "l = nn.Linear(3, 3)\nloss = l(l(torch.randn(2, 3))).sum()",
    "a custom function": (
        "class Cube(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n"
        "        return x ** 3\n    @staticmethod\n    def backward(ctx, g):\n        return 3 * ctx.saved_tensors[0] ** 2 * g\n"
        "x = torch.randn(3, requires_grad=True)\nloss = Cube.apply(x * 2).sum()"
    ),
    "a chain": "x = torch.randn(2, requires_grad=True)\ny = x\nfor _ in range(200):\n    y = y * 1.01\nloss = y.sum()",
    "complex": "x = torch.randn(3, dtype=torch.complex64, requires_grad=True)\nloss = (x * x.conj()).real.sum()",
    "linear algebra": "x = torch.randn(3, 3, requires_grad=True)\nloss = torch.linalg.solve(x @ x.T + torch.eye(3), x).sum()",
    "a gradient's graph": (
        "x = torch.randn(3, requires_grad=True)\n(g,) = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)\n"
        "loss = (g * x.sin()).sum()"
    ),
    "broadcast": "x, y = torch.randn(3, 1, requires_grad=True), torch.randn(4, requires_grad=True)\nloss = (x + y).exp().mean()",
}
LEAVES = "\nleaves = [t for t in [v for v in vars().values() if isinstance(v, torch.Tensor)] + [p for v in list(vars().values()) if isinstance(v, nn.Module) for p in v.parameters()] if t.is_leaf and t.requires_grad]\n"


def run(source: str, recorded: bool) -> tuple[dict[str, Any], Tape | None]:
    """The namespace that a program leaves, and its tape."""
    namespace: dict[str, Any] = {"__name__": "truth"}
    torch.manual_seed(0)
    code = compile(HEAD + source, "truth.py", "exec")
    if not recorded:
        exec(code, namespace)
        return namespace, None
    with record("full", sources={"truth.py": HEAD + source}, namespace=namespace) as recording:
        exec(code, namespace)
    return namespace, recording.tape


def walked(root: Any) -> list[tuple[str, list[tuple[int | None, int]]]]:
    """Names and edges below a node, by ``next_functions`` alone; nodes are numbered breadth first."""
    order, rows = [root], []
    for node in order:
        edges: list[tuple[int | None, int]] = []
        for below, index in node.next_functions:
            if below is not None and not any(below is one for one in order):
                order.append(below)
            edges.append((next((i for i, one in enumerate(order) if one is below), None), index))
        rows.append((node.name(), edges))
    return rows


def taped(tape: Tape, root: int) -> list[tuple[str, list[tuple[int | None, int]]]]:
    """The same of the tape's rows."""
    order, rows = [root], []
    for number in order:
        edges: list[tuple[int | None, int]] = []
        for edge in tape.nodes[number].next_functions:
            if edge.node is not None and edge.node not in order:
                order.append(edge.node)
            edges.append((None if edge.node is None else order.index(edge.node), edge.input))
        rows.append((tape.nodes[number].name, edges))
    return rows


def sequences(root: Any) -> list[int]:
    """The order in which the nodes below a node were made (``AccumulateGrad`` has none)."""
    order = [root]
    for node in order:
        order.extend(n for n, _ in node.next_functions if n is not None and not any(n is one for one in order))
    return sorted(node._sequence_nr() for node in order if node._sequence_nr() < 1 << 63)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_graph_on_the_tape_is_what_an_independent_walk_finds(name: str) -> None:
    namespace, tape = run(PROGRAMS[name], recorded=True)
    assert tape is not None
    (row,) = [row for row in tape.tensors if row.name == "loss"]

    assert row.node is not None
    assert taped(tape, row.node) == [(name.removeprefix("torch::autograd::"), edges) for name, edges in walked(namespace["loss"].grad_fn)]
    found = {node.sequence for node in tape.nodes if node.sequence is not None}
    assert found.issuperset(sequences(namespace["loss"].grad_fn))


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_gradients_on_the_tape_are_those_of_autograd_grad(name: str) -> None:
    namespace, _ = run(PROGRAMS[name] + LEAVES, recorded=False)
    wanted = torch.autograd.grad(namespace["loss"], namespace["leaves"])
    _, tape = run(PROGRAMS[name] + LEAVES + "loss.backward()\n", recorded=True)
    assert tape is not None
    assert tape.check() == []

    totals = [tape.numbers(event.total) for event in tape.events if type(event).__name__ == "Accumulate"]
    flat = [torch.view_as_real(t).flatten().tolist() if t.is_complex() else t.flatten().tolist() for t in wanted]

    assert sorted(map(list, totals)) == sorted(flat)  # type: ignore[arg-type]
