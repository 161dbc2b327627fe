"""The graph on the tape is the one that an independent walk finds, and its gradients are ``torch.autograd.grad``'s."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tapedeck.recorder import record
from tapedeck.tape import Tape
from tests.recorder.differential.harness import sections

HEAD = "import torch\nfrom torch import nn\n"
PROGRAMS = dict(sections(Path(__file__).parent / "graphs.txt"))
Graph = list[tuple[str, list[tuple[int | None, int]]]]
"""Names and edges of nodes, which are numbered breadth first."""


def leaves_of(namespace: dict[str, Any]) -> list[Tensor]:
    """What a program's variables and their modules hold that gathers gradients."""
    things = list(namespace.values())
    parameters = [p for thing in things if isinstance(thing, nn.Module) for p in thing.parameters()]
    tensors = [thing for thing in things if isinstance(thing, Tensor)]
    return [t for t in [*tensors, *parameters] if t.is_leaf and t.requires_grad]


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


def walked(root: Any) -> Graph:
    """The graph below a node, by ``next_functions`` alone."""
    order, rows = [root], []
    for node in order:
        edges: list[tuple[int | None, int]] = []
        for below, index in node.next_functions:
            if below is not None and not any(below is one for one in order):
                order.append(below)
            edges.append((next((i for i, one in enumerate(order) if one is below), None), index))
        rows.append((node.name().removeprefix("torch::autograd::"), edges))
    return rows


def taped(tape: Tape, root: int) -> Graph:
    """The graph below a node of the tape."""
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
    assert taped(tape, row.node) == walked(namespace["loss"].grad_fn)
    found = {node.sequence for node in tape.nodes if node.sequence is not None}
    assert found.issuperset(sequences(namespace["loss"].grad_fn))


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_gradients_on_the_tape_are_those_of_autograd_grad(name: str) -> None:
    namespace, _ = run(PROGRAMS[name], recorded=False)
    wanted = torch.autograd.grad(namespace["loss"], leaves_of(namespace))
    _, tape = run(PROGRAMS[name] + "\nloss.backward()\n", recorded=True)
    assert tape is not None
    assert tape.check() == []

    totals = [tape.numbers(event.total) for event in tape.events if type(event).__name__ == "Accumulate"]
    flat = [torch.view_as_real(t).flatten().tolist() if t.is_complex() else t.flatten().tolist() for t in wanted]

    assert sorted(map(list, totals)) == sorted(flat)  # type: ignore[arg-type]
