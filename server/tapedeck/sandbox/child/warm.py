"""First uses, in the fork server, so that no run pays for them.

A child does not repeat them while it waits for its job: it would save the run 4 ms of page faults, and cost 29.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import random
import sys

import numpy
import torch

import tapedeck.recorder
import tapedeck.tape
from tapedeck.recorder import record

STEP = """
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

PROGRAMS_USE = (
    "abc", "argparse", "ast", "asyncio", "base64", "bisect", "calendar", "cmath", "collections", "contextlib", "copy",
    "csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "gc", "glob", "hashlib",
    "heapq", "inspect", "io", "itertools", "json", "logging", "math", "numbers", "operator", "os", "pathlib", "pickle",
    "pprint", "queue", "random", "re", "shutil", "signal", "socket", "sqlite3", "statistics", "string", "struct",
    "subprocess", "tempfile", "textwrap", "threading", "time", "timeit", "traceback", "types", "typing", "unittest",
    "uuid", "warnings", "weakref", "zlib", "torch.autograd.forward_ad", "torch.autograd.functional", "torch.fft",
    "torch.func", "torch.nn.utils.parametrize", "torch.optim.lr_scheduler", "torch.utils.checkpoint",
    "torch.utils.data", "torch.distributions", "torch.linalg", "torch.special", "torch.sparse", "torch.fx",
)  # fmt: skip
"""What ordinary programs import: loaded before the fork it costs them nothing, and needs no file."""


def warm_up() -> str:
    """Import what recordings and programs need, and record once; the version of torch.

    All of our own modules are loaded here, too: a child cannot read them.
    """
    for package in (tapedeck.recorder, tapedeck.tape):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for name in PROGRAMS_USE:
        importlib.import_module(name)
    record_a_step()
    return str(torch.__version__)


def record_a_step() -> None:
    """Record a small training step, and leave the random states as they were."""
    before = torch.get_rng_state(), numpy.random.get_state(), random.getstate()
    stdout, sys.stdout = sys.stdout, io.StringIO()
    recording = record(sources={"warm.py": STEP}, progress=lambda *_: None)
    with recording:
        exec(compile(STEP, "warm.py", "exec"), {"__name__": "__main__"})
    sys.stdout = stdout
    recording.tape.to_bytes()
    torch.set_rng_state(before[0])
    numpy.random.set_state(before[1])
    random.setstate(before[2])
