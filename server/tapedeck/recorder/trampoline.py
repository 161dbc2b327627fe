"""Calls a torch function as if the program's own line had called it, so that warnings name that line.

Python takes the file, the line, the module and the "already shown" registry of a warning from the innermost frames
(``warnings.warn``, CPython's ``_warnings.c``, ``setup_context``), and while we record, ours would be among them. The
function made here has the caller's file name, line and globals, so nothing about a warning changes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType
from typing import Any

from tapedeck.recorder.uncompiled import skip

Call = Callable[[Any, Any, Any], Any]

_plain: Call = eval("lambda func, args, kwargs: func(*args, **kwargs)")  # Python's own code, also where this is compiled

_template: CodeType = _plain.__code__  # type: ignore[attr-defined]


class Trampolines:
    """One code object for each line of the program that calls torch."""

    def __init__(self, note: Callable[[CodeType], None]) -> None:
        self._note = note
        self._codes: dict[tuple[int, int], tuple[CodeType, CodeType]] = {}

    def of(self, frame: FrameType) -> Call:
        """``call(func, args, kwargs)``, seen by Python as standing where ``frame`` is now.

        A program that traces itself (``sys.settrace``) would see its line run twice, so then it stands with us.
        """
        if sys.gettrace() is not None:
            return _plain
        key = (id(frame.f_code), frame.f_lasti)
        found = self._codes.get(key)
        if found is None:
            found = self._codes[key] = (self._make(frame), frame.f_code)
        return FunctionType(found[0], frame.f_globals)

    def _make(self, frame: FrameType) -> CodeType:
        caller = frame.f_code
        code = _template.replace(
            co_filename=caller.co_filename,
            co_name=caller.co_name,
            co_qualname=caller.co_qualname,
            co_firstlineno=frame.f_lineno or caller.co_firstlineno,
        )
        self._note(code)
        skip(code)
        return code
