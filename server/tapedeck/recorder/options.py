"""How a program is recorded: what is kept of it, in which mode, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tapedeck.recorder.log import Progress
from tapedeck.tape.tape import Level


@dataclass(frozen=True)
class Options:
    """The options of one recording; `record` says what each means."""

    values: Level = "full"
    seed: int | None = None
    title: str = "program"
    sources: Mapping[str, str] = field(default_factory=dict)
    max_events: int | None = 1_000_000
    max_bytes: int = 1 << 30
    max_print: int = 65536
    at_limit: Literal["leave", "raise"] = "leave"
    progress: Progress | None = None
    namespace: Mapping[str, Any] | None = None
    histograms: bool | None = None
    aten: bool = False
    fake: bool = False
    mode: Literal["reverse", "forward"] = "reverse"
    wrt: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for options that contradict each other."""
        if self.values not in ("structure", "summary", "full"):
            raise ValueError(f'values= is "structure", "summary" or "full", not {self.values!r}')
        if self.mode not in ("reverse", "forward"):
            raise ValueError(f'mode= is "reverse" or "forward", not {self.mode!r}')
        if self.mode == "reverse" and self.wrt is not None:
            raise ValueError('wrt= names what forward mode seeds; it needs mode="forward"')
        if isinstance(self.wrt, str):
            raise ValueError(f'wrt= is a list of names: wrt=["{self.wrt}"]')
        if self.fake and self.mode == "forward":
            raise ValueError("fake tensors have no numbers, so forward mode has no tangents to follow")
