"""Text that a program made, as a tape can hold it."""

from __future__ import annotations

MAX_MESSAGE = 10_000
"""Characters of an exception's text that are kept."""


def clean(text: str) -> str:
    """Text as UTF-8 can hold it: a lone surrogate, which a program may print, is spelled out (``\\ud800``)."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def named(text: str) -> str:
    """A name that the program gave, as it stands on the tape: clean, and at most 500 characters."""
    return clean(text if len(text) <= 500 else text[:499] + "…")


def shortened(text: str) -> str:
    """A value's text as it stands on the tape: clean, and at most 120 characters."""
    return clean(text if len(text) <= 120 else text[:117] + "…")


def spelled(value: object) -> str:
    """The ``repr`` of a simple value; of an integer that Python refuses to write out (``sys.set_int_max_str_digits``),
    how large it is.
    """
    try:
        return repr(value)
    except ValueError:
        return f"<int of {value.bit_length():,} bits>" if isinstance(value, int) else f"<{type(value).__name__}>"


def ends_recomputation(error: BaseException) -> bool:
    """Whether this is how ``torch.utils.checkpoint`` ends a recomputation early: all it needs is there; no fault."""
    return type(error).__name__ == "_StopRecomputationError"


def message_of(error: BaseException) -> str:
    """The exception's text; a program's own ``__str__`` may raise, which is said instead."""
    try:
        text = str(error)
    except Exception as second:  # noqa: BLE001 - the program's own code runs here
        return f"<{type(second).__name__} in __str__>"
    return clean(text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "…")
