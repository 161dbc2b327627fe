"""Calls a torch function as if the program's own line had called it, so that warnings name that line.

Python takes the file, the line, the module and the "already shown" registry of a warning from the innermost frames
(``warnings.warn``, CPython's ``_warnings.c``, ``setup_context``), and while we record, ours would be among them. The
function made here has the caller's file name, line and globals, so nothing about a warning changes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType
from typing import Any

import torch

from tapedeck.recorder.uncompiled import skip

Call = Callable[[Any, Any, Any], Any]

_plain: Call = eval(
    "lambda func, args, kwargs: func(*args, **kwargs)"
)  # Python's own code, also where this is compiled

_template: CodeType = _plain.__code__


_TORCH = os.path.dirname(torch.__file__) + os.sep

_KEPT = 4096
"""Places in torch's own code that are remembered from one recording to the next."""

_Found = tuple[CodeType, CodeType, Any]
"""Our code, the code it stands for, and of torch's own code the function itself: its globals live on anyway."""

_library: dict[tuple[int, int], _Found] = {}


class Trampolines:
    """One code object for each line of the program that calls torch."""

    def __init__(self, note: Callable[[CodeType], None]) -> None:
        self._note = note
        self._codes: dict[tuple[int, int], _Found] = {}

    def of(self, frame: FrameType) -> Call:
        """``call(func, args, kwargs)``, seen by Python as standing where ``frame`` is now.

        A program that traces itself (``sys.settrace``) would see its line run twice, so then it stands with us.
        """
        if sys.gettrace() is not None:
            return _plain
        key = (id(frame.f_code), frame.f_lasti)
        found = self._codes.get(key)
        if found is None:
            found = self._codes[key] = self._known(frame, key)
        names = frame.f_globals
        function: Call | None = found[2]
        if function is not None and function.__globals__ is names:
            return function
        return FunctionType(found[0], names)

    def _known(self, frame: FrameType, key: tuple[int, int]) -> _Found:
        found = _library.get(key)
        if found is None or found[1] is not frame.f_code:
            code, caller = self._make(frame), frame.f_code
            found = (code, caller, None)
            if caller.co_filename.startswith(_TORCH) and len(_library) < _KEPT:
                found = _library[key] = (code, caller, FunctionType(code, frame.f_globals))
        self._note(found[0])
        return found

    def _make(self, frame: FrameType) -> CodeType:
        caller = frame.f_code
        code = _template.replace(
            co_filename=caller.co_filename,
            co_name=caller.co_name,
            co_qualname=caller.co_qualname,
            co_firstlineno=frame.f_lineno or caller.co_firstlineno,
        )
        skip(code)
        return code
