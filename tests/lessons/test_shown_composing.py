"""What the lessons of the chapter *Building large from small* must show, on their tapes."""

import pytest

from tests.recorder.programs import kinds, numbers


def printed(tape):
    return "".join(event.text for event in kinds(tape, "print") if event.stream == "stdout").splitlines()


def nodes(tape, index=0):
    """The nodes of one backward pass in the order of the engine, leaves by their names."""
    passes, entered = -1, []
    for event in kinds(tape, "backward_start", "node_enter"):
        if event.__struct_config__.tag == "backward_start":
            passes += 1
        elif passes == index:
            node = tape.nodes[event.node]
            entered.append(node.name if node.variable is None else tape.tensors[node.variable].name)
    return entered


def totals(tape, name):
    """What ``.grad`` of a leaf was, time by time."""
    return [numbers(tape, e.total) for e in kinds(tape, "accumulate") if tape.tensors[e.tensor].name == name]


def values(tape, label=None, name=None):
    """What the ops of that label gave, or the variable of that name."""
    return [
        numbers(tape, value)
        for event in kinds(tape, "op")
        for tensor, value in zip(tape.ops[event.op].writes, event.values, strict=True)
        if label in (None, tape.ops[event.op].label) and name in (None, tape.tensors[tensor].name)
    ]


def returned(tape, path):
    """What the calls of a module gave."""
    calls = {call.id for call in tape.calls if tape.modules[call.module].path == path}
    return [
        numbers(tape, event.values[0]) for event in kinds(tape, "call_exit") if event.call in calls and event.values
    ]


def module(tape, path):
    return next(row for row in tape.modules if row.path == path)


def size(tape, tensor):
    total = 1
    for length in tape.tensors[tensor].shape:
        total *= length
    return total


def parameters(tape, path):
    """How many numbers the registered parameters below a module hold, each tensor once."""
    found, open_ = set(), [module(tape, path).id]
    while open_:
        row = tape.modules[open_.pop()]
        found |= set(row.parameters.values())
        open_ += row.children
    return sum(size(tape, tensor) for tensor in found)


# L34


def test_a_plain_list_registers_nothing_and_a_module_list_252_numbers(told):
    tape = told("plain-list")
    assert printed(tape)[:2] == ["parameters: []", "state: [] Net()"]
    assert (module(tape, "plain").children, module(tape, "plain").parameters) == ([], {})
    assert parameters(tape, "listed") == 252
    assert "numbers: 252" in printed(tape)


def test_gradients_flow_through_the_layers_of_a_plain_list(told):
    tape = told("plain-list")
    assert [tape.modules[call.module].type.split(".")[-1] for call in tape.calls] == [
        "Net",
        "Conv2d",
        "BatchNorm2d",
        "Linear",
    ]
    assert nodes(tape)[1:] == [
        "ViewBackward0",
        "AddmmBackward0",
        "plain.layers[2].bias",
        "TBackward0",
        "plain.layers[2].weight",
        "ViewBackward0",
        "NativeBatchNormBackward0",
        "plain.layers[1].weight",
        "plain.layers[1].bias",
        "ConvolutionBackward0",
        "plain.layers[0].weight",
        "plain.layers[0].bias",
    ]


def test_eval_and_double_pass_over_the_list_and_the_optimizer_finds_nothing(told):
    said = printed(told("plain-list"))
    assert "in training: [True, True, True] torch.float32" in said
    assert "ValueError: optimizer got an empty parameter list" in said
    listed = printed(told("plain-list", {"wrap": 1}))
    assert "in training: [False, False, False] torch.float64" in listed
    assert "ValueError: optimizer got an empty parameter list" not in listed


def test_of_two_equal_layers_only_that_of_the_module_list_has_names(told):
    tape = told("plain-list")
    assert "['module_list.0.weight', 'module_list.0.bias']" in printed(tape)
    both = module(tape, "both")
    assert [tape.modules[child].path for child in both.children] == ["both.module_list"]
    assert parameters(tape, "both") == 16
    hidden = [tensor for tensor in tape.tensors if tensor.role == "parameter" and tensor.name is None]
    assert sum(size(tape, tensor.id) for tensor in hidden) == 16


@pytest.mark.parametrize(
    ("option", "names"),
    [
        (1, ["hidden.0.weight", "hidden.0.bias"]),
        (2, ["hidden.first.weight", "hidden.first.bias"]),
        (3, ["hidden.0", "hidden.1"]),
    ],
)
def test_every_container_registers_what_it_holds(told, option, names):
    said = printed(told("plain-list", {"hidden": option}))
    assert str([*names, "module_list.0.weight", "module_list.0.bias"]) in said


def test_a_parameter_list_cannot_be_called(told):
    assert printed(told("plain-list"))[-1] == "RuntimeError: ParameterList should not be called."


# L35

NAMES = {
    "by_add_module": ["conv", "batchnorm", "activation_layer"],
    "by_position": ["0", "1", "2"],
    "by_ordered_dict": ["conv1", "bn1", "relu1"],
}


def test_three_ways_of_writing_give_three_sets_of_names(told):
    tape = told("sequential")
    for path, names in NAMES.items():
        children = [tape.modules[child].path for child in module(tape, path).children]
        assert children == [f"{path}.{name}" for name in names]
        assert str(names) in printed(tape)


def test_the_outputs_are_equal_bit_by_bit(told):
    tape = told("sequential")
    first, second, third = (returned(tape, path)[0] for path in NAMES)
    assert first == second == third
    assert "bit-equal: True True" in printed(tape)


def test_the_nodes_come_in_the_opposite_order_of_the_layers(told):
    assert nodes(told("sequential")) == [
        "SumBackward0",
        "ReluBackward0",
        "NativeBatchNormBackward0",
        "by_add_module.batchnorm.weight",
        "by_add_module.batchnorm.bias",
        "ConvolutionBackward0",
        "by_add_module.conv.weight",
        "by_add_module.conv.bias",
    ]


def test_an_ordered_dict_in_square_brackets_is_no_module(told):
    assert "TypeError: collections.OrderedDict is not a Module subclass" in printed(told("sequential"))


def test_an_in_place_first_layer_overwrites_the_callers_tensor(told):
    tape = told("sequential")
    assert values(tape, name="mine") == [[-1.0, 2.0, -3.0], [0.0, 2.0, 0.0]]
    assert values(told("sequential", {"inplace": 1}), name="mine") == [[-1.0, 2.0, -3.0]]


def test_append_and_insert_renumber_and_a_name_taken_twice_replaces(told):
    assert printed(told("sequential", {"change": 1}))[1] == "['0', '1', '2', '3']"
    inserted = told("sequential", {"change": 2})
    assert module(inserted, "by_position.1").type.endswith("Conv2d")
    assert "bit-equal: True True" in printed(inserted)
    replaced = printed(told("sequential", {"name": 1}))
    assert (replaced[0], replaced[3]) == ("['conv', 'batchnorm']", "bit-equal: False True")


# L36


def test_a_loop_over_a_module_list_gives_what_a_sequential_gives(told):
    tape = told("module-list")
    assert returned(tape, "net") == returned(tape, "chain")
    assert "same result: True" in printed(tape)
    assert nodes(tape, 0) == nodes(tape, 1)


def test_a_module_list_cannot_be_called(told):
    message = 'Module [ModuleList] is missing the required "forward" function'
    assert printed(told("module-list"))[-1] == f"NotImplementedError: {message}"
    end = told("module-list", {"call": 1}, outcome="raised").events[-1]
    assert (end.type, end.message) == ("NotImplementedError", message)


def test_a_module_list_is_a_module_and_no_list(told):
    tape = told("module-list")
    assert "False True 3 Linear(in_features=4, out_features=2, bias=True)" in printed(tape)
    assert [tape.modules[call.module].path for call in tape.calls][:4] == ["net"] + [f"net.steps.{i}" for i in range(3)]
    assert tape.modules[tape.calls[-1].module].path == "net.steps"


# L37


def test_one_to_five_are_centred(told):
    tape = told("without-parameters")
    assert values(tape, name="y") == [[-2.0, -1.0, 0.0, 1.0, 2.0]]
    assert module(tape, "layer").parameters == {}


@pytest.mark.parametrize("picked", range(5))
def test_the_gradient_of_one_output_is_08_and_the_rest_minus_02(told, picked):
    tape = told("without-parameters", {"picked": picked} if picked else None)
    expected = [0.8 if element == picked else -0.2 for element in range(5)]
    assert totals(tape, "x")[0] == pytest.approx(expected, abs=1e-6)


def test_the_gradient_of_the_sum_is_zero(told):
    assert totals(told("without-parameters"), "x")[1] == pytest.approx([0.0] * 5, abs=1e-6)


def test_accumulate_grad_waits_for_both_contributions(told):
    tape = told("without-parameters")
    assert nodes(tape) == ["SubBackward0", "MeanBackward0", "x"]
    leaf = next(node.id for node in tape.nodes if node.variable is not None)
    sent = [numbers(tape, event.value) for event in kinds(tape, "contribution") if event.node == leaf]
    assert sent[0] == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert sent[1] == pytest.approx([-0.2] * 5)
    assert totals(told("without-parameters", {"constant": 1}), "x") == [[1.0, 0.0, 0.0, 0.0, 0.0], [1.0] * 5]


# L39


def test_a_block_of_two_layers_has_7946_parameters_and_nine_nodes(told):
    tape = told("blocks-of-blocks")
    assert parameters(tape, "net") == parameters(tape, "mine") == 7946
    assert {"parameters: 7946", "numbers in mine: 7946", "defines backward: False"} <= set(printed(tape))
    assert nodes(tape)[1:] == [
        "AddmmBackward0",
        "net.out.bias",
        "TBackward0",
        "net.out.weight",
        "ReluBackward0",
        "AddmmBackward0",
        "net.hidden.bias",
        "TBackward0",
        "net.hidden.weight",
    ]


def test_the_block_gives_the_numbers_of_the_case(told):
    first = returned(told("blocks-of-blocks"), "net")[0][:3]
    assert first == pytest.approx([-0.15009388, 0.25682932, 0.17934391], abs=1e-4)


def test_my_sequential_equals_sequential_bit_by_bit(told):
    tape = told("blocks-of-blocks")
    assert returned(tape, "mine") == returned(tape, "theirs")
    assert "bit-equal: True" in printed(tape)


def test_a_block_without_forward_raises_not_implemented(told):
    said = printed(told("blocks-of-blocks"))
    assert 'NotImplementedError: Module [Headless] is missing the required "forward" function' in said
    assert not any("NotImplementedError" in line for line in printed(told("blocks-of-blocks", {"headless": 1})))


def test_the_start_weights_of_16_inputs_stay_below_a_quarter(told):
    tape = told("blocks-of-blocks")
    (largest,) = values(tape, label="max")
    assert 0.2 < largest <= 0.25
    assert printed(tape)[-1].endswith("bound: 0.25")


def test_a_function_among_the_modules_breaks_parameters_and_not_the_call(told):
    tape = told("blocks-of-blocks", {"function": 1}, outcome="raised")
    assert len(returned(tape, "mine")) == 1
    end = tape.events[-1]
    message = "'builtin_function_or_method' object has no attribute 'named_modules'"
    assert (end.type, end.message) == ("AttributeError", message)


# L40


def test_the_nest_has_14_names_and_71_numbers(told):
    tape = told("finding-a-parameter")
    assert parameters(tape, "rgnet") == 71
    assert printed(tape)[:2] == ["14 names, 71 numbers", "0.block 1.0.bias [2] is rgnet[0][1][0].bias: True"]
    bias = next(tensor for tensor in tape.tensors if tensor.name == "rgnet.0.block 1.0.bias")
    assert bias.shape == [2]
    assert module(tape, "rgnet.0.block 1.0").parameters["bias"] == bias.id


def test_the_gradient_is_none_before_and_has_the_weights_shape_after(told):
    tape = told("finding-a-parameter")
    assert {"before backward: None", "after backward: [1, 8]"} <= set(printed(tape))
    (grad,) = totals(tape, "net.2.weight")
    assert len(grad) == 8
    assert totals(tape, "net.2.bias") == [[2.0]]


def test_a_wrong_index_a_wrong_attribute_and_a_dot_are_refused(told):
    assert printed(told("finding-a-parameter"))[-3:] == [
        "IndexError: index 3 is out of range",
        "AttributeError: 'Parameter' object has no attribute 'grid'",
        "KeyError: 'module name can\\'t contain \".\", got: last.one'",
    ]
    last = printed(told("finding-a-parameter", {"index": 1}))
    assert "Linear(in_features=8, out_features=1, bias=True)" in last


def test_another_path_is_found_or_named_as_unknown(told):
    found = printed(told("finding-a-parameter", {"path": "1.weight"}))
    assert "1.weight [1, 4] is rgnet[0][1][0].bias: False" in found
    assert told("finding-a-parameter", {"path": "0.block 9"}, outcome="raised").events[-1].type == "AttributeError"
    assert told("finding-a-parameter", {"block": 1}, outcome="raised").events[-1].type == "KeyError"


# L41


def test_apply_visits_the_children_first_and_the_net_last(told):
    visits = [line.split()[1] for line in printed(told("apply")) if line.startswith("visits")]
    assert visits == ["Linear", "ReLU", "Linear", "Sequential", "Linear", "Linear"]


@pytest.mark.parametrize("std", [0.01, 0.5])
def test_the_weights_have_the_standard_deviation_that_was_asked_for(told, std):
    tape = told("apply", {"std": std} if std != 0.01 else None)
    assert values(tape, label="std") == [pytest.approx(std, rel=0.03)]


def rows_of(tape, value):
    flat = tape.numbers(value)
    return [flat[start : start + 4] for start in range(0, 32, 4)]


def test_with_constants_y_is_80_and_after_50_steps_all_rows_are_equal(told):
    tape = told("apply")
    assert values(tape, name="y") == [[80.0]]
    updates = [e for e in kinds(tape, "param_update") if tape.tensors[e.tensor].name == "net.0.weight"]
    assert len(updates) == 50
    for update in updates:
        rows = rows_of(tape, update.value)
        assert rows == [rows[0]] * 8
    assert rows_of(tape, updates[-1].value)[0] != [1.0] * 4
    assert "moved: True all rows equal: True" in printed(tape)


def test_eight_equal_units_get_eight_equal_gradients(told):
    tape = told("apply")
    first = next(e for e in kinds(tape, "accumulate") if tape.tensors[e.tensor].name == "net.0.weight")
    rows = rows_of(tape, first.added)
    assert rows == [rows[0]] * 8
    assert any(rows[0])


def test_with_normal_numbers_the_rows_stay_different(told):
    assert "moved: True all rows equal: False" in printed(told("apply", {"constant": 1}))


def test_the_last_layer_is_all_ones_and_the_first_is_small(told):
    tape = told("apply")
    assert values(tape, name="net.2.weight")[-1] == [1.0] * 8
    assert 0 < max(abs(weight) for weight in values(tape, label="normal_", name="net.0.weight")[-1]) < 0.05
    assert values(told("apply", {"layers": 1}), name="net.0.weight")[-1] == [1.0] * 32


# L42


def test_a_shared_layer_saves_parameters_and_not_names(told):
    tape = told("one-layer-twice")
    assert (parameters(tape, "net"), parameters(tape, "twin")) == (121, 193)
    assert printed(tape)[:2] == ["numbers: 121", "6 names, 8 with duplicates, 8 in state_dict"]
    assert "numbers of the twin: 193" in printed(tape)


def test_the_layer_runs_twice_and_its_weights_hook_once(told):
    tape = told("one-layer-twice")
    fires = [tape.hooks[event.hook].name for event in kinds(tape, "hook_fire")]
    assert fires == ["count_call", "count_call", "count_gradient"]
    assert len(totals(tape, "net.2.weight")) == 1


def test_its_gradient_is_the_sum_of_both_uses_and_is_written_once_both_are_there(told):
    tape = told("one-layer-twice")
    (shared,), uses = totals(tape, "net.2.weight"), [totals(tape, f"twin.{i}.weight")[0] for i in (2, 4)]
    assert shared == pytest.approx([a + b for a, b in zip(*uses, strict=True)], abs=1e-6)
    assert "gradient is the sum of both uses: True" in printed(tape)
    assert nodes(tape) == [
        "SumBackward0",
        "AddmmBackward0",
        "net.6.bias",
        "TBackward0",
        "net.6.weight",
        "ReluBackward0",
        "AddmmBackward0",
        "TBackward0",
        "ReluBackward0",
        "AddmmBackward0",
        "net.2.bias",
        "TBackward0",
        "net.2.weight",
        "ReluBackward0",
        "AddmmBackward0",
        "net.0.bias",
        "TBackward0",
        "net.0.weight",
    ]


def test_what_is_written_at_index_2_is_read_at_index_4(told):
    assert printed(told("one-layer-twice"))[-1] == "net[4].weight[0, 0] is 100.0"


@pytest.mark.parametrize(("option", "count", "names", "shared"), [(1, 193, 8, False), (2, 129, 7, True)])
def test_untied_or_tied_by_the_weight_alone(told, option, count, names, shared):
    tape = told("one-layer-twice", {"tie": option})
    said = printed(tape)
    assert said[:2] == [f"numbers: {count}", f"{names} names, 8 with duplicates, 8 in state_dict"]
    assert f"gradient is the sum of both uses: {shared}" in said
    assert (said[-1] == "net[4].weight[0, 0] is 100.0") is shared
    assert [tape.hooks[event.hook].name for event in kinds(tape, "hook_fire")] == ["count_call", "count_gradient"]
