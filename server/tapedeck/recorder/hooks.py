"""The program's hooks: when each is registered, fires and is removed, with what went in and what came out.

A registered function is replaced in torch's own table by a stand-in that calls it; when the recording ends, every
table holds the program's own function again. Nothing is added to a table and nothing moves in it, so the number and
order of hooks, and the numbers of their handles, are the program's.

The order in which torch runs them (torch 2.13). Around a node of the graph, ``csrc/autograd/engine.cpp``
(``call_function``): tensor hooks in the order of their registration, the retained ``.grad`` (written *before* node
pre-hooks; the notes on "Backward Hooks execution" in ``docs/source/notes/autograd.rst`` do not place it), node
pre-hooks, the node, and its post-hooks; of an ``AccumulateGrad`` the post-accumulate hooks run inside the node, after
``.grad`` is written and before node post-hooks. Around a module, ``nn/modules/module.py`` (``_call_impl``): global
hooks before the module's own, each in the order of its table, which ``prepend`` changes. Around a step,
``optim/optimizer.py`` (``profile_hook_step``): global pre-hooks, the optimizer's, the step, the optimizer's post-hooks,
global ones.

Hooks that were registered before the recording began are found in torch's tables: a tensor's, a module's, an
optimizer's when it is first met, a node's when the node is (torch hands over the node's table, in which all its hooks
stand, when we put in ours). What no table shows: the hooks on a tensor that was made before the recording and that the
program no longer holds; they stand in the node that made it (`Node.hooks_visible`).
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec
import torch
from torch import Tensor, nn
from torch.nn.modules.module import _WrappedHook
from torch.utils.hooks import RemovableHandle

from tapedeck.recorder import global_hooks
from tapedeck.recorder.firing import Firing
from tapedeck.recorder.hook_arguments import in_backward, replacement, subject
from tapedeck.recorder.hook_tables import HookRecord, HookTable, rows
from tapedeck.recorder.log import Log
from tapedeck.recorder.module_hooks import backward_owner
from tapedeck.recorder.multi_hooks import MultiHooks, internal
from tapedeck.recorder.saved_hooks import SavedHooks
from tapedeck.recorder.standins import Gate, Relay, Shared, StandIn, Watched, on_recorded_thread, unwrap
from tapedeck.recorder.tensors import Held, Tensors, version_of
from tapedeck.tape import events as e
from tapedeck.tape.rows import Hook, HookKind

if TYPE_CHECKING:
    from tapedeck.recorder.autograd import Autograd
    from tapedeck.recorder.modules import ModuleTap


_AFTER_NODE = frozenset(("node_post", "backward", "global_backward"))
"""Kinds that run in a node's post-hooks, and whose result is what the node delivers."""


class Hooks:
    """Every hook of one recording."""

    def __init__(self, log: Log, tensors: Tensors) -> None:
        self.log = log
        self.tensors = tensors
        self.autograd: Autograd
        self.modules: ModuleTap
        self.mode: torch.overrides.TorchFunctionMode
        self.records: list[HookRecord] = []
        self.gate = Gate(self)
        self.multi = MultiHooks(self)
        self.saved = SavedHooks(self)
        self._tables: dict[int, HookTable] = {}
        self._nodes: list[weakref.ref[Any]] = []
        self._nameless: list[tuple[HookRecord, HookTable, int]] = []

    # ── records and tables ─────────────────────────────────────────────────────────────────────────────────────────

    def new(self, kind: HookKind, function: Any, flags: list[str] | None = None, **target: Any) -> HookRecord:
        """A record of a hook on one target (``tensor``, ``node``, ``module``, ``optimizer``, ``tensors``)."""
        record = HookRecord(len(self.records), kind)
        if function is not None:
            record.describe(function, self.log.frames)
        record.flags = flags or []
        for field, row in target.items():
            setattr(record, field, row)
        self.records.append(record)
        return record

    def _entry(self, known: HookTable, handle: int, function: Any) -> HookRecord:
        """A record of an entry of a table."""
        record = known.records[handle] = self.new(known.kind, function, known.flags_of(handle))
        for field, row in known.target.items():
            setattr(record, field, row)
        return record

    def added(self, record: HookRecord) -> None:
        """The hook was registered by the expression that is being evaluated (said once: torch's methods nest)."""
        if record.added is None:
            record.added = self.log.emit(e.HookAdd(hook=record.id, span=self.log.here()))

    def gone(self, record: HookRecord, span: int | None) -> None:
        """The hook is no longer registered."""
        if record.removed is None:
            record.removed = self.log.emit(e.HookRemove(hook=record.id, span=span))

    def table(self, table: Any, kind: HookKind, flags: dict[str, Any] | None = None, **target: int | None) -> HookTable:
        """What is known of one of torch's tables."""
        known = self._tables.get(id(table))
        if known is None or known.ref() is not table:
            known = self._tables[id(table)] = HookTable(table, kind, target, flags or {})
        return known

    def known_table(self, table: Any) -> HookTable | None:
        """What is known of one of torch's tables, if it was met before."""
        known = self._tables.get(id(table))
        return known if known is not None and known.ref() is table else None

    def record_of(self, table: Any, handle: int) -> HookRecord | None:
        """The record of an entry of a table."""
        known = self.known_table(table)
        return None if known is None else known.records.get(handle)

    def adopt(self, known: HookTable) -> None:
        """Compare a table with what is known of it: entries from before the recording, and entries that vanished."""
        table = known.ref()
        if table is None or table.keys() == known.records.keys():
            return
        for handle, function in table.items():
            ours = isinstance(function, (Watched, Relay)) or not isinstance(handle, int)
            if handle not in known.records and not ours and not internal(function):
                self._entry(known, handle, function)
        for handle in [handle for handle in known.records if handle not in table]:
            self.gone(known.records.pop(handle), None)

    def watch(self, known: HookTable) -> None:
        """Put stand-ins into a table, for every hook of the program's in it."""
        self.adopt(known)
        table = known.ref()
        for handle, record in known.records.items() if table is not None else ():
            if not isinstance(table[handle], StandIn):
                table[handle] = Watched(self.gate, record, table[handle])

    def removed(self, handle: RemovableHandle) -> None:
        """``handle.remove()`` was called."""
        table = handle.hooks_dict_ref()
        known = None if table is None else self.known_table(table)
        record = None if known is None else known.records.pop(handle.id, None)
        if record is not None:
            self.gone(record, self.log.here())

    def nameless(self, known: HookTable, handle: int) -> None:
        """A handle was made for a table into which torch has not put the function yet."""
        record = self._entry(known, handle, None)
        self._nameless.append((record, known, handle))
        self.added(record)

    def settle(self) -> None:
        """Name the hooks whose functions stand in their tables by now."""
        nameless, self._nameless = self._nameless, []
        for record, known, handle in nameless:
            function = (known.ref() or {}).get(handle)
            if function is not None:
                record.describe(function, self.log.frames)
                record.flags = known.flags_of(handle)

    def start(self, *variables: dict[str, Any]) -> None:
        """The recording begins: hooks on everything, on saved tensors, and on tensors in the program's variables."""
        with self.log.guard("the hooks that are there already"):
            self.autograd.graph.first = torch._C._autograd._get_sequence_nr()
            global_hooks.begin(self)
            self.saved.begin()
            for things in variables:
                self._meet_all(things)

    def finish(self) -> None:
        """The program has ended: find the hooks that left their tables without a word."""
        self.settle()
        for known in list(self._tables.values()) if self.log.open else ():
            self.adopt(known)

    def restore(self) -> None:
        """Put the program's own functions back into every table."""
        self.gate.hooks = None
        self.saved.restore()
        self.multi.restore()
        self.modules.hooks.restore()
        for known in self._tables.values():
            unwrap(known.ref())
        for node in self._nodes:
            unwrap(node())
        self._tables.clear()
        self._nodes.clear()

    def rows(self) -> list[Hook]:
        """Typed rows."""
        return list(rows(self.records))

    # ── tensors ────────────────────────────────────────────────────────────────────────────────────────────────────

    def meet(self, tensor: Tensor, held: Held) -> None:
        """A tensor that no recorded op made is seen for the first time: the hooks it brings along."""
        if not held.requires_grad:
            return
        if tensor._backward_hooks:
            self.watch(self.table(tensor._backward_hooks, "tensor", tensor=held.id))
            self.multi.meet(tensor._backward_hooks, held)
        if tensor._post_accumulate_grad_hooks:
            self.watch(self.table(tensor._post_accumulate_grad_hooks, "post_accumulate_grad", tensor=held.id))
        if not held.is_leaf and tensor.retains_grad:
            self.autograd.retain(tensor)

    def _meet_all(self, things: dict[str, Any]) -> None:
        """The program's variables as the recording begins: tensors in them that have hooks are met now."""
        for thing in list(things.values()):
            if isinstance(thing, Tensor) and thing.requires_grad:
                hooked = thing._backward_hooks or thing._post_accumulate_grad_hooks
                if hooked or (not thing.is_leaf and thing.retains_grad):
                    self.meet(thing, self.tensors.hold(thing))

    def register_on_tensor(self, kind: HookKind, func: Any, args: Any, kwargs: Any) -> Any:
        """``tensor.register_hook`` or ``register_post_accumulate_grad_hook``, called through to torch."""
        tensor = args[0] if args else kwargs["self"]
        function = args[1] if len(args) > 1 else kwargs["hook"]
        held = self.tensors.hold(tensor)
        if internal(function):
            handle = func(tensor, function)
            self.multi.part(handle.id, held)
            return handle
        record = self.new(kind, function, tensor=held.id)
        try:
            handle = func(tensor, Watched(self.gate, record, function))
        except BaseException:
            self.records.pop()
            raise
        table = handle.hooks_dict_ref()
        if table is not None:
            known = self.table(table, kind, tensor=held.id)
            known.records[handle.id] = record
            self.adopt(known)
        self.added(record)
        return handle

    # ── nodes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def register_on_node(self, table: Any, function: Any, node: int | None, post: bool) -> tuple[Any, RemovableHandle]:
        """What torch calls to put a function into a node's table; ``node`` is ``None`` where it has no row yet."""
        new = OrderedDict() if table is None else table
        handle = RemovableHandle(new)
        new[handle.id] = function
        if self.log.open:
            with self.log.guard("the registration of a node's hook"):
                new[handle.id] = self._on_node(new, handle.id, function, node, post)
                self._nodes.append(weakref.ref(new))
        return new, handle

    def _on_node(self, table: Any, handle: int, function: Any, node: int | None, post: bool) -> StandIn:
        """What stands for a function that was put on a node."""
        if self.log.frames.is_torch(function):
            return self._relay(node, function)
        owner = self._legacy(function)
        if owner is not None:
            return Watched(self.gate, owner, _WrappedHook(function.hook.function, function.module()))
        known = self.table(table, "node_post" if post else "node_pre", node=node)
        record = self._entry(known, handle, function)
        self.added(record)
        return Watched(self.gate, record, function)

    def _relay(self, node: int | None, function: Any) -> Relay:
        """What stands for a function of torch's own; a module's backward hooks are called from inside it."""
        owner = backward_owner(function)
        if owner is not None:
            self.modules.hooks.in_graph(owner, self.modules.know(owner.module).id)
        return Relay(self.gate, node, function)

    def _legacy(self, function: Any) -> HookRecord | None:
        """The module's hook that torch puts on a node as a legacy backward hook (``_WrappedHook(hook, module)``)."""
        hook = function.hook if type(function) is _WrappedHook else None
        if isinstance(hook, Watched):
            return hook.record
        return self.record_of(hook.table, hook.handle) if isinstance(hook, Shared) else None

    def meet_node(self, table: Any, node: int, post: bool) -> None:
        """A node has a row now; its table may hold hooks from before the recording, or from before it had one."""
        kind: HookKind = "node_post" if post else "node_pre"
        known = self.table(table, kind, node=node)
        known.kind, known.target = kind, {"node": node}
        for record in known.records.values():
            record.kind, record.node = kind, node
        for handle, function in table.items():
            if isinstance(function, Relay):
                function.node = node
            elif isinstance(handle, int) and self.log.frames.is_torch(function):
                table[handle] = self._relay(node, function)
        self._watch_node(known, table)

    def _watch_node(self, known: HookTable, table: Any) -> None:
        """Like `watch`, but for torch's own functions and the legacy backward hooks of modules."""
        for handle, function in table.items():
            if isinstance(handle, int) and not isinstance(function, StandIn) and handle not in known.records:
                table[handle] = Watched(self.gate, self._entry(known, handle, function), function)

    # ── firing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def fire(self, record: HookRecord, function: Any, args: Any) -> Firing | None:
        """A hook begins: its event as it stands while the hook runs. ``None`` where nothing is recorded."""
        log = self.log
        if not log.open or torch._C._get_tracing_state() is not None:
            return None
        if not in_backward(record.kind) and not on_recorded_thread(log.strands):
            return None
        firing: Firing | None = None
        with log.guard(f"the hook {record.name}"):
            given = subject(record.kind, args)
            firing = Firing(record, args, given, log.strand(), self.mode)
            firing.node = self._arrive(record, given)
            before = [self._see(tensor) for tensor in given] if log.values else []
            tensors = [self._row(record.kind, tensor, before[i] if before else None) for i, tensor in enumerate(given)]
            module = self._module(record, function, args)
            event = e.HookFire(hook=record.id, tensors=tensors, before=before, node=firing.node, module=module)
            firing.step = log.emit(event)
        return firing if self.log.open else None

    def failed(self, firing: Firing, error: BaseException) -> None:
        """The hook raised."""
        if self.log.open:
            self._complete(firing, failed=True)
            self.log.blame("hook", firing.record.id, error)

    def end(self, firing: Firing, result: Any) -> None:
        """The hook returned: its event with what it gave back."""
        if not self.log.open:
            return
        record = firing.record
        with self.log.guard(f"the hook {record.name}"):
            mutated = firing.mutated()
            given = replacement(record.kind, firing.args, result)
            after: list[int | None] = []
            if given is not None or mutated:
                after = [self._see(tensor) for tensor in (firing.subject if given is None else given)]
                if firing.node is not None and record.kind in _AFTER_NODE:
                    self.autograd.replaced(firing.node, after)
                self._complete(firing, after=after, changed=given is not None, mutated=mutated)

    def _complete(self, firing: Firing, **facts: Any) -> None:
        events = self.log.events
        events[firing.step] = msgspec.structs.replace(events[firing.step], **facts)

    def _arrive(self, record: HookRecord, given: Any) -> int | None:
        """The node that a hook fires at; what must stand on the tape before it is written first."""
        if not in_backward(record.kind) and record.kind != "saved_unpack":
            return None
        node = self.autograd.arrive(record, given)
        if node is None:
            node = self.autograd.graph.number(torch._C._current_autograd_node())
        return node

    def _module(self, record: HookRecord, function: Any, args: Any) -> int | None:
        """The module that a hook on all modules fires for."""
        if not record.kind.startswith("global_") or "optimizer" in record.kind:
            return None
        module = function.module() if isinstance(function, _WrappedHook) else args[0]
        return self.modules.know(module).id if isinstance(module, nn.Module) else None

    def _row(self, kind: HookKind, tensor: Any, value: int | None) -> int | None:
        """The row of a tensor that a hook is given; a gradient gets one here."""
        if not isinstance(tensor, Tensor):
            return None
        held = self.tensors.known(tensor)
        if held is None and not in_backward(kind):
            held = self.tensors.alias(tensor)
        if held is None:
            held = self.tensors.hold(tensor)
            if in_backward(kind):
                held.role = "gradient"
            elif kind == "saved_pack" and self.autograd.graph.recent(tensor):
                held.role = "activation"
            self.tensors.written(held, value, version_of(tensor))
        return held.id

    def _see(self, tensor: Any) -> int | None:
        if not isinstance(tensor, Tensor):
            return None
        return self.tensors.see(tensor) if self.tensors.known(tensor) else self.log.see(tensor)
