"""The layers that close around a child before it reads its job: limits, then files, then system calls.

Each is a promise of the kernel's, and there is no way back from any of them. Which ones there are is found out once, by
the fork server (`Confinement`); without seccomp it runs nothing that it is not told to trust.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import struct
from collections.abc import Collection

from tapedeck.sandbox import landlock, seccomp
from tapedeck.sandbox.libc import failure, libc
from tapedeck.sandbox.limits import Limits

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
CAPABILITIES_V3 = 0x20080522
MEGABYTE = 1024 * 1024
NICE = 5
"""By so much a program gives way to the server, which answers everybody."""

LAYERS = ("rlimits", "landlock", "seccomp")


class CannotConfine(Exception):
    """Programs of strangers cannot be run on this machine."""


class Confinement:
    """The layers of this machine, made ready once for all children; ``without`` some, to see what the others hold.

    With ``trust`` there are none: the programs are the user's own. Raises `CannotConfine` where there is no seccomp.
    """

    def __init__(self, without: Collection[str] = (), trust: bool = False) -> None:
        found = {"rlimits": True, "landlock": landlock.version() > 0, "seccomp": seccomp.available()}
        self.layers = [] if trust else [name for name in LAYERS if found[name] and name not in without]
        if not trust and not found["seccomp"]:
            raise CannotConfine(
                "this kernel cannot filter system calls (seccomp), so a stranger's program cannot be confined; "
                "`tapedeck serve --trust` runs your own, and docker compose on Linux runs anybody's"
            )
        self._ruleset = landlock.Ruleset() if "landlock" in self.layers else None
        self._filter = seccomp.Filter(opening=self._ruleset is not None) if "seccomp" in self.layers else None
        self._size = (0, 0)

    def begin(self) -> None:
        """While the process still has its files: die with the fork server, and be the first to go when memory is short.

        From here on no file can be opened that is not the interpreter's.
        """
        die_with_parent()
        if not self.layers:
            return
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("900")
        os.nice(NICE)
        self._size = _own_size()
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        if self._ruleset is not None:
            self._ruleset.restrict()

    def close(self, limits: Limits) -> None:
        """Bound what the process may use, take the capabilities that a server which is root would give it, and leave it
        only harmless system calls.
        """
        if self.layers:
            _limit_resources(limits, *self._size)
            _drop_capabilities()
            _prctl(PR_SET_DUMPABLE, 0)
        if self._filter is not None:
            self._filter.close_around(os.getpid())


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Have the kernel give this process what its children leave behind when they die."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if libc.prctl(option, value, 0, 0, 0):
        raise failure(f"prctl({option})")


def _drop_capabilities() -> None:
    header = struct.pack("=Ii", CAPABILITIES_V3, 0)
    if libc.capset(header, bytes(24)):
        raise failure("capset")


def _limit_resources(limits: Limits, total: int, data: int) -> None:
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
