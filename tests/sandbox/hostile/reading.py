"""Reading: no file, no environment, no memory but the program's own and what it takes to import torch."""

from tests.sandbox.hostile.attack import attack, refused

ATTACKS = [
    refused(
        "/etc/passwd and its neighbours — refused",
        *[f"open('/etc/{name}').read()" for name in ("passwd", "shadow", "hosts", "hostname", "resolv.conf", "group")],
        "os.listdir('/etc')",
        # Libraries make up entries for root and nobody; those of the file would be more.
        "pwd.getpwnam('daemon')",
        "pwd.getpwall()[0]",
        "grp.getgrall()[0]",
        setup="import grp, pwd\n",
        refusals="ENOENT KeyError IndexError",
        proof="-> done",
    ),
    refused(
        "a secret file by every reader — refused",
        *[
            f"{reader}('{{canary}}/secret.txt'{more})"
            for reader, more in (
                ("read", ""),
                ("os.open", ", os.O_RDONLY"),
                ("io.open_code", ""),
                ("numpy.fromfile", ", dtype='u1'"),
                ("numpy.memmap", ", mode='r'"),
                ("numpy.loadtxt", ", dtype=str"),
                ("torch.from_file", ", size=9"),
                ("runpy.run_path", ""),
                ("tokenize.open", ""),
                ("mmapped", ""),
            )
        ],
        setup="""
        import io, mmap, numpy, runpy, tokenize, torch
        def read(path):
            with open(path) as file: return file.read()
        def mmapped(path):
            return mmap.mmap(os.open(path, os.O_RDONLY), 0, prot=mmap.PROT_READ)[:]
        """,
        refusals="RuntimeError FileNotFoundError",
        time_s=4.0,
        proof="secret was told",
    ),
    refused(
        "a secret file by readers that swallow — they find nothing",
        "found(linecache.getlines('{canary}/secret.txt'))",
        "found(glob.glob('{canary}/*'))",
        "found(list(os.walk('{canary}')))",
        "found(list(pathlib.Path('{canary}').rglob('*')))",
        "found(fileinput.input('{canary}/secret.txt').readline())",
        setup="""
        import fileinput, glob, linecache, pathlib
        def found(what):
            if not what:
                raise PermissionError(1, 'nothing')
            return what
        """,
        proof="secret was told",
    ),
    refused(
        "a secret file by the C library — refused",
        "null(libc.fopen(b'{canary}/secret.txt', b'r'))",
        "c(libc.open, b'{canary}/secret.txt', 0)",
        "c(libc.openat, c(libc.open, b'{canary}', 0o10000000), b'secret.txt', 0)",
        "null(libc.opendir(b'{canary}'))",
        "ctypes.CDLL('{canary}/secret.txt')",
        setup="""
        def null(pointer):
            if not pointer:
                raise OSError(ctypes.get_errno() or 1, '')
            return pointer
        """,
        refusals="OSError ENOENT",
        proof="-> done",
    ),
    refused(
        "the server's source — refused",
        *[f"open('{{package}}/{name}').read()" for name in ("settings.py", "web/app.py", "sandbox/supervisor.py")],
        *[
            f"open('{{repository}}/{name}').read()"
            for name in ("README.md", ".git/config", ".git/HEAD", "pyproject.toml")
        ],
        "os.listdir('{repository}')",
        "open('{package}/web/pages.py').read()",
        refusals="ENOENT",  # in a container the repository is not there
        proof="-> done",
    ),
    refused(
        "the server's settings and its database — refused",
        "open('{canary}/.env').read()",
        "open('{canary}/tapedeck.sqlite3', 'rb').read()",
        "sqlite3.connect('{canary}/tapedeck.sqlite3').execute('select * from tapes').fetchall()",
        "connect('file:{canary}/tapedeck.sqlite3?immutable=1', uri=True).execute('select * from tapes').fetchall()",
        "database.execute(\"attach '{canary}/tapedeck.sqlite3' as s\").execute('select * from s.tapes').fetchall()",
        setup="import sqlite3\nfrom sqlite3 import connect\ndatabase = connect(':memory:')\n",
        refusals="OperationalError",
        proof="secret was told",
    ),
    refused(
        "other users' tapes — refused",
        "open('{canary}/tapes/other/run.tape').read()",
        "os.listdir('{canary}/tapes')",
        "list(os.scandir('{canary}/tapes/other'))",
        "tapedeck.tape.load('{canary}/tapes/other/run.tape')",
        setup="import tapedeck.tape\n",
        refusals="TapeError",
        proof="secret was told",
    ),
    refused(
        "folders listed — refused",
        *[
            f"os.listdir('{path}')"
            for path in ("/", "/tmp", "/home", "/root", "/var/log", "/dev", "/sys", "{home}", "{canary}")
        ],
        refusals="ENOENT",
        proof="-> done",
    ),
    refused(
        "keys, logs and configuration of the machine — refused",
        *[
            f"open('{path}', 'rb').read(9)"
            for path in (
                "{home}/.ssh/id_rsa",
                "{home}/.bashrc",
                "/etc/machine-id",
                "/etc/ssl/certs/ca-certificates.crt",
            )
        ],
        *[f"open('{path}', 'rb').read(9)" for path in ("/var/run/docker.sock", "/run/secrets/x", "/var/log/dpkg.log")],
        *[
            f"open('/proc/{name}').read(9)"
            for name in ("version", "cmdline", "mounts", "net/tcp", "net/unix", "cpuinfo")
        ],
        refusals="ENOENT",
        proof="-> done",
    ),
    attack(
        "environment — holds nothing of the server's",
        """
        import ctypes, os
        environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
        names, i = [], 0
        while environ[i]:
            names.append(environ[i])
            i += 1
        print(sorted(os.environ), names)
        names = str(names + list(os.environ))
        print(any(word in names for word in ("PYTEST", "HOME", "USER", "TAPEDECK", "SECRET", "TOKEN")))
        """,
        says=r"\nFalse\n",
    ),
    attack(
        "arguments and flags of the fork server — nothing about the server but where it lies",
        "import sys\nprint(sys.argv, sys.orig_argv[:2][-1], sys.flags.isolated)\n",
        says=r"\['program.py'\] -I 1",
    ),
    attack(
        "memory of another's run hunted among all objects — not there",
        """
        import gc, sys
        wanted = 'tapedeck-' + 'secret-'
        found = []
        for o in gc.get_objects():
            for p in [o, *gc.get_referents(o)]:
                if isinstance(p, str) and wanted in p and p is not wanted: found.append(p)
                if isinstance(p, bytes) and wanted.encode() in p: found.append(p)
        print('found', found[:3])
        """,
        says=r"found \[\]",
        time_s=5.0,
    ),
    attack(
        "memory of another's run hunted in fresh tensors — not there",
        """
        import torch
        wanted = ('tapedeck-' + 'secret-').encode()
        found = 0
        for size in [2**k for k in range(4, 22)] * 3:
            x = bytes(torch.empty(size, dtype=torch.uint8).tolist())
            found += wanted in x
        print('found', found)
        """,
        says=r"found 0\n",
        time_s=5.0,
        limits={"max_events": 10**6},
    ),
    attack(
        "memory of another's run hunted in the heap — not there",
        """
        import ctypes
        libc = ctypes.CDLL(None)
        libc.sbrk.restype = ctypes.c_void_p
        top = libc.sbrk(0)
        wanted = ('tapedeck-' + 'secret-').encode()
        heap = ctypes.string_at(top - 2 * 10**6, 2 * 10**6)
        at = heap.find(wanted)
        while at >= 0:
            print('found', heap[at:at + 60].hex(), heap[at:at + 60])
            at = heap.find(wanted, at + 1)
        print('over')
        """,
        says=r"^over\n",
    ),
    attack(
        "standard input — empty",
        "import os, sys\nprint(repr(sys.stdin.read()), os.read(0, 9))\n",
        says=r"'' b''",
    ),
    refused(
        "pipes of the supervisor read back — refused",
        *[f"os.read({number}, 99)" for number in (1, 2, 3, 4, 5, 6, 7, 8)],
        refusals="EBADF",
    ),
]
