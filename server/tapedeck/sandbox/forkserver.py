"""The supervisor's end of one zygote: start it, ask it for children, hear when they are gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

import msgspec

import tapedeck
from tapedeck.sandbox.limits import Limits
from tapedeck.sandbox.wire import Cold, Exited, Ready, Refused, Report, Spawn, Started, receive, send

ROOT = Path(tapedeck.__file__).parent.parent
BOOT = (
    "import sys; sys.path.append(sys.argv[2]); from tapedeck.sandbox.zygote import main; "
    "main(int(sys.argv[1]), sys.argv[3] == 'trust', sys.argv[4])"
)
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",  # an arena reserves 64 MB of address space, which is what the memory limit counts
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",  # or torch.set_num_threads(8) ends a child
    "PATH": "/usr/bin:/bin",
}

PAGE = os.sysconf("SC_PAGE_SIZE")

_T = TypeVar("_T")


class SandboxError(Exception):
    """The sandbox itself does not work; nothing to do with the program."""


class Lost(SandboxError):
    """The fork server is gone, and with it what it started; another one may be asked."""


class Child:
    """One running child: its pidfd, and a future for how it ended."""

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self.exited: asyncio.Future[Exited | None] = asyncio.get_running_loop().create_future()
        self._pidfd = pidfd
        self._gone = False

    def signal(self, number: int) -> None:
        """Send a signal, unless it is gone; a pidfd cannot hit anybody else."""
        if not self._gone:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._pidfd, number)

    def resident(self) -> int:
        """The bytes of memory that it holds, shared or not; 0 once it is gone."""
        try:
            with open(f"/proc/{self.pid}/statm") as file:
                return int(file.read().split()[1]) * PAGE
        except (OSError, IndexError, ValueError):
            return 0

    def kill(self) -> None:
        """Kill it now."""
        self.signal(signal.SIGKILL)

    def gone(self, exited: Exited | None) -> None:
        """Note how it ended (``None``: nobody knows, the zygote went first) and let go of it."""
        self._gone = True
        os.close(self._pidfd)
        if not self.exited.done():
            self.exited.set_result(exited)


class ForkServer:
    """A zygote process; once ``alive`` is false it stays so and another one takes its place.

    With ``trust`` it has the user's own environment, folder and packages, and its children no layers; ``without`` names
    layers that are left out. ``on_lost`` is called when it ends after it was warm.
    """

    def __init__(
        self, trust: bool = False, without: Collection[str] = (), on_lost: Callable[[], None] | None = None
    ) -> None:
        self.alive = False
        self._on_lost = on_lost
        self.began = 0
        self._trust = trust
        self._without = ",".join(without)
        self.ready: Ready | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None
        self._children: dict[int, Child] = {}
        self._asked: dict[int, asyncio.Future[Child]] = {}
        self._numbers = 0
        self._warm: asyncio.Future[Ready] | None = None

    @property
    def pid(self) -> int | None:
        """The zygote's process id."""
        return self._process.pid if self._process else None

    async def start(self, within_s: float) -> Ready:
        """Start the process and wait until it is warm; raises `SandboxError` when it does not get there."""
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            self._process = subprocess.Popen(
                self._command(theirs.fileno()),
                env=_users_environment() if self._trust else ENVIRONMENT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._sock = ours
        self._warm = loop.create_future()
        loop.add_reader(ours, self._hear)
        try:
            self.ready = await asyncio.wait_for(asyncio.shield(self._warm), within_s)
        except TimeoutError:
            self.close()
            raise SandboxError(f"the fork server did not warm up within {within_s:g} s") from None
        except BaseException:
            self.close()
            raise
        self.alive = True
        return self.ready

    def _command(self, descriptor: int) -> list[str]:
        boot = ["-c", BOOT, str(descriptor), str(ROOT), "trust" if self._trust else "confine", self._without]
        return [sys.executable, *([] if self._trust else ["-I"]), *boot]

    @property
    def idle(self) -> bool:
        """Whether it has no child left."""
        return not self._children and not self._asked

    async def spawn(self, limits: Limits, descriptors: list[int]) -> Child:
        """Fork a child that gets these descriptors (job, result, output, trace)."""
        if self._sock is None or not self.alive:
            raise Lost("the fork server is not running")
        self._numbers += 1
        self.began += 1
        asked: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._asked[self._numbers] = asked
        try:
            send(self._sock, Spawn(self._numbers, limits), descriptors)
        except OSError as error:
            del self._asked[self._numbers]
            self._lost("the fork server does not answer")
            raise Lost(f"the fork server does not answer: {error}") from None
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(_kill_unwanted)
            raise

    def close(self) -> None:
        """End the zygote and every child with it."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        self._lost("the fork server was closed")

    def _hear(self) -> None:
        assert self._sock is not None
        try:
            data, descriptors = receive(self._sock)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            self._lost("the fork server ended")
            return
        self._take(msgspec.json.decode(data, type=Report), descriptors)

    def _take(self, report: Report, descriptors: list[int]) -> None:
        match report:
            case Ready():
                _resolve(self._warm, report)
            case Cold(why):
                _reject(self._warm, SandboxError(why))
            case Started(run, pid):
                child = self._children[run] = Child(pid, descriptors[0])
                _resolve(self._asked.pop(run, None), child)
            case Refused(run, why):
                _reject(self._asked.pop(run, None), SandboxError(f"no process could be started: {why}"))
            case Exited(run):
                self._children.pop(run).gone(report)

    def _lost(self, why: str) -> None:
        """The zygote is gone: so are its children (the kernel kills them), and whoever waits hears of it."""
        lost, self.alive = self.alive, False
        if self._sock is not None:
            with contextlib.suppress(ValueError):
                asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()
            self._sock = None
        error = Lost(why)
        _reject(self._warm, error)
        for asked in self._asked.values():
            _reject(asked, error)
        self._asked.clear()
        for child in self._children.values():
            child.kill()
            child.gone(None)
        self._children.clear()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)
        if lost and self._on_lost is not None:
            self._on_lost()


def _users_environment() -> dict[str, str]:
    """The user's own environment, but for what is the server's: how its memory is managed, how many threads it has."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONMALLOC"}
    return {**own, **ENVIRONMENT, "PATH": own.get("PATH", "")}


def _resolve(future: asyncio.Future[_T] | None, value: _T) -> None:
    if future is not None and not future.done():
        future.set_result(value)


def _reject(future: asyncio.Future[Child] | asyncio.Future[Ready] | None, error: SandboxError) -> None:
    if future is not None and not future.done():
        future.set_exception(error)
        future.exception()  # whoever waited may be gone: no "never retrieved" complaint


def _kill_unwanted(asked: asyncio.Future[Child]) -> None:
    if not asked.cancelled() and asked.exception() is None:
        asked.result().kill()
