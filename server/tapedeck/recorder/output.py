"""What the program says: standard output and error, and warnings, passed on as they are and noted on the tape."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any, Literal, TextIO

from tapedeck.recorder.log import Log
from tapedeck.recorder.text import clean
from tapedeck.tape import events as e


class Tee:
    """A stream that passes everything on and notes what is written."""

    def __init__(self, stream: TextIO, name: Literal["stdout", "stderr"], output: Output) -> None:
        self._stream = stream
        self._name: Literal["stdout", "stderr"] = name
        self._output = output

    def write(self, text: str) -> int:
        """Write and note; the original's errors rise as they would."""
        count = self._stream.write(text)
        self._output.note(text, self._name)
        return count

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Output:
    """The output taps of one recording; they keep at most ``limit`` characters of text."""

    def __init__(self, log: Log, limit: int) -> None:
        self._log = log
        self._left = limit
        self._streams: tuple[Any, Any] | None = None
        self._showwarning: Callable[..., None] | None = None
        self._tees: tuple[Tee, Tee] | None = None

    def start(self) -> None:
        """Put the tees in place."""
        self._streams = (sys.stdout, sys.stderr)
        self._tees = (Tee(sys.stdout, "stdout", self), Tee(sys.stderr, "stderr", self))
        sys.stdout, sys.stderr = self._tees
        self._showwarning = warnings.showwarning
        warnings.showwarning = self._warned

    def stop(self) -> None:
        """Take them away again, unless the program has put streams of its own there."""
        if self._streams is None or self._tees is None:
            return
        if sys.stdout is self._tees[0]:
            sys.stdout = self._streams[0]
        if sys.stderr is self._tees[1]:
            sys.stderr = self._streams[1]
        if warnings.showwarning == self._warned and self._showwarning is not None:
            warnings.showwarning = self._showwarning
        self._streams = None

    def note(self, text: str, stream: Literal["stdout", "stderr"]) -> None:
        """Add text to the tape; what one ``print`` writes in pieces becomes one event."""
        if not text or not self._log.open or self._left <= 0:
            return
        span = self._log.here()
        kept = text[: self._left]
        self._left -= len(kept)
        if self._left <= 0:
            kept += "\n… more output was not kept\n"
        kept = clean(kept)
        last = self._log.events[-1] if self._log.events else None
        if isinstance(last, e.Print) and last.stream == stream and last.span == span and not last.text.endswith("\n"):
            self._log.events[-1] = e.Print(text=last.text + kept, stream=stream, span=span)
        else:
            self._log.emit(e.Print(text=kept, stream=stream, span=span))
            self._log.tick(span)

    def _place(self, filename: str, lineno: int) -> tuple[str, int]:
        """Where the program would have been warned: a warning that counts frames outwards may have met one of ours."""
        if not self._log.frames.is_our_file(filename):
            return filename, lineno
        frame = self._log.frames.user_frame(sys._getframe(2))
        return (filename, lineno) if frame is None else (frame.f_code.co_filename, frame.f_lineno)

    def _warned(self, message: Any, category: type, filename: str, lineno: int, *rest: Any, **named: Any) -> None:
        if self._log.open:
            self._log.emit(e.Warn(text=clean(str(message)), category=category.__name__, span=self._log.here()))
        filename, lineno = self._place(filename, lineno)
        assert self._showwarning is not None
        self._showwarning(message, category, filename, lineno, *rest, **named)
