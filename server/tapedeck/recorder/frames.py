"""Where in the user's own source something happened, and which variable its result goes to.

A frame is the *user's* unless its code belongs to torch, to the standard library, to an installed package or to
Tapedeck itself. The place is exact: ``code.co_positions()`` at ``f_lasti`` gives the expression that is being
evaluated (PEP 657), and the instructions after it say which names its result is stored under. Both are looked up once
for each place.
"""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any

import torch

from tapedeck.recorder.stores import stored_names
from tapedeck.recorder.text import clean, named
from tapedeck.recorder.trampoline import Trampolines
from tapedeck.tape.place import characters
from tapedeck.tape.rows import Source, Span

USER, LIBRARY, MODULES, BUILDING, OPTIMIZER, CHECKPOINT, CALL, KERNEL = range(8)
"""What a frame's code is: the user's own, a library's, ``torch.nn.modules``' (their ``__init__`` and
``reset_parameters`` apart), ``torch.optim``'s, ``torch.utils.checkpoint``'s, our own around a module's call, or a
kernel that torch wrote in Python (of fake tensors, references, decompositions).
"""

_TORCH = os.path.dirname(torch.__file__) + os.sep
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_COMPILED = os.path.join("tapedeck", "recorder", "")
"""What the file names of our compiled code begin with in a traceback; they are relative to the source root."""

_LIBRARIES = (
    _TORCH,
    _OURS,
    *(sysconfig.get_paths()[k] + os.sep for k in ("stdlib", "platstdlib", "purelib", "platlib")),
)
_MODULES = os.path.join(_TORCH, "nn", "modules", "")
_OPTIM = os.path.join(_TORCH, "optim", "")
_KERNELS = tuple(
    os.path.join(_TORCH, name)
    for name in (
        "_subclasses",
        "_refs",
        "_prims",
        "_prims_common",
        "_decomp",
        "_meta_registrations.py",
        "_functorch/_aot_autograd",
    )
)
_CHECKPOINT = os.path.join(_TORCH, "utils", "checkpoint.py")


_SILENT = (LIBRARY, KERNEL)

_KEPT = 4096
"""Code objects that are remembered from one recording to the next."""

_library: dict[int, tuple[CodeType, int]] = {}


class Place:
    """Where an op was called: the user's frames (span ids, outermost first) and what the call's result is named.

    ``span`` is the innermost user expression. ``here`` says that the user's own frame made the call, ``direct`` that no
    module or optimizer of torch's did.
    """

    __slots__ = ("building", "direct", "here", "names", "recomputing", "span", "stack", "updating")

    def __init__(self) -> None:
        self.span: int | None = None
        self.stack: list[int] = []
        self.names: tuple[str, ...] = ()
        self.direct = True
        self.here = False
        self.building = False
        self.updating = False
        self.recomputing = False


class Frames:
    """The sources and spans of one recording, deduplicated."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.sources: list[Source] = []
        self.spans: list[Span] = []
        self._given = sources
        self._source_ids: dict[str, int] = {}
        self._span_ids: dict[tuple[int, int], int] = {}
        self._places: dict[tuple[int, int, int, int, int], int] = {}
        self._codes: list[CodeType] = []
        self._lines: dict[int, list[str]] = {}
        self._kinds: dict[int, int] = {}
        self._trampolines: set[int] = set()
        self._chains: dict[tuple[int, ...], Place] = {}
        self._names: dict[tuple[int, int], tuple[str, ...]] = {}
        self.trampolines = Trampolines(self._ours)
        self.base: FrameType | None = None
        self._outside: FrameType | None = None
        for name in sources:
            self._source(name)

    def begin(self, base: FrameType | None) -> None:
        """The recorded block runs in this frame; with sources given, the frame is not part of the program itself."""
        self.base = base
        self._outside = base if self._given else None

    def place(self, frame: FrameType | None, outer: Place | None = None) -> Place:
        """Where in the user's source this is.

        ``outer`` is where the innermost open module call was made: what lies outside of it is not walked again. One
        chain of frames is read once; after that it is found by its code objects and offsets.
        """
        kinds, first = self._kinds, frame
        chain: list[int] = []
        while frame is not None and frame is not self._outside:
            code = frame.f_code
            kind = kinds.get(id(code))
            if kind is None:
                kind = self.kind(code)
            if kind == USER:
                chain += (id(code), frame.f_lasti)
            elif kind == CALL and outer is not None:
                chain.append(id(outer))
                break
            elif kind not in _SILENT:
                chain.append(kind)
            if frame is self.base:
                break
            frame = frame.f_back
        key = tuple(chain)
        place = self._chains.get(key)
        if place is None:
            place = self._chains[key] = self._read(first, outer)
        return place

    def _read(self, frame: FrameType | None, outer: Place | None) -> Place:
        """Walk outwards from ``frame`` and read what `place` says."""
        place, inner = Place(), True
        place.here = frame is not None and self.kind(frame.f_code) == USER
        while frame is not None and frame is not self._outside:
            code = frame.f_code
            kind = self.kind(code)
            if kind == CALL and outer is not None:
                place.building, place.updating = place.building or outer.building, place.updating or outer.updating
                place.recomputing = place.recomputing or outer.recomputing
                place.stack += reversed(outer.stack)
                break
            if kind == USER:
                if inner:
                    place.names = self.names(code, frame.f_lasti) if place.direct else ()
                    inner = False
                if code.co_name == "__init__" and isinstance(self._self_of(frame), torch.nn.Module):
                    place.building = True
                place.stack.append(self.span(code, frame.f_lasti))
            elif kind not in _SILENT:
                place.direct = False
                place.building = place.building or kind == BUILDING
                place.updating = place.updating or kind == OPTIMIZER
                place.recomputing = place.recomputing or kind == CHECKPOINT
            if frame is self.base:
                break
            frame = frame.f_back
        place.stack.reverse()
        place.span = place.stack[-1] if place.stack else None
        return place

    def here(self, frame: FrameType | None) -> int | None:
        """The span of the innermost user frame from ``frame`` outwards."""
        user = self.user_frame(frame)
        return None if user is None else self.span(user.f_code, user.f_lasti)

    def user_frame(self, frame: FrameType | None) -> FrameType | None:
        """The innermost user frame from ``frame`` outwards, not further out than the recording's own."""
        while frame is not None and self.kind(frame.f_code) != USER:
            if frame is self.base:
                return None
            frame = frame.f_back
        return None if frame is self._outside else frame

    def traceback(self, traceback: TracebackType | None) -> list[int]:
        """The user's frames of a traceback, outermost first."""
        spans = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if self.kind(code) == USER and traceback.tb_frame is not self._outside:
                spans.append(self.span(code, traceback.tb_lasti))
            traceback = traceback.tb_next
        return spans

    def kind(self, code: CodeType) -> int:
        """Whose code it is.

        Code objects are told apart by identity and kept as long as the recording: ``torch.compile`` makes some that
        cannot be hashed.
        """
        known = self._kinds.get(id(code))
        if known is None:
            library = _library.get(id(code))
            known = library[1] if library is not None and library[0] is code else self._classify(code)
            self._codes.append(code)
            self._kinds[id(code)] = known
            if known != USER and library is None and len(_library) < _KEPT:
                _library[id(code)] = (code, known)
        return known

    def _ours(self, code: CodeType) -> None:
        """This code of ours has the name of a file of the program's, and is none of its frames."""
        self._codes.append(code)
        self._kinds[id(code)] = LIBRARY
        self._trampolines.add(id(code))

    def is_ours(self, code: CodeType) -> bool:
        """Whether a code object is Tapedeck's own."""
        return id(code) in self._trampolines or code.co_filename.startswith((_OURS, _COMPILED))

    @staticmethod
    def is_our_file(filename: str) -> bool:
        """Whether a file is Tapedeck's own."""
        return filename.startswith(_OURS)

    def mark(self, code: CodeType) -> None:
        """This code of ours stands around a module's call."""
        self._codes.append(code)
        self._kinds[id(code)] = CALL

    def is_torch(self, function: Any) -> bool:
        """Whether a function is torch's own code (a hook that torch itself registers)."""
        code = getattr(function, "__code__", None)
        return isinstance(code, CodeType) and code.co_filename.startswith(_TORCH)

    def _classify(self, code: CodeType) -> int:
        filename = code.co_filename
        if filename in self._given:
            return USER
        if filename.startswith(_MODULES):
            return BUILDING if code.co_name in ("__init__", "reset_parameters") else MODULES
        if filename.startswith(_OPTIM):
            return OPTIMIZER
        if filename == _CHECKPOINT:
            return CHECKPOINT
        if filename.startswith(_KERNELS):
            return KERNEL
        return LIBRARY if filename.startswith((*_LIBRARIES, _COMPILED, "<frozen", "<__array_function__")) else USER

    def span(self, code: CodeType, instruction: int) -> int:
        """The id of the expression that ``code``, whose kind is known, evaluates at an instruction offset."""
        key = (id(code), instruction)
        known = self._span_ids.get(key)
        if known is None:
            known = self._span_ids[key] = self._new_span(code, instruction)
        return known

    def definition(self, function: Any) -> int | None:
        """The id of the line that a function's definition begins on; ``None`` for one that is not the user's."""
        code = getattr(function, "__code__", None)
        if not isinstance(code, CodeType) or self.kind(code) != USER:
            return None
        source = self._source(code.co_filename)
        lines = self.sources[source].text.split("\n")
        line = code.co_firstlineno
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        if code.co_name == "<lambda>":
            positions = [p for p in code.co_positions() if p[0] == line and p[2] is not None and p[3] is not None]
            start = max(text.rfind("lambda", 0, min((p[2] or 0 for p in positions), default=len(text))), 0)
            end = max((p[3] or 0 for p in positions), default=len(text))
            return self.add(source, line, start, line, max(end, start), code.co_qualname)
        return self.add(source, line, len(text) - len(text.lstrip()), line, len(text.rstrip()), code.co_qualname)

    def syntax_error(self, error: SyntaxError) -> int | None:
        """The place that a syntax error names, when it lies in one of the program's sources."""
        if error.filename not in self._given or error.lineno is None:
            return None
        source = self._source(error.filename)
        lines = self.sources[source].text.split("\n")
        if not 0 < error.lineno <= len(lines):
            return None
        line, end_line = error.lineno, error.end_lineno or error.lineno
        column = min(max((error.offset or 1) - 1, 0), len(lines[line - 1]))
        same = end_line == line
        end = (error.end_offset or 0) - 1
        if not same or end <= column:
            end_line, end = line, min(column + 1, len(lines[line - 1]))
        return self.add(source, line, column, end_line, max(column, min(end, len(lines[line - 1]))), "<module>")

    def add(self, source: int, line: int, column: int, end_line: int, end_column: int, function: str) -> int:
        """The id of a place, new or known."""
        key = (source, line, column, end_line, end_column)
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = len(self.spans)
            self.spans.append(Span(known, source, line, column, end_line, end_column, named(function)))
        return known

    def names(self, code: CodeType, instruction: int) -> tuple[str, ...]:
        """The variables that the value computed at an instruction offset is stored in (several: it is unpacked)."""
        key = (id(code), instruction)
        known = self._names.get(key)
        if known is None:
            known = self._names[key] = stored_names(code, instruction)
        return known

    def _new_span(self, code: CodeType, instruction: int) -> int:
        position = next(islice(code.co_positions(), instruction // 2, None), (None, None, None, None))
        line, end_line, column, end_column = position
        source = self._source(code.co_filename)
        lines = self._lines_of(source)
        line = line or code.co_firstlineno
        end_line = end_line or line
        if lines == [""]:  # the text could not be read
            return self.add(source, line, column or 0, end_line, end_column or 0, code.co_qualname)
        line, end_line = min(line, len(lines)), min(end_line, len(lines))
        start = characters(lines[line - 1], column) if column is not None else 0
        end = characters(lines[end_line - 1], end_column) if end_column is not None else len(lines[end_line - 1])
        return self.add(source, line, start, end_line, end, code.co_qualname)

    def _lines_of(self, source: int) -> list[str]:
        lines = self._lines.get(source)
        if lines is None:
            lines = self._lines[source] = self.sources[source].text.split("\n")
        return lines

    def _source(self, filename: str) -> int:
        known = self._source_ids.get(filename)
        if known is None:
            text = self._given.get(filename)
            if text is None:
                text = "".join(linecache.getlines(filename))
            known = self._source_ids[filename] = len(self.sources)
            name = filename if filename in self._given else os.path.basename(filename)
            self.sources.append(Source(known, clean(name), clean(text)))
        return known

    @staticmethod
    def _self_of(frame: FrameType) -> Any:
        """The first argument of a method's frame, without leaving its locals alive."""
        code = frame.f_code
        if not code.co_argcount:
            return None
        return look_up(frame, lambda locals_: locals_.get(code.co_varnames[0]))


_ASKS = frozenset(("locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe"))
"""Names by which a function may look at its own variables as a dict."""


def look_up(frame: FrameType, question: Any) -> Any:
    """``question(locals)`` of a frame.

    Up to Python 3.12 ``f_locals`` of a function is a snapshot that its frame keeps, so what it holds would live
    longer than the program meant; the snapshot is emptied again. It is also the very dict that ``locals()`` gives, so
    a function that may ask for it is told nothing of: the question gets no variables. (pytest rewrites every assert
    to ask, and looks only when it fails.) Since 3.13 ``f_locals`` is a live view (PEP 667) and left alone.
    """
    code = frame.f_code
    if sys.version_info >= (3, 13) or not code.co_flags & 0x01:
        return question(frame.f_locals)
    if not _ASKS.isdisjoint(code.co_names) and "@py_builtins" not in code.co_names:
        return question({})
    locals_ = frame.f_locals
    try:
        return question(locals_)
    finally:
        locals_.clear()
