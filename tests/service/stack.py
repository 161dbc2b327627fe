"""A whole service as processes: a web process over a data folder, with a runner beside it or without, to be killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

READY_S = 30


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def descendants(pid):
    """Every process below this one."""
    found, stack = [], [pid]
    while stack:
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{stack[-1]}/task").iterdir()
            below = [int(child) for task in children for child in (task / "children").read_text().split()]
            stack.pop()
            found += below
            stack += below
            continue
        stack.pop()
    return found


class Stack:
    """``tapedeck serve``, and ``tapedeck runner`` where ``split``; whoever is killed is started again."""

    def __init__(self, folder, split=False, **settings):
        self.folder = Path(folder)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "TAPEDECK_DATA_DIR": str(self.folder / "data"), "TAPEDECK_LOG_FORMAT": "json"}
        self.environment |= {f"TAPEDECK_{name.upper()}": str(value) for name, value in settings.items()}
        if split:
            self.environment["TAPEDECK_RUNNER"] = str(self.folder / "runner.sock")
        self.names = ["runner", "web"] if split else ["web"]
        self.processes = {}
        self.ever = set()

    def __enter__(self):
        for name in self.names:
            self.start(name)
        self.wait_until_ready()
        return self

    def __exit__(self, *_):
        for name in reversed(self.names):
            self.processes[name].send_signal(signal.SIGTERM)
        for name in self.names:
            self.processes[name].wait(20)

    def start(self, name):
        command = ["serve", "--port", str(self.port)] if name == "web" else ["runner"]
        log = open(self.folder / f"{name}.log", "ab")  # noqa: SIM115 - the process has it
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "tapedeck", *command], env=self.environment, stdout=log, stderr=log
        )
        log.close()

    def below(self):
        """The pids of all there is now but the named processes themselves: zygotes and children."""
        return [pid for process in self.processes.values() for pid in descendants(process.pid)]

    def note(self):
        """Remember who is there now, to look for them at the end."""
        self.ever.update(self.below())

    def kill(self, name):
        """Kill one with no warning, and start it again."""
        self.note()
        self.processes[name].kill()
        self.processes[name].wait()
        self.start(name)

    def wait_until_ready(self, within_s=READY_S):
        """The seconds until programs can be recorded."""
        began = time.monotonic()
        while time.monotonic() < began + within_s:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.base}/readyz", timeout=2).status_code == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError(f"not ready within {within_s} s")

    def left_behind(self):
        """Of those that ever were, who is there still and is not part of what runs now."""
        now = {process.pid for process in self.processes.values()} | set(self.below())
        return [pid for pid in self.ever - now if Path(f"/proc/{pid}/stat").exists() and not is_zombie(pid)]


def is_zombie(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
