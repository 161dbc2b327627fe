"""A program of one's own, run as ``python program.py args…`` would run it, and recorded; unconfined."""

from __future__ import annotations

import builtins
import os
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapedeck.recorder import record

if TYPE_CHECKING:
    from tapedeck.tape import Tape

PACKAGE = str(Path(__file__).parent) + os.sep


def recorded(program: Path, source: str, args: list[str], options: dict[str, Any]) -> tuple[Tape, int]:
    """The tape, and the exit status that Python would have had."""
    name = str(program)
    module = types.ModuleType("__main__")
    module.__file__ = name
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    sys.argv = [name, *args]
    sys.path.insert(0, str(program.resolve().parent))
    recording = record(title=program.stem, sources={name: source}, namespace=module.__dict__, **options)
    status = 0
    try:
        with recording:
            try:
                exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
            except SystemExit as leaving:
                status = _exit_status(leaving)
                if status:
                    raise
    except SystemExit:
        pass
    except BaseException as error:  # noqa: BLE001 - shown as Python would show it
        status = 130 if isinstance(error, KeyboardInterrupt) else 1
        own = _own_frames(error.__traceback__)
        sys.excepthook(type(error), error.with_traceback(own), own)
    return recording.tape, status


def _exit_status(leaving: SystemExit) -> int:
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code & 0xFF
    sys.stderr.write(f"{leaving.code}\n")
    return 1


def _own_frames(traceback: types.TracebackType | None) -> types.TracebackType | None:
    """The traceback without Tapedeck's own frames: they say nothing about the program."""
    kept = []
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(PACKAGE):
            kept.append(traceback)
        traceback = traceback.tb_next
    for link, after in zip(kept, [*kept[1:], None], strict=True):
        link.tb_next = after
    return kept[0] if kept else None
