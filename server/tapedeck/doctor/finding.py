"""A finding: what is wrong, in one sentence, and the moment and place on the tape that shows it."""

from __future__ import annotations

from typing import Literal

import msgspec

from tapedeck.tape.place import Place


class Finding(msgspec.Struct, frozen=True):
    """One finding. ``step`` is the event that shows it; ``thing`` names a row (``op:3``, ``node:5``)."""

    rule: str
    severity: Literal["error", "warning", "notice"]
    sentence: str
    step: int
    thing: str | None = None
    where: Place | None = None
