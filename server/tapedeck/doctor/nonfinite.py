"""Rule: where the first NaN came from, in forward and in backward, and the first infinite gradient.

An Inf in forward is no finding by itself: masks are made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tapedeck.doctor.finding import Finding
from tapedeck.tape import Tape
from tapedeck.tape import events as e
from tapedeck.tape.place import place_of
from tapedeck.tape.rows import Summary

RULE = "nonfinite"


def find(tape: Tape) -> Iterator[Finding]:
    """At most one finding for forward and one for backward: the op or node that made the first one of finite inputs."""
    forward = backward = False
    latest: dict[int, int | None] = {}
    received: dict[int, list[int | None]] = {}
    for step, event in enumerate(tape.events):
        match event:
            case e.OpEvent():
                op = tape.ops[event.op]
                given = [latest.get(argument.tensor) for argument in op.inputs]
                if not forward and op.phase != "update" and _has_nan(tape, event.values) and not _has_nan(tape, given):
                    forward = True
                    yield _of_op(tape, step, event)
                latest.update(zip(op.writes, event.values, strict=False))
            case e.NodeEnter():
                received[event.node] = event.values
            case e.NodeExit():
                got = received.get(event.node, [])
                if not backward and _is_bad(tape, event.values) and not _is_bad(tape, got):
                    backward = True
                    yield _of_node(tape, step, event)
            case _:
                pass


def _of_op(tape: Tape, step: int, event: e.OpEvent) -> Finding:
    op = tape.ops[event.op]
    names = [tape.tensors[tensor].name for tensor in op.writes]
    what = next((name for name in names if name), "its output")
    sentence = f"The first NaN is made here: {op.label} gives NaN in {what}, and none of its inputs has one."
    return Finding(RULE, "warning", sentence, step, f"op:{op.id}", place_of(tape, op.span))


def _of_node(tape: Tape, step: int, event: e.NodeExit) -> Finding:
    node = tape.nodes[event.node]
    kind = "NaN" if _has_nan(tape, event.values) else "Inf"
    sentence = f"The first {kind} gradient is made here: {node.name} sends {kind}, and what it received is finite."
    span = tape.ops[node.op].span if node.op is not None else None
    return Finding(RULE, "warning", sentence, step, f"node:{node.id}", place_of(tape, span))


def _has_nan(tape: Tape, values: Iterable[int | None]) -> bool:
    return any(summary.nan for summary in _summaries(tape, values))


def _is_bad(tape: Tape, values: Iterable[int | None]) -> bool:
    return any(summary.finite < summary.count for summary in _summaries(tape, values))


def _summaries(tape: Tape, values: Iterable[int | None]) -> Iterator[Summary]:
    for value in values:
        summary = None if value is None else tape.values[value].summary
        if summary is not None:
            yield summary
