"""A process that minds its own business and says when somebody meddles with it."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ANSWER_S = 5.0
SOURCE = """
import ctypes, os, signal, sys
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, lambda number, _: os.write(1, b"it got signal %d\\n" % number))
memory = ctypes.create_string_buffer(sys.stdin.readline().strip().encode())
print(ctypes.addressof(memory), flush=True)
for _ in sys.stdin:
    os.write(1, b"well\\n")
"""


class Victim:
    """A process of the same user that holds a secret in its memory, its environment and its working directory."""

    def __init__(self, secret: str) -> None:
        self._home = tempfile.mkdtemp(prefix="victim-")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", SOURCE],
            env={"SECRET": secret},
            cwd=self._home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{secret}\n".encode())
        self._process.stdin.flush()
        self.address = int(self._process.stdout.readline())
        self._length = len(secret)
        self._before = self._state()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def suffered(self) -> list[str]:
        """What was done to it since it was made."""
        if self._process.poll() is not None:
            return [f"the victim was killed ({self._process.returncode})"]
        state = self._state()
        changed = [f"the victim's {key} is {state[key]}" for key in state if state[key] != self._before[key]]
        said = self._ask() if state["state"] == "running" else ""
        return [f"the victim says {line}" for line in said.splitlines() if line != "well"] + changed

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
        with contextlib.suppress(OSError):
            os.rmdir(self._home)

    def _ask(self) -> str:
        """What it says when it is asked how it is: first of all, what signals came until then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"?\n")
        self._process.stdin.flush()
        said = ""
        while "well" not in said and select.select([self._process.stdout], [], [], ANSWER_S)[0]:
            said += os.read(self._process.stdout.fileno(), 65_536).decode() or "well"
        return said

    def _state(self) -> dict[str, object]:
        folder = Path(f"/proc/{self.pid}")
        stat = folder.joinpath("stat").read_text().rpartition(")")[2].split()
        with folder.joinpath("mem").open("rb", buffering=0) as memory:
            memory.seek(self.address)
            held = memory.read(self._length)
        return {
            "memory": held,
            "state": "stopped" if stat[0] in "tT" else "running",
            "tracer": [line for line in folder.joinpath("status").read_text().splitlines() if "TracerPid" in line],
            "limits": folder.joinpath("limits").read_text(),
            "oom score": folder.joinpath("oom_score_adj").read_text(),
            "priority": os.getpriority(os.PRIO_PROCESS, self.pid),
            "policy": os.sched_getscheduler(self.pid),
            "processors": os.sched_getaffinity(self.pid),
        }


def descendants(pid: int) -> dict[int, str]:
    """Every process below this one, with its state letter."""
    children: dict[int, list[tuple[int, str]]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = folder.joinpath("stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(stat[1]), []).append((int(folder.name), stat[0]))
    found: dict[int, str] = {}
    parents = [pid]
    while parents:
        for child, state in children.get(parents.pop(), []):
            found[child] = state
            parents.append(child)
    return found


def end(pids: list[int]) -> None:
    """Kill processes of ours, by a handle that cannot hit anybody else."""
    for pid in pids:
        with contextlib.suppress(OSError):
            handle = os.pidfd_open(pid)
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
