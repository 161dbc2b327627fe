"""Disk: nothing is written, made, linked, renamed, removed or marked, anywhere."""

from tests.sandbox.hostile.attack import attack, nr, refused

NO_FILE = "ENOENT EROFS"

ATTACKS = [
    refused(
        "file written by every mode — refused",
        *[f"open('{{canary}}/{name}', '{mode}')" for name, mode in (("new", "w"), ("newer", "x"), ("secret.txt", "a"))],
        "open('{canary}/secret.txt', 'r+b')",
        "os.open('{canary}/made', os.O_CREAT | os.O_WRONLY)",
        "os.open('{canary}', os.O_TMPFILE | os.O_RDWR)",
        "os.open('{canary}/secret.txt', os.O_WRONLY | os.O_TRUNC)",
        "os.open('{canary}/secret.txt', os.O_RDONLY | os.O_TRUNC)",
        "os.open('{canary}/made', os.O_CREAT | os.O_RDONLY)",
        proof="canary/made was",
    ),
    refused(
        "file written by the C library — refused",
        "f(libc.fopen(b'{canary}/made', b'w'))",
        "c(libc.creat, b'{canary}/made', 0o644)",
        "c(libc.open, b'{canary}/made', 0o101, 0o644)",
        "c(libc.openat, -100, b'{canary}/made', 0o101, 0o644)",
        f"call({nr('openat2')}, -100, b'{{canary}}/made', (ctypes.c_uint64 * 3)(0o101, 0o644, 0), 24)",
        setup="""
        def f(file):
            if not file:
                raise OSError(ctypes.get_errno(), '')
        """,
        refusals="ENOSYS",
        proof="canary/made was",
    ),
    refused(
        "file written by libraries — refused",
        "pathlib.Path('{canary}/a').write_text('x')",
        "torch.save(torch.ones(2), '{canary}/b')",
        "numpy.save('{canary}/c', numpy.ones(2))",
        "numpy.memmap('{canary}/d', mode='w+', shape=(9,))",
        "sqlite3.connect('{canary}/e').execute('create table t (x)')",
        "shutil.copy('{canary}/secret.txt', '{canary}/f')",
        "logging.FileHandler('{canary}/g')",
        "torch.from_file('{canary}/h', shared=True, size=9)",
        "torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), '{canary}/i')",
        setup="import logging, numpy, pathlib, shutil, sqlite3, torch\n",
        refusals="OperationalError RuntimeError",
        time_s=4.0,
        proof="canary/b was",
    ),
    refused(
        "temporary files — refused",
        "tempfile.NamedTemporaryFile(prefix='{marker}')",
        "tempfile.mkdtemp(prefix='{marker}', dir='/tmp')",
        "tempfile.TemporaryFile(dir='/var/tmp')",
        "tempfile.SpooledTemporaryFile().rollover()",
        *[f"open('{folder}/{{marker}}', 'w')" for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "", "{home}")],
        setup="import tempfile\n",
        refusals=NO_FILE + " FileNotFoundError",
        proof="/tmp/hostile-",
    ),
    refused(
        "sparse file of a terabyte — refused",
        "os.truncate('{canary}/secret.txt', 10**12)",
        "os.ftruncate(os.open('{canary}/secret.txt', os.O_RDWR), 10**12)",
        "os.posix_fallocate(os.open('{canary}/big', os.O_CREAT | os.O_RDWR), 0, 10**9)",
        "open('{canary}/sparse', 'wb').truncate(10**12)",
        # Only the size of a file that a descriptor of ours stands for could change.
        "os.ftruncate(0, 10**12)",
        refusals="EINVAL EFBIG",
    ),
    refused(
        "links, hard and symbolic — refused",
        "os.symlink('/etc/passwd', '{canary}/link')",
        "os.link('{canary}/secret.txt', '{canary}/hard')",
        "os.link('/proc/self/fd/1', '{canary}/output')",
        "c(libc.linkat, 3, b'', -100, b'{canary}/pipe', 0x1000)",
        refusals="EXDEV ENOENT",
        proof="canary/hard was",
    ),
    refused(
        "folders, pipes, nodes and sockets made — refused",
        "os.mkdir('{canary}/folder')",
        "os.makedirs('{canary}/a/b/c')",
        "os.mkfifo('{canary}/fifo')",
        "os.mknod('{canary}/node', 0o60600, os.makedev(8, 0))",
        "os.mknod('{canary}/file')",
        proof="canary/fifo was",
    ),
    refused(
        "files removed and renamed — refused",
        "os.unlink('{canary}/secret.txt')",
        "os.rmdir('{canary}/empty')",
        "os.rename('{canary}/secret.txt', '{canary}/other.txt')",
        "os.replace('{canary}/secret.txt', '{canary}/.env')",
        "shutil.rmtree('{canary}/tapes')",
        "c(libc.renameat2, -100, b'{canary}/secret.txt', -100, b'{canary}/.env', 2)",
        setup="import shutil\n",
        refusals="EXDEV",
        proof="canary/empty was",
    ),
    refused(
        "modes, owners, times and marks changed — refused",
        "os.chmod('{canary}/secret.txt', 0o4777)",
        "os.chown('{canary}/secret.txt', 1, 1)",
        "os.utime('{canary}/secret.txt', (1, 1))",
        "os.setxattr('{canary}/secret.txt', 'user.mark', b'x')",
        "c(libc.chmod, b'{canary}', 0)",
        "os.fchmod(3, 0o777)",
        "os.fchown(3, 1, 1)",
        refusals="ENOTSUP",
        proof="secret.txt was",
    ),
    refused(
        "site-packages opened for writing — refused",
        "open('{site}/torch/__init__.py', 'r+b')",
        "open('{site}/numpy/__init__.py', 'ab')",
        "os.open('{site}/torch/lib/libtorch_cpu.so', os.O_RDWR)",
        "open('{package}/sandbox/confine.py', 'r+b')",
        "open(os.__file__, 'r+b')",
        proof="-> done",
    ),
    refused(
        "module planted where packages lie — refused",
        "open('{site}/{marker}.pth', 'w')",
        "open('{canary}/site-packages/module.py', 'w')",
        "os.mkdir('{site}/{marker}')",
        "py_compile.compile('{canary}/site-packages/module.py', doraise=True)",
        "os.symlink('{canary}/site-packages/module.py', '{site}/{marker}.py')",
        setup="import py_compile\n",
        refusals="EXDEV",
        destructive=True,
    ),
    refused(
        "server's database and tapes changed — refused",
        "sqlite3.connect('{canary}/tapedeck.sqlite3').execute('delete from tapes').connection.commit()",
        "open('{canary}/tapes/other/run.tape', 'w')",
        "os.unlink('{canary}/tapes/other/run.tape')",
        "os.rename('{canary}/tapes/other', '{canary}/tapes/mine')",
        "os.unlink('{canary}/server.sock')",
        setup="import sqlite3\n",
        refusals="OperationalError EXDEV",
        proof="tapedeck.sqlite3 was",
    ),
    refused(
        "paths that lead out of what may be read — refused",
        "open('{site}/../../../../../../../../../../..{canary}/made', 'w')",
        "open('/usr/lib/../..{canary}/made', 'w')",
        "open('/proc/self/root{canary}/made', 'w')",
        "open('/proc/self/cwd{canary}/made', 'w')",
        "open('made', 'w', opener=lambda name, flags: os.open(name, flags, dir_fd=os.open('{canary}', os.O_PATH)))",
        proof="canary/made was",
    ),
    refused(
        "devices opened for writing — refused",
        *[f"open('/dev/{name}', 'r+b', 0)" for name in ("mem", "kmsg", "tty", "ptmx", "fuse", "kvm", "vda", "sda")],
        *[f"open('/dev/{name}', 'wb', 0)" for name in ("full", "zero", "random", "net/tun")],
        refusals="ENOENT ENXIO ENODEV ENOTDIR",
        destructive=True,
    ),
    refused(
        "its own pipes opened again — refused",
        "open('/dev/fd/1', 'wb')",
        "open('/dev/stdout', 'wb')",
        "open('/dev/fd/3', 'r+b', 0)",
        refusals="ENOENT",
        proof="-> done",
    ),
    refused(
        "working directory moved, root changed — refused",
        "os.chroot('{canary}')",
        "os.chdir('{canary}') or open('made', 'w')",
        "os.fchdir(os.open('{canary}', os.O_RDONLY)) or open('made', 'w')",
        f"call({nr('copy_file_range')}, 0, None, 1, None, 9, 0)",
        refusals="",
        proof="-> done",
    ),
    attack(
        "descriptors of the fork server used for writing — none but its own",
        """
        import os
        found = []
        for number in range(1024):
            try: found.append((number, oct(os.fstat(number).st_mode)[:-4]))
            except OSError: pass
        print(found)
        """,
        says=r"^\[\(0, '0o2'\), \(1, '0o1'\), \(2, '0o1'\), \(3, '0o1'\), \(4, '0o1'\)\]",
    ),
]
