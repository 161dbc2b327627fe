"""The places where torch is asked to tell us: put in when a recording begins, taken out when the last one ends.

A few Python attributes of torch are replaced while anything is being recorded, each by a function that calls the
original and does nothing else on threads that record nothing: ``nn.Module.__call__`` and ``__init__``, the modules'
``register_…_hook`` methods, ``RemovableHandle.remove``, ``torch.autograd.Function._register_hook`` (which torch's C++
calls when a node gets a hook), and ``torch.autograd._engine_run_backward`` (which every backward pass that Python
begins goes through). torch offers no hook for any of them.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.autograd.function import _HookMixin
from torch.utils.hooks import RemovableHandle

from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape.rows import HookKind

if TYPE_CHECKING:
    from tapedeck.recorder.recording import Recording

_active: dict[int, Recording] = {}
_originals: dict[tuple[Any, str], Any] = {}
_lock = threading.Lock()

_REGISTER: dict[str, HookKind] = {
    "register_forward_pre_hook": "forward_pre",
    "register_forward_hook": "forward",
    "register_full_backward_pre_hook": "full_backward_pre",
    "register_full_backward_hook": "full_backward",
    "register_backward_hook": "backward",
}


def enter(recording: Recording) -> None:
    """This thread records from now on. Raises ``RuntimeError`` when it already does."""
    with _lock:
        thread = threading.get_ident()
        if thread in _active:
            raise RuntimeError("this thread is already being recorded; close the first recording before a second one")
        if not _active:
            _install()
        _active[thread] = recording


def leave(recording: Recording) -> None:
    """The thread of this recording records no more."""
    with _lock:
        for thread, active in list(_active.items()):
            if active is recording:
                del _active[thread]
        if not _active:
            _restore()


def _install() -> None:
    _replace(nn.Module, "__call__", _call)
    _replace(nn.Module, "__init__", _init)
    for name, kind in _REGISTER.items():
        _replace(nn.Module, name, functools.partial(_register, kind))
    _replace(RemovableHandle, "remove", _remove)
    _replace(_HookMixin, "_register_hook", _register_on_node)
    _replace(torch.autograd, "_engine_run_backward", _engine)


def _restore() -> None:
    for (owner, name), original in _originals.items():
        setattr(owner, name, original)
    _originals.clear()


def _replace(owner: Any, name: str, make: Any) -> None:
    original = owner.__dict__[name]
    _originals[owner, name] = original
    setattr(owner, name, make(original))


def _call(original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def __call__(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        recording = _active.get(threading.get_ident())
        if recording is None or not recording.log.open or torch._C._get_tracing_state() is not None:
            return original(self, *args, **kwargs)
        return recording.modules.call(original, self, args, kwargs)

    return __call__


def _init(original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def __init__(self: nn.Module, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        recording = _active.get(threading.get_ident())
        if recording is not None and recording.log.open:
            with recording.log.guard(f"the construction of {type(self).__name__}"):
                recording.modules.constructed(self)

    return __init__


def _register(kind: HookKind, original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def register(self: nn.Module, hook: Any, *args: Any, **kwargs: Any) -> Any:
        handle = original(self, hook, *args, **kwargs)
        recording = _active.get(threading.get_ident())
        if recording is not None and recording.log.open:
            with torch._C.DisableTorchFunction(), recording.log.guard("the registration of a module hook"):
                recording.modules.registered(kind, self, hook, handle)
        return handle

    return register


def _remove(original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def remove(self: RemovableHandle) -> None:
        original(self)
        recording = _active.get(threading.get_ident())
        if recording is not None and recording.log.open:
            recording.hooks.removed(self.id)

    return remove


def _engine(original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def _engine_run_backward(outputs: Any, *args: Any, **kwargs: Any) -> Any:
        recording = _active.get(threading.get_ident())
        if recording is None or not recording.log.open:
            return original(outputs, *args, **kwargs)
        return recording.autograd.run(original, outputs, args, kwargs)

    return _engine_run_backward


def _register_on_node(original: Any) -> Any:
    plain = original.__func__ if isinstance(original, staticmethod) else original

    @uncompiled
    @functools.wraps(plain)
    def _register_hook(table: Any, hook: Any) -> Any:
        recording = _active.get(threading.get_ident())
        if recording is None or not recording.log.open:
            return plain(table, hook)
        return recording.autograd.graph.register(table, hook)

    return staticmethod(_register_hook)
