"""Hostile and honest programs by turns, and what memory they cost: ``python -m tests.sandbox.hostile.soak 600``.

Prints the memory of the server (this process) and of its fork server after 50 runs and at the end, and fails where
either grew by more than 5 %.
"""

import itertools
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.sandbox.conftest import ORDINARY, Sandboxed
from tests.sandbox.hostile.attack import Attack
from tests.sandbox.hostile.scene import Scene
from tests.sandbox.hostile.test_hostile import ATTACKS

FIRST, MOST = 50, 1.05
TRAINING = """
import torch
from torch import nn
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters())
for _ in range(5):
    optimizer.zero_grad()
    loss = model(torch.rand(4, 8)).pow(2).mean()
    loss.backward()
    optimizer.step()
    print(loss.item())
"""
HONEST = (ORDINARY, TRAINING, "import torch\nx = torch.ones(2, 3) @ torch.ones(4)\n", "x = 1\n")


def main(runs: int) -> int:
    """Every other run is honest; the hostile ones come in an order that is the same each time."""
    sandboxed = Sandboxed()
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder), sandboxed)
        hostile = random.Random(0).sample([param.values[0] for param in ATTACKS], len(ATTACKS))
        programs = zip(itertools.cycle(HONEST), itertools.cycle(hostile), strict=False)
        before: dict[str, int] = {}
        wrong = 0
        for number, program in enumerate(itertools.chain.from_iterable(programs), 1):
            wrong += not _right(program, sandboxed, scene)
            if number == min(FIRST, runs):
                before = _report(number, sandboxed)
            if number >= runs:
                break
        after = _report(number, sandboxed)
        scene.close()
    sandboxed.close()
    grown = {name: after[name] / before[name] for name in after}
    print(*(f"{name}: {factor - 1:+.1%}" for name, factor in grown.items()), f"wrong outcomes: {wrong}", sep="\n")
    return int(wrong > 0 or max(grown.values()) > MOST)


def _right(program: str | Attack, sandboxed: Sandboxed, scene: Scene) -> bool:
    if isinstance(program, str):
        status = sandboxed.run(program).outcome.status
        return status == ("raised" if "@" in program else "finished")
    if program.destructive and "seccomp" not in sandboxed.sandbox.layers:
        return True
    run = sandboxed.run(scene.fill(program.source), min(program.time_s, 1.0), **program.limits)
    if run.outcome.status != "failed":
        return True
    print(f"{program.name}: {run.outcome.detail}")
    return False


def _report(number: int, sandboxed: Sandboxed) -> dict[str, int]:
    pids = {"server": "self", "fork server": str(sandboxed.sandbox.zygote_pid)}
    time.sleep(1.0)  # the child that waits for the next run shares some of it
    found = {f"{name} {kind}": _memory_kb(pid, kind) for name, pid in pids.items() for kind in ("Rss", "Pss")}
    print(
        f"after {number} runs:", ", ".join(f"{name} {size / 1024:.1f} MB" for name, size in found.items()), flush=True
    )
    return found


def _memory_kb(pid: str, kind: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600))
