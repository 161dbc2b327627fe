"""What an attack is: a hostile program, and what must come of it."""

import platform
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REFUSALS = frozenset({"EPERM", "EACCES"})

PRELUDE = """\
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)

def c(function, *arguments):
    result = function(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def call(number, *arguments):
    return c(libc.syscall, number, *arguments)

def attempt(index, act):
    try:
        result = act()
    except Exception as error:
        code = errno.errorcode.get(error.errno) if isinstance(error, OSError) else None
        print(index, "->", code or type(error).__name__, error if code is None else "")
    else:
        print(index, "-> done", repr(result)[:300])

"""


@dataclass(frozen=True)
class Attack:
    """A hostile program, named threat then result.

    ``expects`` are the statuses its author may get. A line that ends in ``# here`` is one where the outcome has to
    place it (``placed`` is false where its author made sure that nobody can tell). ``says`` must be found in what it
    printed or in the outcome's detail. ``tried`` are the expressions that it tried one after the other, each of which
    must have failed by one of ``refusals``. A ``destructive`` one would harm this machine if nothing confined it, so
    it waits for seccomp. ``proof`` is what must be seen of it where nothing confines it: that proves that what looks
    for harm can find it.
    """

    name: str
    source: str
    expects: tuple[str, ...] = ("finished",)
    says: str = ""
    tried: tuple[str, ...] = ()
    refusals: frozenset[str] = REFUSALS
    time_s: float = 2.0
    limits: Mapping[str, Any] = field(default_factory=dict)
    destructive: bool = False
    proof: str = ""
    placed: bool = True

    @property
    def lines(self) -> set[int]:
        """The lines marked ``# here``."""
        return {number for number, line in enumerate(self.source.splitlines(), 1) if line.endswith("# here")}

    @property
    def within_s(self) -> float:
        """How long its author may wait: the limit and one second."""
        return self.time_s + 1 + self.limits.get("closing_s", 0)


def attack(name: str, source: str, *expects: str, **more: Any) -> Attack:
    """An attack whose source may be written indented."""
    return Attack(name, textwrap.dedent(source).lstrip("\n"), expects or ("finished",), **more)


def refused(name: str, *tried: str, setup: str = "", refusals: str = "", **more: Any) -> Attack:
    """An attack that tries these expressions in turn and prints for each what came of it."""
    lines = [f"attempt({index}, lambda: {deed})\n" for index, deed in enumerate(tried)]
    source = PRELUDE + textwrap.dedent(setup).lstrip("\n") + "".join(lines)
    return Attack(name, source, ("finished",), tried=tried, refusals=REFUSALS | set(refusals.split()), **more)


NUMBERS = {
    # name: (x86-64, aarch64)
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "capset": (126, 91),
    "chroot": (161, 51),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "copy_file_range": (326, 285),
    "delete_module": (176, 106),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioprio_set": (251, 30),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "landlock_restrict_self": (446, 446),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mlockall": (151, 230),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "openat2": (437, 437),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "pkey_alloc": (330, 289),
    "prlimit64": (302, 261),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "seccomp": (317, 277),
    "semget": (64, 190),
    "sendfile": (40, 71),
    "setdomainname": (171, 162),
    "setgroups": (116, 159),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "setpriority": (141, 140),
    "setresuid": (117, 147),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "splice": (275, 76),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "tee": (276, 77),
    "tgkill": (234, 131),
    "timer_create": (222, 107),
    "tkill": (200, 130),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
    "vmsplice": (278, 75),
}
ARM = platform.machine() in ("aarch64", "arm64")


def nr(name: str) -> int:
    """The number of a system call on this machine."""
    return NUMBERS[name][ARM]
