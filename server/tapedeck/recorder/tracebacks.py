"""Takes our frames out of the traceback of an exception that leaves the recording.

While the program runs, Python adds a frame to the traceback for every function of ours that an exception rises
through, and torch adds its own detour for modes: a torch function that finds a mode on calls
``torch.overrides.handle_torch_function`` and is called by the mode again. Both are taken out when the exception leaves
the block, so that it looks as it would have without us.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, TracebackType


def cleaned(error: BaseException, ours: Callable[[CodeType], bool], detours: tuple[CodeType, ...]) -> None:
    """Relink the tracebacks of an exception and of those that it is chained to; ``ours`` tells our code."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = _without(one.__traceback__, ours, detours)
        pending += [one.__cause__, one.__context__]


def _without(
    traceback: TracebackType | None, ours: Callable[[CodeType], bool], detours: tuple[CodeType, ...]
) -> TracebackType | None:
    entries: list[TracebackType] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code in detours:
            if entries:
                entries.pop()  # the torch function that took the detour; the mode has called it again
        elif not ours(code):
            entries.append(traceback)
        traceback = traceback.tb_next
    for entry, following in zip(entries, [*entries[1:], None], strict=False):
        entry.tb_next = following
    return entries[0] if entries else None
