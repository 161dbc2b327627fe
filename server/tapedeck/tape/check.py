"""The invariants of a tape: what every reader may rely on, each proved by one pass.

References lie in their tables; a value holds as many numbers as its shape says; spans lie in their source; every enter
has its exit; versions never go down; every gradient that a node receives is the sum of its contributions passed through
its pre-hooks; every ``.grad`` is what it was plus what was added; every tangent is of a tensor that its op wrote.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator

from tapedeck.tape import events as e
from tapedeck.tape.collecting import no_collections
from tapedeck.tape.numbers import LARGEST, SPECIAL, count, numbers_of, read
from tapedeck.tape.references import TABLES, references
from tapedeck.tape.rows import Number, Value
from tapedeck.tape.tape import Tape

Rule = Callable[[Tape], Iterator[str]]

LIMIT = 50
"""Broken invariants that are reported at most."""

LONGEST = 1 << 62
"""No dimension of a tensor is as long."""


def check(tape: Tape, rules: tuple[Rule, ...] | None = None) -> list[str]:
    """The broken invariants, one sentence each, at most `LIMIT`; empty when the tape is sound.

    ``rules`` are those to prove, and all of them where none are given.
    """
    found: list[str] = []
    with no_collections():
        for rule in rules or RULES:
            for sentence in rule(tape):
                found.append(sentence)
                if len(found) >= LIMIT:
                    return [*found, "… and perhaps more"]
            if found and rule in FOUNDATIONS:
                return found
    return found


def numbers(tape: Tape) -> Iterator[str]:
    """Every number is one, and a value holds as many as its shape says, or none."""
    for row in tape.values:
        parts = (row.data, row.sample, row.picture.data if row.picture else None)
        if not all(part is None or _are_numbers(part) for part in parts):
            yield f"value {row.id} holds what is no number"
        elif row.data is not None and len(row.data) != _expected(row):
            yield f"value {row.id} holds {len(row.data)} numbers, which do not fit the shape {row.shape}"
        elif row.file in tape.blocks and count(tape.blocks[row.file]) != _expected(row):
            yield f"the block of value {row.id} does not fit the shape {row.shape}"


def _are_numbers(part: list[Number]) -> bool:
    return set(map(type, part)) <= {float} or all(map(_is_number, part))


def _is_number(one: Number) -> bool:
    if isinstance(one, str):
        return one in SPECIAL
    return not isinstance(one, int) or -LARGEST < one < LARGEST


def _expected(row: Value) -> int:
    """How many numbers a value has by its shape; -1, which nothing fits, where there is no such shape."""
    if row.shape and not (min(row.shape) >= 0 and max(row.shape) < LONGEST):
        return -1
    return math.prod(row.shape) * (2 if row.dtype.startswith("torch.complex") else 1)


def dense(tape: Tape) -> Iterator[str]:
    """Ids and steps are dense."""
    for table in TABLES:
        ids = [row.id for row in getattr(tape, table)]
        if ids != list(range(len(ids))):
            yield from (f"row {index} of {table} has id {id}" for index, id in enumerate(ids) if id != index)
    if tape.header.events != len(tape.events):
        yield f"the header counts {tape.header.events} events; there are {len(tape.events)}"


def spans(tape: Tape) -> Iterator[str]:
    """Spans lie inside their source (where its text could be read)."""
    for span in tape.spans:
        text = tape.sources[span.source].text
        if not text:
            continue
        lines = text.split("\n")
        inside = 1 <= span.line <= span.end_line <= len(lines)
        inside = inside and 0 <= span.column <= len(lines[span.line - 1])
        if not inside or not 0 <= span.end_column <= len(lines[span.end_line - 1]):
            yield f"span {span.id} lies outside {tape.sources[span.source].name}"


def enters(tape: Tape) -> Iterator[str]:
    """Every enter has its exit, properly nested on its thread, unless the tape is cut or ends in ``raise``."""
    threads: defaultdict[int, _Open] = defaultdict(_Open)
    for step, event in enumerate(tape.events):
        at = threads[event.thread]
        match event:
            case e.CallEnter():
                at.calls.append(event.call)
            case e.CallExit():
                if not at.calls or at.calls.pop() != event.call:
                    yield f"step {step}: call {event.call} exits without being the innermost"
            case e.BackwardStart():
                at.passes.append(event.index)
                at.outer.append(at.nodes)
                at.nodes = []
            case e.BackwardEnd():
                if not at.passes or at.passes.pop() != event.index:
                    yield f"step {step}: backward {event.index} ends without being the innermost"
                if at.nodes and not event.failed:
                    yield f"step {step}: node {at.nodes[-1]} was entered and never left"
                at.nodes = at.outer.pop() if at.outer else []
            case e.NodeEnter():
                at.nodes.append(event.node)
            case e.NodeExit():
                if not at.nodes or at.nodes.pop() != event.node:
                    yield f"step {step}: node {event.node} exits without being the innermost"
            case _:
                pass
    ended = tape.header.ended == "cut" or (bool(tape.events) and isinstance(tape.events[-1], e.Raise))
    for at in threads.values():
        if (at.calls or at.passes) and not ended:
            what = "call" if at.calls else "backward"
            yield f"the tape ends inside {what} {(at.calls or at.passes)[-1]} and not in a raise"


class _Open:
    """What is open on one thread: module calls, backward passes, nodes, and the nodes of the passes around."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.passes: list[int] = []
        self.nodes: list[int] = []
        self.outer: list[list[int]] = []


def versions(tape: Tape) -> Iterator[str]:
    """The version of a tensor never goes down, and no node saved a version that was never reached."""
    latest: dict[int, int] = {}
    for step, event in enumerate(tape.events):
        if isinstance(event, e.OpEvent):
            writes = tape.ops[event.op].writes
            if not len(writes) >= len(event.versions) or len(event.values) not in (0, len(event.versions)):
                yield f"step {step}: values and versions do not fit the outputs of op {event.op}"
                continue
            pairs = list(zip(writes, event.versions, strict=False))
        elif isinstance(event, e.ParamUpdate):
            pairs = [(event.tensor, event.version)]
        else:
            continue
        for tensor, version in pairs:
            if version < latest.get(tensor, 0):
                yield f"step {step}: the version of tensor {tensor} goes down from {latest.get(tensor, 0)} to {version}"
            latest[tensor] = version


def gradients(tape: Tape) -> Iterator[str]:
    """Every gradient a node receives is the sum of its contributions, passed through the hooks on its tensor.

    A hook that changed its argument in place (``mutated``) may have changed any gradient that was on its way and
    shares the memory — which is why hooks must not do it —, so what was sent before such a firing proves nothing.
    """
    spoiled = -1
    sent: dict[tuple[int, int], int] = {}
    threads: defaultdict[int, list[_Arriving]] = defaultdict(lambda: [_Arriving()])
    for step, event in enumerate(tape.events):
        passes = threads[event.thread]
        at = passes[-1]
        match event:
            case e.BackwardStart():
                passes.append(_Arriving())
            case e.BackwardEnd() if len(passes) > 1:
                passes.pop()
            case e.Contribution():
                at.waiting[event.node, event.input].append(event.value)
                sent[event.node, event.input] = step
            case e.HookFire() if event.node is not None:
                spoiled = step if event.mutated else spoiled
                hook = tape.hooks[event.hook]
                if hook.kind == "tensor" and hook.tensor is not None:
                    at.fired[event.node, _input_of(tape, hook.tensor, event.node)].append(event)
            case e.NodeEnter():
                for index, value in enumerate(event.values):
                    parts, hooks = at.waiting.pop((event.node, index), []), at.fired.pop((event.node, index), [])
                    if value is None:
                        continue
                    if not parts:
                        yield f"step {step}: node {event.node} receives a gradient at input {index} that nobody sent"
                    elif sent[event.node, index] > spoiled and not _explained(tape, parts, hooks, value):
                        yield f"step {step}: what node {event.node} receives at input {index} is not what was sent"
            case _:
                pass


class _Arriving:
    """What is on its way to nodes in one backward pass, and the hooks that have fired on it."""

    def __init__(self) -> None:
        self.waiting: defaultdict[tuple[int, int], list[int | None]] = defaultdict(list)
        self.fired: defaultdict[tuple[int, int], list[e.HookFire]] = defaultdict(list)


def _input_of(tape: Tape, tensor: int, node: int) -> int:
    row = tape.tensors[tensor]
    return row.node_output if row.node == node else 0


def _explained(tape: Tape, parts: list[int | None], hooks: list[e.HookFire], value: int) -> bool:
    total = _sum(tape, parts)
    for hook in hooks:
        before = _numbers(tape, hook.before[0]) if hook.before else None
        if not _close(total, before):
            return False
        after = hook.after or hook.before
        total = _numbers(tape, after[0]) if after else None
    return _close(total, _numbers(tape, value))


def accumulations(tape: Tape) -> Iterator[str]:
    """Every ``.grad`` after an ``accumulate`` is what it was before plus what was added.

    Two threads that add to one ``.grad`` at the same time race, so what another thread left proves nothing.
    """
    grads: dict[int, int | None] = {}
    writers: dict[int, int] = {}
    for step, event in enumerate(tape.events):
        match event:
            case e.Accumulate():
                first = event.tensor not in grads or writers.get(event.tensor, event.thread) != event.thread
                before = grads.get(event.tensor)
                parts = [event.added] if first or before is None else [before, event.added]
                if not first and not _close(_sum(tape, parts), _numbers(tape, event.total)):
                    yield f"step {step}: .grad of tensor {event.tensor} is not what it was plus what was added"
                grads[event.tensor], writers[event.tensor] = event.total, event.thread
            case e.GradZero():
                grads[event.tensor] = event.value
            case e.OpEvent():
                for tensor, value in zip(tape.ops[event.op].writes, event.values, strict=False):
                    owner = tape.tensors[tensor].grad_of
                    if owner is not None:
                        grads[owner] = value
            case _:
                pass


def tangents(tape: Tape) -> Iterator[str]:
    """Every tangent that comes out of an op is of a tensor that this op has written."""
    ran: set[int] = set()
    for step, event in enumerate(tape.events):
        if isinstance(event, e.OpEvent):
            ran.add(event.op)
        elif isinstance(event, e.Tangent) and event.op is not None and not _wrote(tape, event, ran):
            yield f"step {step}: op {event.op} did not write tensor {event.tensor}, whose tangent comes out of it"


def _wrote(tape: Tape, event: e.Tangent, ran: set[int]) -> bool:
    return event.op in ran and event.tensor in tape.ops[event.op].writes


def _numbers(tape: Tape, value: int | None) -> list[float] | None:
    if value is None:
        return None
    flat = numbers_of(tape, value)
    return None if flat is None else [read(x) for x in flat]


def _sum(tape: Tape, parts: list[int | None]) -> list[float] | None:
    columns = [_numbers(tape, part) for part in parts]
    known = [column for column in columns if column is not None]
    if len(known) != len(columns) or not known or len({len(column) for column in known}) != 1:
        return None
    return [math.fsum(row) if all(map(math.isfinite, row)) else sum(row) for row in zip(*known, strict=True)]


def _close(got: list[float] | None, want: list[float] | None) -> bool:
    """Equal up to the rounding of the tensor's own type; unknown numbers contradict nothing."""
    if got is None or want is None:
        return True
    if len(got) != len(want):
        return False
    scale = max((abs(x) for x in want if math.isfinite(x)), default=0.0)
    return all(_same(a, b, 1e-3 * scale) for a, b in zip(got, want, strict=True))


def _same(a: float, b: float, tolerance: float) -> bool:
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) <= max(tolerance, 1e-6 * abs(b))
    return a == b or (math.isnan(a) and math.isnan(b))


FOUNDATIONS = (references, numbers)
"""What the other rules rely on: where one of these is broken, they are not asked."""
RULES: tuple[Rule, ...] = (
    references,
    numbers,
    dense,
    spans,
    enters,
    versions,
    gradients,
    accumulations,
    tangents,
)
"""Every invariant, in the order in which they are proved."""

SHAPE: tuple[Rule, ...] = (references, numbers, dense, spans, enters)
"""What readers rely on so as not to fall over. The others compare numbers, which takes seconds where they are many."""
