"""Signals and tracing: no process but its own can be reached, read, written, slowed or ended."""

from tests.sandbox.hostile.attack import attack, nr, refused

OTHERS = ("{victim}", "{server}", "os.getppid()", "1")
VECTOR = """
buffer = ctypes.create_string_buffer({length})
ours = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), {length})
theirs = (ctypes.c_size_t * 2)({address}, {length})
"""

ATTACKS = [
    refused(
        "victim signalled — it hears nothing",
        *[f"os.kill({{victim}}, {number})" for number in (0, 1, 2, 15, 10, 12, 19, 9)],
        refusals="",
        proof="victim was killed",
    ),
    refused(
        "server, fork server and init looked for by signal 0 — refused",
        *[f"os.kill({pid}, 0)" for pid in OTHERS],
        proof="-> done",
    ),
    refused(
        "server and fork server killed — refused",
        *[f"os.kill({pid}, {number})" for pid in ("{server}", "os.getppid()") for number in (2, 15, 10, 19, 9)],
        destructive=True,
    ),
    attack(
        "siblings killed — refused",
        """
        import os
        reached = []
        for pid in range(max(os.getpid() - 300, 2), os.getpid() + 300):
            if pid != os.getpid():
                try:
                    os.kill(pid, 9)
                    reached.append(pid)
                except OSError as error:
                    if error.errno != 1: reached.append((pid, error))
        print('reached', reached)
        """,
        says=r"reached \[\]",
        destructive=True,
    ),
    refused(
        "everybody and its own group killed — refused",
        "os.kill(-1, 9)",
        "os.kill(0, 9)",
        "os.killpg(os.getpgid(0), 9)",
        "os.kill(-os.getpid(), 9)",
        "os.killpg(os.getppid(), 9)",
        "os.killpg({victim}, 9)",
        "os.kill(-{server}, 9)",
        destructive=True,
    ),
    refused(
        "victim's group signalled — it hears nothing",
        "os.killpg({victim}, 10)",
        "os.kill(-{victim}, 12)",
        proof="got signal 10",
    ),
    refused(
        "victim by pidfd — refused",
        "os.pidfd_open({victim})",
        "signal.pidfd_send_signal(os.pidfd_open({victim}), 15)",
        f"call({nr('pidfd_open')}, {{victim}}, 0)",
        f"call({nr('pidfd_open')}, os.getpid(), 0)",
        f"call({nr('pidfd_send_signal')}, 3, 9, 0, 0)",
        f"call({nr('pidfd_getfd')}, 3, 0, 0)",
        setup="import signal\n",
        refusals="ENOSYS",
        proof="got signal 15",
    ),
    refused(
        "victim by thread and by queue — refused",
        f"call({nr('tkill')}, {{victim}}, 15)",
        f"call({nr('tgkill')}, {{victim}}, {{victim}}, 15)",
        f"call({nr('tgkill')}, os.getpid(), {{victim}}, 15)",
        f"call({nr('rt_sigqueueinfo')}, {{victim}}, 15, ctypes.create_string_buffer(128))",
        f"call({nr('rt_tgsigqueueinfo')}, {{victim}}, {{victim}}, 15, ctypes.create_string_buffer(128))",
        "c(libc.sigqueue, {victim}, 15, 0)",
        refusals="ESRCH",
        proof="got signal 15",
    ),
    refused(
        "victim through the owner of a descriptor — refused",
        "fcntl.fcntl(1, fcntl.F_SETOWN, {victim})",
        "fcntl.fcntl(3, fcntl.F_SETOWN, -{victim})",
        "fcntl.fcntl(1, 15, (ctypes.c_int * 2)(1, {victim}))",
        "fcntl.fcntl(1, 10, 15)",
        "fcntl.ioctl(1, 0x8901, (ctypes.c_int * 1)({victim}))",
        setup="import fcntl\n",
        refusals="ENOTTY",
        proof="-> done",
    ),
    refused(
        "victim through a timer of its own — refused",
        f"call({nr('timer_create')}, 0, (ctypes.c_int * 16)(0, 0, 15, 4, {{victim}}), (ctypes.c_int * 2)())",
        refusals="EINVAL",
    ),
    refused(
        "victim traced — refused",
        *[f"call({nr('ptrace')}, {request}, {{victim}}, 0, 0)" for request in (16, 0x4206)],
        *[f"call({nr('ptrace')}, {request}, {pid}, 0, 0)" for request in (16, 0x4206) for pid in OTHERS[1:3]],
        f"call({nr('ptrace')}, 0, 0, 0, 0)",
        destructive=True,
    ),
    refused(
        "victim's memory read — the secret stays there",
        f"print(call({nr('process_vm_readv')}, {{victim}}, ours, 1, theirs, 1, 0), buffer.raw)",
        setup=VECTOR,
        proof="secret was told",
    ),
    refused(
        "victim's memory written — it stays as it was",
        f"call({nr('process_vm_writev')}, {{victim}}, ours, 1, theirs, 1, 0)",
        setup=VECTOR,
        proof="victim's memory is",
    ),
    refused(
        "victim's memory through /proc — refused",
        "os.pread(os.open('/proc/{victim}/mem', os.O_RDONLY), {length}, {address})",
        "os.open('/proc/{victim}/mem', os.O_RDWR)",
        "open('/proc/{victim}/maps').read()",
        "open('/proc/{victim}/auxv', 'rb').read()",
        proof="-> done",
    ),
    refused(
        "victim's environment and arguments through /proc — refused",
        "open('/proc/{victim}/environ').read()",
        "open('/proc/{victim}/cmdline').read()",
        "open('/proc/{victim}/status').read()",
        "os.listdir('/proc/{victim}')",
        proof="secret was told",
    ),
    refused(
        "victim's descriptors, root and working directory through /proc — refused",
        "os.listdir('/proc/{victim}/fd')",
        "open('/proc/{victim}/fd/1', 'wb')",
        "open('/proc/{victim}/fd/0', 'rb')",
        "os.readlink('/proc/{victim}/cwd')",
        "os.readlink('/proc/{victim}/exe')",
        "os.listdir('/proc/{victim}/root/')",
        "open('/proc/{victim}/root/etc/passwd').read()",
        "os.chdir('/proc/{victim}/cwd')",
        proof="-> done",
    ),
    refused(
        "server, fork server and init through /proc — refused",
        *[f"read({pid}, '{name}')" for pid in OTHERS[1:] for name in ("environ", "maps", "cmdline", "stack")],
        "os.open('/proc/{server}/mem', os.O_RDWR)",
        "os.open(f'/proc/{os.getppid()}/mem', os.O_RDWR)",
        "os.listdir('/proc/{server}/fd')",
        *[f"open('/proc/{{server}}/fd/{number}', 'rb')" for number in (0, 5, 9, 14, 20)],
        "os.listdir(f'/proc/{os.getppid()}/fd')",
        "os.listdir('/proc')",
        setup="def read(pid, name):\n    with open(f'/proc/{pid}/{name}', 'rb') as file: return file.read()\n",
        proof="-> done",
    ),
    refused(
        "its own process through /proc — refused",
        "os.open('/proc/self/mem', os.O_RDWR)",
        "open('/proc/self/environ').read()",
        "open('/proc/self/maps').read()",
        "open('/proc/self/oom_score_adj', 'w').write('-1000')",
        "open('/proc/thread-self/comm', 'w')",
        "os.listdir('/proc/self/task')",
        "open('/proc/self/root/etc/passwd').read()",
        proof="-> done",
    ),
    refused(
        "kernel's levers in /proc and /sys — refused",
        "open('/proc/sysrq-trigger', 'ab', 0)",
        "open('/proc/sys/kernel/core_pattern', 'r+b', 0)",
        "open('/proc/kcore', 'rb')",
        "open('/proc/kallsyms').read(10)",
        "os.listdir('/sys/fs/cgroup')",
        "open('/sys/kernel/mm/transparent_hugepage/enabled').read()",
        refusals="ENOENT",
        proof="-> done",
    ),
    refused(
        "victim slowed down and limited — it stays as it was",
        "resource.prlimit({victim}, resource.RLIMIT_NOFILE, (9, 9))",
        "os.setpriority(os.PRIO_PROCESS, {victim}, 19)",
        "os.sched_setaffinity({victim}, {0})",
        "os.sched_setscheduler({victim}, os.SCHED_IDLE, os.sched_param(0))",
        f"call({nr('ioprio_set')}, 1, {{victim}}, 3 << 13)",
        setup="import resource\n",
        proof="priority is 19",
    ),
    refused(
        "its own limits raised — refused",
        *[
            f"resource.setrlimit(resource.RLIMIT_{kind}, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))"
            for kind in ("AS", "DATA", "CPU", "FSIZE", "NPROC", "CORE", "MEMLOCK", "STACK")
        ],
        f"call({nr('prlimit64')}, 0, 9, (ctypes.c_uint64 * 2)(2**63, 2**63), None)",
        "os.nice(-5)",
        "os.sched_setaffinity(0, {0, 1})",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
        setup="import resource\n",
        refusals="ValueError",
        proof="-> done",
    ),
    refused(
        "pages and threads of the victim compared, moved and advised — refused",
        f"call({nr('kcmp')}, os.getpid(), {{victim}}, 0, 0, 0)",
        f"call({nr('move_pages')}, {{victim}}, 0, None, None, None, 0)",
        f"call({nr('migrate_pages')}, {{victim}}, 0, None, None)",
        f"call({nr('process_madvise')}, 3, None, 0, 4, 0)",
        refusals="ENOSYS",
        destructive=True,
    ),
    attack(
        "own process signalled — it may do that",
        "import os, signal\nsignal.signal(15, lambda *_: print('heard'))\nos.kill(os.getpid(), 15)\n",
        says="heard",
    ),
    attack(
        "own process killed — its author hears of it", "import os\nos.kill(os.getpid(), 9)\n", "died", says="SIGKILL"
    ),
    attack(
        "signals of the supervisor sent to itself — an outcome",
        "import os, signal\nfor s in (signal.SIGXCPU, signal.SIGUSR1): os.kill(os.getpid(), s)  # here\nprint(1)\n",
        "timed_out",
        "too_much_output",
    ),
]
