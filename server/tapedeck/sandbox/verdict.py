"""From what a child said and how it ended to one outcome: pure, so that every combination can be tested."""

from __future__ import annotations

import re
import signal
from typing import Literal

import msgspec

from tapedeck.sandbox.frames import Ending, Progress
from tapedeck.sandbox.limits import PROGRAM, Limits
from tapedeck.sandbox.outcomes import (
    Died,
    Failed,
    Finished,
    Outcome,
    OutOfMemory,
    Raised,
    TimedOut,
    TooMuchOutput,
)
from tapedeck.sandbox.wire import Exited
from tapedeck.tape import Tape
from tapedeck.tape.events import Raise
from tapedeck.tape.place import Place, place, place_of, place_of_line

KillReason = Literal["timed_out", "too_much_output", "out_of_memory", "closing"]
KILLED = ("timed_out", "out_of_memory")
TRACE_LINE = re.compile(rf'File "{re.escape(PROGRAM)}", line (\d+)')


class Evidence(msgspec.Struct):
    """Everything known about a run when it is over."""

    source: str
    limits: Limits
    begun: bool = False
    ending: Ending | None = None
    progress: Progress | None = None
    tape: Tape | None = None
    trace: str = ""
    killed: KillReason | None = None
    broken: str | None = None
    exited: Exited | None = None


def judge(evidence: Evidence) -> Outcome:
    """The one outcome that the evidence supports."""
    where = _where(evidence)
    at = f" on line {where.line}" if where else ""
    if evidence.killed == "too_much_output" or (evidence.killed in KILLED and evidence.ending is None):
        return _stopped(evidence.killed, evidence.limits, at, where)
    if evidence.broken is not None:
        return Died(f"The program's process damaged its own recording: {evidence.broken}.", where)
    if evidence.ending is None:
        return _died(evidence, at, where)
    return _ended(evidence, evidence.ending, at, where)


def _ended(evidence: Evidence, ending: Ending, at: str, where: Place | None) -> Outcome:
    said = f"{ending.type}: {ending.message}" if ending.message else ending.type
    match ending.kind:
        case "finished" if evidence.tape is None:
            return _died(evidence, at, where)
        case "finished":
            return Finished("The program ran to its end.")
        case "raised":
            return Raised(f"{said}{f' (line {where.line})' if where else ''}", where)
        case "memory":
            return OutOfMemory(_too_little(evidence.limits, at), where)
        case "stopped":
            return _stopped(ending.reason, evidence.limits, at, where)
        case "exited":
            return Died(f"The program ended its own process with exit code {ending.code}{at}.", where, ending.code)
        case "broken" if evidence.begun:
            # It came from a process that was the program's own by then.
            return Died(
                f"The recorder failed in the program's process: {said}. "
                "If the program did nothing to it, the fault is Tapedeck's.",
                where,
            )
        case "broken":
            return Failed(f"The sandbox failed: {said}")


def _stopped(reason: str, limits: Limits, at: str, where: Place | None) -> Outcome:
    if reason == "timed_out":
        return TimedOut(f"The program was still running after {limits.time_s:g} s; it was stopped{at}.", where)
    if reason == "out_of_memory":
        return OutOfMemory(_too_little(limits, at), where)
    if reason == "too_many_events":
        return TooMuchOutput(f"The tape reached its limit of {limits.max_events:,} events{at}.", where)
    if reason == "tape_too_large":
        return TooMuchOutput(f"The tape would have been larger than {limits.tape_bytes // 2**20:,} MB.", where)
    return TooMuchOutput(f"The program wrote more than {limits.output_bytes // 2**20:,} MB of output{at}.", where)


def _too_little(limits: Limits, at: str) -> str:
    if limits.memory_mb:
        return f"The program needed more than {limits.memory_mb:,} MB of memory{at}."
    return f"The program needed more memory than there is{at}."


def _died(evidence: Evidence, at: str, where: Place | None) -> Outcome:
    exited = evidence.exited
    if evidence.killed == "closing":
        return Died(f"The program's tape was not ready {evidence.limits.closing_s:g} s after the program's end.", where)
    if exited is None:
        return Failed("The fork server ended while this was being recorded.", where)
    if exited.signal == signal.SIGXCPU:
        return TimedOut(f"The program used up its processor time{at}.", where)
    if exited.signal is not None:
        name = _signal_name(exited.signal)
        return Died(f"The program's process was ended by signal {exited.signal} ({name}){at}.", where, signal=name)
    return Died(f"The program ended its own process with exit code {exited.code}{at}.", where, exited.code)


def _where(evidence: Evidence) -> Place | None:
    """The best known place: the tape's own, the ending's, the C-level trace's, the last progress report's."""
    ending, progress = evidence.ending, evidence.progress
    if ending is not None and ending.kind == "finished" and evidence.tape is not None:
        return None
    if evidence.tape is not None and (found := raised_at(evidence.tape)) is not None:
        return found
    if ending is not None and ending.span is not None:
        return place(PROGRAM, evidence.source, *ending.span)
    if (line := TRACE_LINE.search(evidence.trace)) is not None:
        return place_of_line(PROGRAM, evidence.source, int(line[1][:9]))
    if progress is not None and progress.span is not None and progress.span[0] == PROGRAM:
        return place(PROGRAM, evidence.source, *progress.span[1:])
    return None


def raised_at(tape: Tape) -> Place | None:
    """The place of the tape's final ``raise`` event."""
    if not tape.events or not isinstance(last := tape.events[-1], Raise) or last.span is None:
        return None
    try:
        return place_of(tape, last.span)
    except IndexError:
        return None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
