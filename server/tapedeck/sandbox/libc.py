"""The C library, opened once by the fork server: in every child it would cost a third of a millisecond."""

from __future__ import annotations

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def failure(what: str) -> OSError:
    """What the last call failed with."""
    code = ctypes.get_errno()
    return OSError(code, f"{what}: {os.strerror(code)}")
