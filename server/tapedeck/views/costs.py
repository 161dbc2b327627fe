"""What a program cost: operations, bytes and time of each op, node, module call and module.

Operations are those that ran: an op's once, a node's once for each of its calls. What ran in a backward pass (nodes,
recomputation, custom backwards) counts as backward, and belongs to the module call that its op was made in. Bytes are
those of whole storages, so that views and ties of one memory are one:

- ``parameters``: of parameters and buffers, each storage once in each total, however many modules share it;
- ``outputs``: a storage belongs to the op that made it; an in-place op and a view make none;
- ``saved``: of what nodes saved for backward, each storage once in each total, however many nodes saved it; of these,
  ``kept`` are those of no parameter or buffer, which backward keeps alive. What a program's pack hook hides is missing.

Times are wall times in nanoseconds and include the recording; the time of a recomputation is also a part of the
node's that asked for it. All of it takes time linear in the length of the tape, times the depth of its modules.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import msgspec

from tapedeck.tape import Tape
from tapedeck.tape import events as e
from tapedeck.tape.rows import Module, Op


class Cost(msgspec.Struct, frozen=True):
    """What one thing cost; ``None`` where nobody can tell: no formula, no clock."""

    forward: int | None = None
    backward: int | None = None
    parameters: int = 0
    outputs: int = 0
    saved: int = 0
    kept: int = 0
    forward_ns: int | None = None
    backward_ns: int | None = None


class Share(msgspec.Struct, frozen=True):
    """What a module, or one call of it, cost by itself (``own``) and with what was called inside it (``total``)."""

    own: Cost
    total: Cost


class Costs(msgspec.Struct, frozen=True):
    """The costs of a program; each list is aligned with the tape's table of that name.

    ``nodes`` are a part of ``ops``: of the op that made them. ``total`` is of the whole tape, also of what ran outside
    of every module.
    """

    ops: list[Cost]
    nodes: list[Cost]
    calls: list[Share]
    modules: list[Share]
    total: Cost


def costs(tape: Tape) -> Costs:
    """The costs of a sound tape."""
    ledger = _Ledger(tape)
    nodes = ledger.nodes()
    ops = ledger.ops(nodes)
    calls, calls_within = ledger.calls(ops, nodes)
    modules, modules_within = ledger.modules(calls, calls_within)
    total = reduce(_Sum.add, [*ops, *(nodes[n.id] for n in tape.nodes if n.op is None), *ledger.owned], _Sum())
    outermost = (op.ns for op in tape.ops if op.parent is None and not _in_backward(op))
    total.forward_ns = reduce(_plus, outermost, None)
    return Costs(
        ops=[ledger.cost(one) for one in ops],
        nodes=[ledger.cost(one) for one in nodes],
        calls=[Share(ledger.cost(own), ledger.cost(all_)) for own, all_ in zip(calls, calls_within, strict=True)],
        modules=[Share(ledger.cost(own), ledger.cost(all_)) for own, all_ in zip(modules, modules_within, strict=True)],
        total=ledger.cost(total),
    )


class _Sum:
    """A cost that is being added up: numbers that add, and storages that count once."""

    __slots__ = ("backward", "backward_ns", "forward", "forward_ns", "made", "owned", "saved")

    def __init__(self) -> None:
        self.forward: int | None = None
        self.backward: int | None = None
        self.forward_ns: int | None = None
        self.backward_ns: int | None = None
        self.made = 0
        self.saved: set[int] | None = None
        self.owned: set[int] | None = None

    def add(self, other: _Sum) -> _Sum:
        """Add another cost; this one."""
        self.forward = _plus(self.forward, other.forward)
        self.backward = _plus(self.backward, other.backward)
        self.forward_ns = _plus(self.forward_ns, other.forward_ns)
        self.backward_ns = _plus(self.backward_ns, other.backward_ns)
        self.made += other.made
        self.saved = _union(self.saved, other.saved)
        self.owned = _union(self.owned, other.owned)
        return self


def _plus(a: int | None, b: int | None) -> int | None:
    """The sum of what is known; ``None`` where nothing is."""
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _union(mine: set[int] | None, others: set[int] | None) -> set[int] | None:
    """Both together, in ``mine``, which nobody else holds; most things hold nothing, and get no set."""
    if not others:
        return mine
    if mine is None:
        return set(others)
    mine |= others
    return mine


def _in_backward(op: Op) -> bool:
    return op.phase in ("backward", "recompute")


class _Ledger:
    """The rows of a tape, read once."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._bytes = [storage.bytes for storage in tape.storages]
        self.owned = [self._tables(module) for module in range(len(tape.modules))]
        self._resident: set[int] = set().union(*(one.owned or () for one in self.owned))

    def cost(self, one: _Sum) -> Cost:
        """The finished cost, its storages in bytes."""
        return Cost(
            one.forward,
            one.backward,
            self._size(one.owned) if one.owned else 0,
            one.made,
            self._size(one.saved) if one.saved else 0,
            self._size(one.saved - self._resident) if one.saved else 0,
            one.forward_ns,
            one.backward_ns,
        )

    def _size(self, storages: Iterable[int]) -> int:
        return sum(self._bytes[storage] for storage in storages)

    def _storages(self, tensors: Iterable[int | None]) -> set[int]:
        return {self._tape.tensors[tensor].storage for tensor in tensors if tensor is not None}

    def _tables(self, module: int) -> _Sum:
        one, row = _Sum(), self._tape.modules[module]
        one.owned = self._storages([*row.parameters.values(), *row.buffers.values()])
        return one

    def nodes(self) -> list[_Sum]:
        """What each node saved, and what its calls cost."""
        found = [_Sum() for _ in self._tape.nodes]
        for one, node in zip(found, self._tape.nodes, strict=True):
            if node.saved:
                one.saved = self._storages(saved.tensor for saved in node.saved)
        for event in self._tape.events:
            if isinstance(event, e.NodeExit):
                one = found[event.node]
                one.backward = _plus(one.backward, self._tape.nodes[event.node].flops)
                one.backward_ns = _plus(one.backward_ns, event.ns)
        return found

    def ops(self, nodes: list[_Sum]) -> list[_Sum]:
        """What each op cost, with the nodes that it made."""
        found = [_Sum() for _ in self._tape.ops]
        for one, op in zip(found, self._tape.ops, strict=True):
            if _in_backward(op):
                one.backward = op.flops
            else:
                one.forward, one.forward_ns = op.flops, op.ns
        for node in self._tape.nodes:
            if node.op is not None:
                found[node.op].add(nodes[node.id])
        seen: set[int] = set()
        for tensor in self._tape.tensors:
            if tensor.storage not in seen:
                seen.add(tensor.storage)
                if tensor.op is not None:
                    found[tensor.op].made += self._bytes[tensor.storage]
        return found

    def calls(self, ops: list[_Sum], nodes: list[_Sum]) -> tuple[list[_Sum], list[_Sum]]:
        """Each call by itself, and with the calls inside it; a call's id is greater than its parent's."""
        tape = self._tape
        own = [_Sum() for _ in tape.calls]
        for op in tape.ops:
            owner = self._call_of(op)
            if owner is not None:
                own[owner].add(ops[op.id])
        for call in tape.calls:
            own[call.id].forward_ns = call.ns
            own[call.id].owned = _union(None, self.owned[call.module].owned)
        for call in tape.calls:
            if call.parent is not None and call.ns is not None and own[call.parent].forward_ns is not None:
                own[call.parent].forward_ns = _plus(own[call.parent].forward_ns, -call.ns)
        within = [_Sum().add(one) for one in own]
        for call in reversed(tape.calls):
            if call.parent is not None:
                within[call.parent].add(within[call.id])
        return own, within

    def _call_of(self, op: Op) -> int | None:
        """The call that an op ran in, or that the op ran in whose node's call it ran in."""
        if op.call is not None or op.node is None:
            return op.call
        above = self._tape.nodes[op.node].op
        return None if above is None else self._tape.ops[above].call

    def modules(self, calls: list[_Sum], within: list[_Sum]) -> tuple[list[_Sum], list[_Sum]]:
        """Each module over all its calls; what it holds is its own tables and those of the modules below it."""
        tape = self._tape
        own = [_Sum() for _ in tape.modules]
        total = [_Sum() for _ in tape.modules]
        for call in tape.calls:
            own[call.module].add(calls[call.id])
            if not self._is_inside_itself(call.id):
                total[call.module].add(within[call.id])
        for module in tape.modules:
            own[module.id].owned = _union(None, self.owned[module.id].owned)
            total[module.id].owned = _union(None, self.owned[module.id].owned)
        for row in self._leaves_first():
            if row.parent is not None:
                total[row.parent].owned = _union(total[row.parent].owned, total[row.id].owned)
        return own, total

    def _is_inside_itself(self, call: int) -> bool:
        """Whether the same module was called around this call: its cost is in that call's total."""
        row = self._tape.calls[call]
        above = row.parent
        while above is not None:
            if self._tape.calls[above].module == row.module:
                return True
            above = self._tape.calls[above].parent
        return False

    def _leaves_first(self) -> list[Module]:
        order = [module for module in self._tape.modules if module.parent is None]
        for module in order:
            order.extend(self._tape.modules[child] for child in module.children)
        return order[::-1]
