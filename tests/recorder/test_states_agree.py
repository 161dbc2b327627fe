"""Python's and JavaScript's `at(step)` are the same at every step of real tapes, read from the same files."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tapedeck.recorder import record
from tapedeck.tape import Tape, load
from tests.recorder.differential.harness import Run, programs
from tests.recorder.programs import tape_of
from tests.recorder.test_notes import CASES, run

HERE = Path(__file__).parent
SCRIPT = HERE.parent / "js" / "tape" / "digests.js"
NODE = shutil.which("node")

LONGEST = 400
"""Events of the tapes that are compared: a state costs its things, and all states their square."""

HEAD = "import torch, threading\nfrom torch import nn\nfrom torch.utils.checkpoint import checkpoint\n"
TRAINING = """
net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))
net[0].register_full_backward_hook(lambda module, into, out: None)
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
for step in range(3):
    optimizer.zero_grad(set_to_none=step % 2 == 0)
    net(torch.randn(4, 2)).pow(2).mean().backward()
    optimizer.step()
"""
THREADS = """
layer = nn.Linear(3, 3)
def work():
    layer(torch.ones(2, 3)).sum().backward()
threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads: t.start()
for t in threads: t.join()
"""
AGAIN = "layer = nn.Linear(3, 3)\ncheckpoint(lambda t: layer(t).relu(), torch.ones(2, 3, requires_grad=True), "
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "training": (TRAINING, {}),
    "training, structure": (TRAINING, {"values": "structure"}),
    "training, summary, aten": (TRAINING, {"values": "summary", "aten": True}),
    "threads": (THREADS, {}),
    "checkpoint": (AGAIN + "use_reentrant=False).sum().backward()\n", {}),
    "reentrant checkpoint": (AGAIN + "use_reentrant=True).sum().backward()\n", {}),
    "fake": ("nn.Linear(200_000, 200_000)(torch.ones(8, 200_000)).sum().backward()\n", {"fake": True}),
    "forward mode": (
        "x = torch.tensor(2.0)\nw = torch.tensor(3.0, requires_grad=True)\n(x * w).sin().backward()\n",
        {"mode": "forward", "wrt": ["x", "w"]},
    ),
    "cut": ("x = torch.ones(1, requires_grad=True)\nfor _ in range(50): x = x * 2\nx.backward()\n", {"max_events": 40}),
}


def cut(source: str, **options: Any) -> Tape:
    """The tape of a program that a limit ends; such a tape may end anywhere."""
    recording = record(sources={"cut.py": source}, namespace=(namespace := {"__name__": "__main__"}), **options)
    with recording:
        exec(compile(source, "cut.py", "exec"), namespace)
    return recording.tape


def tapes() -> Iterator[tuple[str, Tape | None]]:
    """Every measured case, every program of the differential test, and what only options show."""
    for name, case in CASES:
        yield name, run(case, recorded=True)[2]
    for program in programs(HERE / "differential" / "programs"):
        yield program.name, Run(program, "full").tape
    for name, (body, options) in OPTIONS.items():
        yield name, (cut if "max_events" in options else tape_of)(HEAD + body, **options)


def canonical(state: dict[str, Any]) -> str:
    """JSON with its keys in order."""
    return json.dumps(state, sort_keys=True, separators=(",", ":"))


def digests(tape: Tape) -> list[str]:
    """What stands for each state, from before the first event on."""
    states = (canonical(tape.at(step).to_dict()) for step in range(-1, len(tape.events)))
    return [hashlib.sha256(state.encode()).hexdigest()[:16] for state in states]


def javascript(*arguments: Any) -> Any:
    """What the script of the browser's side prints."""
    assert NODE is not None
    done = subprocess.run([NODE, SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=240)
    return json.loads(done.stdout)


@pytest.mark.skipif(NODE is None, reason="needs Node")
@pytest.mark.timeout(300)
@pytest.mark.slow
def test_python_and_javascript_agree_on_every_step_of_hundreds_of_tapes(tmp_path: Path) -> None:
    ours: dict[str, list[str]] = {}
    named: dict[str, tuple[str, Tape]] = {}
    for index, (name, tape) in enumerate(tapes()):
        if tape is None or len(tape.events) > LONGEST:
            continue
        file = tape.to_bytes()
        with zipfile.ZipFile(io.BytesIO(file)) as members:
            members.extractall(tmp_path / str(index), ["tape.json", "events.jsonl"])
        read = load(file)
        ours[str(index)] = digests(read)
        named[str(index)] = (name, read)

    theirs = javascript(tmp_path)

    assert len(ours) > 300
    assert theirs.keys() == ours.keys()
    apart = {}
    for index, (name, tape) in named.items():
        if ours[index] == theirs[index]:
            continue
        at = next(i for i, (mine, other) in enumerate(zip(ours[index], theirs[index], strict=True)) if mine != other)
        mine, other = tape.at(at - 1).to_dict(), javascript(tmp_path, index, at - 1)
        apart[name] = (at - 1, {key: (mine[key], other[key]) for key in mine if mine[key] != other.get(key)})
    assert apart == {}
