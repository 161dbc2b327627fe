"""What is under way on one thread of the program: its calls, its hook, its custom functions and its backward pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tapedeck.recorder.autograd import Pass
    from tapedeck.recorder.frames import Place


class Strand:
    """One thread's stacks. torch's modes, its grad mode and Python's frames are per thread, and so are these.

    ``calls`` are the open module calls and ``places`` where each was called; ``parents`` the open custom functions;
    ``order`` is the order of the backward pass that runs, 0 outside of one.
    """

    __slots__ = ("calls", "hook", "order", "parents", "places", "running", "thread")

    def __init__(self, thread: int) -> None:
        self.thread = thread
        self.calls: list[int] = []
        self.places: list[Place] = []
        self.hook: int | None = None
        self.parents: list[int] = []
        self.running: Pass | None = None
        self.order = 0

    @property
    def place(self) -> Place | None:
        """Where the innermost open module call was made."""
        return self.places[-1] if self.places else None
