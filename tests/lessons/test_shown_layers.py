"""What the lessons of the chapter *Layers, functions and their start values* must show, on their tapes."""

import math

import pytest

from tapedeck.lessons import lesson
from tests.lessons.seen import edges, grads, made, order, printed, value
from tests.recorder.programs import kinds, numbers


def flags(line):
    """The flags of a printed list, after its label."""
    return [word == "True" for word in line[line.index("[") + 1 : -1].split(", ")]


# L01


def test_the_layer_and_the_function_give_the_same_8_numbers(told):
    tape = told("layer-or-function")
    assert value(tape, "same") == [True] * 8
    assert value(tape, "by_layer") == value(tape, "by_function")
    assert value(tape, "by_layer") == pytest.approx(
        [-0.3122839, -0.7277085, -0.4635109, -0.7032540, 0.3409599, -0.6587961, 0.2796619, -0.7384555], abs=1e-5
    )
    assert printed(tape)[0] == f"same: {[[True] * 4] * 2}"


def test_the_edge_of_the_input_is_none_and_the_bias_is_served_first(told):
    tape = told("layer-or-function")
    assert edges(tape, made(tape, "by_layer")) == ["AccumulateGrad(layer.bias)", None, "TBackward0"]
    assert order(tape) == [
        "SumBackward0",
        "AddmmBackward0",
        "AccumulateGrad(layer.bias)",
        "TBackward0",
        "AccumulateGrad(layer.weight)",
    ]
    assert grads(tape)["layer.bias"] == [2, 2, 2, 2]
    assert grads(tape)["layer.weight"] == pytest.approx([2.1094275, -1.3779513, -3.5773849] * 4, abs=1e-5)


def test_the_layer_lists_two_parameters_and_the_function_none(told):
    tape = told("layer-or-function")
    assert printed(tape)[1:3] == [
        "parameters listed by Linear 2",
        "parameters listed by builtin_function_or_method 0",
    ]
    assert [list(row.parameters) for row in tape.modules if row.path == "layer"] == [["weight", "bias"]]


def test_the_statistics_belong_to_the_module_or_to_the_caller(told):
    tape = told("layer-or-function")
    assert value(tape, "y1") == value(tape, "y2")
    for owner in ("norm.running_mean", "mean"):
        assert value(tape, owner, -1) == pytest.approx([0.2, 0.4])
    for owner in ("norm.running_var", "var"):
        assert value(tape, owner, -1) == pytest.approx([1.7, 1.7])


def test_an_input_that_requires_a_gradient_gets_its_edge(told):
    tape = told("layer-or-function", {"input": 1})
    assert edges(tape, made(tape, "by_layer")) == ["AccumulateGrad(layer.bias)", "AccumulateGrad(x)", "TBackward0"]
    assert len(grads(tape)["x"]) == 6
    assert grads(told("layer-or-function", {"reduction": 1}))["layer.bias"] == [0.25] * 4


# L02


def test_dropout_doubles_what_survives_and_the_gradient_has_the_same_mask(told):
    tape = told("dropout")
    x, y = value(tape, "x"), value(tape, "y")
    assert x == list(range(12))
    assert all(after in (0, 2 * before) for before, after in zip(x, y, strict=True))
    assert 0 < sum(1 for number in y if number) < 11
    mask = grads(tape)["x"]
    assert set(mask) == {0, 2}
    assert [number * kept for number, kept in zip(x, mask, strict=True)] == y
    assert order(tape) == ["SumBackward0", "MulBackward0", "AccumulateGrad(x)"]


def test_in_evaluation_mode_dropout_returns_the_very_tensor(told):
    tape = told("dropout")
    drop = next(row.id for row in tape.modules if row.path == "drop")
    first, second = [call for call in tape.calls if call.module == drop]
    assert first.outputs != first.inputs
    assert second.outputs == second.inputs
    assert [row.call for row in tape.ops if row.label == "dropout"].count(second.id) == 0
    assert "the same object: True" in printed(tape)


def test_setting_the_attribute_reaches_one_of_six_flags_and_eval_all(told):
    lines = printed(told("dropout"))
    one, all_of_them = [flags(line) for line in lines if line.startswith("flags")]
    assert one == [False, True, True, True, True, True]
    assert all_of_them == [False] * 6


def test_the_function_still_drops_after_eval_unless_it_is_told(told):
    tape = told("dropout")
    zeros = value(tape, "untold").count(0)
    assert 420 <= zeros <= 580
    assert f"zeroed: {zeros} and 0 of 1000" in printed(tape)


def test_dropout_of_integers_is_refused(told):
    tape = told("dropout")
    text = "RuntimeError: result type Float can't be cast to the desired output type Long"
    assert printed(tape)[-1] == text
    assert [row.error for row in tape.ops if row.error] == [text]


def test_the_experiments_with_dropout(told):
    channels = value(told("dropout", {"layer": 1}), "y")
    masks = [[number != 0 for number in channels[at : at + 4]] for at in (4, 8)]
    assert all(len(set(mask)) == 1 for mask in masks)
    assert value(told("dropout", {"p": 1.0}), "y") == [0] * 12
    assert "the same object: False" in printed(told("dropout", {"second": 1}))
    assert "the same object: False" in printed(told("dropout", {"second": 2}))


# L03


def test_the_picture_shrinks_to_ten_logits(told):
    tape = told("cnn")
    net = next(call.id for call in tape.calls if tape.modules[call.module].path == "net")
    inside = [
        row for row in tape.ops if row.call is not None and (row.call == net or tape.calls[row.call].parent == net)
    ]
    assert [(row.label, tape.tensors[row.outputs[0]].shape) for row in inside] == [
        ("conv2d", [1, 6, 28, 28]),
        ("relu", [1, 6, 28, 28]),
        ("max_pool2d", [1, 6, 14, 14]),
        ("conv2d", [1, 16, 10, 10]),
        ("relu", [1, 16, 10, 10]),
        ("max_pool2d", [1, 16, 5, 5]),
        ("flatten", [1, 400]),
        ("linear", [1, 120]),
        ("relu", [1, 120]),
        ("linear", [1, 84]),
        ("relu", [1, 84]),
        ("linear", [1, 10]),
    ]
    assert value(tape, "logits") == pytest.approx(
        [
            0.0296688,
            0.0405465,
            -0.0000413,
            0.0969165,
            0.0216323,
            -0.1095899,
            0.1266941,
            -0.1137263,
            -0.1175635,
            0.0002313,
        ],
        abs=1e-4,
    )


def test_62006_parameters_in_five_modules_whose_hooks_alone_fire(told):
    tape = told("cnn")
    owned = [tape.tensors[t].shape for row in tape.modules for t in row.parameters.values()]
    assert sum(math.prod(shape) for shape in owned) == 62006
    assert printed(tape)[0] == "parameters: 62006"
    fired = [tape.modules[tape.hooks[event.hook].module].path for event in kinds(tape, "hook_fire")]
    assert fired == ["net.conv1", "net.conv2", "net.fc1", "net.fc2", "net.fc3"]


def test_25_nodes_stand_below_the_logits_each_leaf_right_after_what_feeds_it(told):
    assert order(told("cnn")) == [
        "NllLossBackward0",
        "LogSoftmaxBackward0",
        "AddmmBackward0",
        "AccumulateGrad(net.fc3.bias)",
        "TBackward0",
        "AccumulateGrad(net.fc3.weight)",
        "ReluBackward0",
        "AddmmBackward0",
        "AccumulateGrad(net.fc2.bias)",
        "TBackward0",
        "AccumulateGrad(net.fc2.weight)",
        "ReluBackward0",
        "AddmmBackward0",
        "AccumulateGrad(net.fc1.bias)",
        "TBackward0",
        "AccumulateGrad(net.fc1.weight)",
        "ViewBackward0",
        "MaxPool2DWithIndicesBackward0",
        "ReluBackward0",
        "ConvolutionBackward0",
        "AccumulateGrad(net.conv2.weight)",
        "AccumulateGrad(net.conv2.bias)",
        "MaxPool2DWithIndicesBackward0",
        "ReluBackward0",
        "ConvolutionBackward0",
        "AccumulateGrad(net.conv1.weight)",
        "AccumulateGrad(net.conv1.bias)",
    ]


def test_there_is_no_f_pool(told):
    assert printed(told("cnn"))[-1] == "AttributeError: module 'torch.nn.functional' has no attribute 'pool'"


def test_view_makes_four_rows_of_one_larger_picture(told):
    tape = told("cnn", {"size": 2, "flatten": 1}, outcome="raised")
    assert "logits: [4, 10]" in printed(tape)
    assert [row.shape for row in tape.tensors if row.name == "logits"] == [[4, 10]]


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"size": 2}, "mat1 and mat2 shapes cannot be multiplied (1x1600 and 400x120)"),
        ({"size": 1}, "mat1 and mat2 shapes cannot be multiplied (1x256 and 400x120)"),
        ({"size": 1, "flatten": 1}, "shape '[-1, 400]' is invalid for input of size 256"),
    ],
)
def test_another_size_stops_the_net(told, edits, message):
    assert told("cnn", edits, outcome="raised").events[-1].message == message


def test_the_cnn_learns_in_its_one_step():
    names = {"__name__": "__main__"}
    exec(compile(lesson("cnn").source, "cnn.py", "exec"), names)
    after = names["F"].cross_entropy(names["net"](names["images"]), names["labels"])
    assert after.item() < names["loss"].item()


# L04


def test_xavier_draws_with_the_square_root_of_two_sevenths(told):
    tape = told("initialisers")
    assert printed(tape)[:2] == ["std: 0.534522", "identical: True"]
    first, second = [row for row in tape.ops if row.label == "normal_"][:2]
    for row in (first, second):
        mean, std = [float(one.text) for one in row.constants]
        assert (mean, std) == (0, pytest.approx(math.sqrt(2 / 7), abs=1e-12))


def test_the_same_seed_and_formula_give_the_same_bits(told):
    tape = told("initialisers")
    drawn = [event for event in kinds(tape, "op") if tape.ops[event.op].label == "normal_"]
    by_init, by_hand = [numbers(tape, event.values[0]) for event in drawn[:2]]
    assert by_init == by_hand
    assert by_init[:3] == pytest.approx([0.353508, 0.142677, 0.032968], abs=1e-6)
    assert value(tape, "by_init") == by_init


def test_data_does_not_count_a_write_and_no_grad_does(told):
    tape = told("initialisers")
    assert "versions added through .data: 0" in printed(tape)
    assert "versions added under no_grad: 1" in printed(tape)
    weight = next(row.id for row in tape.tensors if row.name == "layer.weight")
    versions = [
        version
        for event in kinds(tape, "op")
        for tensor, version in zip(tape.ops[event.op].writes, event.versions, strict=True)
        if tensor == weight
    ]
    assert versions[-1] == versions[-2] + 1  # by the write under no_grad; the one through .data lies between them


def test_apply_visits_the_children_first_and_names_are_not_types(told):
    lines = printed(told("initialisers"))
    assert [line for line in lines if line.startswith("visits")] == [
        "visits Conv2d",
        "visits BatchNorm2d",
        "visits Linear",
        "visits Net",
    ]
    assert "names with 'linear': []" in lines


def test_an_index_on_the_weight_takes_a_row(told):
    tape = told("initialisers")
    row = next(row for row in tape.ops if row.label == "getitem")
    assert tape.tensors[row.inputs[0].tensor].shape == [10, 24]
    assert tape.tensors[row.outputs[0]].shape == [24]
    assert printed(tape)[-1] == "shapes of params and params[0]: [10, 24] [24]"


def test_the_experiments_with_initialisers(told):
    assert "std: 0.169031" in printed(told("initialisers", {"fans": 1}))
    assert "std: 0.053452" in printed(told("initialisers", {"fans": 2}))
    assert printed(told("initialisers", {"gain": 2.0}))[:2] == ["std: 1.069045", "identical: True"]
    assert printed(told("initialisers", {"draw": 1}))[1] == "identical: False"


# L05


def spreads(tape, tower):
    """The standard deviation of what each activation of a tower gave, from the tape's statistics."""
    seen = []
    for event in kinds(tape, "call_exit"):
        path = tape.modules[tape.calls[event.call].module].path
        if path.startswith(f"{tower}.") and int(path.rpartition(".")[2]) % 2:
            seen.append(tape.values[event.values[0]].summary)
    assert len(seen) == 10
    assert all(one.histogram for one in seen)
    return [one.std for one in seen]


def norms(tape, tower):
    """The norm of each weight's gradient, in the order of the way back."""
    return [
        tape.values[event.total].summary.norm
        for event in kinds(tape, "accumulate")
        if tape.tensors[event.tensor].name.startswith(f"{tower}.")
    ]


def test_with_std_001_the_signal_is_gone(told):
    tape = told("ten-layers-deep")
    spread = spreads(tape, "small")
    assert 0 < spread[-1] < 1e-9
    assert spread[0] == pytest.approx(0.08, abs=0.01)
    assert norms(tape, "small")[-1] < 1e-5


def test_with_std_1_most_units_are_saturated(told):
    tape = told("ten-layers-deep")
    beyond = [float(line.removeprefix("beyond 0.99: ")) for line in printed(tape) if line.startswith("beyond")]
    assert beyond[1] > 0.6
    assert norms(tape, "large")[-1] > 100 * norms(tape, "large")[0]


def test_with_xavier_the_signal_survives(told):
    tape = told("ten-layers-deep")
    assert spreads(tape, "xavier")[-1] == pytest.approx(0.2396, abs=1e-3)
    back = norms(tape, "xavier")
    assert all(1 < norm < 10000 for norm in back)
    assert max(back) < 2 * min(back)


def test_a_forward_hook_on_each_activation_prints_its_spread(told):
    tape = told("ten-layers-deep")
    said = [float(line.removeprefix("spread: ")) for line in printed(tape) if line.startswith("spread")]
    assert said == pytest.approx([*spreads(tape, "small"), *spreads(tape, "large"), *spreads(tape, "xavier")], rel=1e-3)
    assert len(kinds(tape, "hook_fire")) == 30


def test_the_experiments_with_ten_layers(told):
    assert spreads(told("ten-layers-deep", {"std": 0.12}), "small")[-1] > 0.1
    assert spreads(told("ten-layers-deep", {"activation": 1}), "large")[-1] > 1e6
    assert 1e-4 < spreads(told("ten-layers-deep", {"third": 1}), "xavier")[-1] < 0.05
