"""The fork server: imports torch and the recorder once, warms up, and then only forks.

It is exec'd with an empty environment, never sees a job, and has one thread for as long as it lives: a fork
copies only the thread that calls it, so a second one (OpenMP's, say) would leave its locks held in every child.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
from typing import NoReturn

import msgspec

from tapedeck.sandbox.confine import CannotConfine, Confinement, adopt_orphans, die_with_parent
from tapedeck.sandbox.wire import Cold, Exited, Ready, Refused, Spawn, Started, receive, send


def main(descriptor: int, trust: bool, without: str) -> NoReturn:
    """Warm up, say so, and fork children until the supervisor is gone.

    ``trust`` runs programs with no layer around them, ``without`` names layers to leave out, with commas.
    """
    die_with_parent()
    adopt_orphans()
    if not trust:
        os.chdir("/")
    sock = socket.socket(fileno=descriptor)
    try:
        from tapedeck.sandbox.child.warm import warm_up

        confinement = Confinement(without.split(","), trust)
        version = warm_up()
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise RuntimeError(f"after warming up it has {threads} threads instead of one")
    except CannotConfine as error:
        send(sock, Cold(str(error)))
        os._exit(1)
    except BaseException as error:  # noqa: BLE001 - whatever a program raises is an outcome
        send(sock, Cold(f"it could not warm up: {type(error).__name__}: {error}"[:2000]))
        os._exit(1)
    gc.collect()
    gc.freeze()
    send(sock, Ready(version, confinement.layers))
    _Forks(sock, confinement).serve()


class _Forks:
    """The children that run now, by pidfd, and the loop that starts and buries them."""

    def __init__(self, sock: socket.socket, confinement: Confinement) -> None:
        self._sock = sock
        self._confinement = confinement
        self._children: dict[int, tuple[int, int]] = {}
        self._poller = select.poll()
        self._poller.register(sock, select.POLLIN)

    def serve(self) -> NoReturn:
        while True:
            for descriptor, _ in self._poller.poll():
                if descriptor == self._sock.fileno():
                    self._hear()
                else:
                    self._bury(descriptor)

    def _hear(self) -> None:
        data, descriptors = receive(self._sock)
        if not data:
            self._end()
        order = msgspec.json.decode(data, type=Spawn)
        try:
            pid = os.fork()
        except OSError as error:
            send(self._sock, Refused(order.run, str(error)))
        else:
            if pid == 0:
                from tapedeck.sandbox import child

                child.main(self._confinement, order.limits, *descriptors)
            pidfd = os.pidfd_open(pid)
            self._children[pidfd] = (order.run, pid)
            self._poller.register(pidfd, select.POLLIN)
            send(self._sock, Started(order.run, pid), [pidfd])
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _bury(self, pidfd: int) -> None:
        run, pid = self._children.pop(pidfd)
        self._poller.unregister(pidfd)
        # Still a zombie, so its number cannot belong to another group yet.
        os.waitid(os.P_PIDFD, pidfd, os.WEXITED | os.WNOWAIT)
        _kill_group(pid)
        _, status = os.waitpid(pid, 0)
        os.close(pidfd)
        code = os.waitstatus_to_exitcode(status)
        send(self._sock, Exited(run, code if code >= 0 else None, -code if code < 0 else None))
        self._reap_orphans()

    def _reap_orphans(self) -> None:
        """Bury what programs left behind and the kill of their group ended; children of ours wait for their turn."""
        ours = {pid for _, pid in self._children.values()}
        with contextlib.suppress(ChildProcessError):
            while True:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if found is None or found.si_pid in ours:
                    return
                os.waitpid(found.si_pid, 0)

    def _end(self) -> NoReturn:
        for _, pid in self._children.values():
            _kill_group(pid)
        os._exit(0)


def _kill_group(pid: int) -> None:
    # No such group: it ended before it led one. No permission: only a set-user-id program is left in it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
