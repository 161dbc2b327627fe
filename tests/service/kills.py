"""Kills whatever there is, at random moments, while clients record; then counts what was lost.

By hand: ``python -m tests.service.kills 200 [split]``. Whoever was told that a tape is finished must find it, sound,
and every other run must have an honest outcome.
"""

import collections
import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from tapedeck.tape import load
from tests.service.stack import Stack

PROGRAMS = {
    "short": "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\n",
    "long": "import time, torch\nx = torch.ones(4, requires_grad=True)\ntime.sleep(0.4)\n(x * 2).sum().backward()\n",
    "raising": "import torch\ntorch.ones(2) @ torch.ones(3)\n",
    "endless": "while True:\n    pass\n",
}
RIGHT = {"short": {"finished"}, "long": {"finished"}, "raising": {"raised"}, "endless": {"timed_out"}}
OUR_FAULT = {"failed"}
READY_WITHIN_S = 5.0
PATIENCE_S = 60.0


class Client(threading.Thread):
    """Records one program after the other, and remembers what it was told."""

    def __init__(self, stack, left, seed):
        super().__init__(daemon=True)
        self.stack = stack
        self.left = left
        self.random = random.Random(seed)
        self.told = []
        self.unanswered = 0

    def run(self):
        with httpx.Client(base_url=self.stack.base, timeout=10) as http:
            while self.left.take():
                name = self.random.choice(list(PROGRAMS))
                id = self.begin(http, name)
                if id is not None:
                    self.told.append((name, id, self.followed(http, id)))

    def begin(self, http, name):
        """The id of a recording that the service has taken; it is asked until it does."""
        body, deadline = {"source": PROGRAMS[name], "title": name}, time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                answer = http.post("/api/v1/tapes", json=body)
            except httpx.TransportError:
                self.unanswered += 1
            else:
                if answer.status_code in (200, 202):
                    return answer.json()["id"]
                assert answer.status_code in (429, 503), answer.text
            time.sleep(0.05)
        raise AssertionError("the service took nothing for a minute")

    def followed(self, http, id):
        """How the recording ended, as the service tells it."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                answer = http.get(f"/api/v1/tapes/{id}")
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code == 404:
                return "lost"
            if answer.status_code == 200 and answer.json()["outcome"] is not None:
                return answer.json()["status"]
            time.sleep(0.03)
        return "never ended"


class Countdown:
    """So many runs for all clients together."""

    def __init__(self, runs):
        self.left = runs
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0


def strike(stack, rng):
    """Kill one of the kinds of process at a random moment; which, and the seconds until the service was ready again."""
    below = stack.below()
    zygotes = [pid for pid in below if _parent(pid) in {process.pid for process in stack.processes.values()}]
    kinds = {"zygote": zygotes, "child": [pid for pid in below if pid not in zygotes]}
    kind = rng.choice(["child", "zygote", *stack.names])
    if kind in stack.names:
        stack.kill(kind)
    elif not kinds[kind]:
        return None, 0.0
    else:
        stack.note()
        try:
            os.kill(rng.choice(kinds[kind]), signal.SIGKILL)
        except ProcessLookupError:
            return None, 0.0
    return kind, stack.wait_until_ready()


def _parent(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def rampage(folder, runs, split=False, seed=0, clients=4):
    """Kill while ``runs`` programs are recorded; what came of it."""
    rng, struck, slowest = random.Random(seed), collections.Counter(), collections.defaultdict(float)
    with Stack(folder, split, time_limit_s=1.0, concurrency=2) as stack:
        left = Countdown(runs)
        threads = [Client(stack, left, seed * 100 + number) for number in range(clients)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(rng.uniform(0.05, 1.2))
            kind, took = strike(stack, rng)
            if kind is not None:
                struck[kind] += 1
                slowest[kind] = max(slowest[kind], took)
        told = [one for thread in threads for one in thread.told]
        broken = [id for _, id, status in told if status == "finished" and not sound(stack, id)]
        time.sleep(0.5)
        left_behind = stack.left_behind()
    return {
        "told": told,
        "struck": dict(struck),
        "slowest": dict(slowest),
        "broken": broken,
        "left behind": left_behind,
        "statuses": dict(collections.Counter(f"{name}: {status}" for name, _, status in told)),
        "dishonest": [one for one in told if one[2] not in RIGHT[one[0]] | OUR_FAULT | {"died"}],
    }


def sound(stack, id):
    """Whether a tape is there, whole."""
    answer = httpx.get(f"{stack.base}/api/v1/tapes/{id}/file", timeout=10)
    return answer.status_code == 200 and load(answer.content).check() == []


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        found = rampage(folder, runs, "split" in sys.argv[2:], seed=int(time.time()))
    for name in ("struck", "slowest", "statuses", "broken", "dishonest", "left behind"):
        print(f"{name}: {found[name]}")


if __name__ == "__main__":
    main()
