"""The autograd graph: every node found once, told apart without being kept alive, and hooked so that it reports to us.

Every node is found when the op that made it returns, by an iterative walk of ``next_functions``. A node is told apart
by its ``metadata`` dict: torch keeps one for each node as long as the node lives, and holding the dict does not hold
the node (holding the node would keep its saved tensors alive). The version a tensor was saved at is read then, too:
it is the version counter at that moment, which torch compares with the one it finds when the node is called
(``torch/csrc/autograd/saved_variable.cpp``). Afterwards a stale slot's ``_saved_*`` raises.
"""

from __future__ import annotations

import functools
import weakref
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import _HookMixin

from tapedeck.recorder.anchors import STRIDE, anchor
from tapedeck.recorder.hooks import Hooks
from tapedeck.recorder.log import Log
from tapedeck.recorder.shapes import shape_of, sizes
from tapedeck.recorder.tensors import Held, Tensors, version_of
from tapedeck.recorder.threads import Current
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape.rows import Edge, InputMetadata, Node, Saved

try:
    import cython
except ImportError:
    from tapedeck.recorder import plain as cython

_READABLE = {"_raw_saved_tensors": "saved_tensors"}
"""The readable form of a raw slot where it is not the name without ``_raw`` (custom functions)."""


class _Table(dict[Any, Any]):
    """A node's hook table that we made; a plain dict allows no weak reference.

    As long as only our entry is in it, it is held until the recording ends, which costs less than a weak reference.
    """

    __slots__ = ("__weakref__",)


@cython.final
@cython.no_gc
@cython.freelist(64)
@cython.cclass
class NodeRecord:
    """What is known of one node; becomes a row when the recording ends.

    ``edges`` are the node below and its input, again and again; ``made`` is the tensor that its one input is the
    gradient of. The record is itself our entry in the node's hook tables. Compiled, it is not tracked by Python's
    garbage collector, as nothing that a recording makes a million of: `Graph.detach` takes the cycles apart.
    """

    __slots__ = (
        "age",
        "depth",
        "edges",
        "engine",
        "id",
        "inputs",
        "kind",
        "made",
        "op",
        "order",
        "pre",
        "saved",
        "variable",
        "visible",
    )

    def __init__(self, number: int, kind: Kind, age: int, engine: Engine, op: int | None) -> None:
        self.id = number
        self.kind = kind
        self.age = age
        self.engine = engine
        self.op = op
        self.order = 1
        self.depth = 0
        self.edges: tuple[Any, ...] = ()
        self.saved: tuple[Saved, ...] = ()
        self.inputs: Any = ()
        self.made: Held | None = None
        self.variable: Held | None = None
        self.visible = True
        self.pre = True

    def __call__(self, gradients: tuple[Tensor | None, ...], inputs: Any = None) -> None:
        """The engine calls the node with these gradients; or, given its inputs too, the node has returned these."""
        if inputs is None:
            self.engine.entered(self, gradients)
        else:
            self.engine.left(self, gradients)

    def row(self) -> Node:
        """The typed row."""
        leaf, sole = self.variable, self.variable or self.made
        edges = self.edges
        return Node(
            id=self.id,
            name=self.kind.name,
            op=None if leaf is not None else self.op,
            sequence=self.age if self.age >= 0 else None,
            next_functions=[Edge(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)],
            saved=list(self.saved),
            inputs=[InputMetadata(shape_of(m), str(m.dtype)) for m in self.inputs]
            if sole is None
            else [InputMetadata(sizes(sole.shape or ()), str(sole.dtype))],
            variable=None if leaf is None else leaf.id,
            order=self.order,
            hooks_visible=self.visible,
        )


class Engine:
    """Who is told that a node is called and that it has returned."""

    def entered(self, record: NodeRecord, gradients: tuple[Tensor | None, ...]) -> None:
        """The engine calls the node with these gradients."""
        raise NotImplementedError

    def left(self, record: NodeRecord, outputs: tuple[Tensor | None, ...]) -> None:
        """The node returned these."""
        raise NotImplementedError

    def put(self, table: Any, record: NodeRecord) -> tuple[Any, Any]:
        """Our entry goes into one of the node's hook tables."""
        raise NotImplementedError


def watched_register(current: Current, original: Any) -> Any:
    """What replaces ``torch.autograd.Function._register_hook``, which torch's C++ calls when a node gets a hook."""
    plain = original.__func__ if isinstance(original, staticmethod) else original

    @uncompiled
    @functools.wraps(plain)
    def _register_hook(table: Any, hook: Any) -> Any:
        if type(hook) is NodeRecord:
            record: NodeRecord = hook
            return record.engine.put(table, record)
        recording = current()
        return plain(table, hook) if recording is None else recording.autograd.graph.register(table, hook)

    return staticmethod(_register_hook)


class _Key(str):
    """The key of one recording's entries in hook tables; equal to none but itself."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


_MANY = ("Split", "UnsafeSplit", "Unbind", "Chunk", "UnsafeChunk", "TensorSplit", "Foreach")
"""What the names of the types begin with whose nodes have as many inputs as the op happened to make tensors."""


class Kind:
    """What all nodes of one type share: the name, the saved slots (raw, readable, word), whether it is a leaf's.

    ``single`` says that a node of it has one input, its op's one output; ``None`` until the first one was looked at.
    """

    __slots__ = ("leaf", "name", "single", "slots")

    def __init__(self, kind: type) -> None:
        self.name = kind.__name__
        self.single: bool | None = False if issubclass(kind, _HookMixin) or self.name.startswith(_MANY) else None
        self.leaf = self.name == "AccumulateGrad"
        raw = [name for name in dir(kind) if name.startswith("_raw_saved_")]
        readable = [_READABLE.get(name, name[4:]) for name in raw]
        words = [name.removeprefix("_").removeprefix("saved_") for name in readable]
        self.slots = list(zip(raw, readable, words, strict=True))


_kinds: dict[type, Kind] = {}
"""By the type of a node; torch has a few hundred, and each custom function one of its own."""


class _New:
    """A new node: its record, the node itself, and its edges by the ``id`` of the metadata below."""

    __slots__ = ("below", "keys", "node", "record")

    def __init__(self, record: NodeRecord, node: Any) -> None:
        self.record = record
        self.node = node
        self.below: tuple[tuple[Any, int], ...] = () if record.kind.leaf else node.next_functions
        self.keys = [None if below is None else id(below.metadata) for below, _ in self.below]


class Graph:
    """The nodes of one recording; ``engine`` is told of each run of each node."""

    def __init__(self, log: Log, tensors: Tensors, hooks: Hooks, engine: Engine) -> None:
        self.records: list[NodeRecord] = []
        self.leaves: dict[int, int] = {}
        self._log = log
        self._tensors = tensors
        self._hooks = hooks
        self._engine = engine
        self._ids: dict[int, int] = {}
        self._metadata: list[Any] = []
        self._made: dict[int, _Table] = {}
        self._given: list[weakref.ref[Any]] = []
        self._deep = False
        self._pre, self._post = _Key("tapedeck: pre"), _Key("tapedeck: post")
        self.first = 0

    def discover(self, roots: list[Any], op: int | None, made: Held | None = None) -> tuple[int, ...]:
        """Give a row to every node reachable from ``roots`` that has none; the ids of the new ones, roots first.

        ``op`` is the op that has just returned them, and ``made`` its one new tensor, if it changed none; ``None``
        where the nodes may be older than what is recorded.
        """
        stack = [node for node in reversed(roots) if node is not None]
        new: list[_New] = []
        while stack:
            node = stack.pop()
            metadata = node.metadata
            if id(metadata) in self._ids:
                continue
            kind = _kinds.get(type(node))
            if kind is None:
                kind = _kinds[type(node)] = Kind(type(node))
            record = NodeRecord(len(self.records), kind, -1 if kind.leaf else _age(node), self._engine, op)
            self._ids[id(metadata)] = record.id
            self._metadata.append(metadata)
            self.records.append(record)
            entry = _New(record, node)
            if made is not None and not new and kind.single:
                record.made = made
            new.append(entry)
            for index in range(len(entry.keys) - 1, -1, -1):
                key = entry.keys[index]
                if key is not None and key not in self._ids:
                    stack.append(entry.below[index][0])
        if not new:
            return ()
        order = self._log.strand().order
        if order or self._deep:
            self._orders(new, order)
        fresh = op is not None and _default_hooks(True) is None
        for entry in reversed(new):
            self._complete(entry, fresh)
        return tuple([entry.record.id for entry in new])

    def _complete(self, entry: _New, fresh: bool) -> None:
        """What is known of a new node once all below it are; from here on it reports to us."""
        record, node, depth = entry.record, entry.node, 0
        edges = []
        for index, key in enumerate(entry.keys):
            number = None
            if key is not None:
                number = self._ids[key]
                below = self.records[number]
                depth = max(depth, below.depth + 1)
            edges.append(number)
            edges.append(entry.below[index][1])
        record.edges = tuple(edges)
        record.depth = depth
        if depth and not depth % STRIDE:
            anchor(node)
        record.visible = record.op is not None or record.age < 0 or record.age >= self.first
        if record.kind.leaf:
            variable = node.variable
            leaf = self._tensors.hold(variable)
            record.variable = leaf
            self.leaves[leaf.id] = record.id
            if variable._backward_hooks or variable._post_accumulate_grad_hooks:
                self._hooks.meet(variable, leaf)
        else:
            if record.made is None:
                record.inputs = node._input_metadata
                if record.kind.single is None:
                    record.kind.single = len(record.inputs) == 1
            if record.kind.slots:
                record.saved = self._saved(node, record.kind, fresh)
        record.pre = True
        node.register_prehook(record)
        record.pre = False
        node.register_hook(record)

    def _orders(self, new: list[_New], running: int) -> None:
        """The order of derivative that new nodes belong to, the older ones first; see `Node.order`."""
        self._deep = True
        for entry in sorted(new, key=_age_of):
            order = running + 1
            for key in entry.keys:
                if key is not None:
                    below = self.records[self._ids[key]]
                    order = max(order, below.order)
            entry.record.order = order

    def recent(self, tensor: Tensor) -> bool:
        """Whether a tensor was made by an op since the recording began."""
        node = grad_fn(tensor)
        return node is not None and _age(node) >= self.first

    def number(self, node: Any) -> int | None:
        """The row of a node, if it has one."""
        return None if node is None else self._ids.get(id(node.metadata))

    def _saved(self, node: Any, kind: Kind, fresh: bool) -> tuple[Saved, ...]:
        """Saved tensors by slot; a ``fresh`` node was made while no hook on saved tensors was set."""
        saved: list[Saved] = []
        known, values = self._tensors.by_id, self._log.values
        for raw, readable, slot in kind.slots:
            try:
                contents = getattr(node, readable) if fresh or not _hides(getattr(node, raw)) else _HIDDEN
            except RuntimeError:  # freed by an earlier backward pass, or written since it was saved
                contents = _HIDDEN
            if isinstance(contents, Tensor):
                held = known.get(id(contents)) or self._same(contents)
                value = self._value(held, contents) if values else None
                saved.append(Saved(slot, held.id, max(version_of(contents), 0), value))
            elif contents is _HIDDEN:
                saved.append(Saved(slot, None, 0))
            elif isinstance(contents, (tuple, list)):
                for index, tensor in enumerate(contents):
                    if isinstance(tensor, Tensor):
                        held = self._same(tensor)
                        version = max(version_of(tensor), 0)
                        saved.append(Saved(f"{slot}[{index}]", held.id, version, self._value(held, tensor)))
        return tuple(saved)

    def _value(self, held: Held, tensor: Tensor) -> int | None:
        """What a saved tensor holds; not seen again if its version has not moved since it was last seen."""
        return self._tensors.see(tensor) if held.ref() is tensor else self._seen(held, tensor)

    def _seen(self, held: Held, tensor: Tensor) -> int | None:
        if self._log.values and (held.value is None or held.version != version_of(tensor)):
            return self._log.see(tensor)
        return held.value

    def _same(self, tensor: Tensor) -> Held:
        """The row of a saved tensor; a saved *output* comes back as a new object over the same memory."""
        return self._tensors.known(tensor) or self._tensors.alias(tensor) or self._tensors.hold(tensor)

    def register(self, table: Any, function: Any) -> tuple[Any, Any]:
        """What torch calls to put a function into a node's hook table (``torch.autograd.Function._register_hook``).

        Our own entries take no number from ``RemovableHandle``, so that the program's handles count as they would.
        """
        node, post = self._stranger(table)
        self._let_go(table)
        return self._hooks.register_on_node(table, function, node, post)

    def put(self, table: Any, record: NodeRecord) -> tuple[Any, Any]:
        """Our entry, the first of its table."""
        key = self._pre if record.pre else self._post
        if table is None:
            new = _Table()
            new[key] = record
            self._made[id(new)] = new
            return new, key
        self._given.append(weakref.ref(table))
        self._hooks.meet_node(table, record.id, not record.pre)
        if isinstance(table, _Table):  # made by an earlier recording; its node lives on
            entries = list(table.items())
            table.clear()
            table[key] = record
            table.update(entries)
        else:
            table[key] = record
            table.move_to_end(key, last=False)
        return table, key

    def _let_go(self, table: Any) -> None:
        """A table of ours gets a hook of the program's, which must not live longer for us."""
        if self._made.pop(id(table), None) is not None:
            self._given.append(weakref.ref(table))

    def _stranger(self, table: Any) -> tuple[int | None, bool]:
        """The node of a table and whether it holds post-hooks, told by our entry in it."""
        for key in (self._pre, self._post) if table is not None else ():
            record = table.get(key)
            if record is not None:
                return record.id, key is self._post
        return None, False

    def rows(self) -> list[Node]:
        """Typed rows; the records are let go."""
        records, self.records = self.records, []
        return [record.row() for record in records]

    def detach(self) -> None:
        """Take our entries out of every node that is still alive."""
        tables: list[Any] = [*self._made.values(), *(reference() for reference in self._given)]
        for table in tables:
            if table is not None:
                table.pop(self._pre, None)
                table.pop(self._post, None)
        self._made.clear()
        self._given.clear()
        self._metadata.clear()


_default_hooks = torch._C._autograd._top_saved_tensors_default_hooks
"""The hooks on saved tensors that are set now."""

_HIDDEN = object()
"""What stands for a saved tensor that cannot be read."""


def _hides(packed: Any) -> bool:
    """Whether reading a slot would run a hook (``saved_tensors_hooks``) of the program's."""
    if type(packed) in (tuple, list):
        return any(_hides(one) for one in packed)
    if _TELLS:
        return packed.unpack_hook is not None
    return _default_hooks(True) is not None


_TELLS = hasattr(torch._C._autograd.SavedTensor, "unpack_hook")
"""Older versions of torch do not show a saved tensor's hooks; there we ask whether such hooks are set now."""


def _age(node: Any) -> int:
    """The node's sequence number, which grows with every node made; -1 for ``AccumulateGrad``, which has none."""
    sequence: int = node._sequence_nr()
    return sequence if sequence < 1 << 63 else -1


def _age_of(entry: _New) -> int:
    return entry.record.age


def grad_fn(tensor: Tensor) -> Any:
    """A tensor's ``grad_fn``; ``None`` also where torch refuses to say (a view of a split written in place)."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None
