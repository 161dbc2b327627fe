"""The layer that takes away system calls: an allow-list in the kernel's packet-filter language, ours to the last line.

What is not on the list fails with ``EPERM``, which Python turns into an exception at the program's own line, instead of
a dead process. A call of another ABI (32-bit, x32) kills. See ``seccomp(2)`` and the kernel's
``Documentation/userspace-api/seccomp_filter.rst``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from tapedeck.sandbox.libc import failure, libc
from tapedeck.sandbox.syscalls import ALWAYS, SOMETIMES

Instruction = tuple[int, int, int, int]

ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""What the kernel calls the machine (``AUDIT_ARCH_…``), and which column of the tables is its."""

SECCOMP = {"x86_64": 317, "aarch64": 277}
SET_MODE_FILTER, GET_ACTION_AVAIL = 1, 2
KILL, ERRNO, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
X32 = 0x40000000

INSTRUCTION = struct.Struct("=HBBI")
SOMEBODY = 0xFFFFFFFF
"""Stands for the number of the process until it is known; no process and nothing else in the filter has it."""

WRITING = os.O_ACCMODE | os.O_CREAT | os.O_EXCL | os.O_TRUNC | os.O_APPEND | 0o20000000 | 0o10000000
"""Flags of ``open`` with which it does more than read a file: the last two are ``__O_TMPFILE`` and ``O_PATH``."""

FCNTL = (0, 1, 2, 3, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
IOCTL = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX
PRCTL = (3, 15, 16, 21, 39, 0x53564D41)  # GET_DUMPABLE, SET_NAME, GET_NAME, GET_SECCOMP, GET_NO_NEW_PRIVS, SET_VMA


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def available() -> bool:
    """Whether this kernel filters system calls on this machine."""
    if platform.machine() not in ARCHITECTURES:
        return False
    action = ctypes.c_uint32(ERRNO)
    return _seccomp(GET_ACTION_AVAIL, ctypes.addressof(action)) == 0


class Filter:
    """The filter of this machine, assembled once for all children: only their own numbers differ.

    Files can be opened, to read them, only where ``opening``.
    """

    def __init__(self, opening: bool) -> None:
        lines = program(platform.machine(), SOMEBODY, opening)
        self._data = bytearray(b"".join(INSTRUCTION.pack(*one) for one in lines))
        self._own = [index * INSTRUCTION.size + 4 for index, one in enumerate(lines) if one[3] == SOMEBODY]

    def close_around(self, pid: int) -> None:
        """From here on the calling process, ``pid``, has what is on the list.

        It must have no new privileges and one thread. Raises ``OSError`` where the kernel refuses.
        """
        for place in self._own:
            struct.pack_into("=I", self._data, place, pid)
        compiled = _Program(len(self._data) // INSTRUCTION.size, bytes(self._data))
        if _seccomp(SET_MODE_FILTER, ctypes.addressof(compiled)):
            raise failure("seccomp")


def program(machine: str, pid: int, opening: bool) -> list[Instruction]:
    """The filter for one process: the machine first, then each call on the list, and ``EPERM`` for the rest."""
    name, column = ARCHITECTURES[machine]
    lines: list[Instruction] = [_load(ARCHITECTURE), (EQUAL, 1, 0, name), _return(KILL), _load(NUMBER)]
    if machine == "x86_64":
        lines += [(AT_LEAST, 0, 1, X32), _return(KILL)]
    for numbers in ALWAYS.values():
        lines += _call(numbers[column], [_return(ALLOW)])
    for call, rule in _rules(pid, opening).items():
        lines += _call(SOMETIMES[call][column], rule)
    return [*lines, _return(ERRNO | errno.EPERM)]


def _rules(pid: int, opening: bool) -> dict[str, list[Instruction]]:
    """What the arguments of a call must be."""
    no_files = [_return(ERRNO | errno.EACCES)]
    return {
        "open": _without(1, WRITING) if opening else no_files,
        "openat": _without(2, WRITING) if opening else no_files,
        "kill": _one_of(0, (pid,)),
        "tgkill": _one_of(0, (pid,)),
        "prlimit64": _one_of(0, (0, pid), _null(2)),
        "fcntl": _one_of(1, FCNTL),
        "ioctl": _one_of(1, IOCTL),
        "prctl": _one_of(0, PRCTL),
        "clone": [_return(ERRNO | errno.EAGAIN)],
        "clone3": [_return(ERRNO | errno.ENOSYS)],
    }


def _call(number: int | None, rule: list[Instruction]) -> list[Instruction]:
    """The rule, for one call; every rule ends in a return, so nothing runs on into the next."""
    return [] if number is None else [(EQUAL, 0, len(rule), number), *rule]


def _without(argument: int, mask: int) -> list[Instruction]:
    """Allowed while none of these bits is set in a 32-bit argument."""
    return [_load(_low(argument)), (AND, 0, 0, mask), (EQUAL, 0, 1, 0), _return(ALLOW), _return(ERRNO | errno.EPERM)]


def _one_of(argument: int, values: tuple[int, ...], then: list[Instruction] | None = None) -> list[Instruction]:
    """Allowed (or ``then`` decides) while a 32-bit argument is one of these."""
    checks: list[Instruction] = [
        (EQUAL, len(values) - index, 0, value & 0xFFFFFFFF) for index, value in enumerate(values)
    ]
    return [_load(_low(argument)), *checks, _return(ERRNO | errno.EPERM), *(then or [_return(ALLOW)])]


def _null(argument: int) -> list[Instruction]:
    """Allowed while a pointer is null."""
    refused = _return(ERRNO | errno.EPERM)
    low, high = _load(_low(argument)), _load(_low(argument) + 4)
    return [low, (EQUAL, 0, 3, 0), high, (EQUAL, 0, 1, 0), _return(ALLOW), refused]


def _low(argument: int) -> int:
    """Where the lower half of an argument lies; both machines are little-endian."""
    return ARGUMENTS + 8 * argument


def _load(offset: int) -> Instruction:
    return (LOAD, 0, 0, offset)


def _return(action: int) -> Instruction:
    return (RETURN, 0, 0, action)


def _seccomp(operation: int, address: int) -> int:
    number = SECCOMP[platform.machine()]
    return int(libc.syscall(number, ctypes.c_uint(operation), ctypes.c_uint(0), ctypes.c_void_p(address)))
