"""Records the programs on whose states, costs and live memory Python and JavaScript must agree: ``at_cases.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import msgspec

from tapedeck.recorder import record
from tapedeck.tape import Tape, encode_events, encode_tables
from tapedeck.views.costs import costs
from tapedeck.views.memory import live_memory

ROOT = Path(__file__).parents[1]
PROGRAMS = {
    "hooks around one node": """
import torch
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = a * b
handle = c.register_hook(lambda g: g + 2)
c.retain_grad()
d = c * c
d.backward(retain_graph=True)
handle.remove()
d.backward()
""",
    "a module with hooks, trained for two steps": """
import torch
from torch import nn
net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))
net[0].register_forward_hook(lambda module, args, output: output * 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(2):
    optimizer.zero_grad()
    loss = net(torch.ones(4, 2) * torch.arange(4.0).view(4, 1)).pow(2).mean()
    loss.backward()
    net[0].weight.grad.mul_(0.5)
    optimizer.step()
""",
    "in-place writes and an exception in backward": """
import torch
x = torch.ones(3, requires_grad=True)
y = x.exp()
z = y * 2
y.add_(1)
z.sum().backward()
""",
    "double backward": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x ** 3).sum()
(g,) = torch.autograd.grad(y, x, create_graph=True)
g.sum().backward()
""",
    "a pass inside a pass": """
import torch
from torch.utils.checkpoint import checkpoint
w = torch.tensor([0.5, -1.0], requires_grad=True)
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = checkpoint(lambda t: (t * w).sin(), x * 2, use_reentrant=True)
y.sum().backward()
""",
    "a module that calls itself": """
import torch
from torch import nn
class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def forward(self, x, depth=2):
        return self.fc(x) if depth == 0 else self(self.fc(x), depth - 1)
Nested()(torch.ones(1, 2)).sum().backward()
""",
    "no numbers": """
import torch
from torch import nn
net = nn.Linear(2, 1)
net.weight.register_hook(lambda g: g * 2)
net(torch.ones(3, 2)).sum().backward()
net.weight.grad.mul_(0.5)
""",
}
LEVELS: dict[str, Literal["structure"]] = {"no numbers": "structure"}


def recorded(source: str, values: Literal["structure", "full"]) -> Tape:
    """The tape of one program; what it raises stands on the tape."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    recording = record(values, seed=0, title="case", sources={"case.py": source}, namespace=namespace)
    try:
        with recording:
            exec(compile(source, "case.py", "exec"), namespace)
    except RuntimeError as error:
        if "modified by an inplace operation" not in str(error):
            raise
    return recording.tape


def case(name: str, source: str) -> dict[str, Any]:
    """One case: the tape as JSON, and by Python its state at every step, its costs and its live memory."""
    tape = recorded(source, LEVELS.get(name, "full"))
    return {
        "name": name,
        "tables": json.loads(encode_tables(tape)),
        "events": [json.loads(line) for line in encode_events(tape).splitlines()],
        "states": {str(step): tape.at(step).to_dict() for step in range(-1, len(tape.events))},
        **totals(tape),
    }


def totals(tape: Tape) -> dict[str, Any]:
    """What Python makes of a whole tape."""
    memory = live_memory(tape)
    peak = {"step": memory.peak.step, "bytes": memory.peak.bytes}
    return {
        "costs": msgspec.to_builtins(costs(tape)),
        "memory": {"steps": memory.steps, "bytes": memory.bytes, "peak": peak},
    }


if __name__ == "__main__":
    cases = [case(name, source) for name, source in PROGRAMS.items()]
    (ROOT / "tests/data/at_cases.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
