"""Rule: a saved tensor that was written after it was saved, found before backward meets it.

torch saves a tensor for backward with its version, and every in-place write moves that version on; a node that unpacks
a tensor of another version raises. A tensor, its views and what was detached from it share one version (``.data`` and
a ``Parameter`` made of a tensor have their own), so a write to one of them makes all of them stale.

What the rule knows, and from where: the version at save is read from the node as soon as the op that made it has
returned (torch shows no version of a saved tensor; reading it later gives the version of then, and once backward has
failed ``_saved_*`` raises, where ``_raw_saved_*`` survives). Writes are the versions that ops and optimizer steps left
behind. A saved tensor that the program's pack hook hides (activation checkpointing) is not on the tape, and torch does
not look at its version either.

A write between two runs of a training loop is no fault: a finding needs a node that ran after the write, or one that
has never run and may still. A node cannot run any more when memory that it saved or that it leads to was freed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import inf

import msgspec

from tapedeck.doctor.finding import Finding
from tapedeck.tape import Tape
from tapedeck.tape import events as e
from tapedeck.tape.place import place_of
from tapedeck.tape.rows import Saved

RULE = "stale-saved-tensor"


class _Write(msgspec.Struct, frozen=True):
    """A step that moved a version to ``version``, by an op or (``op`` is ``None``) by a step of an optimizer."""

    step: int
    version: int
    op: int | None
    update: int | None


class _Stale(msgspec.Struct, frozen=True):
    """A node's saved tensor, the first write after it was saved, its version now, and the step that met it."""

    node: int
    saved: Saved
    write: _Write
    version: int
    met: int | None


def find(tape: Tape) -> Iterator[Finding]:
    """One finding for each write that made saved tensors stale: the one that backward met, or would meet first."""
    found: dict[int, list[_Stale]] = defaultdict(list)
    for stale in _stale(tape):
        found[stale.write.step if stale.write.update is None else stale.write.update].append(stale)
    failed = _failed(tape)
    for step in sorted(found):
        first = min(found[step], key=lambda one: (inf if one.met is None else one.met, -_age(tape, one)))
        yield _finding(tape, first, len({(one.node, one.saved.slot) for one in found[step]}) - 1, failed)


def _age(tape: Tape, stale: _Stale) -> int:
    """Backward runs the youngest node first."""
    return tape.nodes[stale.node].sequence or 0


# ── what is stale ──────────────────────────────────────────────────────────────────────────────────────────────────


def _stale(tape: Tape) -> Iterator[_Stale]:
    counters = _counters(tape)
    history = _history(tape, counters)
    runs, entered = _runs(tape)
    last = _Lives(tape)
    for node in tape.nodes:
        for saved in node.saved:
            writes = history.get(counters[saved.tensor]) if saved.tensor is not None else None
            write = _first_after(writes, saved.version) if writes else None
            if write is None or not writes:
                continue
            met = next((step for step in entered.get(node.id, ()) if step > write.step), None)
            if met is not None:
                version = max(w.version for w in writes if w.step <= met)
                yield _Stale(node.id, saved, write, version, met)
            elif node.id not in runs and last.may_run(node.id, write.step):
                yield _Stale(node.id, saved, write, writes[-1].version, None)


def _first_after(writes: list[_Write], version: int) -> _Write | None:
    """The first write that left a newer version; versions of one counter never go down."""
    low, high = 0, len(writes)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if writes[middle].version <= version else (low, middle)
    return writes[low] if low < len(writes) else None


def _counters(tape: Tape) -> list[int]:
    """For each tensor one that it shares its version with: its base, or what it was detached from."""
    above: list[int] = [tensor.id if tensor.base is None else tensor.base for tensor in tape.tensors]
    for op in tape.ops:
        if op.label in _SAME_VERSION and op.inputs and op.outputs:
            source, result = op.inputs[0].tensor, op.outputs[0]
            if tape.tensors[source].storage == tape.tensors[result].storage and above[result] == result != source:
                above[result] = source
    for tensor in range(len(above)):
        root = tensor
        while above[root] != root:
            root = above[root]
        while above[tensor] != root:
            above[tensor], tensor = root, above[tensor]
    return above


_SAME_VERSION = frozenset(("detach", "detach_"))
"""Ops whose result shares memory and version with their input without being a view of it."""


def _history(tape: Tape, counters: list[int]) -> dict[int, list[_Write]]:
    """The writes of each version counter, oldest first."""
    history: dict[int, list[_Write]] = defaultdict(list)
    update: int | None = None
    for step, event in enumerate(tape.events):
        match event:
            case e.OpEvent():
                op = tape.ops[event.op]
                where = update if op.phase == "update" else None
                for tensor, version in zip(op.writes, event.versions, strict=False):
                    _wrote(history[counters[tensor]], _Write(step, version, op.id, where))
            case e.ParamUpdate():
                _wrote(history[counters[event.tensor]], _Write(step, event.version, None, update))
            case e.OptimizerStep():
                update = step
            case _:
                pass
    return history


def _wrote(writes: list[_Write], write: _Write) -> None:
    if write.version > (writes[-1].version if writes else 0):
        writes.append(write)


def _runs(tape: Tape) -> tuple[set[int], dict[int, list[int]]]:
    """The nodes that ran to their end, and the steps at which each was entered."""
    done: set[int] = set()
    entered: dict[int, list[int]] = defaultdict(list)
    for step, event in enumerate(tape.events):
        if isinstance(event, e.NodeEnter):
            entered[event.node].append(step)
        elif isinstance(event, e.NodeExit):
            done.add(event.node)
    return done, entered


class _Lives:
    """Until when each node can have lived: no longer than memory that it saved, or than what leads to it."""

    def __init__(self, tape: Tape) -> None:
        freed = [inf if storage.freed is None else storage.freed for storage in tape.storages]
        held = [-1.0] * len(tape.nodes)
        for tensor in tape.tensors:
            if tensor.node is not None:
                held[tensor.node] = max(held[tensor.node], freed[tensor.storage])
        self._until = held
        for node in sorted(tape.nodes, key=lambda row: inf if row.sequence is None else -row.sequence):
            saved = (freed[tape.tensors[one.tensor].storage] for one in node.saved if one.tensor is not None)
            self._until[node.id] = min(self._until[node.id], *saved, inf)
            for edge in node.next_functions:
                if edge.node is not None:
                    self._until[edge.node] = max(self._until[edge.node], self._until[node.id])

    def may_run(self, node: int, step: int) -> bool:
        """Whether it can still be alive at the end of the tape, having been so at ``step``."""
        return self._until[node] == inf and step >= 0


# ── in words ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _failed(tape: Tape) -> set[int]:
    """The nodes that were entered and never returned, in a pass that raised."""
    failed: set[int] = set()
    running: list[int] = []
    for event in tape.events:
        match event:
            case e.NodeEnter():
                running.append(event.node)
            case e.NodeExit() if running:
                running.pop()
            case e.BackwardEnd(failed=True):
                failed.update(running)
            case e.BackwardStart():
                running = []
            case _:
                pass
    return failed


def _finding(tape: Tape, stale: _Stale, others: int, failed: set[int]) -> Finding:
    node, write = tape.nodes[stale.node], stale.write
    assert stale.saved.tensor is not None
    name = tape.tensors[stale.saved.tensor].name
    what = stale.saved.slot + (f" ({name})" if name else "")
    by = tape.ops[write.op].label if write.op is not None else "the optimizer's step"
    if write.update is not None:
        step = tape.events[write.update]
        by = f"the step of {step.optimizer}" if isinstance(step, e.OptimizerStep) else by
    if stale.met is None:
        then = "backward will raise when it comes here"
    elif stale.node in failed:
        then = "backward raised here"
    else:
        then = "backward came here and did not look at it"
    more = f" {others} other saved tensors went stale with it." if others > 1 else ""
    more = " One other saved tensor went stale with it." if others == 1 else more
    sentence = (
        f"{node.name} saved {what} at version {stale.saved.version}, "
        f"and {by} moved it to version {stale.version}: {then}.{more}"
    )
    span = tape.ops[write.op].span if write.op is not None else None
    return Finding(
        RULE,
        "warning" if stale.met is None else "error",
        sentence,
        write.step,
        f"node:{node.id}",
        place_of(tape, span),
    )
