"""What the lessons on pictures, pooling and normalisation must show, on their tapes."""

import pytest

from tests.lessons.seen import printed, value
from tests.recorder.programs import kinds, numbers


def grads(tape, name):
    """What ``.grad`` of a leaf was, time by time."""
    return [numbers(tape, e.total) for e in kinds(tape, "accumulate") if tape.tensors[e.tensor].name == name]


def nodes(tape):
    """The nodes that the engine called, leaves by their names."""
    entered = [tape.nodes[event.node] for event in kinds(tape, "node_enter")]
    return [node.name if node.variable is None else tape.tensors[node.variable].name for node in entered]


def near(numbers):
    return pytest.approx(numbers, abs=1e-5)


# L43


def test_the_kernel_sums_to_a_ninth_and_a_flat_area_becomes_a_tenth(told):
    tape = told("picture-and-kernel")
    (total,) = (
        numbers(tape, event.values[0])
        for event in kinds(tape, "op")
        if tape.ops[event.op].label == "sum" and not tape.ops[event.op].nodes
    )
    assert total == near(1 / 9)
    assert value(tape, "flat") == near([0.1] * 9)


def test_across_the_edge_stand_0_minus_03_04_and_01(told):
    tape = told("picture-and-kernel")
    assert value(tape, "out") == near([0.0, -0.3, 0.4, 0.1] * 4)
    assert "across the edge: tensor([ 0.0000, -0.3000,  0.4000,  0.1000])" in printed(tape)


def test_the_gradient_reaches_the_weight_through_one_convolution(told):
    tape = told("picture-and-kernel")
    assert nodes(tape) == ["SumBackward0", "ConvolutionBackward0", "conv.weight"]
    assert grads(tape, "conv.weight") == [near([3.6, 7.2, 10.8] * 3)]


def test_a_colour_picture_is_refused_by_one_channel_and_taken_by_three_groups(told):
    message = (
        "Given groups=1, weight of size [1, 1, 3, 3], expected input[1, 3, 8, 8] to have 1 channels, "
        "but got 3 channels instead"
    )
    tape = told("picture-and-kernel")
    assert printed(tape)[-1] == f"RuntimeError: {message}"
    assert [op.error for op in tape.ops if op.error] == [f"RuntimeError: {message}"]
    assert printed(told("picture-and-kernel", {"channels": 1}))[-1] == "colour: [1, 3, 6, 6]"


@pytest.mark.parametrize(("option", "flat"), [(0, 0.0), (2, 0.9)])
def test_the_centre_decides_what_becomes_of_flat_areas(told, option, flat):
    assert value(told("picture-and-kernel", {"centre": option}), "flat") == near([flat] * 9)


# L44


def test_average_pooling_has_no_parameters_and_is_a_convolution_with_a_quarter(told):
    tape = told("pooling")
    assert {"parameters: []", "equal: True"} <= set(printed(tape))
    assert [row.parameters for row in tape.modules] == [{}, {}]
    assert value(tape, "mean") == near([2.5, 4.5, 10.5, 12.5])
    assert value(tape, "as_conv") == near([2.5, 4.5, 10.5, 12.5])
    assert value(tape, "kernel") == [0.25] * 4


def test_average_sends_a_quarter_everywhere_and_max_sends_one_to_the_winners(told):
    tape = told("pooling")
    assert value(tape, "most") == [5.0, 7.0, 13.0, 15.0]
    average, maximum = grads(tape, "x")
    assert average == [0.25] * 16
    assert maximum == [float(pixel in (5, 7, 13, 15)) for pixel in range(16)]
    passes = ("AvgPool2DBackward0", "MaxPool2DWithIndicesBackward0")
    assert nodes(tape) == [name for pooling in passes for name in ("SumBackward0", pooling, "x")]


def test_max_is_not_linear_and_average_is(told):
    assert printed(told("pooling"))[-2:] == ["average is linear: True", "max is linear: False"]
    assert printed(told("pooling", {"size": 1}))[-1] == "max is linear: True"


def test_the_last_row_and_column_of_an_odd_picture_get_no_gradient(told):
    tape = told("pooling", {"picture": 1})
    assert len(value(tape, "mean")) == 4
    average = grads(tape, "x")[0]
    assert [average[5 * row + 4] for row in range(5)] == average[20:] == [0.0] * 5
    assert average[:4] == [0.25] * 4


# L45

VARIANCE = [15.998498916625977, 15.866357803344727, 15.998842239379883, 15.499663352966309]


def test_after_batch_norm_the_mean_is_0_and_the_variance_a_little_below_16(told):
    tape = told("linear-batchnorm-dropout")
    h = [-0.3122839, -0.7277084, -0.4635109, -0.7032540, 0.3409598, -0.6587960, 0.2796618, -0.7384554]
    assert value(tape, "h") == near(h)
    assert value(tape, "mean") == near([0.0] * 4)
    assert value(tape, "var") == pytest.approx(VARIANCE, abs=2e-3)
    assert all(variance <= 16 for variance in value(tape, "var"))


def test_the_variance_is_16_v_by_v_plus_eps(told):
    tape = told("linear-batchnorm-dropout")
    formula = [16 * v / (v + 1e-5) for v in value(tape, "v")]
    assert value(tape, "var") == pytest.approx(formula, abs=1e-3)
    assert value(tape, "formula") == pytest.approx(formula, abs=1e-3)
    wide = told("linear-batchnorm-dropout", {"norm": 1})
    assert value(wide, "var") == pytest.approx([16 * v / (v + 0.1) for v in value(wide, "v")], abs=1e-3)


def test_dropout_leaves_0_or_twice_the_number(told):
    tape = told("linear-batchnorm-dropout")
    pairs = list(zip(value(tape, "y"), value(tape, "o"), strict=True))
    assert all(kept in (0, near(2 * number)) for number, kept in pairs)
    assert sum(kept == 0 for _, kept in pairs) == 3


def test_the_nodes_begin_with_the_mask_of_dropout(told):
    assert nodes(told("linear-batchnorm-dropout"))[1:] == [
        "MulBackward0",
        "NativeBatchNormBackward0",
        "norm.weight",
        "norm.bias",
        "AddmmBackward0",
        "linear.bias",
        "TBackward0",
        "linear.weight",
    ]


ONE = "Expected more than 1 value per channel when training, got input size torch.Size([1, 4])"


def test_a_batch_of_one_is_refused_in_training(told):
    assert printed(told("linear-batchnorm-dropout"))[-1] == f"ValueError: {ONE}"
    end = told("linear-batchnorm-dropout", {"batch": 2}, outcome="raised").events[-1]
    assert (end.type, end.message) == ("ValueError", ONE)


def test_instance_norm_centres_each_row_and_an_eps_of_0_is_refused(told):
    tape = told("linear-batchnorm-dropout", {"norm": 3})
    y = value(tape, "y")
    assert (sum(y[:4]), sum(y[4:])) == (near(0.0), near(0.0))
    assert max(abs(mean) for mean in value(tape, "mean")) > 1
    end = told("linear-batchnorm-dropout", {"norm": 2}, outcome="raised").events[-1]
    assert (end.type, end.message) == ("ValueError", "batch_norm eps must be positive during training, but got 0.0")
