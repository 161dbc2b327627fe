"""Processes and threads: none may be made, so none can be left behind, and no other program may be run."""

from tests.sandbox.hostile.attack import attack, nr, refused

NO_PROCESS = "EAGAIN ENOSYS"
TOUCH = """
import subprocess, sys
def fails(status):
    if status != 0:
        raise PermissionError(errno.EPERM, status)
touch = ["/usr/bin/touch", "{canary}/made"]
"""

ATTACKS = [
    attack(
        "fork bomb — no process but its own",
        """
        import os, time
        refused = 0
        for _ in range(8):
            try:
                os.fork()
            except OSError as error:
                refused += 1
        if refused < 8: time.sleep(5)
        print('refused', refused)
        """,
        says="refused 8",
        destructive=True,
    ),
    attack(
        "fork bomb that tries again and again — stopped",
        """
        import os, time
        made = 0
        while made < 64:
            try:
                if os.fork() == 0: time.sleep(5)
                made += 1
            except BaseException: pass
        """,
        "timed_out",
        time_s=1.0,
        destructive=True,
    ),
    attack(
        "thread bomb — no thread but its own",
        """
        import threading, time
        made = 0
        for _ in range(300):
            try:
                threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
                made += 1
            except RuntimeError as error: pass
        print('threads', made)
        """,
        says="threads 0\n",
        destructive=True,
    ),
    refused(
        "fork by every name — refused",
        "leave(os.fork())",
        "leave(os.forkpty()[0])",
        "leave(pty.fork()[0])",
        "leave(c(libc.fork))",
        setup="""
        import pty, time
        def leave(pid):
            if pid == 0:
                time.sleep(30)
            return pid
        """,
        refusals=NO_PROCESS + " OSError",
        proof="processes there are now",
    ),
    refused(
        "clone by number with every flag of its own — refused",
        *[f"leave(call({nr('clone')}, {flags}, 0, 0, 0, 0))" for flags in ("17", "0x00010000 | 17", "0x80000000 | 17")],
        *[f"leave(call({nr('clone')}, {flags} | 17, 0, 0, 0, 0))" for flags in ("0x10000000", "0x20000000", "0x8000")],
        setup="""
        import time
        def leave(pid):
            if pid == 0:
                time.sleep(30)
            return pid
        """,
        refusals=NO_PROCESS,
        destructive=True,
    ),
    refused(
        "clone as a thread and as vfork does it — refused",
        f"call({nr('clone')}, 0x3D0F00, stack, 0, 0, 0)",
        f"call({nr('clone')}, 0x4100 | 17, stack, 0, 0, 0)",
        setup="stack = ctypes.addressof(ctypes.create_string_buffer(65536)) + 65000\n",
        refusals=NO_PROCESS,
        destructive=True,
    ),
    refused(
        "clone3 — not there",
        f"leave(call({nr('clone3')}, (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17), 88))",
        setup="""
        import time
        def leave(pid):
            if pid == 0:
                time.sleep(30)
            return pid
        """,
        refusals="ENOSYS",
        destructive=True,
    ),
    refused(
        "vfork — refused",
        "c(libc.vfork)",
        refusals=NO_PROCESS,
        destructive=True,
    ),
    attack(
        "daemon of two forks in a session of its own — nothing is left behind",
        """
        import ctypes, os, time
        try:
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    ctypes.CDLL(None).prctl(15, b"{marker}", 0, 0, 0)
                    time.sleep(30)
                os._exit(0)
            print('daemon made')
        except OSError as error:
            print('refused', error.errno)
        """,
        says="refused",
        proof="processes there are now",
    ),
    attack(
        "daemon whose parent ends first, closing everything — nothing is left behind",
        """
        import ctypes, os, time
        try:
            pid = os.fork()
        except OSError as error:
            pid = -1
            print('refused', error.errno)
        if pid == 0:
            os.setsid()
            os.closerange(0, 64)
            if ctypes.CDLL(None).fork() == 0:
                ctypes.CDLL(None).prctl(15, b"{marker}", 0, 0, 0)
                ctypes.CDLL(None).sleep(30)
            ctypes.CDLL(None)._exit(0)
        """,
        says="refused",
        proof="processes there are now",
    ),
    refused(
        "a session and a group of another — refused",
        "os.setsid()",
        "os.setpgid(0, os.getppid())",
        "os.setpgid(0, os.getpgid({victim}))",
        "os.tcsetpgrp(0, os.getpid())",
        refusals="ENOTTY ESRCH",
    ),
    refused(
        "shell by every name — nothing runs",
        "fails(os.system('touch {canary}/made'))",
        "os.popen('touch {canary}/made').read()",
        "subprocess.check_call(touch)",
        "subprocess.check_call('touch {canary}/made', shell=True)",
        "fails(libc.system(b'touch {canary}/made'))",
        "pty.spawn(['/bin/sh', '-c', 'touch {canary}/made'])",
        setup=TOUCH + "import pty\n",
        refusals=NO_PROCESS + " OSError",
        proof="canary/made was",
    ),
    refused(
        "exec in its own place — refused",
        "os.execv('/bin/sh', ['sh', '-c', 'echo > {canary}/made; sleep 1'])",
        "os.execve('/usr/bin/touch', touch, {})",
        "os.execvp('touch', touch)",
        "os.execv(sys.executable, [sys.executable, '-c', 'open(\"{canary}/made\", \"x\")'])",
        "c(libc.execl, b'/usr/bin/touch', b'touch', b'{canary}/made', None)",
        f"call({nr('execve')}, b'/usr/bin/touch', (ctypes.c_char_p * 3)(b't', b'{{canary}}/made', None), None)",
        f"call({nr('execveat')}, -100, b'/usr/bin/touch', (ctypes.c_char_p * 3)(b't', b'{{canary}}/made'), None, 0)",
        setup=TOUCH,
    ),
    attack(
        "exec as the last act — its author hears what happened",
        "import os\nos.execv('/usr/bin/touch', ['touch', '{canary}/made'])  # here\n",
        "raised",
        says="PermissionError",
    ),
    refused(
        "posix_spawn — refused",
        "os.posix_spawn('/usr/bin/touch', touch, {})",
        "os.posix_spawnp('touch', touch, {})",
        "fails(libc.posix_spawn(pid, b'/usr/bin/touch', None, None, words, None))",
        setup=TOUCH
        + "pid = ctypes.byref(ctypes.c_int())\nwords = (ctypes.c_char_p * 3)(b't', b'{canary}/made', None)\n",
        refusals=NO_PROCESS,
    ),
    refused(
        "program in anonymous memory — cannot be made, cannot be run",
        "os.memfd_create('x')",
        f"call({nr('memfd_create')}, b'x', 0)",
        f"call({nr('memfd_secret')}, 0)",
        f"call({nr('execveat')}, 0, b'', None, None, 0x1000)",
        f"call({nr('execveat')}, 3, b'', None, None, 0x1000)",
        refusals="ENOSYS",
    ),
    refused(
        "multiprocessing by every method — refused",
        "start('fork')",
        "start('spawn')",
        "start('forkserver')",
        "multiprocessing.Pool(2)",
        "multiprocessing.Queue()",
        "ProcessPoolExecutor(2).submit(int).result(1)",
        setup="""
        import multiprocessing, time
        from concurrent.futures import ProcessPoolExecutor
        def start(method):
            multiprocessing.get_context(method).Process(target=time.sleep, args=(30,), daemon=True).start()
        """,
        refusals="EAGAIN EROFS ENOSPC FileNotFoundError ENOENT OSError ImportError",
        time_s=3.0,
        destructive=True,
    ),
    refused(
        "torch's own ways to another process — refused",
        "list(DataLoader(range(4), num_workers=2))",
        "torch.multiprocessing.spawn(print, nprocs=1)",
        "torch.ones(3).share_memory_()",
        setup="import torch\nfrom torch.utils.data import DataLoader\n",
        refusals="EAGAIN RuntimeError EROFS ENOENT",
        time_s=4.0,
        destructive=True,
    ),
    refused(
        "threads by every name — refused",
        "threading.Thread(target=time.sleep, args=(5,)).start()",
        "_thread.start_new_thread(time.sleep, (5,))",
        "ThreadPoolExecutor(2).submit(time.sleep, 5)",
        "threading.Timer(5, print).start()",
        "asyncio.run(asyncio.to_thread(time.sleep, 5))",
        "fails(libc.pthread_create(ctypes.byref(ctypes.c_ulong()), None, libc.pause, None))",
        setup=TOUCH + "import _thread, asyncio, threading, time\nfrom concurrent.futures import ThreadPoolExecutor\n",
        refusals=NO_PROCESS + " RuntimeError",
        destructive=True,
    ),
    attack(
        "torch asked for sixty-four threads — computes with its own",
        """
        import torch
        torch.set_num_threads(64)
        x = torch.rand(600, 600, requires_grad=True)
        (x @ x).sum().backward()
        print('threads', len([1 for _ in range(1)]), x.grad.shape)
        """,
        says=r"threads 1 torch\.Size",
    ),
    attack(
        "process that stops itself — killed at its time",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n",
        "timed_out",
        "raised",
        time_s=1.0,
    ),
    refused(
        "ties to its parent cut — refused",
        "c(libc.prctl, 1, 0, 0, 0, 0)",
        "c(libc.prctl, 36, 1, 0, 0, 0)",
        "c(libc.prctl, 0x59616d61, -1, 0, 0, 0)",
        "c(libc.prctl, 4, 1, 0, 0, 0)",
        "c(libc.prctl, 35, 1, 0, 0, 0)",
        setup="",
        refusals="EINVAL EFAULT",
        proof="-> done",
    ),
    refused(
        "asyncio's processes — refused",
        "asyncio.run(asyncio.create_subprocess_exec(*touch))",
        "asyncio.run(asyncio.create_subprocess_shell('touch {canary}/made'))",
        setup=TOUCH + "import asyncio\n",
        refusals=NO_PROCESS,
    ),
]
