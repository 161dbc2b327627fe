"""The browser's walks over a recorded module against torch's own methods: the same names, in the same order."""

from __future__ import annotations

import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tapedeck.recorder import record
from tapedeck.tape import Tape, encode_events, encode_tables

ROOT = Path(__file__).parents[2]


class Whole(nn.Module):
    """One of everything: nested, shared, tied, `None`, containers, plain list, buffers of both kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))
        self.register_parameter("shift", None)
        self.register_buffer("kept", torch.zeros(2))
        self.register_buffer("passing", torch.zeros(2), persistent=False)
        self.register_buffer("nothing", None)
        self.block = nn.Sequential(nn.Linear(2, 2, bias=False), nn.BatchNorm1d(2), nn.ReLU())
        self.register_module("absent", None)
        self.again = self.block[0]
        self.items = nn.ModuleList([nn.Linear(2, 2), self.block])
        self.named = nn.ModuleDict({"10": nn.Linear(2, 2), "2": nn.Identity(), "b": nn.ReLU(), "1": nn.ReLU()})
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
        self.parts = nn.ParameterList([torch.ones(2), torch.ones(2)])
        self.named["10"].weight = self.items[0].weight
        self.norm = nn.BatchNorm1d(2, affine=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
        return self.norm(self.items[1](x)) * self.scale


class Shares(nn.Module):
    """One block under two names, and a buffer that two modules have."""

    def __init__(self) -> None:
        super().__init__()
        one = nn.BatchNorm1d(2)
        self.a, self.b = one, one
        self.c = nn.BatchNorm1d(2)
        self.c.running_mean = one.running_mean
        self.twice = nn.Sequential(one, one, self.c)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.twice(x)


def tied_decoder() -> nn.Module:
    """S3.4: the weight of one layer in another."""
    net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    net[4].weight = net[0].weight
    return net


MODELS: dict[str, Any] = {
    "whole": Whole,
    "shares": Shares,
    "tied": tied_decoder,
    "plain": lambda: nn.LSTM(2, 2),
    "twelve": lambda: nn.Sequential(*[nn.Linear(2, 2) for _ in range(12)]),
    "empty": nn.ReLU,
}
NAMED = ("modules", "parameters", "buffers")
WALKS = ["children", "named_children", "modules", "parameters", "buffers", "state_dict", *(f"named_{n}" for n in NAMED)]


def answers(tape: Tape, asked: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    """What the browser's code gives."""
    given = {
        "tables": json.loads(encode_tables(tape)),
        "events": encode_events(tape).decode(),
        "asked": asked,
    }
    script = ROOT / "tests" / "js" / "tape" / "walked.js"
    done = subprocess.run(["node", script], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [[(name, thing) for name, thing in answer] for answer in json.loads(done.stdout)]


def torchs(module: nn.Module, walk: str, once: bool) -> list[tuple[str, Any]]:
    """What torch gives; where it gives no names, those are empty."""
    if walk.startswith("named_") and walk != "named_children":
        return list(getattr(module, walk)(remove_duplicate=once))
    if walk == "state_dict":
        return list(module.state_dict(keep_vars=True).items())
    if walk == "named_children":
        return list(module.named_children())
    return [("", thing) for thing in getattr(module, walk)()]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.timeout(240)
def test_every_walk_gives_what_torch_gives_in_its_order(name: str) -> None:
    net = MODELS[name]()
    with record(values="structure") as recording:
        net(torch.randn(3, 2))
        numbers = {module: recording.modules.row_of(module) for module in net.modules()}
        held = [*net.parameters(), *net.buffers()]
        ids = {id(tensor): f"tensor:{recording.tensors.known(tensor).id}" for tensor in held}
        ids |= {id(module): f"module:{number}" for module, number in numbers.items()}
    tape = recording.tape
    assert tape.check() == []

    cases = [(walk, once, path) for walk, once in product(WALKS, (True, False)) for path, _ in net.named_modules()]
    asked = [{"walk": w, "once": once, "id": numbers[net.get_submodule(path)]} for w, once, path in cases]
    for (walk, once, path), got in zip(cases, answers(tape, asked), strict=True):
        wanted = torchs(net.get_submodule(path), walk, once)
        assert [thing for _, thing in got] == [ids[id(thing)] for _, thing in wanted], (walk, once, path)
        if walk.startswith("named_") or walk == "state_dict":
            assert [key for key, _ in got] == [key for key, _ in wanted], (walk, once, path)


def test_after_a_layer_was_cut_off_the_walk_at_each_moment_is_that_of_the_moment() -> None:
    """S1.1.6: the recording looks again when a new part of a module is called in it."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(x)

    net = Net()
    with record(values="structure") as recording:
        net(torch.randn(3, 2))
        before = [name for name, _ in net.named_modules()]
        step = len(recording.log.events) - 1
        net.head = nn.Sequential(*list(net.head.children())[:-1])
        net(torch.randn(3, 2))
    tape = recording.tape
    asked = [{"walk": "named_modules", "once": True, "id": 0, "step": at} for at in (step, None)]
    first, last = answers(tape, asked)

    assert [name for name, _ in first] == before
    assert [name for name, _ in last] == [name for name, _ in net.named_modules()]
    assert len(last) == len(first) - 1
    assert [tape.modules[row].path for row in tape.modules[0].children] == ["net.head", "net.head"]
