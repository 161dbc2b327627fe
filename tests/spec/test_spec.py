"""A spec becomes the program somebody would have written; its faults are told with their place, in both languages."""

import contextlib
import importlib.util
import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tapedeck.spec import SpecError, table, translate
from tapedeck.spec.sentences import KINDS, SENTENCES

ROOT = Path(__file__).parents[2]
X = {"x": {"shape": [4, 3]}}
LINEAR = {"layer": "Linear", "args": [3, 2]}


def run(spec):
    names = {"__name__": "__main__"}
    torch.manual_seed(0)
    exec(compile(translate(spec), "spec.py", "exec"), names)
    return names


def test_a_chain_of_layers_is_a_sequential():
    spec = {"inputs": X, "layers": [LINEAR, {"layer": "ReLU"}, {"layer": "Dropout", "args": {"p": 0.2}}]}
    assert translate(spec) == (
        "import torch\nfrom torch import nn\n\n"
        "model = nn.Sequential(\n    nn.Linear(3, 2),\n    nn.ReLU(),\n    nn.Dropout(p=0.2),\n)\n\n"
        "x = torch.randn(4, 3)\n\noutput = model(x)\noutput.sum().backward()\n"
    )


def test_branches_are_a_module_with_a_forward():
    names = run(
        {
            "inputs": {"a": {"shape": [4, 3]}, "b": {"values": [[1, 2, 3]] * 4, "requires_grad": True}},
            "layers": [
                {**LINEAR, "name": "left", "inputs": ["a"]},
                {**LINEAR, "inputs": ["b"]},
                {"function": "cat", "inputs": ["left", "linear1"]},
                {"layer": "LSTM", "args": [4, 5]},
                {"function": "mean", "args": {"dim": 0}, "name": "pooled"},
            ],
        }
    )
    assert names["output"].shape == (5,)
    assert [name for name, _ in names["model"].named_children()] == ["left", "linear1", "lstm1"]
    assert names["b"].grad is not None


def test_an_input_of_whole_numbers_is_what_an_embedding_takes():
    spec = {
        "inputs": {"words": {"shape": [2, 3], "classes": 7}},
        "layers": [{"layer": "Embedding", "args": [7, 4]}],
    }
    assert "words = torch.randint(7, (2, 3))" in translate(spec)
    assert run(spec)["output"].shape == (2, 3, 4)


def test_a_model_is_trained_for_its_steps():
    spec = {
        "inputs": {"x": {"shape": [8, 1, 8, 8]}},
        "layers": [
            {"layer": "Conv2d", "args": [1, 4, 3]},
            {"layer": "Flatten"},
            {"layer": "LazyLinear", "args": {"out_features": 10}},
        ],
        "target": {"shape": [8], "classes": 10},
        "loss": "CrossEntropyLoss",
        "optimizer": {"type": "SGD", "args": {"lr": 0.1}},
        "steps": 5,
    }
    first, last = (run({**spec, "steps": steps})["loss"].item() for steps in (1, 5))
    assert last < first


def test_a_model_can_be_evaluated():
    assert not run({"inputs": X, "layers": [LINEAR], "mode": "eval"})["model"].training


@pytest.mark.parametrize("name", sorted(table()["optimizers"]))
def test_every_optimizer_makes_its_step(name):
    spec = {"inputs": X, "layers": [LINEAR], "target": {"shape": [4, 2]}, "loss": "MSELoss", "optimizer": name}
    before = run({**spec, "optimizer": None})["model"][0].weight
    assert not torch.equal(run(spec)["model"][0].weight, before)


def test_what_a_spec_can_name_is_what_this_torch_has():
    loader = importlib.util.spec_from_file_location("spec_table", ROOT / "tools" / "spec_table.py")
    module = importlib.util.module_from_spec(loader)
    loader.loader.exec_module(module)
    assert json.loads(json.dumps(module.table())) == table()


BAD = [
    (1, "", "JSON object"),
    ({"inputs": {}}, "inputs", "at least one input"),
    ({"inputs": X, "layers": []}, "layers", "at least one layer"),
    ({"inputs": X, "layer": []}, "layer", "There is no 'layer' here; there is: inputs, layers"),
    ({"inputs": X, "layers": [{"layer": "Lineer"}]}, "layers[0].layer", "did you mean 'Linear'?"),
    ({"inputs": X, "layers": [{"layer": "Sequential"}]}, "layers[0].layer", "no layer 'Sequential'"),
    ({"inputs": X, "layers": [{"function": "eval"}]}, "layers[0].function", "no function 'eval'"),
    ({"inputs": X, "layers": [{}]}, "layers[0]", "either a 'layer'"),
    (
        {"inputs": X, "layers": [{"layer": "Linear", "args": {"in_feature": 2}}]},
        "layers[0].args.in_feature",
        "'in_features'?",
    ),
    (
        {"inputs": X, "layers": [{"layer": "Linear", "args": ["3", 2]}]},
        "layers[0].args.in_features",
        "a whole number, not '3'",
    ),
    (
        {"inputs": X, "layers": [{"layer": "Linear", "args": [3]}]},
        "layers[0].args.out_features",
        "needs 'out_features'",
    ),
    ({"inputs": X, "layers": [{"layer": "ReLU", "args": [True, 1]}]}, "layers[0].args", "at most 1 arguments, not 2"),
    ({"inputs": X, "layers": [{"layer": "Dropout", "args": {"p": True}}]}, "layers[0].args.p", "a number, not True"),
    (
        {"inputs": X, "layers": [{**LINEAR, "inputs": ["y"]}]},
        "layers[0].inputs[0]",
        "no 'y' before this layer; there is: x",
    ),
    ({"inputs": X, "layers": [{**LINEAR, "inputs": ["x", "x"]}]}, "layers[0].inputs", "takes 1 inputs, not 2"),
    ({"inputs": X, "layers": [{**LINEAR, "name": "x"}]}, "layers[0].name", "'x' is used twice"),
    ({"inputs": X, "layers": [{**LINEAR, "name": "self"}]}, "layers[0].name", "cannot be a name"),
    ({"inputs": {"x; import os": {"shape": [1]}}}, "inputs.x; import os", "cannot be a name"),
    ({"inputs": {"x": {"shape": [0]}}}, "inputs.x.shape", "each at least 1"),
    ({"inputs": {"x": {"shape": [10**6, 10**6]}}}, "inputs.x.shape", "make the shape smaller"),
    ({"inputs": {"x": {"values": [[1], [1, 2]]}}}, "inputs.x.values", "as many numbers"),
    ({"inputs": {"x": {"values": ["one"]}}}, "inputs.x.values", "not 'one'"),
    ({"inputs": {"x": {}}}, "inputs.x", "either a 'shape' or 'values'"),
    ({"inputs": X, "layers": [LINEAR], "loss": "MSELoss"}, "target", "needs a target"),
    ({"inputs": X, "layers": [LINEAR], "loss": "MSE", "target": {"shape": [4, 2]}}, "loss.type", "no loss 'MSE'"),
    ({"inputs": X, "layers": [LINEAR], "optimizer": "Adam"}, "loss", "something to minimise"),
    ({"inputs": X, "layers": [LINEAR], "steps": 1000}, "steps", "1 to 100"),
    ({"inputs": X, "layers": [LINEAR], "mode": "test"}, "mode", "train or eval"),
    ({"inputs": X, "layers": [LINEAR] * 201}, "layers", "at most 200"),
]


@pytest.mark.parametrize(("spec", "where", "says"), BAD, ids=[f"{where}: {says}" for _, where, says in BAD])
def test_a_fault_is_told_with_its_place_and_what_to_change(spec, where, says):
    with pytest.raises(SpecError) as caught:
        translate(spec)
    assert caught.value.where == where
    assert says in caught.value.sentence("en")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.sentence("zh-Hans"))


WORDS = st.sampled_from(
    ["inputs", "layers", "x", "shape", "values", "layer", "args", "Linear", "function", "cat", "loss", "target", "name"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)


@given(JSON | st.fixed_dictionaries({"inputs": JSON | st.just(X), "layers": st.lists(JSON, max_size=3)}))
def test_whatever_is_asked_is_a_program_or_a_sentence(spec):
    with contextlib.suppress(SpecError):
        compile(translate(spec), "spec.py", "exec")


def test_every_sentence_has_its_chinese():
    pairs = [*SENTENCES.values(), *KINDS.values()]
    assert all(
        any("\u4e00" <= letter <= "\u9fff" for letter in chinese) for _, chinese in pairs if "randn" not in chinese
    )


def test_nothing_that_is_not_a_literal_reaches_the_program():
    spec = {"inputs": X, "layers": [{"layer": "Upsample", "args": {"mode": "nearest'); import os; ('"}}]}
    assert compile(translate(spec), "spec.py", "exec").co_names == run_names(spec)


def run_names(spec):
    spec["layers"][0]["args"]["mode"] = "nearest"
    return compile(translate(spec), "spec.py", "exec").co_names
