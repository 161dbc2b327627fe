"""The layer that takes away files: a process may read the interpreter's own trees, and nothing else.

A ruleset is made once, by the fork server, and closed around each child. See ``landlock(7)`` and the kernel's
``Documentation/userspace-api/landlock.rst``; the three system calls have the same numbers on every machine.
"""

from __future__ import annotations

import ctypes
import glob
import os
import struct
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from tapedeck.sandbox.libc import failure, libc

CREATE, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION = 1
PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many kinds of access to files each version of Landlock can take away; from the fifth on all of them."""

NETWORK = 0b11  # binding and connecting TCP sockets, from version 4 on
SCOPES = 0b11  # abstract sockets and signals that leave the domain, from version 6 on

SHARED = ("/lib/*-linux-*", "/usr/lib/*-linux-*", "/lib64", "/usr/lib64", "/usr/local/lib/*.so*")
"""Where the libraries lie that an extension module needs."""

FILES = ("/dev/null", "/dev/urandom", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo")
"""What an ordinary program reads besides, and what tells nothing of anybody."""

OWN = "tapedeck"
NESTED = ("site-packages", "dist-packages")


def version() -> int:
    """The kernel's version of Landlock; 0 where it has none, or where it is switched off."""
    return max(0, _call(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(VERSION)))


class Ruleset:
    """What may be read, as a descriptor that a child inherits."""

    def __init__(self) -> None:
        abi = version()
        rights = (1 << FILE_RIGHTS.get(abi, 16)) - 1
        attributes = struct.pack("=Q", rights)
        if abi >= 4:
            attributes += struct.pack("=Q", NETWORK)
        if abi >= 6:
            attributes += struct.pack("=Q", SCOPES)
        self.descriptor = _checked(CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
        for path, access in readable():
            self._allow(path, access)

    def restrict(self) -> None:
        """Close around the calling process, which must have no new privileges. Raises ``OSError``."""
        _checked(RESTRICT_SELF, ctypes.c_int(self.descriptor), ctypes.c_uint(0))

    def _allow(self, path: Path, access: int) -> None:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            rule = struct.pack("=Qi", access, descriptor)
            _checked(ADD_RULE, ctypes.c_int(self.descriptor), ctypes.c_uint(PATH_BENEATH), rule, ctypes.c_uint(0))
        finally:
            os.close(descriptor)


def readable() -> Iterator[tuple[Path, int]]:
    """Every path that may be read, with the access to it: the standard library and the installed packages but ours.

    A folder that holds more than may be read can only be listed (Python looks for modules so), and what may be read
    in it is named one by one.
    """
    for folder in sorted({Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}):
        if folder.is_dir():
            yield folder, READ_DIR
            for entry in folder.iterdir():
                if not entry.name.lower().startswith(OWN) and entry.name not in NESTED:
                    yield entry, _access(entry)
    for pattern in SHARED:
        for name in glob.glob(pattern):
            yield Path(name), _access(Path(name))
    for name in FILES:
        yield Path(name), _access(Path(name))


def _access(path: Path) -> int:
    return READ_FILE | READ_DIR if path.is_dir() else READ_FILE


def _checked(number: int, *arguments: object) -> int:
    found = _call(number, *arguments)
    if found < 0:
        raise failure("Landlock")
    return found


def _call(number: int, *arguments: object) -> int:
    return int(libc.syscall(ctypes.c_long(number), *arguments))
