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
import sys
from typing import NoReturn

import msgspec

from tapedeck.sandbox.confine import adopt_orphans, die_with_parent, layers
from tapedeck.sandbox.wire import Cold, Exited, Ready, Refused, Spawn, Started, receive, send

WARM_UP = """
import torch
from torch import nn
model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model[0].weight.register_hook(lambda gradient: gradient * 2)
loss = nn.functional.cross_entropy(model(torch.rand(1, 1, 4, 4)), torch.tensor([1]))
optimizer.zero_grad()
loss.backward()
optimizer.step()
print(loss.item())
"""


def main(descriptor: int) -> NoReturn:
    """Warm up, say so, and fork children until the supervisor is gone."""
    die_with_parent()
    adopt_orphans()
    os.chdir("/")
    sock = socket.socket(fileno=descriptor)
    try:
        version = warm_up()
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise RuntimeError(f"after warming up it has {threads} threads instead of one")
    except BaseException as error:  # noqa: BLE001 - whatever a program raises is an outcome
        send(sock, Cold(f"{type(error).__name__}: {error}"[:2000]))
        os._exit(1)
    gc.collect()
    gc.freeze()
    send(sock, Ready(version, layers()))
    _Forks(sock).serve()


def warm_up() -> str:
    """Record a small training step, so that no run pays for first uses; leave the random states as they were."""
    import random

    import numpy
    import torch

    from tapedeck.recorder import record
    from tapedeck.sandbox import child  # noqa: F401  (its imports are what every child needs)

    before = torch.get_rng_state(), numpy.random.get_state(), random.getstate()
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115  (put back below)
    recording = record(sources={"warm.py": WARM_UP}, progress=lambda *_: None)
    with recording:
        exec(compile(WARM_UP, "warm.py", "exec"), {"__name__": "__main__"})
    sys.stdout.close()
    sys.stdout = stdout
    recording.tape.to_bytes()
    torch.set_rng_state(before[0])
    numpy.random.set_state(before[1])
    random.setstate(before[2])
    return str(torch.__version__)


class _Forks:
    """The children that run now, by pidfd, and the loop that starts and buries them."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
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

                child.main(order.limits, *descriptors)
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


if __name__ == "__main__":
    main(int(sys.argv[1]))
