"""The system-call filter, looked at without the kernel: numbers, shape, and what it answers to each call."""

import ctypes
import ctypes.util
import errno
import itertools

import pytest

from tapedeck.sandbox import seccomp
from tapedeck.sandbox.syscalls import ALWAYS, SOMETIMES

PID = 4711
MACHINES = sorted(seccomp.ARCHITECTURES)


def answer(machine, number, *arguments, abi=None, opening=True):
    """What a filter makes of one call: a tiny machine for the packet-filter language."""
    name, _ = seccomp.ARCHITECTURES[machine]
    data = {seccomp.NUMBER: number, seccomp.ARCHITECTURE: name if abi is None else abi}
    for index, argument in enumerate(arguments):
        data[seccomp._low(index)] = argument & 0xFFFFFFFF
        data[seccomp._low(index) + 4] = argument >> 32 & 0xFFFFFFFF
    lines, at, held = seccomp.program(machine, PID, opening), 0, 0
    while True:
        code, jump_true, jump_false, value = lines[at]
        at += 1
        if code == seccomp.RETURN:
            return value
        if code == seccomp.LOAD:
            held = data.get(value, 0)
        elif code == seccomp.AND:
            held &= value
        else:
            true = held == value if code == seccomp.EQUAL else held >= value
            at += jump_true if true else jump_false


def number_of(machine, call):
    return {**ALWAYS, **SOMETIMES}[call][seccomp.ARCHITECTURES[machine][1]]


def refused(code=errno.EPERM):
    return seccomp.ERRNO | code


def test_every_number_is_the_one_that_libseccomp_knows():
    library = ctypes.util.find_library("seccomp")
    assert library is not None, "this test needs libseccomp2, which .ci/run installs"
    resolve = ctypes.CDLL(library).seccomp_syscall_resolve_name_arch
    resolve.argtypes, resolve.restype = [ctypes.c_uint32, ctypes.c_char_p], ctypes.c_int
    for call, numbers in {**ALWAYS, **SOMETIMES}.items():
        for machine, (name, column) in seccomp.ARCHITECTURES.items():
            known = resolve(name, call.encode())
            assert numbers[column] == (known if known >= 0 else None), (call, machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_that_is_not_on_the_list_is_refused(machine):
    listed = {number_of(machine, call) for call in {**ALWAYS, **SOMETIMES}}
    for number in set(range(600)) - listed:
        assert answer(machine, number) == refused(), number


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_that_is_always_allowed_is(machine):
    for call, number in ((call, number_of(machine, call)) for call in ALWAYS):
        assert number is None or answer(machine, number, 7, 7, 7) == seccomp.ALLOW, call


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_of_another_abi_kills(machine):
    assert answer(machine, 0, abi=0x40000003) == seccomp.KILL


def test_a_call_of_the_x32_abi_kills():
    assert answer("x86_64", seccomp.X32 | 1) == seccomp.KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_files_are_opened_for_reading_only(machine):
    openat = number_of(machine, "openat")
    assert answer(machine, openat, 0, 0, 0o2000000) == seccomp.ALLOW  # O_RDONLY | O_CLOEXEC
    for flags in (1, 2, 0o100, 0o1000, 0o2000, 0o20200000, 0o10000000, 0o101):
        assert answer(machine, openat, 0, 0, flags) == refused(), oct(flags)


@pytest.mark.parametrize("machine", MACHINES)
def test_no_file_is_opened_where_nothing_bounds_which(machine):
    assert answer(machine, number_of(machine, "openat"), 0, 0, 0, opening=False) == refused(errno.EACCES)


@pytest.mark.parametrize(("machine", "call"), list(itertools.product(MACHINES, ("kill", "tgkill"))))
def test_a_process_may_signal_itself_alone(machine, call):
    assert answer(machine, number_of(machine, call), PID) == seccomp.ALLOW
    for other in (0, 1, PID + 1, 0xFFFFFFFFFFFFFFFF, (1 << 32) + PID + 1, -PID & 0xFFFFFFFF):
        assert answer(machine, number_of(machine, call), other) == refused(), other


@pytest.mark.parametrize("machine", MACHINES)
def test_limits_are_read_and_not_set(machine):
    prlimit = number_of(machine, "prlimit64")
    assert answer(machine, prlimit, 0, 7, 0) == seccomp.ALLOW
    assert answer(machine, prlimit, PID, 7, 0) == seccomp.ALLOW
    assert answer(machine, prlimit, PID + 1, 7, 0) == refused()
    assert answer(machine, prlimit, 0, 7, 0x1000) == refused()
    assert answer(machine, prlimit, 0, 7, 0x1000_0000_0000) == refused()


@pytest.mark.parametrize("machine", MACHINES)
def test_a_new_thread_or_process_is_refused_as_if_there_were_too_many(machine):
    assert answer(machine, number_of(machine, "clone")) == refused(errno.EAGAIN)
    assert answer(machine, number_of(machine, "clone3")) == refused(errno.ENOSYS)


@pytest.mark.parametrize(
    ("call", "argument", "allowed", "denied"),
    [
        ("fcntl", 1, seccomp.FCNTL, (4, 8, 10, 1024, 1031, 1033)),
        ("ioctl", 1, seccomp.IOCTL, (0x5412, 0x541C, 0x5421, 0xC0189436)),
        ("prctl", 0, seccomp.PRCTL, (1, 4, 22, 36, 38, 0x59616D61)),
    ],
)
@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_many_commands_are_told_apart_by_them(machine, call, argument, allowed, denied):
    before = [0] * argument
    for command in allowed:
        assert answer(machine, number_of(machine, call), *before, command) == seccomp.ALLOW
    for command in denied:
        assert answer(machine, number_of(machine, call), *before, command) == refused()
