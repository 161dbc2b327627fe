"""How a run ended: a closed union in which "your program failed" and "we failed" are different members."""

from __future__ import annotations

import msgspec

from tapedeck.tape.place import Place


class Ended(msgspec.Struct, frozen=True, tag_field="status"):
    """Base of every outcome: a sentence for people and, where it is known, a place in the program."""

    detail: str = ""
    where: Place | None = None

    @property
    def status(self) -> str:
        """The outcome's name: its tag in JSON."""
        return str(self.__struct_config__.tag)


class Finished(Ended, frozen=True, tag="finished"):
    """The program ran to its end."""


class Raised(Ended, frozen=True, tag="raised"):
    """An exception nobody caught ended the program."""


class TimedOut(Ended, frozen=True, tag="timed_out"):
    """The program was still running when its time was up."""


class OutOfMemory(Ended, frozen=True, tag="out_of_memory"):
    """The program asked for more memory than it may have."""


class TooMuchOutput(Ended, frozen=True, tag="too_much_output"):
    """The program printed, or did, more than a tape may hold."""


class Cancelled(Ended, frozen=True, tag="cancelled"):
    """Somebody asked for the run to be stopped."""


class Died(Ended, frozen=True, tag="died"):
    """The program's process ended without a result: with an exit ``code`` of its own, or by a ``signal``."""

    code: int | None = None
    signal: str | None = None


class Failed(Ended, frozen=True, tag="failed"):
    """We failed, not the program."""


Outcome = Finished | Raised | TimedOut | OutOfMemory | TooMuchOutput | Cancelled | Died | Failed
