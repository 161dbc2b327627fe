"""Every rule of the doctor, run over one tape."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tapedeck.doctor import nonfinite, stale
from tapedeck.doctor.finding import Finding
from tapedeck.tape import Tape

RULES: tuple[Callable[[Tape], Iterator[Finding]], ...] = (nonfinite.find, stale.find)
"""The rules, in the order in which their findings are shown."""


def examine(tape: Tape) -> list[Finding]:
    """What is wrong on a sound tape; empty when no rule finds anything."""
    return [finding for rule in RULES for finding in rule(tape)]
