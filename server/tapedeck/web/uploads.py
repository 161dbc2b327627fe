"""What an uploaded tape says about how its program ended."""

from __future__ import annotations

from typing import Any

import msgspec

from tapedeck.sandbox import Died, Finished, Outcome, Raised, TimedOut, TooMuchOutput
from tapedeck.sandbox.verdict import raised_at
from tapedeck.tape import Tape
from tapedeck.tape.events import Raise


def outcome_of(tape: Tape) -> dict[str, Any]:
    """The outcome, as entries keep it, from the tape's header and its last event."""
    return dict(msgspec.to_builtins(_outcome(tape)))


def _outcome(tape: Tape) -> Outcome:
    where = raised_at(tape)
    at = f" on line {where.line}" if where else ""
    last = tape.events[-1] if tape.events else None
    if tape.header.ended == "cut":
        reason = last.type if isinstance(last, Raise) else ""
        if reason == "timed_out":
            return TimedOut(f"The program was stopped when its time was up{at}.", where)
        if reason == "exited":
            return Died(f"The program ended its own process{at}.", where)
        return TooMuchOutput(f"The recording was cut at a limit{at}.", where)
    if isinstance(last, Raise):
        return Raised(f"{last.type}: {last.message}" if last.message else last.type, where)
    return Finished("The program ran to its end.")
