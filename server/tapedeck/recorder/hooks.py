"""The user's hooks: when each is registered, fires and is removed, with what went in and what came out.

A registered function is replaced in torch's own table by a `Watched` that calls it; when the recording ends, every
table holds the user's own function again. Nothing is added to a table and nothing moves in it, so the number and order
of hooks are the program's.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import msgspec
import torch
from torch import Tensor

from tapedeck.recorder.log import Log, tensors_in
from tapedeck.recorder.tensors import Tensors, version_of
from tapedeck.tape import events as e
from tapedeck.tape.rows import Hook, HookKind

if TYPE_CHECKING:
    from tapedeck.recorder.autograd import Autograd


class HookRecord:
    """What is known of one hook; becomes a row when the recording ends."""

    __slots__ = ("added", "id", "kind", "module", "name", "node", "order", "removed", "span", "tensor")

    def __init__(self, number: int, kind: HookKind, name: str, span: int | None) -> None:
        self.id = number
        self.kind: HookKind = kind
        self.name = name
        self.span = span
        self.tensor: int | None = None
        self.node: int | None = None
        self.module: int | None = None
        self.order = 0
        self.added: int | None = None
        self.removed: int | None = None

    def row(self) -> Hook:
        """The typed row."""
        return Hook(
            self.id,
            self.kind,
            self.tensor,
            self.node,
            self.module,
            self.order,
            self.name,
            self.span,
            self.added,
            self.removed,
        )


class Watched:
    """Stands in a hook table for the user's function, calls it and records the firing."""

    __slots__ = ("__weakref__", "function", "hooks", "record")

    def __init__(self, hooks: Hooks, record: HookRecord, function: Callable[..., Any]) -> None:
        self.hooks = hooks
        self.record = record
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.hooks.log.open:
            return self.function(*args, **kwargs)
        return self.hooks.fire(self.record, self.function, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "function"), name)


class Relay:
    """Stands in a node's hook table for a function of torch's own (module backward hooks are made of them).

    It is no hook of the program's and makes no event, but what it returns is what the node delivers.
    """

    __slots__ = ("function", "hooks", "node")

    def __init__(self, hooks: Hooks, node: int | None, function: Callable[..., Any]) -> None:
        self.hooks = hooks
        self.node = node
        self.function = function

    def __call__(self, *args: Any) -> Any:
        result = self.function(*args)
        if self.hooks.log.open and result is not None and self.node is not None:
            with torch._C.DisableTorchFunction():
                given = result if isinstance(result, tuple) else (result,)
                self.hooks.autograd.replaced(self.node, [self.hooks.log.see(tensor) for tensor in given])
        return result


class _Firing:
    """A hook that is running: its event so far, and what it was given, to see whether it changes it in place."""

    __slots__ = ("event", "step", "subject", "versions")

    def __init__(self, step: int, event: e.HookFire, subject: list[Tensor | None]) -> None:
        self.step = step
        self.event = event
        self.subject = subject
        self.versions = [-1 if tensor is None else version_of(tensor) for tensor in subject]

    @property
    def mutated(self) -> bool:
        """Whether a version has moved."""
        return any(
            tensor is not None and version_of(tensor) != version
            for tensor, version in zip(self.subject, self.versions, strict=True)
        )


class Hooks:
    """Every hook of one recording."""

    def __init__(self, log: Log, tensors: Tensors) -> None:
        self.log = log
        self.tensors = tensors
        self.autograd: Autograd
        self.mode: torch.overrides.TorchFunctionMode
        self.records: list[HookRecord] = []
        self._by_handle: dict[int, HookRecord] = {}
        self._tables: dict[int, weakref.ref[Any]] = {}
        self._orders: dict[tuple[str, int | None, int | None, int | None], int] = {}

    def new(self, kind: HookKind, function: Any, **target: int | None) -> HookRecord:
        """A record of a hook on one target (``tensor``, ``node`` or ``module``)."""
        name = getattr(function, "__qualname__", None) or type(function).__qualname__
        record = HookRecord(
            len(self.records), kind, name.replace("<locals>.", ""), self.log.frames.definition(function)
        )
        for field, row in target.items():
            setattr(record, field, row)
        key = (kind, record.tensor, record.node, record.module)
        record.order = self._orders.get(key, 0)
        self._orders[key] = record.order + 1
        self.records.append(record)
        return record

    def added(self, record: HookRecord, handle: int, span: int | None) -> None:
        """A hook was registered and has this handle."""
        self._by_handle[handle] = record
        record.added = self.log.emit(e.HookAdd(hook=record.id, span=span))

    def record_of(self, handle: int) -> HookRecord | None:
        """The record of a handle."""
        return self._by_handle.get(handle)

    def remember(self, handle: int, record: HookRecord) -> None:
        """The record of a hook that was there before the recording began."""
        self._by_handle[handle] = record

    def removed(self, handle: int) -> None:
        """``handle.remove()`` was called."""
        record = self._by_handle.get(handle)
        if record is not None and record.removed is None:
            record.removed = self.log.emit(e.HookRemove(hook=record.id, span=self.log.here(2)))

    def watch_table(self, table: Any) -> None:
        """Remember a hook table, to give it the user's functions back when the recording ends."""
        self._tables[id(table)] = weakref.ref(table)

    def restore(self) -> None:
        """Put the user's own functions back into every table."""
        for reference in self._tables.values():
            unwrap(reference())
        self._tables.clear()

    def register_on_tensor(self, kind: HookKind, func: Any, args: Any, kwargs: Any) -> Any:
        """``tensor.register_hook`` or ``register_post_accumulate_grad_hook``, called through to torch."""
        tensor = args[0] if args else kwargs["self"]
        function = args[1] if len(args) > 1 else kwargs["hook"]
        held = self.tensors.hold(tensor)
        record = self.new(kind, function, tensor=held.id)
        try:
            handle = func(tensor, Watched(self, record, function))
        except BaseException:
            self.records.pop()
            self._orders[kind, held.id, None, None] -= 1
            raise
        self.added(record, handle.id, self.log.here(2))
        table = handle.hooks_dict_ref()
        if table is not None:
            self.watch_table(table)
        return handle

    def fire(self, record: HookRecord, function: Any, args: Any, kwargs: Any) -> Any:
        """Call the user's function; the event stands where it began and is completed when it ends."""
        guard = self.log.guard(f"the hook {record.name}")
        firing = None
        with torch._C.DisableTorchFunction(), guard:
            firing = self._begin(record, args)
        if firing is None:
            return function(*args, **kwargs)
        try:
            with self.log.inside(record.id), self._recording():
                result = function(*args, **kwargs)
        except BaseException as error:
            self.log.events[firing.step] = msgspec.structs.replace(firing.event, failed=True)
            self.log.blame("hook", record.id, error)
            raise
        with torch._C.DisableTorchFunction(), guard:
            self._end(record, firing, result)
        return result

    def _begin(self, record: HookRecord, args: Any) -> _Firing:
        """The firing's event as it stands while the hook runs."""
        subject = _subject(record.kind, args)
        node = self.autograd.arrive(record, subject)
        before = [self._see(tensor) for tensor in subject]
        tensors = [self._row(tensor, value) for tensor, value in zip(subject, before, strict=True)]
        event = e.HookFire(hook=record.id, tensors=tensors, before=before, node=node)
        return _Firing(self.log.emit(event), event, subject)

    def _end(self, record: HookRecord, firing: _Firing, result: Any) -> None:
        """The firing's event with what the hook gave back."""
        mutated = firing.mutated
        given = _replacement(record.kind, result)
        after: list[int | None] = []
        if given is not None or mutated:
            after = [self._see(tensor) for tensor in (firing.subject if given is None else given)]
        if after and record.kind == "node_post" and record.node is not None:
            self.autograd.replaced(record.node, after)
        done = msgspec.structs.replace(firing.event, after=after, changed=given is not None, mutated=mutated)
        self.log.events[firing.step] = done

    def _row(self, tensor: Any, value: int | None) -> int | None:
        """The row of a tensor that a hook is given; a gradient gets one here."""
        if not isinstance(tensor, Tensor):
            return None
        new = self.tensors.known(tensor) is None
        held = self.tensors.hold(tensor)
        if new:
            held.role = "gradient"
            self.tensors.written(held, value, version_of(tensor))
        return held.id

    def _see(self, tensor: Any) -> int | None:
        if not isinstance(tensor, Tensor):
            return None
        return self.tensors.see(tensor) if self.tensors.known(tensor) else self.log.see(tensor)

    def _recording(self) -> Any:
        """The op tap, switched on for the hook's own code if the engine runs with it switched off."""
        on = any(mode is self.mode for mode in torch.overrides._get_current_function_mode_stack())  # type: ignore[no-untyped-call]
        return _NOTHING if on else self.mode


class _Nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


_NOTHING = _Nothing()


def unwrap(table: Any) -> None:
    """Put the user's own functions back into one table."""
    for key, function in list(table.items()) if table is not None else ():
        if isinstance(function, (Watched, Relay)):
            table[key] = function.function


def _subject(kind: HookKind, args: Any) -> list[Tensor | None]:
    """The tensors that a hook may replace, out of its arguments."""
    match kind:
        case "tensor" | "post_accumulate_grad":
            return [args[0]]
        case "node_pre" | "node_post":
            return list(args[0])
        case "full_backward_pre" | "full_backward" | "backward":
            gradients = args[1]
            return list(gradients) if isinstance(gradients, tuple) else [gradients]
        case "forward":
            return cast(list[Tensor | None], tensors_in(args[-1]))
        case _:
            return cast(list[Tensor | None], tensors_in(*args[1:]))


def _replacement(kind: HookKind, result: Any) -> list[Tensor | None] | None:
    """What the hook returned in place of its subject; ``None`` when it left it unchanged."""
    if result is None or kind == "post_accumulate_grad":
        return None
    if kind in ("forward", "forward_pre"):
        return cast(list[Tensor | None], tensors_in(result))
    return list(result) if isinstance(result, tuple) else [result]
