"""The layers that close around a child before it reads its job: here the first, process limits.

This is the seam for the others: Landlock and seccomp belong at the end of `confine`, in that order, and
`layers` says which are on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal

from tapedeck.sandbox.limits import Limits

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MEGABYTE = 1024 * 1024


def layers() -> list[str]:
    """The names of the layers that `confine` applies on this machine."""
    return ["rlimits"]


def confine(limits: Limits) -> None:
    """Close every layer around the calling process. There is no way back."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("900")
    _limit_resources(limits)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Have the kernel give this process what its children leave behind when they die."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _limit_resources(limits: Limits) -> None:
    total, data = _own_size()
    room = limits.memory_mb * MEGABYTE
    cpu = int(limits.hard_time_s) + 1
    for kind, soft, hard in (
        (resource.RLIMIT_AS, total + room, total + room),
        (resource.RLIMIT_DATA, data + room, data + room),
        (resource.RLIMIT_CPU, cpu, cpu + int(limits.closing_s) + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))


def _own_size() -> tuple[int, int]:
    """The address space and the data of this process in bytes: what torch itself takes, before the program."""
    page = os.sysconf("SC_PAGE_SIZE")
    with open("/proc/self/statm") as file:
        fields = file.read().split()
    return int(fields[0]) * page, int(fields[5]) * page
