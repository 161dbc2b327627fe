"""The iterations of a training loop: which steps of the tape each one spans, and its forward, backward and update.

An iteration is what leads to one round of optimizer steps. It is told by the events, and bounded by the source: the
innermost loop around the call of ``step()`` (or the function that the call is in, where no loop is) says which events
before and after it belong to it. Code between two rounds, such as a validation, belongs to none.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import Literal

import msgspec

from tapedeck.tape import events as e
from tapedeck.tape.rows import Span
from tapedeck.tape.tape import Tape

Kind = Literal["forward", "backward", "update"]


class Part(msgspec.Struct, frozen=True):
    """A run of steps, first and last included, that the program spends on one thing."""

    kind: Kind
    first: int
    last: int


class Iteration(msgspec.Struct, frozen=True):
    """One round of a training loop, from step ``first`` to step ``last``, both included.

    ``optimizers`` are the rows of the optimizers that step in it. ``parts`` are in the order in which they begin:
    several forward and backward parts where gradients are accumulated, and inside of the update where the optimizer
    calls a closure.
    """

    index: int
    first: int
    last: int
    parts: list[Part]
    optimizers: list[int]


class _Region(msgspec.Struct, frozen=True):
    """The lines of a loop or a function that ``step()`` is called in."""

    source: int
    function: str
    line: int
    end_line: int


class _Update(msgspec.Struct, frozen=True):
    """One call of an optimizer's ``step()``."""

    first: int
    last: int
    event: e.OptimizerStep
    line: int
    region: _Region | None


def iterations(tape: Tape) -> list[Iteration]:
    """The iterations of every training loop on the tape, in order; empty for a tape without an optimizer's step."""
    texts = _Texts(tape)
    found: list[Iteration] = []
    rounds = list(_rounds(_updates(tape, texts)))
    for index, updates in enumerate(rounds):
        after = found[-1].last + 1 if found else 0
        first = _first(tape, updates[0], after)
        following = rounds[index + 1][0].first if index + 1 < len(rounds) else len(tape.events)
        last = _last(tape, updates[-1], following)
        rows = [update.event.row for update in updates if update.event.row is not None]
        found.append(Iteration(index, first, last, _parts(tape, updates, first, last), rows))
    return found


# ── rounds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _updates(tape: Tape, texts: _Texts) -> list[_Update]:
    """Every call of an optimizer's ``step()``, from its event to the last thing that it did."""
    steps = [step for step, event in enumerate(tape.events) if isinstance(event, e.OptimizerStep)]
    found = []
    for step, following in itertools.pairwise([*steps, len(tape.events)]):
        event = tape.events[step]
        assert isinstance(event, e.OptimizerStep)
        last = _end_of_update(tape, step, following)
        span = None if event.span is None else tape.spans[event.span]
        found.append(_Update(step, last, event, 0 if span is None else span.line, texts.region(span)))
    return found


def _end_of_update(tape: Tape, step: int, following: int) -> int:
    """The last ``param_update`` of a step, or the last op of one that changed nothing, and its hooks after it."""
    last = step
    for at in range(step + 1, following):
        event = tape.events[at]
        if isinstance(event, e.ParamUpdate) or (last == at - 1 and _belongs_to_update(tape, event)):
            last = at
    return last


def _belongs_to_update(tape: Tape, event: e.AnyEvent) -> bool:
    match event:
        case e.OpEvent():
            op = tape.ops[event.op]
            hook = None if op.hook is None else tape.hooks[op.hook]
            return op.phase == "update" or (hook is not None and "optimizer_step" in hook.kind)
        case e.HookFire():
            return "optimizer_step" in tape.hooks[event.hook].kind
        case _:
            return False


def _rounds(updates: list[_Update]) -> Iterator[list[_Update]]:
    """Updates that belong to one iteration: different optimizers, one after another, further down the same loop."""
    current: list[_Update] = []
    for update in updates:
        again = any(_same_optimizer(update.event, other.event) for other in current)
        if current and (again or update.region != current[-1].region or update.line < current[-1].line):
            yield current
            current = []
        current.append(update)
    if current:
        yield current


def _same_optimizer(a: e.OptimizerStep, b: e.OptimizerStep) -> bool:
    return (a.row, a.optimizer) == (b.row, b.optimizer)


# ── bounds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _first(tape: Tape, update: _Update, after: int) -> int:
    """The first step from ``after`` on that the loop's own code leads to."""
    for step in range(after, update.first):
        event = tape.events[step]
        if _work(tape, event) if update.region is None else _line(tape, event, update.region) is not None:
            return step
    return update.first


def _last(tape: Tape, update: _Update, following: int) -> int:
    """The last step before ``following`` that the loop's own code leads to, further down than the update."""
    last = update.last
    if update.region is None:
        return last
    for step in range(last + 1, following):
        event = tape.events[step]
        line = _line(tape, event, update.region)
        if line is not None and line > update.line:
            last = step
        elif line is not None or _elsewhere(tape, event, update.region):
            break
        elif isinstance(event, (e.CallExit, e.NodeExit, e.BackwardEnd, e.ParamUpdate)) and last == step - 1:
            last = step
    return last


def _work(tape: Tape, event: e.AnyEvent) -> bool:
    """Whether an event is part of training, where no source says so."""
    if isinstance(event, e.OpEvent):
        return tape.ops[event.op].phase != "build"
    return isinstance(event, (e.CallEnter, e.BackwardStart, e.GradZero))


def _places(tape: Tape, event: e.AnyEvent) -> list[Span]:
    """The user's expressions that led to an event, as far as they are on the tape."""
    match event:
        case e.OpEvent():
            ids = tape.ops[event.op].stack
        case e.CallEnter() | e.CallExit():
            span = tape.calls[event.call].span
            ids = [] if span is None else [span]
        case _:
            span = getattr(event, "span", None)
            ids = [] if span is None else [span]
    return [tape.spans[span] for span in ids]


def _line(tape: Tape, event: e.AnyEvent, region: _Region) -> int | None:
    """The line of the region that led to an event, if one did."""
    for span in _places(tape, event):
        same = (span.source, span.function) == (region.source, region.function)
        if same and region.line <= span.line <= region.end_line:
            return span.line
    return None


def _elsewhere(tape: Tape, event: e.AnyEvent, region: _Region) -> bool:
    """Whether an event is certainly not of the region, rather than of unknown origin (a module's inner call)."""
    places = _places(tape, event)
    if isinstance(event, e.OpEvent):
        return bool(places)
    return any((span.source, span.function) == (region.source, region.function) for span in places)


class _Texts:
    """The regions of a tape's sources, each text parsed once."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._trees: dict[int, ast.Module | None] = {}
        self._regions: dict[int, _Region | None] = {}

    def region(self, span: Span | None) -> _Region | None:
        """The innermost loop around a place in its own function, or else the function, or else nothing."""
        if span is None:
            return None
        if span.id not in self._regions:
            self._regions[span.id] = self._around(span)
        return self._regions[span.id]

    def _around(self, span: Span) -> _Region | None:
        tree = self._tree(span.source)
        found: _Region | None = None
        for node in ast.walk(tree) if tree is not None else ():
            if not isinstance(node, _BLOCKS) or not node.lineno <= span.line <= (node.end_lineno or 0):
                continue
            if isinstance(node, _FUNCTIONS) or found is None or node.lineno >= found.line:
                found = _Region(span.source, span.function, node.lineno, node.end_lineno or node.lineno)
        return found

    def _tree(self, source: int) -> ast.Module | None:
        if source not in self._trees:
            try:
                self._trees[source] = ast.parse(self._tape.sources[source].text)
            except (SyntaxError, ValueError):
                self._trees[source] = None
        return self._trees[source]


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = (*_FUNCTIONS, ast.For, ast.AsyncFor, ast.While)


# ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(tape: Tape, updates: list[_Update], first: int, last: int) -> list[Part]:
    """Updates, backward passes, and forward work between them, in the order in which they begin."""
    found = [Part("update", update.first, update.last) for update in updates]
    backward = [Part("backward", *bounds) for bounds in _passes(tape, first, last)]
    edges = sorted(((part.first, part.last) for part in (*found, *backward)), key=lambda pair: pair[0])
    begin = first
    for start, end in edges:
        found.extend(_forward(tape, begin, start - 1, _inside(updates, begin)))
        begin = start + 1 if _inside(updates, start) and _has_pass(backward, start, end) else max(begin, end + 1)
    if not _inside(updates, begin):
        found.extend(_forward(tape, begin, last, None))
    return sorted([*found, *backward], key=lambda part: (part.first, -part.last))


def _inside(updates: list[_Update], step: int) -> _Update | None:
    return next((update for update in updates if update.first <= step <= update.last), None)


def _has_pass(backward: list[Part], start: int, end: int) -> bool:
    return any(start < part.first and part.last <= end for part in backward)


def _passes(tape: Tape, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Backward passes that are not inside of another one."""
    depth, start = 0, first
    for step in range(first, last + 1):
        event = tape.events[step]
        if isinstance(event, e.BackwardStart):
            start = step if depth == 0 else start
            depth += 1
        elif isinstance(event, e.BackwardEnd) and depth:
            depth -= 1
            if depth == 0:
                yield start, step


def _forward(tape: Tape, first: int, last: int, update: _Update | None) -> Iterator[Part]:
    """The forward work in a stretch without a backward pass, from its first to its last step."""
    steps = [step for step in range(first, last + 1) if _is_forward(tape, tape.events[step], update)]
    if steps:
        yield Part("forward", steps[0], steps[-1])


def _is_forward(tape: Tape, event: e.AnyEvent, update: _Update | None) -> bool:
    """Calls and forward ops; in a closure, ops of the program's rather than the optimizer's own."""
    if isinstance(event, (e.CallEnter, e.CallExit)):
        return True
    if not isinstance(event, e.OpEvent):
        return False
    op = tape.ops[event.op]
    if update is not None:
        return op.span != update.event.span and not any(tape.tensors[t].grad_of is not None for t in op.writes)
    return op.phase == "forward" and not (op.in_place and any(tape.tensors[t].grad_of is not None for t in op.writes))
