"""The kernel's surface: of all system calls only the harmless are left, by whatever door they are called."""

import platform
from functools import partial

from tapedeck.sandbox.syscalls import ALWAYS, SOMETIMES
from tests.sandbox.hostile.attack import ARM, PRELUDE, attack, nr, refused

# As root, or with nothing in the way, some of these would reconfigure this machine.
denied = partial(refused, destructive=True)

ALLOWED = sorted(
    number
    for table in (ALWAYS, SOMETIMES)
    for x86, arm in table.values()
    if (number := arm if ARM else x86) is not None
)

UNSEEN = () if ARM else (335, 336)
"""``uretprobe`` and ``uprobe``, which the kernel lets no filter see, and which kill whoever calls them by himself."""

TRY_ALL = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
allowed = {{allowed}}
wrong = []
for number in {numbers}:
    if number not in allowed:
        for arguments in {arguments}:
            ctypes.set_errno(0)
            result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
            if (result, ctypes.get_errno()) != (-1, errno.EPERM):
                wrong.append((number, result, ctypes.get_errno()))
print('wrong', wrong)
"""


def try_all(numbers: str, arguments: str = "((0,) * 6, (-1,) * 6)") -> str:
    """A program that makes every call off the list, and names those that do not fail with ``EPERM``."""
    return (
        TRY_ALL.replace("{{allowed}}", str({*ALLOWED, *UNSEEN}))
        .replace("{numbers}", numbers)
        .replace("{arguments}", arguments)
    )


MACHINE_CODE = """
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex('{code}'))
function = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
print('result', function())
"""

FOREIGN = (
    []
    if platform.machine() != "x86_64"
    else [
        attack(
            "32-bit system calls by int 0x80 — killed",
            # push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
            MACHINE_CODE.replace("{code}", "53b814000000cd805bc3"),
            "died",
            says="SIGSYS|SIGSEGV",
            destructive=True,
        ),
        attack(
            "32-bit fork by int 0x80 — killed",
            MACHINE_CODE.replace("{code}", "53b802000000cd805bc3"),
            "died",
            says="SIGSYS|SIGSEGV",
            destructive=True,
        ),
        attack(
            "calls of the x32 kind — killed",
            PRELUDE + "print(call(0x40000000 + 39))\n",
            "died",
            says="SIGSYS",
            destructive=True,
        ),
        attack(
            "fork of the x32 kind — killed",
            PRELUDE + "print(call(0x40000000 + 57))\n",
            "died",
            says="SIGSYS",
            destructive=True,
        ),
        *[
            attack(
                f"trampoline of the kernel's probes, {number}, called by itself — killed by the kernel",
                PRELUDE + f"print(call({number}))\n",
                "died",
                "finished",
                "raised",
                says="SIGILL|SIGSEGV|refused",
                destructive=True,
            )
            for number in UNSEEN
        ],
        attack(
            "vsyscall page called — no way around the filter",
            """
            import ctypes
            time = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(0xffffffffff600400)
            print('time', time(None) > 0)
            """,
            "finished",
            "died",
        ),
        attack(
            "call made by machine code of its own — refused as any other",
            # mov eax, 41 (socket); mov edi, 2; mov esi, 1; xor edx, edx; syscall; ret
            MACHINE_CODE.replace("{code}", "b829000000bf02000000be0100000031d20f05c3"),
            says="result -1\n",
            destructive=True,
        ),
    ]
)

ATTACKS = [
    attack(
        "every system call off the list, by number — EPERM",
        try_all("range(0, 1024)"),
        says=r"wrong \[\]",
        time_s=4.0,
        destructive=True,
    ),
    attack(
        "numbers that no kernel knows yet — EPERM",
        try_all("[1 << k for k in range(10, 30)] + [2**30 - 1, 4095, 65535]"),
        says=r"wrong \[\]",
        destructive=True,
    ),
    attack(
        "every system call off the list with pointers that are good — EPERM",
        try_all(
            "range(0, 1024)", "((ctypes.addressof(memory),) * 6, (3, ctypes.addressof(memory), 0, 0, 0, 0))"
        ).replace("wrong = []", "wrong = []\nmemory = ctypes.create_string_buffer(65536)"),
        says=r"wrong \[\]",
        time_s=4.0,
        destructive=True,
    ),
    *FOREIGN,
    denied(
        "io_uring — refused",
        f"call({nr('io_uring_setup')}, 8, ctypes.create_string_buffer(120))",
        f"call({nr('io_uring_enter')}, 3, 1, 1, 1, 0, 0)",
        f"call({nr('io_uring_register')}, 3, 0, 0, 0)",
    ),
    denied(
        "bpf — refused",
        *[f"call({nr('bpf')}, {command}, ctypes.create_string_buffer(128), 128)" for command in (0, 5, 7, 13, 18)],
    ),
    denied(
        "keys of the kernel — refused",
        f"call({nr('add_key')}, b'user', b'{{marker}}', b'secret', 6, -3)",
        f"call({nr('request_key')}, b'user', b'{{marker}}', None, -3)",
        f"call({nr('keyctl')}, 0, -3, 1)",
        f"call({nr('keyctl')}, 1, b'{{marker}}')",
        f"call({nr('keyctl')}, 6, -4)",
    ),
    denied("userfaultfd — refused", f"call({nr('userfaultfd')}, 0)", f"call({nr('userfaultfd')}, 1)"),
    denied(
        "perf events — refused",
        f"call({nr('perf_event_open')}, (ctypes.c_uint32 * 32)(1, 128), 0, -1, -1, 0)",
        f"call({nr('perf_event_open')}, (ctypes.c_uint32 * 32)(1, 128), {{victim}}, -1, -1, 0)",
    ),
    denied(
        "mounts — refused",
        f"call({nr('mount')}, b'none', b'{{canary}}/empty', b'tmpfs', 0, None)",
        f"call({nr('mount')}, b'{{canary}}/tapes', b'{{canary}}/empty', None, 4096, None)",
        f"call({nr('umount2')}, b'/dev/shm', 2)",
        f"call({nr('pivot_root')}, b'{{canary}}', b'{{canary}}/empty')",
        f"call({nr('fsopen')}, b'tmpfs', 0)",
        f"call({nr('fsmount')}, 3, 0, 0)",
        f"call({nr('open_tree')}, -100, b'/', 1)",
        f"call({nr('move_mount')}, -100, b'{{canary}}/tapes', -100, b'{{canary}}/empty', 0)",
        f"call({nr('mount_setattr')}, -100, b'/dev/shm', 0, ctypes.create_string_buffer(32), 32)",
    ),
    denied(
        "namespaces — refused",
        *[f"call({nr('unshare')}, 0x{flag:x})" for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000, 0)],
        f"call({nr('setns')}, 3, 0)",
        refusals="",
    ),
    denied(
        "files by handle, around every path — refused",
        f"call({nr('name_to_handle_at')}, -100, b'/etc/shadow', ctypes.create_string_buffer(160), memory, 0)",
        f"call({nr('open_by_handle_at')}, -100, ctypes.create_string_buffer(b'\\x08\\0\\0\\0\\1\\0\\0\\0\\2', 160), 0)",
        setup="memory = ctypes.create_string_buffer(8)\n",
    ),
    denied(
        "modules of the kernel and another kernel — refused",
        f"call({nr('init_module')}, b'x', 1, b'')",
        f"call({nr('finit_module')}, 0, b'', 0)",
        f"call({nr('delete_module')}, b'{{marker}}', 0)",
        f"call({nr('kexec_load')}, 0, 1, b'xx', 0)",
        f"call({nr('kexec_file_load')}, 0, 0, 1, b'', 0)",
    ),
    denied(
        "machine's power, swap, name, clock and log — refused",
        f"call({nr('reboot')}, 0xfee1dead, 672274793, 0, 0)",
        f"call({nr('swapon')}, b'{{canary}}/secret.txt', 0)",
        f"call({nr('sethostname')}, b'{{marker}}', 8)",
        f"call({nr('setdomainname')}, b'{{marker}}', 8)",
        f"call({nr('acct')}, b'{{canary}}/secret.txt')",
        f"call({nr('syslog')}, 3, ctypes.create_string_buffer(100), 100)",
        f"call({nr('vhangup')})",
        f"call({nr('settimeofday')}, (ctypes.c_long * 2)(time.time_ns() // 10**9, 0), None)",
        f"call({nr('clock_settime')}, 0, (ctypes.c_long * 2)(time.time_ns() // 10**9, 0))",
        f"call({nr('adjtimex')}, ctypes.create_string_buffer(208))",
        setup="import time\n",
    ),
    denied(
        "identities and capabilities — refused",
        "os.setuid(0)",
        "os.setgid(0)",
        f"call({nr('setresuid')}, 0, 0, 0)",
        f"call({nr('setgroups')}, 0, None)",
        f"call({nr('capset')}, (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xffffffff] * 6))",
    ),
    denied(
        "filters and domains of its own — refused",
        f"call({nr('seccomp')}, 1, 0, (ctypes.c_uint64 * 2)())",
        f"call({nr('landlock_restrict_self')}, 3, 0)",
        "c(libc.prctl, 22, 2, None)",
        "c(libc.prctl, 22, 1, None)",
        f"call({nr('fanotify_init')}, 0, 0)",
        f"call({nr('pkey_alloc')}, 0, 0)",
        f"call({nr('personality')}, 0x0040000)",
        f"call({nr('quotactl')}, 0x800001 << 8, None, 0, None)",
    ),
    denied(
        "terminals and devices by ioctl — refused",
        *[
            f"fcntl.ioctl({number}, {command}, bytes(64))"
            for number in (0, 1, 3)
            for command in ("0x5412", "0x541C", "0x5410", "0x540E", "0x5402", "0x8912", "0x1260", "0x4004667E")
        ],
        setup="import fcntl\n",
        refusals="",
    ),
    denied(
        "flags and sizes of the pipes it shares with the supervisor — refused",
        "fcntl.fcntl(3, fcntl.F_SETFL, os.O_NONBLOCK)",
        "fcntl.fcntl(1, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)",
        "os.set_blocking(3, False)",
        "fcntl.fcntl(3, 1031, 2**20)",
        "fcntl.fcntl(0, fcntl.F_SETLEASE, 0)",
        "fcntl.fcntl(0, fcntl.F_NOTIFY, 1)",
        "fcntl.lockf(0, fcntl.LOCK_SH)",
        "fcntl.flock(3, fcntl.LOCK_EX)",
        setup="import fcntl\n",
    ),
]
