"""The lab for models without code: its starting points run, its names are the server's, its facts are torch's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from tapedeck.spec import translate
from tapedeck.spec.read import read
from tapedeck.tape import encode_events, encode_tables
from tests.labs.node import node
from tests.recorder.programs import tape_of

STARTS: list[dict[str, Any]] = node("describe/starts.js", ["starts"])[0]
SPECS = [start["spec"] for start in STARTS]
X = {"x": {"shape": [4, 3]}}


def linear(wide: int, out: int = 2, **more: Any) -> dict[str, Any]:
    return {"layer": "Linear", "args": {"in_features": wide, "out_features": out}, **more}


def told(spec: dict[str, Any]) -> dict[str, Any]:
    """What the lab says once a spec is recorded."""
    source = translate(spec)
    tape = tape_of(source, seed=0)
    case = {
        "spec": spec,
        "source": source,
        "tables": json.loads(encode_tables(tape)),
        "events": encode_events(tape).decode(),
    }
    answer: dict[str, Any] = node("describe/facts.js", [case])[0]
    return {**answer, "ended": tape.header.ended}


@pytest.mark.parametrize(
    "spec",
    [
        {"inputs": X, "layers": [linear(3), {"layer": "ReLU"}, {"layer": "ReLU"}]},
        {"inputs": {"relu1": {"shape": [2]}}, "layers": [{"layer": "ReLU"}, {"layer": "ReLU", "name": "relu2"}]},
        {"inputs": X, "layers": [{"layer": "ReLU"}, {"function": "relu"}, {"layer": "ReLU", "name": "relu1"}]},
    ],
)
def test_a_layer_without_a_name_has_that_of_the_server(spec):
    assert node("describe/starts.js", [spec])[0][0]["names"] == [step.name for step in read(spec).layers]


@pytest.mark.parametrize("start", STARTS, ids=lambda start: "-".join(start["names"][:3]))
def test_the_facts_of_a_starting_point_are_those_of_its_model(start):
    spec = start["spec"]
    assert start["names"] == [step.name for step in read(spec).layers]
    answer = told(spec)
    assert (answer["ended"], answer["failure"]) == ("finished", None)
    names: dict[str, Any] = {"__name__": "__main__"}
    torch.manual_seed(0)
    exec(compile(translate(spec), "spec.py", "exec"), names)
    model = names["model"]
    assert answer["facts"]["parameters"] == sum(one.numel() for one in model.parameters())
    assert answer["facts"]["output"] == list(names["output"].shape)
    shapes: dict[str, list[int]] = {}
    for name, module in model.named_children():
        module.register_forward_hook(
            lambda _, given, out, name=name: shapes.__setitem__(
                name, list((out[0] if isinstance(out, tuple) else out).shape)
            )
        )
    model(*(names[name] for name in spec["inputs"]))
    children = dict(model.named_children())
    for i, (name, facts) in enumerate(zip(start["names"], answer["facts"]["layers"], strict=True)):
        own = str(i) if answer["written"]["flat"] else name
        assert facts["shape"] is not None
        if own in children:
            assert facts["shape"] == shapes[own]
            assert facts["parameters"] == sum(one.numel() for one in children[own].parameters())
        else:
            assert facts["parameters"] is None
    losses = answer["facts"]["losses"]
    assert len(losses) == (spec.get("steps", 1) if "loss" in spec else 0)
    if losses:
        assert losses[-1] == pytest.approx(names["loss"].item(), rel=1e-5)


CLASH = "mat1 and mat2 shapes cannot be multiplied"
WRONG = [
    ({"layers": [linear(3), linear(5)]}, "layers", 1, CLASH, {"arg": "in_features", "value": 2}),
    ({"layers": [linear(3, name="a"), linear(5)]}, "layers", 1, CLASH, {"arg": "in_features", "value": 2}),
    (
        {
            "layers": [
                linear(3, name="a"),
                linear(3, 7, name="b", inputs=["x"]),
                {"function": "add", "inputs": ["a", "b"]},
            ]
        },
        "layers",
        2,
        "must match the size",
        None,
    ),
    (
        {"layers": [{"layer": "Conv2d", "args": {"in_channels": 3, "out_channels": 2, "kernel_size": 3, "groups": 2}}]},
        "layers",
        0,
        "divisible by groups",
        None,
    ),
    (
        {"layers": [linear(3, name="a"), {"layer": "GroupNorm", "args": {"num_groups": 2, "num_channels": 3}}]},
        "layers",
        1,
        "divisible by num_groups",
        None,
    ),
    (
        {
            "layers": [linear(3)],
            "loss": {"type": "MSELoss", "args": {"reduction": "none"}},
            "target": {"shape": [4, 2]},
        },
        "loss",
        None,
        "scalar outputs",
        None,
    ),
    (
        {"layers": [linear(3)], "loss": {"type": "CrossEntropyLoss"}, "target": {"shape": [5], "classes": 2}},
        "loss",
        None,
        "batch_size",
        None,
    ),
    (
        {
            "layers": [linear(3)],
            "loss": {"type": "MSELoss"},
            "target": {"shape": [4, 2]},
            "optimizer": {"type": "SGD", "args": {"lr": -1.0}},
        },
        "optimizer",
        None,
        "Invalid learning rate",
        None,
    ),
    ({"layers": [{"layer": "ReLU"}]}, "", None, "does not require grad", None),
    (
        {"layers": [linear(3)], "inputs": {"x": {"values": [[1, 2, 3]], "classes": 9, "requires_grad": True}}},
        "inputs",
        "x",
        "floating point",
        None,
    ),
]


@pytest.mark.parametrize(
    ("spec", "part", "at", "says", "fix"), WRONG, ids=lambda one: one if isinstance(one, str) else None
)
def test_where_torch_stops_is_told_at_its_place_in_the_form(spec, part, at, says, fix):
    answer = told({"inputs": X, **spec})
    assert answer["ended"] == "raised"
    failure = answer["failure"]
    assert (failure["part"], failure["at"], failure["fix"]) == (part, at, fix)
    assert says in failure["message"]


def test_what_a_layer_would_need_makes_it_run():
    spec = {"inputs": X, "layers": [linear(3), linear(5)]}
    fix = told(spec)["failure"]["fix"]
    assert told({**spec, "layers": [linear(3), linear(fix["value"])]})["failure"] is None


def test_the_layers_before_an_error_have_their_facts():
    facts = told({"inputs": X, "layers": [linear(3), linear(5)]})["facts"]["layers"]
    assert [one["shape"] for one in facts] == [[4, 2], None]
    assert facts[1]["inputs"] == [[4, 2]]
    assert facts[1]["parameters"] == 12
