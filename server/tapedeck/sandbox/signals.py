"""The signals by which supervisor and guard understand each other; apart, because the supervisor is without torch."""

from __future__ import annotations

import signal

SIGNAL_OUTPUT = signal.SIGUSR1
"""The supervisor's word for "you have written too much": the guard stops the program at its line."""

SIGNAL_TRACE = signal.SIGUSR2
"""The supervisor's word for "say where you are": answered by ``faulthandler``, in C, also when Python is stuck."""
