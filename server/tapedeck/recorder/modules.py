"""Modules and their calls: the tree, who called whom, and the forward hooks that ran around each call.

During a recording ``nn.Module.__call__`` goes through `ModuleTap.call` (see `taps`). Unlike global module hooks this
leaves torch's hook tables as they are, sees a call that raises, and adds no node to the graph.
"""

from __future__ import annotations

import weakref
from threading import get_ident
from time import perf_counter_ns
from types import FrameType
from typing import Any, Literal

import torch
from torch import nn
from torch.nn.parameter import Parameter, is_lazy

from tapedeck.recorder.contents import Look, look
from tapedeck.recorder.frames import Place
from tapedeck.recorder.hooks import Hooks
from tapedeck.recorder.log import EMPTY, Log, tensors_given, tensors_in
from tapedeck.recorder.module_hooks import TABLES, ModuleHooks
from tapedeck.recorder.strand import Strand
from tapedeck.recorder.tensors import Tensors, variable
from tapedeck.recorder.text import ends_recomputation, named
from tapedeck.recorder.uncompiled import tracing
from tapedeck.tape.events import CallEnter, CallExit, Mode
from tapedeck.tape.rows import Call, Module

try:
    import cython
except ImportError:
    from tapedeck.recorder import plain as cython


def watched_call(active: Any, covered: Any, cover: Any, original: Any) -> Any:
    """What ``nn.Module.__call__`` does while anything is recorded: on each thread for what is active there.

    ``covered`` and ``cover`` are those of the hooks on all modules.
    """

    def called(module: nn.Module, args: Any, kwargs: Any, frame: FrameType) -> Any:
        recording = active.get(get_ident())
        if recording is None or not recording.log.open or tracing():
            return original(module, *args, **kwargs)
        if covered.stale:
            cover()
        return recording.modules.call(original, module, args, kwargs, frame)

    return called


class Known:
    """What is known of one module; becomes a row when the recording ends.

    ``flag`` is its ``training`` now; ``watched`` says that stand-ins may be in its hook tables; ``looks`` are what it
    held whenever it was looked at and held something else than before; ``hangs`` says that a variable of the recorded
    block holds it.
    """

    __slots__ = (
        "buffers",
        "children",
        "constructed",
        "early",
        "flag",
        "hangs",
        "id",
        "key",
        "looks",
        "name",
        "parameters",
        "parent",
        "ref",
        "repr",
        "training",
        "type",
        "watched",
    )

    def __init__(self, number: int, module: nn.Module) -> None:
        self.id = number
        self.ref = weakref.ref(module)
        self.key = ""
        self.name: str | None = None
        self.type = f"{type(module).__module__}.{type(module).__qualname__}"
        self.repr: str | None = None
        self.parent: Known | None = None
        self.children: list[Known] = []
        self.parameters: dict[str, int] = {}
        self.buffers: dict[str, int] = {}
        self.training = self.flag = bool(module.__dict__.get("training", True))
        self.constructed: int | None = None
        self.early = False
        self.watched = False
        self.looks: list[Look] = []
        self.hangs = False

    @property
    def path(self) -> str:
        """The variable the root hangs from, then the attribute names."""
        return f"{self.parent.path}.{self.key}" if self.parent is not None else self.root_name

    @property
    def root(self) -> Known:
        """The module that holds it and is held by none."""
        root = self
        while root.parent is not None:
            root = root.parent
        return root

    def said(self) -> str:
        """What the module says of itself, asked once; of one that is gone, nothing is known."""
        if self.repr is None:
            module = self.ref()
            self.repr = "" if module is None else _extra_repr(module)
        return self.repr

    @property
    def root_name(self) -> str:
        """The variable that holds a root, or its type in lower case where none is known."""
        return self.name or self.type.rsplit(".", 1)[-1].lower()

    def row(self, tied: list[int], modules: dict[int, int]) -> Module:
        """The typed row; ``modules`` are the rows of all modules by the ``id`` of their weak reference."""
        return Module(
            self.id,
            named(self.path),
            named(self.key if self.parent is not None else self.root_name),
            named(self.type),
            named(self.said()),
            None if self.parent is None else self.parent.id,
            [child.id for child in self.children],
            {named(name): row for name, row in self.parameters.items()},
            {named(name): row for name, row in self.buffers.items()},
            tied,
            self.training,
            self.constructed,
            [one.row(modules) for one in self.looks],
        )


@cython.final
@cython.no_gc
@cython.freelist(64)
@cython.cclass
class CallRecord:
    """What is known of one call; becomes a row when the recording ends."""

    __slots__ = ("inputs", "known", "ns", "outputs", "parent", "span", "thread")

    def __init__(self, known: Known, strand: Strand, inputs: list[int], span: int | None) -> None:
        self.known = known
        self.parent: int | None = strand.calls[-1] if strand.calls else None
        self.inputs = inputs
        self.outputs: list[int] = EMPTY
        self.span = span
        self.ns: int | None = None
        self.thread = strand.thread

    def row(self, number: int) -> Call:
        """The typed row."""
        return Call(number, self.known.id, self.parent, self.inputs, self.outputs, self.span, self.ns, self.thread)


class ModuleTap:
    """Every module of one recording, and the stack of calls."""

    def __init__(self, log: Log, tensors: Tensors, hooks: Hooks) -> None:
        self.log = log
        self.tensors = tensors
        self.hooks = ModuleHooks(hooks)
        self.known: list[Known] = []
        self.calls: list[CallRecord] = []
        self._by_id: dict[int, Known] = {}
        self._constructed: dict[int, tuple[weakref.ref[nn.Module], int]] = {}

    def constructed(self, module: nn.Module, frame: FrameType) -> None:
        """``nn.Module.__init__`` ran, called in ``frame``: remember the user's expression that builds the module."""
        while frame.f_back is not None and frame.f_code.co_name == "__init__":
            frame = frame.f_back
        span = self.log.frames.here(frame)
        if span is not None:
            self._constructed[id(module)] = (weakref.ref(module), span)

    def call(self, original: Any, module: nn.Module, args: Any, kwargs: Any, frame: FrameType) -> Any:
        """One call of one module, made in ``frame``, from ``call_enter`` to ``call_exit``."""
        log = self.log
        strand = log.strand()
        try:
            log.step_in()
            try:
                number = self._enter(frame, module, args, kwargs, strand)
            finally:
                log.step_out()
        except Exception as error:  # noqa: BLE001 - our fault must not become the program's
            log.fail(f"a call of {type(module).__name__}", error)
            return original(module, *args, **kwargs)
        record = self.calls[number]
        log.tick(record.span)
        start = perf_counter_ns()
        try:
            result = original(module, *args, **kwargs)
        except BaseException as error:
            if log.open:
                log.emit(CallExit(call=number, failed=not ends_recomputation(error)))
            raise
        else:
            if log.open:
                record.ns = perf_counter_ns() - start
                try:
                    log.step_in()
                    try:
                        self._exit(number, record, result, strand.places[-1])
                    finally:
                        log.step_out()
                except Exception as error:  # noqa: BLE001 - our fault must not become the program's
                    log.fail(f"a call of {type(module).__name__}", error)
        finally:
            strand.calls.pop()
            strand.places.pop()
            if record.known.watched and not self._open(record.known):
                record.known.watched = False
                self.hooks.leave(module)
        return result

    def _enter(self, frame: FrameType, module: nn.Module, args: Any, kwargs: Any, strand: Strand) -> int:
        """The call's row and its ``call_enter``."""
        place = self.log.frames.place(frame, strand.places[-1] if strand.places else None)
        count = len(self.known)
        known = self.know(module)
        if len(self.known) != count and strand.calls:
            self._adopt(module, self.calls[strand.calls[-1]].known)
        if known.parent is None and known.name is None and (user := self.log.frames.user_frame(frame)) is not None:
            known.name = variable(user, module)
        given = tensors_given(args, kwargs)
        rows = []
        for tensor in given:
            held = self.tensors.hold(tensor)
            if not strand.calls:
                held.fed = True
            if place.here and held.name is None:
                self.tensors.name(tensor, frame)
            rows.append(held.id)
        flag = bool(module.__dict__.get("training", True))
        if known.flag is not flag:  # set by the program itself, and not by train() or eval()
            known.flag = flag
            self.log.emit(Mode(name="training", enabled=flag, module=known.id))
        number = len(self.calls)
        self.calls.append(CallRecord(known, strand, rows, place.span))
        values = [self.tensors.see(tensor) for tensor in given] if self.log.values else EMPTY
        self.log.emit(CallEnter(call=number, values=values))
        if _hooked(module):
            known.watched = True
            self.hooks.enter(module, known.id)
        strand.calls.append(number)
        strand.places.append(place)
        return number

    def _exit(self, number: int, record: CallRecord, result: Any, place: Place) -> None:
        """The call's outputs and its ``call_exit``."""
        outputs = tensors_in(result)
        rows = []
        for index, tensor in enumerate(outputs):
            held = self.tensors.hold(tensor)
            if place.here and held.name is None and index < len(place.names):
                held.name = place.names[index]
            rows.append(held.id)
        record.outputs = rows
        known = record.known
        if known.early and (module := known.ref()) is not None:
            self.know(module)
        values = [self.tensors.see(tensor) for tensor in outputs] if self.log.values else EMPTY
        self.log.emit(CallExit(call=number, values=values))

    # ── the tree ───────────────────────────────────────────────────────────────────────────────────────────────────

    def know(self, module: nn.Module) -> Known:
        """What is known of a module, after looking at everything it holds."""
        known = self._by_id.get(id(module))
        if known is not None and known.ref() is module:
            if not known.early:
                return known
            known.early = False
            self._hold(module, known)
        else:
            known = self._new(module)
        stack = [(module, known)]
        fresh = [(module, known)]
        while stack:
            owner, above = stack.pop()
            for key, child in owner.__dict__.get("_modules", {}).items():
                if not isinstance(child, nn.Module):
                    continue
                below = self._by_id.get(id(child))
                seen = below is not None and below.ref() is child
                if below is None or not seen:
                    below = self._new(child)
                    stack.append((child, below))
                    fresh.append((child, below))
                elif below.early:
                    below.early = False
                    self._hold(child, below)
                    stack.append((child, below))
                    fresh.append((child, below))
                if below.parent is None and below is not known:
                    below.parent, below.key = above, key
                    above.children.append(below)
        for owner, above in fresh:
            self.look(owner, above)
        return known

    def _adopt(self, module: nn.Module, outer: Known) -> None:
        """A module is seen for the first time, in the call of one that was known: it may have become a part of it."""
        owner = outer.ref()
        if owner is None or all(child is not module for child in owner.__dict__.get("_modules", {}).values()):
            return
        root = outer.root
        for key, child in list(owner.__dict__.get("_modules", {}).items()):
            below = self.know(child) if isinstance(child, nn.Module) else None
            if below is not None and below.parent is None and below is not root:
                below.parent, below.key = outer, key
                outer.children.append(below)
        self._hold(owner, outer)
        self.look(owner, outer)

    def look(self, module: nn.Module, known: Known) -> None:
        """Take down what the module holds, if that is not what it held before."""
        new = Look(len(self.log.events), module, self.row_of, self._tensor_row)
        for table in new.tables[:2]:
            for _, row in table:
                if row is not None and (value := self.tensors.held[row].value) is not None:
                    new.values[row] = value
        look(known.looks, new)

    def look_again(self) -> None:
        """The program has ended: what the modules that are still there hold now."""
        for known in self.known if self.log.open else ():
            module = known.ref()
            if module is not None:
                self.look(module, known)

    def row_of(self, module: Any) -> int | None:
        """The row of a module, if it has one."""
        known = self._by_id.get(id(module))
        return known.id if known is not None and known.ref() is module else None

    def _tensor_row(self, tensor: Any) -> int | None:
        held = self.tensors.known(tensor)
        return None if held is None else held.id

    def _new(self, module: nn.Module) -> Known:
        known = self._by_id[id(module)] = Known(len(self.known), module)
        self.known.append(known)
        reference, span = self._constructed.pop(id(module), (None, None))
        if reference is not None and reference() is module:
            known.constructed = span
            known.said()
        self._hold(module, known)
        held = module.__dict__
        for name in TABLES:
            if held.get(name):
                self.hooks.meet(module, known.id)
                break
        return known

    def _hold(self, module: nn.Module, known: Known) -> None:
        """The module's own parameters and buffers, as they are now."""
        self._hold_all(module.__dict__.get("_parameters"), "parameter", known, known.parameters)
        self._hold_all(module.__dict__.get("_buffers"), "buffer", known, known.buffers)

    def _hold_all(self, table: Any, role: Literal["parameter", "buffer"], known: Known, ids: dict[str, int]) -> None:
        for name, tensor in table.items() if table else ():
            if type(tensor) is not Parameter and is_lazy(tensor):  # it has no shape until the module is called
                known.early = True
            elif isinstance(tensor, torch.Tensor):
                held = self.tensors.hold(tensor)
                held.role = role
                held.searched = True  # it is named after the module
                if self.log.values:
                    self.tensors.see(tensor)
                ids[name] = held.id

    def call_rows(self) -> list[Call]:
        """Typed rows of the calls; the records are let go."""
        calls, self.calls = self.calls, []
        return [call.row(number) for number, call in enumerate(calls)]

    def rows(self) -> list[Module]:
        """Typed rows, with parameters named by their module's path and tied modules marked."""
        modules = {id(known.ref): known.id for known in self.known}
        self._name_hidden(modules)
        owners: dict[int, list[int]] = {}
        for known in self.known:
            for name, tensor in [*known.parameters.items(), *known.buffers.items()]:
                owners.setdefault(tensor, []).append(known.id)
                held = self.tensors.held[tensor]
                if len(owners[tensor]) == 1:
                    held.name = f"{known.path}.{name}"
        rows = []
        for known in self.known:
            tied = {other for tensor in known.parameters.values() for other in owners[tensor]} - {known.id}
            rows.append(known.row(sorted(tied), modules))
        return rows

    def _name_hidden(self, modules: dict[int, int]) -> None:
        """Modules in plain containers are called by where they are, unless a variable of the program holds them."""
        hidden: set[int] = set()
        for known in self.known:
            for one in [one for look in known.looks for one in look.beside if one.kind == "module"]:
                row = modules.get(id(one.ref))
                found = None if row is None else self.known[row]
                if found is None or found.parent is not None or found.hangs or found.id in hidden:
                    continue
                if found is not known.root:
                    hidden.add(found.id)
                    found.name = f"{known.path}.{one.path}"

    # ── hooks ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def registered(self, module: nn.Module, handle: Any, prepend: bool) -> None:
        """``module.register_…_hook`` returned a handle; a module that does this in its ``__init__`` is unfinished."""
        before = self._by_id.get(id(module))
        early = before is None or before.ref() is not module or before.early
        known = self.know(module)
        known.early = early
        called = self._open(known)
        known.watched = known.watched or called
        self.hooks.registered(module, known.id, handle, prepend, called)

    def hooks_of_state(self, module: nn.Module) -> None:
        """The module's state dict is about to be made or loaded."""
        self.hooks.meet_state(module, self.know(module).id)

    def _open(self, known: Known) -> bool:
        """Whether a call of the module is open on any thread."""
        return any(self.calls[call].known is known for strand in self.log.strands.values() for call in strand.calls)


def _hooked(module: nn.Module) -> bool:
    """Whether the module has hooks that its call runs."""
    held = module.__dict__
    return bool(
        held.get("_forward_pre_hooks")
        or held.get("_forward_hooks")
        or held.get("_backward_pre_hooks")
        or held.get("_backward_hooks")
    )


def _extra_repr(module: nn.Module) -> str:
    """What the module says of itself; a program's own ``extra_repr`` may raise, which is said instead."""
    if not type(module).__module__.startswith("torch.nn"):
        return ""
    try:
        return module.extra_repr()
    except Exception as error:  # noqa: BLE001 - an unfinished module's attributes may be missing
        return f"<{type(error).__name__} in extra_repr>"
