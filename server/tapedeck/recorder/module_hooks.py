"""Hooks of one module: around its call, in the backward pass, and around ``state_dict`` and ``load_state_dict``.

A module's hook tables hold stand-ins for the time of its call, and the lists of backward hooks that a call leaves in
the graph (``torch/utils/hooks.py``, ``BackwardHook``) until the recording ends. The tables of state-dict hooks hold
them from when the module is met until then: ``state_dict`` is not wrapped, because a frame of ours would be the place
that its warnings name; looking the method up is what tells us.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torch import nn
from torch.nn.modules import module as all_modules
from torch.utils.hooks import BackwardHook

from tapedeck.recorder.hook_tables import HookRecord, HookTable
from tapedeck.recorder.standins import StandIn, Watched, plain, unwrap
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape.rows import HookKind

if TYPE_CHECKING:
    from tapedeck.recorder.hooks import Hooks
    from tapedeck.recorder.recording import Recording

_FORWARD: dict[str, HookKind] = {
    "_forward_pre_hooks": "forward_pre",
    "_forward_hooks": "forward",
    "_backward_pre_hooks": "full_backward_pre",
    "_backward_hooks": "full_backward",
}
"""The tables that a module's call reads."""

_STATE: dict[str, HookKind] = {
    "_state_dict_pre_hooks": "state_dict_pre",
    "_state_dict_hooks": "state_dict",
    "_load_state_dict_pre_hooks": "load_state_dict_pre",
    "_load_state_dict_post_hooks": "load_state_dict_post",
}

TABLES = (*_FORWARD, *_STATE)
"""Every hook table of a module."""

_FLAGS = {
    "_forward_pre_hooks": {"with_kwargs": "_forward_pre_hooks_with_kwargs"},
    "_forward_hooks": {"with_kwargs": "_forward_hooks_with_kwargs", "always_call": "_forward_hooks_always_called"},
}
"""Where torch keeps how an entry of a table was registered; of ``prepend`` it keeps nothing but the order."""

_GLOBAL = {
    "_backward_pre_hooks": all_modules._global_backward_pre_hooks,
    "_backward_hooks": all_modules._global_backward_hooks,
}

_REGISTER = (
    "register_forward_pre_hook",
    "register_forward_hook",
    "register_full_backward_pre_hook",
    "register_full_backward_hook",
    "register_backward_hook",
    "register_state_dict_pre_hook",
    "register_state_dict_post_hook",
    "_register_state_dict_hook",
    "register_load_state_dict_pre_hook",
    "_register_load_state_dict_pre_hook",
    "register_load_state_dict_post_hook",
)


class ModuleHooks:
    """The module hooks of one recording; ``number`` is always the module's row."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._lists: weakref.WeakSet[BackwardHook] = weakref.WeakSet()

    def meet(self, module: nn.Module, number: int) -> None:
        """A module gets a row: the hooks it brings along."""
        held = module.__dict__
        for attribute in _FORWARD:
            if held.get(attribute):
                self._hooks.adopt(self._table(module, attribute, number))
        self.meet_state(module, number)

    def meet_state(self, module: nn.Module, number: int) -> None:
        """The module's state dict is about to be made or loaded."""
        for attribute in _STATE:
            if module.__dict__.get(attribute):
                self._hooks.watch(self._table(module, attribute, number))

    def enter(self, module: nn.Module, number: int) -> None:
        """The module is about to be called, and has hooks."""
        for attribute in _FORWARD:
            if module.__dict__.get(attribute):
                self._hooks.watch(self._table(module, attribute, number))

    def leave(self, module: nn.Module) -> None:
        """No call of the module is open any more."""
        for attribute in _FORWARD:
            unwrap(module.__dict__.get(attribute))

    def registered(self, module: nn.Module, number: int, handle: Any, prepend: bool, called: bool) -> None:
        """``module.register_…_hook`` returned a handle; ``called`` says whether a call of the module is open."""
        table = handle.hooks_dict_ref()
        attribute = next((name for name in TABLES if module.__dict__.get(name) is table), None)
        if attribute is None:
            return
        known = self._table(module, attribute, number)
        self._hooks.adopt(known)
        record = known.records[handle.id]
        if prepend:
            record.flags.insert(0, "prepend")
        self._hooks.added(record)
        if called or attribute in _STATE:
            self._hooks.watch(known)

    def in_graph(self, owner: BackwardHook, number: int) -> None:
        """A call left these lists of backward hooks in the graph, perhaps before the recording began."""
        if owner in self._lists:
            return
        self._lists.add(owner)
        for attribute, functions in (
            ("_backward_pre_hooks", owner.user_pre_hooks),
            ("_backward_hooks", owner.user_hooks),
        ):
            for index, function in enumerate(functions):
                if not isinstance(function, StandIn):
                    functions[index] = Watched(
                        self._hooks.gate, self._record(owner.module, attribute, number, function), function
                    )

    def _record(self, module: nn.Module, attribute: str, number: int, function: Any) -> HookRecord:
        """The record of a function that a call took out of one of the tables."""
        for table in (_GLOBAL[attribute], module.__dict__[attribute]):
            known = self._hooks.known_table(table)
            for handle, record in known.records.items() if known is not None else ():
                if plain(table[handle]) is function:
                    return record
        return self._hooks.new(_FORWARD[attribute], function, module=number)

    def restore(self) -> None:
        """Put the program's own functions back into the lists that are still alive."""
        for owner in self._lists:
            owner.user_hooks[:] = map(plain, owner.user_hooks)
            owner.user_pre_hooks[:] = map(plain, owner.user_pre_hooks)

    def _table(self, module: nn.Module, attribute: str, number: int) -> HookTable:
        held = module.__dict__
        known = self._hooks.known_table(held[attribute])
        if known is None:
            kind = _FORWARD.get(attribute) or _STATE[attribute]
            if attribute == "_backward_hooks" and not held.get("_is_full_backward_hook"):
                kind = "backward"
            flags = {flag: held[table] for flag, table in _FLAGS.get(attribute, {}).items() if table in held}
            known = self._hooks.table(held[attribute], kind, flags, module=number)
        return known


def backward_owner(function: Any) -> BackwardHook | None:
    """What torch keeps of a module's call with backward hooks, out of a function that it puts on a node."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    owner = function.__closure__[names.index("self")].cell_contents if "self" in names else None
    return owner if type(owner) is BackwardHook else None


def patches(current: Callable[[], Recording | None]) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is replaced while anything is recorded: owner, attribute, and what makes the replacement of the original."""
    for name in _REGISTER:
        yield nn.Module, name, functools.partial(_register, current)
    for name in ("state_dict", "_load_from_state_dict"):
        yield nn.Module, name, functools.partial(LookedUp, functools.partial(_meet, current))


class LookedUp:
    """A method that tells when it is looked up on an object, and is the original method otherwise."""

    def __init__(self, tell: Callable[[Any], None], original: Any) -> None:
        self._tell = tell
        self._original = original

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is not None:
            self._tell(instance)
        return self._original.__get__(instance, owner)


def _meet(current: Callable[[], Recording | None], module: nn.Module) -> None:
    recording = current()
    if recording is not None:
        with recording.log.guard("a module's state-dict hooks"):
            recording.modules.hooks_of_state(module)


def _register(current: Callable[[], Recording | None], original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def register(self: nn.Module, hook: Any, *args: Any, **kwargs: Any) -> Any:
        handle = original(self, hook, *args, **kwargs)
        recording = current()
        if recording is not None:
            with recording.log.guard("a module's hook"):
                prepend = kwargs.get("prepend", "backward" in original.__name__ and bool(args) and args[0])
                recording.modules.registered(self, handle, bool(prepend))
        return handle

    return register
