"""The places where torch is asked to tell us: put in when a recording begins, taken out when the last one ends.

A few Python attributes of torch are replaced while anything is being recorded, each by a function that calls the
original and does nothing else on threads that record nothing: ``RemovableHandle.remove``,
``torch.autograd.Function._register_hook`` (which torch's C++ calls when a node gets a hook),
``torch.autograd._engine_run_backward`` (which every backward pass that Python begins goes through), and what each
module in `_PATCHES` names. ``nn.Module.__call__`` and ``__init__`` and ``torch.overrides.handle_torch_function`` stay
the functions they are, and get other code. torch offers no hook for any of them.
"""

from __future__ import annotations

import functools
import sys
import threading
from threading import get_ident
from types import CellType, CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.autograd.function import _HookMixin
from torch.overrides import handle_torch_function
from torch.utils.hooks import RemovableHandle

from tapedeck.recorder import (
    global_hooks,
    modes,
    module_hooks,
    multi_hooks,
    optimizer_hooks,
    saved_hooks,
    threads,
    training,
)
from tapedeck.recorder.autograd import watched_engine
from tapedeck.recorder.graph import watched_register
from tapedeck.recorder.mode import watched_detour
from tapedeck.recorder.modules import watched_call
from tapedeck.recorder.uncompiled import uncompiled

if TYPE_CHECKING:
    from tapedeck.recorder.recording import Recording

_active: dict[int, Recording] = {}
_originals: dict[tuple[Any, str], Any] = {}
_swapped: list[tuple[Any, CodeType]] = []
_lock = threading.Lock()


def current() -> Recording | None:
    """The recording of this thread that is running."""
    recording = _active.get(get_ident())
    return recording if recording is not None and recording.log.open else None


def enter(recording: Recording) -> None:
    """This thread records from now on. Raises ``RuntimeError`` when it already does."""
    with _lock:
        thread = get_ident()
        if thread in _active:
            raise RuntimeError("this thread is already being recorded; close the first recording before a second one")
        if not _active:
            _install()
        _active[thread] = recording


def join(recording: Recording) -> None:
    """This thread of the program's is recorded, too."""
    with _lock:
        if recording in _active.values():
            _active[get_ident()] = recording


def part(recording: Recording) -> None:
    """This thread of the program's ends."""
    with _lock:
        if _active.get(get_ident()) is recording:
            del _active[get_ident()]


def leave(recording: Recording) -> None:
    """The thread of this recording records no more."""
    with _lock:
        for thread, active in list(_active.items()):
            if active is recording:
                del _active[thread]
        if not _active:
            _restore()


def _install() -> None:
    _swap(nn.Module, "__call__", _around_call, _called)
    _swap(nn.Module, "__init__", _Around.init, _made)
    _swap(torch.overrides, "handle_torch_function", _around_detour, watched_detour)
    for place in _PLACES:
        place.replace()
    global_hooks.cover(current)


def _restore() -> None:
    for function, code in _swapped:
        function.__code__ = code  # first, so that who finds the names gone may call the function again
    for function, _ in _swapped:
        for name in [name for name in function.__globals__ if name.startswith("_tapedeck")]:
            del function.__globals__[name]
    _swapped.clear()
    for (owner, name), original in _originals.items():
        setattr(owner, name, original)
    _originals.clear()
    global_hooks.uncover()


def _swap(owner: Any, name: str, around: Any, make: Any) -> None:
    """Give a function of torch's the code of ``around``, which finds the original and what ``make`` makes of it.

    To set ``nn.Module.__call__`` itself, Python walks through all subclasses to look for a slot to update (CPython,
    ``typeobject.c``, ``update_slot``), which takes longer than all else that begins a recording. A function that is no
    longer torch's own is replaced as a whole.
    """
    function, code = owner.__dict__[name], around.__code__
    key = f"_tapedeck{name.strip('_')}"
    plain = type(function) is FunctionType and function.__code__.co_freevars == code.co_freevars
    if plain and function.__globals__.get("torch") is torch and function.__kwdefaults__ is None:
        names = function.__globals__
        original = FunctionType(
            function.__code__, names, function.__name__, function.__defaults__, function.__closure__
        )
        names |= {key: original, f"{key}_watched": make(original), "_tapedeck_frame": sys._getframe}
        _swapped.append((function, function.__code__))
        function.__code__ = code
    elif owner is nn.Module:
        names = {"torch": torch, "Module": nn.Module, key: function, f"{key}_watched": make(function)}
        names["_tapedeck_frame"] = sys._getframe
        closure = tuple(CellType(nn.Module) for _ in code.co_freevars)
        _originals[owner, name] = function
        setattr(owner, name, functools.wraps(function)(FunctionType(code, names, name, None, closure)))


# What stands in the place of three functions of torch's. `_swap` puts the names that begin with ``_tapedeck`` among the
# globals of torch's module; a thread that finds them gone was overtaken by the end of the last recording, and torch's
# function is by then what it was. No frame is kept in a variable, which would keep all that stands in it. Dynamo, which
# traces these functions, sees what it always sees.
# mypy: disable-error-code="name-defined"
# ruff: noqa: F821


def _around_call(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
    """``nn.Module.__call__`` while anything is recorded."""
    if torch.compiler.is_dynamo_compiling():
        return _tapedeckcall(self, *args, **kwargs)
    try:
        watched, frame = _tapedeckcall_watched, _tapedeck_frame
    except NameError:
        return self(*args, **kwargs)
    return watched(self, args, kwargs, frame(1))


class _Around:
    def init(self, *args: Any, **kwargs: Any) -> None:
        """``nn.Module.__init__`` while anything is recorded; it has a ``__class__``, as torch's has."""
        assert __class__ is not None
        if torch.compiler.is_dynamo_compiling():
            _tapedeckinit(self, *args, **kwargs)
            return
        try:
            original, watched, frame = _tapedeckinit, _tapedeckinit_watched, _tapedeck_frame
        except NameError:
            Module.__init__(self, *args, **kwargs)
            return
        original(self, *args, **kwargs)
        watched(self, frame(1))


def _around_detour(public_api: Any, relevant_args: Any, *args: Any, **kwargs: Any) -> Any:
    """``torch.overrides.handle_torch_function`` while anything is recorded."""
    if torch.compiler.is_dynamo_compiling():
        return _tapedeckhandle_torch_function(public_api, relevant_args, *args, **kwargs)
    try:
        watched, frame = _tapedeckhandle_torch_function_watched, _tapedeck_frame
    except NameError:
        return handle_torch_function(public_api, relevant_args, *args, **kwargs)
    return watched(public_api, relevant_args, args, kwargs, frame())


CALL = _around_call.__code__
"""The code of ours that stands around a module's call."""

DETOURS = (handle_torch_function.__code__, _around_detour.__code__)
"""The code in which a torch function takes torch's detour for modes."""


def _called(original: Any) -> Any:
    return watched_call(_active, global_hooks.Cover, functools.partial(global_hooks.cover, current), original)


def _made(_: Any) -> Any:
    def made(module: nn.Module, frame: FrameType) -> None:
        recording = current()
        if recording is not None:
            with recording.log.guard(f"the construction of {type(module).__name__}"):
                recording.modules.constructed(module, frame)

    return made


def _remove(original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def remove(self: RemovableHandle) -> None:
        recording = current()
        if recording is not None:
            recording.hooks.settle()
        original(self)
        if recording is not None:
            with recording.log.guard("the removal of a hook"):
                recording.hooks.removed(self)

    return remove


def _apply(original: Any) -> Any:
    plain = original.__func__

    @uncompiled
    @functools.wraps(plain)
    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        recording = _active.get(get_ident())
        if recording is None or not recording.log.open or torch._C._get_tracing_state() is not None:
            return plain(cls, *args, **kwargs)
        return recording.ops.custom(plain, cls, args, kwargs, sys._getframe(1))

    return classmethod(apply)


class _Place:
    """An attribute that is replaced; what replaces the function that stands there from the start is made once."""

    def __init__(self, owner: Any, name: str, make: Any) -> None:
        self._owner = owner
        self._name = name
        self._make = make
        self._usual = owner.__dict__[name]
        self._replacement = make(self._usual)

    def replace(self) -> None:
        original = self._owner.__dict__[self._name]
        _originals[self._owner, self._name] = original
        setattr(self._owner, self._name, self._replacement if original is self._usual else self._make(original))


_PATCHES = (
    global_hooks.patches,
    modes.patches,
    module_hooks.patches,
    multi_hooks.patches,
    optimizer_hooks.patches,
    saved_hooks.patches,
    threads.patches,
    training.patches,
)
"""What modules of ours have replaced: each gives owners, attributes, and what makes the replacements of originals."""

_PLACES = [
    _Place(RemovableHandle, "remove", _remove),
    _Place(_HookMixin, "_register_hook", functools.partial(watched_register, current)),
    _Place(torch.autograd, "_engine_run_backward", functools.partial(watched_engine, current)),
    _Place(torch.autograd.Function, "apply", _apply),
    *(_Place(*patch) for patches in _PATCHES for patch in patches(current)),
]
