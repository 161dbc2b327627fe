"""Hooks on all modules and on all optimizers: torch's own tables, which every thread of the process uses.

The functions that register them (``torch/nn/modules/module.py``, ``torch/optim/optimizer.py``) are often imported by
name, so replacing them would miss calls. All of them make a ``RemovableHandle`` on one of six tables, which is what we
listen to; the function itself stands in the table a moment later, and is looked at when it may fire.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torch.nn.modules import module as modules
from torch.optim import optimizer as optimizers
from torch.utils.hooks import RemovableHandle

from tapedeck.recorder.hook_tables import HookTable
from tapedeck.recorder.standins import Shared, StandIn, unwrap
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape.rows import HookKind

if TYPE_CHECKING:
    from tapedeck.recorder.hooks import Hooks
    from tapedeck.recorder.recording import Recording

Current = Callable[[], "Recording | None"]

_TABLES: tuple[tuple[Any, HookKind], ...] = (
    (modules._global_forward_pre_hooks, "global_forward_pre"),
    (modules._global_forward_hooks, "global_forward"),
    (modules._global_backward_pre_hooks, "global_full_backward_pre"),
    (modules._global_backward_hooks, "global_full_backward"),
    (optimizers._global_optimizer_pre_hooks, "global_optimizer_step_pre"),
    (optimizers._global_optimizer_post_hooks, "global_optimizer_step_post"),
)
_KINDS: dict[int, HookKind] = {id(table): kind for table, kind in _TABLES}
_FLAGS = {
    "global_forward": {
        "with_kwargs": modules._global_forward_hooks_with_kwargs,
        "always_call": modules._global_forward_hooks_always_called,
    }
}


class Cover:
    """Whether the six tables may hold functions without a stand-in: a hook was registered since `cover` was called."""

    stale = False


def begin(hooks: Hooks) -> None:
    """A recording begins: the hooks that are there already."""
    for table, _ in _TABLES:
        if table:
            hooks.adopt(_known(hooks, table))


def cover(current: Current) -> None:
    """Put stand-ins into the six tables; called before a module or an optimizer runs its hooks."""
    Cover.stale = False
    here = functools.partial(_hooks_here, current)
    for table, _ in _TABLES:
        for handle, function in list(table.items()):
            if not isinstance(function, StandIn):
                table[handle] = Shared(here, table, handle, function)
    recording = current()
    if recording is not None:
        recording.hooks.settle()


def uncover() -> None:
    """The last recording has ended."""
    for table, _ in _TABLES:
        unwrap(table)


def _known(hooks: Hooks, table: Any) -> HookTable:
    kind = _KINDS[id(table)]
    if kind == "global_full_backward" and modules._global_is_full_backward_hook is False:
        kind = "global_backward"
    return hooks.table(table, kind, _FLAGS.get(kind))


def _hooks_here(current: Current) -> Hooks | None:
    recording = current()
    return None if recording is None else recording.hooks


def patches(current: Current) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is replaced while anything is recorded: owner, attribute, and what makes the replacement of the original."""
    yield RemovableHandle, "__init__", functools.partial(_init, current)


def _init(current: Current, original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def __init__(self: RemovableHandle, hooks_dict: Any, **kwargs: Any) -> None:
        original(self, hooks_dict, **kwargs)
        if id(hooks_dict) in _KINDS:
            Cover.stale = True
            recording = current()
            if recording is not None:
                with recording.log.guard("a hook on everything"):
                    recording.hooks.nameless(_known(recording.hooks, hooks_dict), self.id)

    return __init__
