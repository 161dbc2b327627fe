"""What an attack could harm: files, listeners, a victim, secrets and the server itself; and whether it did."""

import contextlib
import os
import secrets
import shutil
import site
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tapedeck
from tapedeck.sandbox import Run
from tapedeck.tape import encode_events, encode_tables
from tests.sandbox.hostile.victim import Victim, descendants, end

PREFIX = "tapedeck-" + "secret-"
SETTLE_S = 2.0
GROWTH_KB = 300_000
SERVER = Path(tapedeck.__file__).parent


class Scene:
    """Everything within reach of an attack. ``deeds`` says what changed since the last look, and puts it right."""

    def __init__(self, root: Path, sandboxed: Any) -> None:
        self.marker = f"hostile-{secrets.token_hex(8)}"
        self.secret = PREFIX + secrets.token_hex(16)
        self.canary = root / "canary"
        self._sandboxed = sandboxed
        self._neighbour()
        self._make_files()
        self.listeners = Listeners(self.canary / "server.sock", self.canary / "log.sock", self.marker)
        self.victim = Victim(self.secret)
        self._elsewhere = [Path(p) for p in ("/", "/tmp", "/dev/shm", "/var/tmp", "/run", Path.home())]
        self._elsewhere += [Path(site.__file__).parent, *map(Path, site.getsitepackages())]
        self._note()

    def fill(self, source: str) -> str:
        """The source with every placeholder replaced by what stands there in this scene."""
        names = {
            "canary": self.canary,
            "marker": self.marker,
            "abstract": self.marker,
            "tcp": self.listeners.tcp_port,
            "tcp6": self.listeners.tcp6_port,
            "udp": self.listeners.udp_port,
            "victim": self.victim.pid,
            "address": self.victim.address,
            "server": os.getpid(),
            "package": SERVER,
            "repository": SERVER.parent.parent,
            "home": Path.home(),
            "site": site.getsitepackages()[0],
            "length": len(self.secret),
        }
        for name, value in names.items():
            source = source.replace("{" + name + "}", str(value))
        return source

    def deeds(self, run: Run) -> list[str]:
        """What the run did that it must not have done."""
        left = self._left_behind()
        found = [*left, *self._files(), *self.listeners.contacts(), *self.victim.suffered()]
        found += [*self._told(run), *self._server()]
        if found:
            self._restore(left)
        return found

    def close(self) -> None:
        """End the victim and stop listening."""
        self.victim.close()
        self.listeners.close()

    def _neighbour(self) -> None:
        """Somebody else's run, whose memory is no business of the next one."""
        assert self._sandboxed.run(f"x = {self.secret!r} * 1000\ny = [x + str(i) for i in range(100)]\n").tape

    def _make_files(self) -> None:
        if self.canary.exists():
            self.canary.chmod(0o755)
            shutil.rmtree(self.canary)
        for folder in ("tapes/other", "site-packages", "empty"):
            self.canary.joinpath(folder).mkdir(parents=True)
        for name in ("secret.txt", ".env", "tapes/other/run.tape", "site-packages/module.py"):
            self.canary.joinpath(name).write_text(f"# {self.secret}\n")
        with contextlib.closing(sqlite3.connect(self.canary / "tapedeck.sqlite3")) as database, database:
            database.execute("create table tapes (owner text)")
            database.execute("insert into tapes values (?)", [self.secret])

    def _note(self) -> None:
        self._sandboxed.still_works()
        _soon(lambda: False, 0.3)  # the child that waits for the next run is there by now
        self._zygote = self._sandboxed.sandbox.zygote_pid
        self._restarts = self._sandboxed.sandbox.restarts
        self._processes = len(descendants(self._zygote))
        self._tree = _snapshot(self.canary)
        self._system = self._state_of_the_machine()
        self._descriptors = len(os.listdir("/proc/self/fd"))
        self._grown = _peak_kb()

    def _left_behind(self) -> list[str]:
        if self._sandboxed.sandbox.restarts != self._restarts:
            return ["the fork server was lost"]
        self._zygote = self._sandboxed.sandbox.zygote_pid  # another one after many runs
        if _soon(lambda: len(descendants(self._zygote)) <= self._processes):
            return [f"process {pid} was left behind" for pid in self._marked()]
        return [f"of {self._processes} processes there are now {descendants(self._zygote)}"]

    def _marked(self) -> list[int]:
        """Processes that show our mark; only the superuser sees the environment of all of them."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                shown = folder.joinpath("cmdline").read_bytes() + folder.joinpath("comm").read_bytes()
                if self.marker[:15].encode() in shown and int(folder.name) != os.getpid():
                    found.append(int(folder.name))
        return found

    def _files(self) -> list[str]:
        tree = _snapshot(self.canary)
        names = sorted(name for name in tree.keys() | self._tree.keys() if tree.get(name) != self._tree.get(name))
        strange = [str(f / n) for f in self._elsewhere if f.is_dir() for n in _names(f) if self.marker in n]
        for path in map(Path, strange):
            path.rmdir() if path.is_dir() else path.unlink()
        return [f"the file {name} was made or changed" for name in names + strange]

    def _told(self, run: Run) -> list[str]:
        told = run.outcome.detail.encode()
        if run.tape is not None:
            told += (run.data or b"") + encode_tables(run.tape) + encode_events(run.tape)
        return ["the secret was told"] if self.secret.removeprefix(PREFIX).encode() in told else []

    def _server(self) -> list[str]:
        found = [f"{key} changed" for key, value in self._state_of_the_machine().items() if value != self._system[key]]
        if not _soon(lambda: len(os.listdir("/proc/self/fd")) <= self._descriptors):
            found.append("the server holds more descriptors than before")
        if (peak := _peak_kb()) > self._grown + GROWTH_KB:
            found.append(f"the server took {(peak - self._grown) // 1024} MB")
        self._grown = _peak_kb()
        return found

    def _state_of_the_machine(self) -> dict[str, object]:
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        return {
            "name": socket.gethostname(),
            "mounts": [line for line in mounts if str(self.canary) in line],
            "swap": Path("/proc/swaps").read_text(),
            "limits of the server": Path("/proc/self/limits").read_text(),
        }

    def _restore(self, left: list[str]) -> None:
        if left:
            end([*descendants(self._zygote), *self._marked()])
            self._sandboxed.run("x = 1\n")  # in the child that waited for it, and has just been ended by us
        self.close()
        self._make_files()
        self.listeners = Listeners(self.canary / "server.sock", self.canary / "log.sock", self.marker)
        self.victim = Victim(self.secret)
        _soon(lambda: not self._marked())
        self._note()


class Listeners:
    """Sockets that wait to be contacted. They are looked at only when asked: the kernel keeps who came."""

    def __init__(self, stream: Path, datagram: Path, abstract: str) -> None:
        self._sockets: dict[str, socket.socket] = {}
        local = ("127.0.0.1", 0)
        self.tcp_port = self._open("TCP", socket.AF_INET, socket.SOCK_STREAM, local).getsockname()[1]
        self.udp_port = self._open("UDP", socket.AF_INET, socket.SOCK_DGRAM, local).getsockname()[1]
        self.tcp6_port = self.tcp_port
        with contextlib.suppress(OSError):
            self.tcp6_port = self._open("TCP 6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)).getsockname()[1]
        self._open("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(stream))
        self._open("unix datagram", socket.AF_UNIX, socket.SOCK_DGRAM, str(datagram))
        self._open("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{abstract}")
        self._open("abstract datagram", socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{abstract}-log")

    def contacts(self) -> list[str]:
        """Who came since the last time."""
        return [f"the {name} listener was contacted" for name, sock in self._sockets.items() if self._came(sock)]

    def close(self) -> None:
        """Stop listening."""
        for sock in self._sockets.values():
            sock.close()

    def _open(self, name: str, family: int, kind: int, address: Any) -> socket.socket:
        sock = socket.socket(family, kind)
        sock.setblocking(False)
        try:
            sock.bind(address)
        except OSError:  # no such network here
            sock.close()
            raise
        if kind == socket.SOCK_STREAM:
            sock.listen()
        self._sockets[name] = sock
        return sock

    def _came(self, sock: socket.socket) -> bool:
        came = False
        with contextlib.suppress(BlockingIOError):
            while True:
                if sock.type == socket.SOCK_STREAM:
                    sock.accept()[0].close()
                else:
                    sock.recv(65_536)
                came = True
        return came


def _soon(true: Callable[[], bool], within_s: float = SETTLE_S) -> bool:
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _names(folder: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(folder)
    return []


def _snapshot(root: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for folder, _, files in os.walk(root):
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            stat = path.lstat()
            regular = path.is_file() and not path.is_symlink()
            attributes = os.listxattr(path, follow_symlinks=False)
            content = path.read_bytes() if regular and stat.st_size < 2**20 else stat.st_size
            found[str(path)] = (stat.st_mode, stat.st_uid, stat.st_nlink, stat.st_mtime_ns, attributes, content)
    return found


def _peak_kb() -> int:
    """The most memory this process ever held at once."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
