"""What the proofs of the lessons read off a tape: gradients, the order of nodes and hooks, tangents, printed lines."""

from collections.abc import Iterator
from typing import Any

from tapedeck.tape import Tape
from tests.recorder.programs import kinds, numbers


def printed(tape: Tape) -> list[str]:
    """The lines the program wrote to standard output."""
    return "".join(event.text for event in kinds(tape, "print") if event.stream == "stdout").splitlines()


def grads(tape: Tape) -> dict[str | None, Any]:
    """What every ``.grad`` was last, by the name of its tensor; of leaves and of what ``retain_grad`` keeps."""
    found = {}
    for event in kinds(tape, "accumulate", "retain"):
        value = event.total if hasattr(event, "total") else event.value
        found[tape.tensors[event.tensor].name] = numbers(tape, value)
    return found


def label(tape: Tape, node: int | None) -> str | None:
    """``AccumulateGrad(a)``, ``MulBackward0``, or ``None`` where an edge leads nowhere."""
    if node is None:
        return None
    row = tape.nodes[node]
    return row.name if row.variable is None else f"{row.name}({tape.tensors[row.variable].name})"


def passes(tape: Tape) -> Iterator[list[Any]]:
    """The events of each backward pass."""
    begin = 0
    for step, event in enumerate(tape.events):
        match event.__struct_config__.tag:
            case "backward_start":
                begin = step
            case "backward_end":
                yield tape.events[begin : step + 1]


def order(tape: Tape, index: int = 0) -> list[str | None]:
    """The nodes that one backward pass called, in order."""
    events = list(passes(tape))[index]
    return [label(tape, event.node) for event in events if event.__struct_config__.tag == "node_enter"]


def fired(tape: Tape) -> list[tuple[str, Any, Any]]:
    """Every hook that fired, with what it was given and what it made of it (``None``: unchanged)."""
    return [
        (tape.hooks[event.hook].name, _numbers(tape, event.before), _numbers(tape, event.after))
        for event in kinds(tape, "hook_fire")
    ]


def edges(tape: Tape, node: int) -> list[str | None]:
    """Where the ``next_functions`` of a node lead."""
    return [label(tape, edge.node) for edge in tape.nodes[node].next_functions]


def made(tape: Tape, name: str, nth: int = 0) -> int:
    """The node of the nth tensor of that name."""
    found = [row.node for row in tape.tensors if row.name == name and row.node is not None]
    assert found, f"no tensor {name} has a grad_fn"
    return found[nth]


def saved(tape: Tape, node: int) -> dict[str, Any]:
    """What a node saved, by slot."""
    return {one.slot: numbers(tape, one.value) for one in tape.nodes[node].saved}


def given(tape: Tape, name: str, nth: int = 0) -> list[Any]:
    """The gradients that the node of the nth tensor of that name gave, at its first call."""
    node = made(tape, name, nth)
    event = next(event for event in kinds(tape, "node_exit") if event.node == node)
    return [numbers(tape, value) for value in event.values]


def value(tape: Tape, name: str, nth: int = 0) -> Any:
    """What the op gave that made the nth tensor of that name."""
    found = [
        numbers(tape, seen)
        for event in kinds(tape, "op")
        for tensor, seen in zip(tape.ops[event.op].writes, event.values, strict=True)
        if tape.tensors[tensor].name == name
    ]
    return found[nth]


def tangents(tape: Tape, *names: str) -> list[list[Any]]:
    """For each pass of forward mode, the tangents of these tensors."""
    columns = [
        [numbers(tape, event.value) for event in kinds(tape, "tangent") if tape.tensors[event.tensor].name == name]
        for name in names
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def reach(tape: Tape, node: int) -> set[int]:
    """Every node of the graph behind one, itself included."""
    there, waiting = set(), [node]
    while waiting:
        one = waiting.pop()
        if one not in there:
            there.add(one)
            waiting += [edge.node for edge in tape.nodes[one].next_functions if edge.node is not None]
    return there


def _numbers(tape: Tape, values: list[int | None]) -> Any:
    each = [numbers(tape, value) for value in values]
    return each[0] if len(each) == 1 else each or None
