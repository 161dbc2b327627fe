"""The autograd graph: every node found once, told apart without being kept alive, and hooked so that it reports to us.

Every node is found when the op that made it returns, by an iterative walk of ``next_functions``. A node is told apart
by its ``metadata`` dict: torch keeps one for each node as long as the node lives, and holding the dict does not hold
the node (holding the node would keep its saved tensors alive).
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.capture import shape_of
from tapedeck.recorder.hooks import HookRecord, Hooks, Relay, Watched
from tapedeck.recorder.log import Log
from tapedeck.recorder.tensors import Held, Tensors, version_of
from tapedeck.tape.rows import Edge, InputMetadata, Node, Saved

_READABLE = {"_raw_saved_tensors": "saved_tensors"}
"""The readable form of a raw slot where it is not the name without ``_raw`` (custom functions)."""


Reporter = Callable[..., None]


class _Ours:
    """Our own entry in a node's hook table."""

    __slots__ = ("call", "node", "post")

    def __init__(self, call: Callable[..., None], node: int, post: bool) -> None:
        self.call = call
        self.node = node
        self.post = post

    def __call__(self, *args: Any) -> None:
        self.call(self.node, *args)


class Graph:
    """The nodes of one recording. ``enter`` and ``exit`` are called with a node's row around each run of the node."""

    def __init__(self, log: Log, tensors: Tensors, hooks: Hooks, enter: Reporter, exit: Reporter) -> None:
        self.order = 0
        self.variables: dict[int, Held] = {}
        self._log = log
        self._tensors = tensors
        self._hooks = hooks
        self._enter = enter
        self._exit = exit
        self._ids: dict[int, int] = {}
        self._metadata: list[Any] = []
        self._tables: dict[int, tuple[weakref.ref[Any], int, bool]] = {}
        self._slots: dict[type, list[str]] = {}
        self._strangers: list[tuple[weakref.ref[Any], HookRecord]] = []

    def discover(self, roots: list[Any], op: int | None) -> list[int]:
        """Give a row to every node reachable from ``roots`` that has none; the ids of the new ones, roots first."""
        new: list[tuple[int, Any]] = []
        stack = [node for node in reversed(roots) if node is not None]
        while stack:
            node = stack.pop()
            metadata = node.metadata
            if id(metadata) in self._ids:
                continue
            number = self._ids[id(metadata)] = len(self._metadata)
            self._metadata.append(metadata)
            new.append((number, node))
            stack.extend(following for following, _ in reversed(node.next_functions) if following is not None)
        rows: dict[int, Node] = {}
        for number, node in sorted(new, key=lambda pair: _age(pair[1])):
            order = max([self.order + 1, *(self._order_of(rows, below) for below, _ in node.next_functions)])
            rows[number] = self._row(number, node, op, order)
            self._attach(number, node)
        self._log.nodes.extend(rows[number] for number, _ in new)
        return [number for number, _ in new]

    def _order_of(self, rows: dict[int, Node], node: Any) -> int:
        number = self.number(node)
        if number is None:
            return 1
        return (
            rows[number].order
            if number in rows
            else self._log.nodes[number].order
            if number < len(self._log.nodes)
            else 1
        )

    def number(self, node: Any) -> int | None:
        """The row of a node, if it has one."""
        return None if node is None else self._ids.get(id(node.metadata))

    def _row(self, number: int, node: Any, op: int | None, order: int) -> Node:
        edges = [Edge(self.number(following), index) for following, index in node.next_functions]
        sequence = _age(node)
        leaf = None
        if type(node).__name__ == "AccumulateGrad":
            leaf = self.variables[number] = self._tensors.hold(node.variable)
        return Node(
            number,
            type(node).__name__,
            None if leaf is not None else op,
            sequence if sequence >= 0 else None,
            edges,
            self._saved(node),
            [InputMetadata(shape_of(m), str(m.dtype)) for m in node._input_metadata],
            None if leaf is None else leaf.id,
            order,
        )

    def _saved(self, node: Any) -> list[Saved]:
        """Saved tensors by slot, without running anybody's unpack hook."""
        kind = type(node)
        slots = self._slots.get(kind)
        if slots is None:
            slots = self._slots[kind] = [_READABLE.get(n, n[4:]) for n in dir(kind) if n.startswith("_raw_saved_")]
        hidden = bool(slots) and torch._C._autograd._top_saved_tensors_default_hooks(True) is not None
        saved = []
        for slot in slots:
            name = slot.removeprefix("_").removeprefix("saved_")
            if hidden:
                saved.append(Saved(name, None, 0))
                continue
            try:
                contents = getattr(node, slot)
            except RuntimeError:
                saved.append(Saved(name, None, 0))
                continue
            many = isinstance(contents, (tuple, list))
            for index, tensor in enumerate(contents if many else [contents]):
                if isinstance(tensor, Tensor):
                    held = self._same(tensor)
                    entry = f"{name}[{index}]" if many else name
                    saved.append(Saved(entry, held.id, max(version_of(tensor), 0), self._value(held, tensor)))
        return saved

    def _value(self, held: Held, tensor: Tensor) -> int | None:
        """What a saved tensor holds; not seen again if its version has not moved since it was last seen."""
        if held.value is None or held.version != version_of(tensor):
            return self._log.see(tensor)
        return held.value

    def _same(self, tensor: Tensor) -> Held:
        """The row of a saved tensor; a saved *output* comes back as a new object over the same memory."""
        held = self._tensors.known(tensor)
        if held is None:
            held = self._tensors.alias(tensor) or self._tensors.hold(tensor)
        return held

    def _attach(self, number: int, node: Any) -> None:
        node.register_prehook(_Ours(self._enter, number, post=False))
        node.register_hook(_Ours(self._exit, number, post=True))

    def register(self, table: Any, function: Any) -> tuple[Any, Any]:
        """What torch calls to put a function into a node's hook table (``torch.autograd.Function._register_hook``).

        Our own entries take no number from ``RemovableHandle``, so that the program's handles count as they would.
        """
        new = OrderedDict() if table is None else table
        if isinstance(function, _Ours):
            new[function] = function
            new.move_to_end(function, last=False)
            self._tables[id(new)] = (weakref.ref(new), function.node, function.post)
            self._adopt(new, function.node, function.post)
            return new, function
        handle = torch.utils.hooks.RemovableHandle(new)
        known = self._tables.get(id(new))
        target = (known[1], known[2]) if known is not None and known[0]() is new else (None, False)
        if self._log.frames.is_torch(function):
            new[handle.id] = Relay(self._hooks, target[0], function)
            self._hooks.watch_table(new)
            return new, handle
        record = self._hooks.new("node_post" if target[1] else "node_pre", function, node=target[0])
        new[handle.id] = Watched(self._hooks, record, function)
        self._hooks.added(record, handle.id, self._log.here(2))
        self._hooks.watch_table(new)
        if target[0] is None:
            self._strangers.append((weakref.ref(new), record))
        return new, handle

    def _adopt(self, table: Any, number: int, post: bool) -> None:
        """Hooks that were put on this node before we knew it."""
        for reference, record in self._strangers:
            if reference() is table:
                record.node, record.kind = number, "node_post" if post else "node_pre"

    def detach(self) -> None:
        """Take our entries out of every node that is still alive."""
        for reference, _, _ in self._tables.values():
            table = reference()
            if table is not None:
                for key in [key for key in table if isinstance(key, _Ours)]:
                    del table[key]
        self._tables.clear()
        self._metadata.clear()


def _age(node: Any) -> int:
    """The node's sequence number, which grows with every node made; -1 for ``AccumulateGrad``, which has none."""
    sequence: int = node._sequence_nr()
    return sequence if sequence < 1 << 63 else -1


def grad_fn(tensor: Tensor) -> Any:
    """A tensor's ``grad_fn``; ``None`` also where torch refuses to say (a view of a split written in place)."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None
