"""Hooks of one optimizer: around its ``step``, ``state_dict`` and ``load_state_dict``.

The six tables of an optimizer hold stand-ins from when the optimizer is first met (one of its hooks is registered, it
steps, its state dict is asked for) until the recording ends. ``step`` itself and the state-dict methods are not
wrapped, so that no frame of ours is the place that their warnings name.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from torch.optim import Optimizer

from tapedeck.recorder.module_hooks import LookedUp
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape.rows import HookKind

if TYPE_CHECKING:
    from tapedeck.recorder.recording import Recording

_TABLES: dict[str, HookKind] = {
    "_optimizer_step_pre_hooks": "optimizer_step_pre",
    "_optimizer_step_post_hooks": "optimizer_step_post",
    "_optimizer_state_dict_pre_hooks": "optimizer_state_dict_pre",
    "_optimizer_state_dict_post_hooks": "optimizer_state_dict_post",
    "_optimizer_load_state_dict_pre_hooks": "optimizer_load_state_dict_pre",
    "_optimizer_load_state_dict_post_hooks": "optimizer_load_state_dict_post",
}

_REGISTER = (
    "register_step_pre_hook",
    "register_step_post_hook",
    "register_state_dict_pre_hook",
    "register_state_dict_post_hook",
    "register_load_state_dict_pre_hook",
    "register_load_state_dict_post_hook",
)


def meet(recording: Recording, optimizer: Optimizer, frame: FrameType) -> None:
    """The optimizer is about to run its hooks: stand-ins for all of them."""
    hooks = recording.hooks
    for attribute, kind in _TABLES.items():
        table = optimizer.__dict__.get(attribute)
        if table:
            known = hooks.known_table(table)
            if known is None:
                known = hooks.table(table, kind, optimizer=recording.training.number(optimizer, frame))
            hooks.watch(known)


def patches(current: Callable[[], Recording | None]) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is replaced while anything is recorded: owner, attribute, and what makes the replacement of the original."""
    for name in _REGISTER:
        yield Optimizer, name, functools.partial(_register, current)
    for name in ("state_dict", "load_state_dict"):
        yield Optimizer, name, functools.partial(LookedUp, functools.partial(_meet, current))


def _meet(current: Callable[[], Recording | None], optimizer: Optimizer) -> None:
    recording = current()
    if recording is not None:
        with recording.log.guard("an optimizer's hooks"):
            meet(recording, optimizer, sys._getframe(2))


def _register(current: Callable[[], Recording | None], original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def register(self: Optimizer, hook: Any, *args: Any, **kwargs: Any) -> Any:
        handle = original(self, hook, *args, **kwargs)
        recording = current()
        if recording is not None:
            with recording.log.guard("an optimizer's hook"):
                meet(recording, self, sys._getframe(1))
                record = recording.hooks.record_of(handle.hooks_dict_ref(), handle.id)
                if record is not None:
                    if kwargs.get("prepend", bool(args) and args[0]):
                        record.flags.insert(0, "prepend")
                    recording.hooks.added(record)
        return handle

    return register
