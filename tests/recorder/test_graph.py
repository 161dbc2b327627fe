"""The graph on the tape is torch's own, its gradients `autograd.grad`'s, and backward is in the engine's order."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tapedeck.recorder import record
from tests.recorder.programs import kinds, numbers, tape_of, text


def walked(root: torch.Tensor) -> dict[int, list[tuple[int | None, int]]]:
    """An independent walk of `next_functions`, by sequence number (AccumulateGrad: minus the position of its leaf)."""
    found: dict[Any, list[tuple[Any, int]]] = {}
    queue: list[Any] = [root.grad_fn]
    while queue:
        node = queue.pop()
        if node not in found:
            found[node] = list(node.next_functions)
            queue.extend(n for n, _ in node.next_functions if n is not None)
    return found  # type: ignore[return-value]


def test_the_graph_on_the_tape_is_the_one_a_walk_finds() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.LayerNorm(4), torch.nn.Linear(4, 1))
    with record() as recording:
        loss = model(torch.ones(2, 3)).sum()

    def key(node: Any) -> Any:
        return node._sequence_nr() if node._sequence_nr() < 1 << 63 else tuple(node.variable.shape)

    graph = walked(loss)
    want = {
        (type(n).__name__, key(n)): [(None if m is None else key(m), i) for m, i in edges] for n, edges in graph.items()
    }
    tape = recording.tape

    def row_key(node: Any) -> Any:
        return tuple(tape.tensors[node.variable].shape) if node.variable is not None else node.sequence

    got = {
        (n.name, row_key(n)): [
            (None if edge.node is None else row_key(tape.nodes[edge.node]), edge.input) for edge in n.next_functions
        ]
        for n in tape.nodes
    }
    assert got == want


def test_gradients_on_the_tape_equal_autograd_grad() -> None:
    torch.manual_seed(0)
    x, w = torch.randn(3, 4, requires_grad=True), torch.randn(4, 2, requires_grad=True)
    want = torch.autograd.grad((x @ w).tanh().sum(), [x, w])
    with record() as recording:
        (x @ w).tanh().sum().backward()

    tape = recording.tape
    got = {tape.tensors[event.tensor].name: numbers(tape, event.total) for event in kinds(tape, "accumulate")}
    assert got == {"x": want[0].flatten().tolist(), "w": want[1].flatten().tolist()}


def test_several_contributions_add_up_before_a_node_is_entered() -> None:
    tape = tape_of("import torch\na = torch.tensor(3.0, requires_grad=True)\nb = a * 2\nc = b * b + b\nc.backward()\n")

    node = next(n for n in tape.nodes if n.op is not None and tape.tensors[tape.ops[n.op].outputs[0]].name == "b")
    parts = [numbers(tape, event.value) for event in kinds(tape, "contribution") if event.node == node.id]
    received = [numbers(tape, event.values[0]) for event in kinds(tape, "node_enter") if event.node == node.id]
    assert (sorted(parts), received) == ([1.0, 6.0, 6.0], [13.0])


def test_saved_tensors_stand_with_slot_and_version() -> None:
    tape = tape_of(
        "import torch\na = torch.ones(2, requires_grad=True)\nb = a * 3\nb.add_(1)\nc = b * a\nd = c.exp()\n"
    )

    by_name = {
        n.name: {s.slot: (tape.tensors[s.tensor].name, s.version) for s in n.saved} for n in tape.nodes if n.saved
    }
    assert by_name["MulBackward0"] == {"self": ("b", 1), "other": ("a", 0)}
    assert by_name["ExpBackward0"] == {"result": ("d", 0)}


@pytest.mark.parametrize(
    ("call", "api", "retain"),
    [
        ("c.backward(retain_graph=True)", "backward", True),
        ("torch.autograd.backward(c)", "backward", False),
        ("torch.autograd.grad(c, a)", "grad", False),
    ],
)
def test_every_way_into_backward_is_a_pass_on_the_tape(call: str, api: str, retain: bool) -> None:
    tape = tape_of(f"import torch\na = torch.ones(1, requires_grad=True)\nc = a * 2\n{call}\n")

    (start,) = kinds(tape, "backward_start")
    assert (start.api, start.retain_graph, text(tape, start.span)) == (api, retain, call)
    assert len(kinds(tape, "backward_end")) == 1
    assert tape.check() == []


def test_double_backward_is_a_pass_of_order_two() -> None:
    tape = tape_of(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 3\n"
        "(g,) = torch.autograd.grad(y, x, create_graph=True)\ng.backward()\n"
    )

    assert [event.order for event in kinds(tape, "backward_start")] == [1, 2]
    assert [numbers(tape, event.total) for event in kinds(tape, "accumulate")] == [12.0]
    assert tape.check() == []


def test_a_chain_of_twenty_thousand_ops_does_not_recurse() -> None:
    x = torch.ones(1, requires_grad=True)
    with record(values="structure") as recording:
        y = x
        for _ in range(20_000):
            y = y * 1.0
        y.backward()

    assert len(recording.tape.nodes) == 20_001


def test_a_backward_that_raises_names_the_node_and_the_users_line() -> None:
    tape = tape_of("import torch\nx = torch.ones(3, requires_grad=True)\ny = x.exp()\ny.add_(1)\ny.sum().backward()\n")

    end = tape.events[-1]
    assert text(tape, end.span) == "y.sum().backward()"
    assert "modified by an inplace operation" in end.message
    assert tape.nodes[end.node].name == "ExpBackward0"


def test_a_gradient_edge_can_be_the_root() -> None:
    tape = tape_of(
        "import torch\na = torch.ones(1, requires_grad=True)\nc = a * 2\n"
        "torch.autograd.backward(torch.autograd.graph.get_gradient_edge(c), torch.ones(1))\n"
    )

    assert [numbers(tape, event.total) for event in kinds(tape, "accumulate")] == [[2.0]]
    assert tape.check() == []


def test_wrong_arguments_of_backward_give_torchs_own_error() -> None:
    tape = tape_of("import torch\na = torch.ones(1, requires_grad=True)\n(a * 2).backward(depth=3)\n")

    assert "unexpected keyword argument 'depth'" in tape.events[-1].message
