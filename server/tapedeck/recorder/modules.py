"""Modules and their calls: the tree, who called whom, and the forward hooks that ran around each call.

During a recording ``nn.Module.__call__`` goes through `ModuleTap.call`. Unlike global module hooks this leaves torch's
hook tables as they are, sees a call that raises, and adds no node to the graph.
"""

from __future__ import annotations

import sys
import weakref
from types import FrameType
from typing import Any

import torch
from torch import nn

from tapedeck.recorder.hooks import Hooks, Watched, unwrap
from tapedeck.recorder.log import Log, tensors_in
from tapedeck.recorder.tensors import Tensors, variable
from tapedeck.tape import events as e
from tapedeck.tape.rows import Call, HookKind, Module

_FORWARD_TABLES: tuple[tuple[str, HookKind], ...] = (
    ("_forward_pre_hooks", "forward_pre"),
    ("_forward_hooks", "forward"),
    ("_backward_pre_hooks", "full_backward_pre"),
    ("_backward_hooks", "full_backward"),
)


class Known:
    """What is known of one module; becomes a row when the recording ends."""

    __slots__ = (
        "buffers",
        "children",
        "constructed",
        "id",
        "key",
        "name",
        "parameters",
        "parent",
        "ref",
        "repr",
        "training",
        "type",
    )

    def __init__(self, number: int, module: nn.Module) -> None:
        self.id = number
        self.ref = weakref.ref(module)
        self.key = ""
        self.name: str | None = None
        self.type = f"{type(module).__module__}.{type(module).__qualname__}"
        self.repr = _extra_repr(module)
        self.parent: Known | None = None
        self.children: list[Known] = []
        self.parameters: dict[str, int] = {}
        self.buffers: dict[str, int] = {}
        self.training = bool(module.__dict__.get("training", True))
        self.constructed: int | None = None

    @property
    def path(self) -> str:
        """The variable the root hangs from, then the attribute names."""
        return f"{self.parent.path}.{self.key}" if self.parent is not None else self.root_name

    @property
    def root_name(self) -> str:
        """The variable that holds a root, or its type in lower case where none is known."""
        return self.name or self.type.rsplit(".", 1)[-1].lower()

    def row(self, tied: list[int]) -> Module:
        """The typed row."""
        return Module(
            self.id,
            self.path,
            self.key if self.parent is not None else self.root_name,
            self.type,
            self.repr,
            None if self.parent is None else self.parent.id,
            [child.id for child in self.children],
            self.parameters,
            self.buffers,
            tied,
            self.training,
            self.constructed,
        )


class ModuleTap:
    """Every module of one recording, and the stack of calls."""

    def __init__(self, log: Log, tensors: Tensors, hooks: Hooks) -> None:
        self.log = log
        self.tensors = tensors
        self.hooks = hooks
        self.known: list[Known] = []
        self.calls: list[Call] = []
        self.stack: list[int] = []
        self._by_id: dict[int, Known] = {}
        self._constructed: dict[int, tuple[weakref.ref[nn.Module], int]] = {}
        self._depths: dict[int, int] = {}

    def constructed(self, module: nn.Module) -> None:
        """``nn.Module.__init__`` ran: remember the user's expression that builds the module."""
        frame = sys._getframe(2)
        while frame.f_back is not None and frame.f_code.co_name == "__init__":
            frame = frame.f_back
        span = self.log.frames.here(frame)
        if span is not None:
            self._constructed[id(module)] = (weakref.ref(module), span)

    def call(self, original: Any, module: nn.Module, args: Any, kwargs: Any) -> Any:
        """One call of one module, from ``call_enter`` to ``call_exit``."""
        frame = sys._getframe(2)
        guard = self.log.guard(f"a call of {type(module).__name__}")
        number = None
        with torch._C.DisableTorchFunction(), guard:
            number = self._enter(frame, module, args, kwargs)
        if number is None:
            return original(module, *args, **kwargs)
        self.log.tick(self.calls[number].span)
        try:
            result = original(module, *args, **kwargs)
        except BaseException:
            if self.log.open:
                self.log.emit(e.CallExit(call=number, failed=True))
            raise
        else:
            with torch._C.DisableTorchFunction(), guard:
                if self.log.open:
                    self._exit(number, result, frame)
        finally:
            self.stack.pop()
            self._unwatch(module)
        return result

    def _enter(self, frame: FrameType, module: nn.Module, args: Any, kwargs: Any) -> int:
        """The call's row and its ``call_enter``."""
        user = self.log.frames.user_frame(frame)
        known = self.know(module)
        if known.parent is None and known.name is None and user is not None:
            known.name = variable(user, module)
        given = tensors_in(args, kwargs)
        for tensor in given:
            held = self.tensors.hold(tensor)
            held.fed = held.fed or not self.stack
            if user is frame:
                self.tensors.name(tensor, user)
        number = len(self.calls)
        inputs = [self.tensors.hold(tensor).id for tensor in given]
        span = self.log.frames.here(frame)
        self.calls.append(Call(number, known.id, self.stack[-1] if self.stack else None, inputs, [], span))
        self.log.emit(e.CallEnter(call=number, values=[self.tensors.see(tensor) for tensor in given]))
        self._watch(module, known)
        self.stack.append(number)
        return number

    def _exit(self, number: int, result: Any, frame: FrameType) -> None:
        """The call's outputs and its ``call_exit``."""
        user = self.log.frames.user_frame(frame)
        names = self.log.frames.names(frame.f_code, frame.f_lasti) if user is frame else []
        outputs = tensors_in(result)
        held = [self.tensors.hold(tensor) for tensor in outputs]
        for one, name in zip(held, names, strict=False):
            one.name = one.name or name
        row = self.calls[number]
        ids = [one.id for one in held]
        self.calls[number] = Call(row.id, row.module, row.parent, row.inputs, ids, row.span)
        self.log.emit(e.CallExit(call=number, values=[self.tensors.see(tensor) for tensor in outputs]))

    # ── the tree ───────────────────────────────────────────────────────────────────────────────────────────────────

    def know(self, module: nn.Module) -> Known:
        """What is known of a module, after looking at everything it holds."""
        known = self._by_id.get(id(module))
        if known is not None and known.ref() is module:
            return known
        known = self._new(module)
        stack = [(module, known)]
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
                if below.parent is None and below is not known:
                    below.parent, below.key = above, key
                    above.children.append(below)
        return known

    def _new(self, module: nn.Module) -> Known:
        known = self._by_id[id(module)] = Known(len(self.known), module)
        self.known.append(known)
        reference, span = self._constructed.pop(id(module), (None, None))
        if reference is not None and reference() is module:
            known.constructed = span
        for table, role, ids in (
            (module.__dict__.get("_parameters", {}), "parameter", known.parameters),
            (module.__dict__.get("_buffers", {}), "buffer", known.buffers),
        ):
            for name, tensor in table.items():
                if isinstance(tensor, torch.Tensor):
                    held = self.tensors.hold(tensor)
                    held.role = "parameter" if role == "parameter" else "buffer"
                    self.tensors.see(tensor)
                    ids[name] = held.id
        return known

    def rows(self) -> list[Module]:
        """Typed rows, with parameters named by their module's path and tied modules marked."""
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
            rows.append(known.row(sorted(tied)))
        return rows

    # ── forward hooks ──────────────────────────────────────────────────────────────────────────────────────────────

    def registered(self, kind: HookKind, module: nn.Module, function: Any, handle: Any) -> None:
        """``module.register_…_hook`` returned a handle."""
        known = self.know(module)
        self.hooks.added(self.hooks.new(kind, function, module=known.id), handle.id, self.log.here(2))

    def _watch(self, module: nn.Module, known: Known) -> None:
        """Put watchers into the module's hook tables for the time of the call."""
        depth = self._depths[id(module)] = self._depths.get(id(module), 0) + 1
        if depth > 1:
            return
        for attribute, kind in _FORWARD_TABLES:
            table = module.__dict__.get(attribute) or {}
            for handle, function in list(table.items()):
                if not isinstance(function, Watched):
                    record = self.hooks.record_of(handle) or self.hooks.new(kind, function, module=known.id)
                    self.hooks.remember(handle, record)
                    table[handle] = Watched(self.hooks, record, function)
                    self.hooks.watch_table(table)

    def _unwatch(self, module: nn.Module) -> None:
        depth = self._depths.pop(id(module)) - 1
        if depth:
            self._depths[id(module)] = depth
            return
        for attribute, _ in _FORWARD_TABLES:
            unwrap(module.__dict__.get(attribute))


def _extra_repr(module: nn.Module) -> str:
    """What the module says of itself; a program's own ``extra_repr`` may raise, which is said instead."""
    if not type(module).__module__.startswith("torch.nn"):
        return ""
    try:
        return module.extra_repr()
    except Exception as error:  # noqa: BLE001 - an unfinished module's attributes may be missing
        return f"<{type(error).__name__} in extra_repr>"
