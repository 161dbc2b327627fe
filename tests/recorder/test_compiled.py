"""The recorder's inner loop, compiled and as plain Python: one source, the same tapes."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tapedeck.recorder import statistics

ROOT = Path(__file__).parents[2]
RECORDER = ROOT / "server" / "tapedeck" / "recorder"
COMPILED = [path.name.split(".")[0] for path in RECORDER.glob("*.so")]

PROGRAM = """
import json, sys
import msgspec, torch
from torch import nn
from tapedeck.recorder import record, ops

class Twice(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(context, gradient):
        return gradient * 2

def program():
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(inplace=True), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 2))
    net[0].register_forward_hook(lambda module, args, output: output * 1.5)
    net[4].register_full_backward_hook(lambda module, given, gradients: None)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    x = torch.randn(3, 4, requires_grad=True)
    for _ in range(2):
        optimizer.zero_grad()
        y = Twice.apply(net(x)).chunk(2, 1)[0]
        y.retain_grad()
        y.register_hook(lambda gradient: gradient + 1)
        loss = y.pow(2).sum()
        loss.backward(retain_graph=True, create_graph=True)
        optimizer.step()
    with torch.no_grad():
        print(net(x).shape)
    net(torch.randn(3, 5))

with record(sys.argv[1], seed=0) as recording:
    try:
        program()
    except RuntimeError:
        pass
tape = recording.tape
assert tape.check() == [], tape.check()
plain = lambda rows: [{k: v for k, v in msgspec.to_builtins(row).items() if k != "ns"} for row in rows]
names = ("ops", "nodes", "calls", "tensors", "modules", "hooks", "spans", "storages")
tables = {name: plain(getattr(tape, name)) for name in names}
print(json.dumps({"compiled": not ops.__file__.endswith(".py"), "events": plain(tape.events), **tables}))
"""


def test_what_is_compiled_is_what_the_sources_say() -> None:
    if not COMPILED:
        assert shutil.which("cc") is None, "a C compiler is here, and nothing is compiled: run make"
        pytest.skip("no C compiler")

    for name in COMPILED:
        module = importlib.import_module(f"tapedeck.recorder.{name}")
        assert module.__file__ is not None
        sources = [path for path in RECORDER.glob(f"{name}.*") if path.suffix in (".py", ".pyx", ".pxd", ".h")]
        assert sources
        assert os.path.getmtime(module.__file__) >= max(map(os.path.getmtime, sources)), f"{name} is stale: run make"
    assert statistics._fused is not None


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process in which nothing of the recorder is compiled."""
    folder = tmp_path_factory.mktemp("plain")
    shutil.copytree(
        ROOT / "server" / "tapedeck", folder / "tapedeck", ignore=shutil.ignore_patterns("*.so", "__pycache__")
    )
    return {**os.environ, "PYTHONPATH": str(folder)}


def said(level: str, environment: dict[str, str]) -> dict[str, object]:
    """What the program's tape is, recorded in a process with this environment."""
    command = [sys.executable, "-c", PROGRAM, level]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=100)
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("level", ["structure", "full"])
def test_a_tape_is_the_same_compiled_and_not(level: str, plain: dict[str, str]) -> None:
    here, there = said(level, dict(os.environ)), said(level, plain)

    assert (here.pop("compiled"), there.pop("compiled")) == (bool(COMPILED), False)
    for table, rows in here.items():
        assert there[table] == rows, table


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_recorder_works_as_plain_python(plain: dict[str, str]) -> None:
    tests = [
        f"tests/recorder/test_{name}.py"
        for name in ("walkthrough", "hooks", "graph", "module_hooks", "training", "ops")
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]

    done = subprocess.run(command, env=plain, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)

    assert done.returncode == 0, done.stdout[-3000:]
