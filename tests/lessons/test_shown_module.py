"""What the lessons of the chapter *Inside nn.Module* must show, on their tapes."""

import math
from ast import literal_eval

import pytest

from tests.lessons.seen import edges, grads, made, order, printed, value
from tests.recorder.programs import kinds, numbers


def after(lines, start):
    """What stands behind the label of the first line that begins so."""
    return next(line.removeprefix(start).strip() for line in lines if line.startswith(start))


def modules(tape, root):
    """The type of a module and of everything below it, by path, as they were when they were first seen."""
    inside = [row for row in tape.modules if row.path == root or row.path.startswith(f"{root}.")]
    return {row.path: row.type.rpartition(".")[2] for row in sorted(inside, key=lambda row: row.path)}


# L06

HOOK_TABLES = [
    "_backward_pre_hooks",
    "_backward_hooks",
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
]


def test_an_empty_module_has_17_attributes_and_11_are_tables_of_hooks(told):
    lines = printed(told("anatomy"))
    assert lines[0] == "17 attributes"
    drawers = {line.split(" ", 1)[0]: literal_eval(line.split(" ", 1)[1]) for line in lines[1:6]}
    assert drawers == {
        "bool": ["training"],
        "dict": ["_parameters", "_buffers", "_modules"],
        "set": ["_non_persistent_buffers_set"],
        "OrderedDict": HOOK_TABLES,
        "NoneType": ["_is_full_backward_hook"],
    }
    assert len(HOOK_TABLES) == 11
    assert sum(len(names) for names in drawers.values()) == 17


def test_each_assignment_goes_into_its_drawer(told):
    tape = told("anatomy")
    lines = printed(tape)
    assert lines[6:9] == ["param1 is in ['_parameters']", "submodel1 is in ['_modules']", "extra is in vars(net)"]
    assert lines[9] == "[('param1', [3, 3]), ('submodel1.weight', [4, 3]), ('submodel1.bias', [4])]"
    net = next(row for row in tape.modules if row.path == "net")
    assert list(net.parameters) == ["param1"]
    assert [tape.modules[child].path for child in net.children] == ["net.submodel1"]


def test_the_text_of_the_module_leaves_its_parameter_out(told):
    assert printed(told("anatomy"))[10:13] == [
        "M(",
        "  (submodel1): Linear(in_features=3, out_features=4, bias=True)",
        ")",
    ]


def test_what_is_in_no_drawer_is_an_attribute_error(told):
    assert printed(told("anatomy"))[-1] == "AttributeError: 'M' object has no attribute 'nothing'"


def test_the_gradient_reaches_both_the_submodule_and_the_own_parameter(told):
    tape = told("anatomy")
    assert edges(tape, made(tape, "out")) == ["AccumulateGrad(net.submodel1.bias)", "MmBackward0", "TBackward0"]
    assert order(tape) == [
        "SumBackward0",
        "AddmmBackward0",
        "AccumulateGrad(net.submodel1.bias)",
        "TBackward0",
        "AccumulateGrad(net.submodel1.weight)",
        "MmBackward0",
        "AccumulateGrad(net.param1)",
    ]
    gradient = grads(tape)["net.param1"]
    assert gradient[3:] == pytest.approx(gradient[:3] * 2)


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("nn.Parameter(torch.zeros(2))", "['_parameters']"),
        ("nn.Buffer(torch.zeros(2))", "['_buffers']"),
        ("nn.ReLU()", "['_modules']"),
        ("7", "vars(net)"),
    ],
)
def test_the_type_of_what_is_typed_decides(told, typed, where):
    assert f"extra is in {where}" in printed(told("anatomy", {"extra": typed}))


def test_without_the_base_constructor_there_are_no_drawers(told):
    last = told("anatomy", {"super": 1}, outcome="raised").events[-1]
    assert (last.type, last.message) == (
        "AttributeError",
        "cannot assign parameters before Module.__init__() call",
    )


# L11


def test_the_toy_finds_its_four_parameters_and_stumbles_over_a_number(told):
    lines = printed(told("registration"))
    assert lines[0] == "[[5, 4], [5], [2, 5], [2]]"
    assert lines[1] == "AttributeError: 'int' object has no attribute 'parameters'"


def test_the_same_layers_have_the_names_they_were_registered_under(told):
    lines = printed(told("registration"))
    assert literal_eval(lines[2]) == ["layer_0.weight", "layer_0.bias", "layer_2.weight", "layer_2.bias"]
    assert literal_eval(lines[3]) == ["layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"]


def test_reduce_is_looked_up_when_forward_runs(told):
    tape = told("registration")
    assert printed(tape)[4] == "NameError: name 'reduce' is not defined"
    failed = [
        event.failed
        for event in kinds(tape, "call_exit")
        if tape.modules[tape.calls[event.call].module].path == "model"
    ]
    assert failed == [True, False]


def test_backward_goes_through_addmm_relu_addmm(told):
    assert order(told("registration")) == [
        "SumBackward0",
        "AddmmBackward0",
        "AccumulateGrad(model.layer_2.bias)",
        "TBackward0",
        "AccumulateGrad(model.layer_2.weight)",
        "ReluBackward0",
        "AddmmBackward0",
        "AccumulateGrad(model.layer_0.bias)",
        "TBackward0",
        "AccumulateGrad(model.layer_0.weight)",
    ]


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"base": 1}, "'Toy' object has no attribute '_parts'"),
        ({"name": 1}, "'module name can\\'t contain \".\", got: layer.0'"),
    ],
)
def test_what_breaks_registration(told, edits, message):
    assert told("registration", edits, outcome="raised").events[-1].message == message


def test_the_toy_takes_a_layer_without_complaint(told):
    assert not [line for line in printed(told("registration", {"value": 1})) if line.startswith("AttributeError")]


# L15


def test_a_sequential_owns_nothing_and_lists_four(told):
    tape = told("parameters")
    assert printed(tape)[:2] == ["_parameters: 0", "parameters(): 4"]
    assert [row.parameters for row in tape.modules if row.path == "pair"] == [{}]
    assert printed(told("parameters", {"recurse": 1}))[1] == "parameters(): 0"


def test_the_iterator_gives_weight_and_bias_and_stops(told):
    assert printed(told("parameters"))[2:5] == ["weight [3, 2]", "bias [3]", "StopIteration"]


def test_six_are_listed_four_are_trainable_and_two_get_no_gradient(told):
    tape = told("parameters")
    lines = printed(tape)
    assert literal_eval(after(lines, "6 listed:")) == [f"{n}.{kind}" for n in (0, 1, 2) for kind in ("weight", "bias")]
    assert literal_eval(after(lines, "4 trainable:")) == ["1.weight", "1.bias", "2.weight", "2.bias"]
    assert literal_eval(after(lines, "without a gradient:")) == ["0.weight", "0.bias"]
    assert set(grads(tape)) == {f"net.{n}.{kind}" for n in (1, 2) for kind in ("weight", "bias")}


def test_the_way_back_ends_at_the_frozen_layer(told):
    tape = told("parameters")
    row = next(row for row in tape.nodes if row.name == "NativeBatchNormBackward0")
    assert [edge.node is None for edge in row.next_functions] == [True, False, False]
    first = next(row for row in tape.ops if row.call is not None and row.label == "linear")
    assert first.nodes == []


def test_what_else_can_be_frozen(told):
    assert "without a gradient: ['2.weight', '2.bias']" in printed(told("parameters", {"freeze": 1}))
    assert told("parameters", {"freeze": 2}, outcome="raised").events[-1].message == (
        "element 0 of tensors does not require grad and does not have a grad_fn"
    )


# L07


def test_a_tenth_of_the_batch_goes_into_the_buffers(told):
    tape = told("buffers")
    batch = next(event for event in kinds(tape, "op") if tape.ops[event.op].label == "batch_norm")
    row = tape.ops[batch.op]
    seen = {tape.tensors[t].name: numbers(tape, v) for t, v in zip(row.writes, batch.values, strict=True)}
    assert seen["bn.running_mean"] == pytest.approx([0.2, 0.4])
    assert seen["bn.running_var"] == pytest.approx([1.3, 2.2])
    assert value(tape, "bn.num_batches_tracked", -1) == 1
    assert value(tape, "bn.running_mean") == [0, 0]
    assert value(tape, "bn.running_var") == [1, 1]


def test_the_batch_has_two_variances_and_the_unbiased_one_is_kept(told):
    tape = told("buffers")
    assert value(tape, "biased") == pytest.approx([8 / 3, 26 / 3])
    assert value(tape, "unbiased") == [4, 13]
    assert value(tape, "bn.running_var", -1) == pytest.approx([0.9 + 0.1 * number for number in (4, 13)])


def test_the_parameters_get_gradients_and_the_buffers_do_not(told):
    tape = told("buffers")
    assert grads(tape) == {"bn.weight": pytest.approx([6, 24], rel=1e-4), "bn.bias": pytest.approx([0, 0], abs=1e-5)}
    assert [edge.node is None for edge in tape.nodes[made(tape, "y")].next_functions] == [True, False, False]


def test_in_evaluation_mode_the_valve_is_closed(told):
    tape = told("buffers")
    last = [event for event in kinds(tape, "op") if tape.ops[event.op].label == "batch_norm"][-1]
    assert [tape.tensors[t].name for t in tape.ops[last.op].writes] == ["z"]
    closed = printed(told("buffers", {"mode": 1}))
    assert closed[:3] == ["running_mean [0.0, 0.0]", "running_var [1.0, 1.0]", "num_batches_tracked 0"]


def test_momentum_one_keeps_the_last_batch_only(told):
    assert printed(told("buffers", {"momentum": 1.0}))[:2] == ["running_mean [2.0, 4.0]", "running_var [4.0, 13.0]"]


# L08


def test_two_children_and_five_modules_then_stop_iteration(told):
    tape = told("walking")
    lines = printed(tape)
    assert literal_eval(after(lines, "children:")) == ["Sequential", "Linear"]
    assert literal_eval(after(lines, "modules:")) == ["MyNet", "Sequential", "Conv2d", "BatchNorm2d", "Linear"]
    assert lines[2:8] == [
        "'' MyNet",
        "'convBN' Sequential",
        "'convBN.0' Conv2d",
        "'convBN.1' BatchNorm2d",
        "'linear' Linear",
        "StopIteration",
    ]
    assert list(modules(tape, "net").values()) == ["MyNet", "Sequential", "Conv2d", "BatchNorm2d", "Linear"]


def test_the_text_of_batchnorm_speaks_of_its_bias(told):
    assert "bias=True" in after(printed(told("walking")), "BatchNorm2d(")


def test_a_shared_block_is_one_child_and_two_calls(told):
    tape = told("walking")
    assert "children of twice: 1" in printed(tape)
    assert literal_eval(after(printed(tape), "names in twice:")) == ["", "0", "0.0", "0.1"]
    paths = [tape.modules[call.module].path for call in tape.calls]
    assert paths.count("twice.0") == paths.count("twice.0.0") == 2


def test_a_shared_block_has_two_names_when_duplicates_are_kept(told):
    both = ["", "0", "0.0", "0.1", "1", "1.0", "1.1"]
    assert literal_eval(after(printed(told("walking", {"duplicates": 1})), "names in twice:")) == both
    apart = printed(told("walking", {"shared": 1}))
    assert "children of twice: 2" in apart
    assert literal_eval(after(apart, "names in twice:")) == both


# L12


def test_15_modules_before_the_cut_and_14_after(told):
    tape = told("fifteen-modules")
    lines = printed(tape)
    assert lines[:2] == ["modules: 15 children: 2", "parameters: 12 numbers: 75839"]
    assert lines[-4:-1] == ["modules: 14 children: 2", "parameters: 10 numbers: 74549", "cut: [2, 128]"]
    assert len(modules(tape, "net")) == 15
    sizes = [math.prod(tape.tensors[t].shape) for row in tape.modules for t in row.parameters.values()]
    assert len(sizes) == 12
    assert sum(sizes) == 75839
    assert "names with 'conv': []" in lines


def test_the_picture_goes_through_four_sizes(told):
    tape = told("fifteen-modules")
    pools = [tape.tensors[row.outputs[0]].shape for row in tape.ops if row.label in ("conv2d", "max_pool2d")]
    assert pools[:4] == [[2, 6, 36, 36], [2, 6, 18, 18], [2, 9, 16, 16], [2, 9, 8, 8]]
    assert [row.shape for row in tape.tensors if row.name == "out"] == [[2, 10]]


def test_15_forward_hooks_fire_leaf_first_and_the_root_last(told):
    tape = told("fifteen-modules")
    names = [literal_eval(line.removeprefix("leaves ")) for line in printed(tape) if line.startswith("leaves")]
    features, classifier = (
        [f"{part}.{n}" for n in range(count)] for part, count in (("features", 8), ("classifier", 4))
    )
    assert names == [*features, "features", *classifier, "classifier", ""]
    assert len(kinds(tape, "hook_fire")) == 15


def test_27_nodes_from_the_last_layer_to_the_first_bias(told):
    nodes = order(told("fifteen-modules"))[1:]
    assert len(nodes) == 27
    assert nodes == [
        "AddmmBackward0",
        "AccumulateGrad(net.classifier.3.bias)",
        "TBackward0",
        "AccumulateGrad(net.classifier.3.weight)",
        "MulBackward0",
        "ReluBackward0",
        "AddmmBackward0",
        "AccumulateGrad(net.classifier.0.bias)",
        "TBackward0",
        "AccumulateGrad(net.classifier.0.weight)",
        "ViewBackward0",
        *(
            name
            for conv, norm in ((4, 5), (0, 1))
            for name in (
                "MaxPool2DWithIndicesBackward0",
                "ReluBackward0",
                "NativeBatchNormBackward0",
                f"AccumulateGrad(net.features.{norm}.weight)",
                f"AccumulateGrad(net.features.{norm}.bias)",
                "ConvolutionBackward0",
                f"AccumulateGrad(net.features.{conv}.weight)",
                f"AccumulateGrad(net.features.{conv}.bias)",
            )
        ),
    ]


def test_a_bias_before_a_batch_normalisation_has_no_gradient(told):
    tape = told("fifteen-modules")
    stored = {tape.tensors[event.tensor].name: event.total for event in kinds(tape, "accumulate")}
    for layer in (0, 4):
        gradient = tape.values[stored[f"net.features.{layer}.bias"]].summary
        assert max(abs(gradient.min), abs(gradient.max)) < 1e-4


def test_full_backward_hooks_on_every_module_make_forward_fail(told):
    tape = told("fifteen-modules")
    message = (
        "Output 0 of BackwardHookFunction is a view and is being modified inplace. This view was created inside a "
        "custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would "
        "override the custom backward associated with the custom Function, leading to incorrect gradients. This "
        "behavior is forbidden. You can fix this by cloning the output of the custom Function."
    )
    assert printed(tape)[-1] == f"RuntimeError: {message}"
    assert [row.label for row in tape.ops if row.error == f"RuntimeError: {message}"] == ["relu"]
    assert printed(told("fifteen-modules", {"inplace": 1}))[-1] == "cut: [2, 128]"


@pytest.mark.parametrize("size", range(34, 46))
def test_only_pictures_of_38_to_41_fit(told, size):
    fits = 38 <= size <= 41
    last = told("fifteen-modules", {"size": size}, outcome="finished" if fits else "raised").events[-1]
    if not fits:
        side = ((size - 2) // 2 - 2) // 2
        assert last.message == f"mat1 and mat2 shapes cannot be multiplied (2x{9 * side * side} and 576x128)"


def test_without_the_cut_everything_is_there_again(told):
    assert printed(told("fifteen-modules", {"cut": 1}))[-4:-1] == [
        "modules: 15 children: 2",
        "parameters: 12 numbers: 75839",
        "cut: [2, 10]",
    ]


# L13

NORM = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
KEYS = [
    *(f"features.{at}.{name}" for at, names in ((0, NORM[:2]), (1, NORM), (4, NORM[:2]), (5, NORM)) for name in names),
    *(f"classifier.{at}.{name}" for at in (0, 3) for name in NORM[:2]),
]


def test_18_keys_in_the_order_of_the_walk(told):
    tape = told("state-dict")
    assert printed(tape)[:18] == KEYS
    assert "18 keys, in the same order: True" in printed(tape)
    net = next(row for row in tape.modules if row.path == "net")
    assert list(net.buffers) == ["scratch"]
    assert printed(told("state-dict", {"persistent": 1}))[:19] == ["scratch", *KEYS]


def test_the_values_share_memory_and_require_no_gradient(told):
    tape = told("state-dict")
    assert "same memory: True" in printed(tape)
    assert "requires_grad: False" in printed(tape)
    detached = [row for row in tape.ops if row.label == "detach"][:18]
    for row, key in zip(detached, KEYS, strict=True):
        own, copy = tape.tensors[row.inputs[0].tensor], tape.tensors[row.outputs[0]]
        assert own.name == f"net.{key}"
        assert (copy.storage, copy.requires_grad) == (own.storage, False)


def test_the_keys_of_a_linear_layer(told):
    assert "odict_keys(['weight', 'bias'])" in printed(told("state-dict"))


def test_16_of_18_fit_the_net_with_other_classes(told):
    tape = told("state-dict")
    assert "kept by key: 18 by key and shape: 16" in printed(tape)
    assert "<All keys matched successfully>" in printed(tape)
    assert "kept by key: 18 by key and shape: 18" in printed(told("state-dict", {"classes": 1}))


def test_strict_false_forgives_no_shape(told):
    assert printed(told("state-dict"))[-3:] == [
        "RuntimeError: Error(s) in loading state_dict for Net:",
        "\tsize mismatch for classifier.3.weight: copying a param with shape torch.Size([10, 128]) from checkpoint, "
        "the shape in current model is torch.Size([5, 128]).",
        "\tsize mismatch for classifier.3.bias: copying a param with shape torch.Size([10]) from checkpoint, "
        "the shape in current model is torch.Size([5]).",
    ]
    assert printed(told("state-dict", {"strict": 1}))[-1].strip() == (
        'Missing key(s) in state_dict: "classifier.3.weight", "classifier.3.bias".'
    )


# L14


def updates(tape):
    """Every parameter update: its name, and the momentum before and after."""
    return [
        (
            tape.tensors[event.tensor].name,
            *((numbers(tape, one.before), numbers(tape, one.after)) for one in event.state),
        )
        for event in kinds(tape, "param_update")
    ]


def test_the_checkpoint_brings_back_epoch_loss_and_momentum(told):
    tape = told("save-and-resume")
    assert printed(tape)[:3] == ["epoch: 5 loss: 0.4", "momentum: [[3.0, 3.0]]", "lr: 0.001"]
    first, _, resumed, _ = updates(tape)
    assert first == ("net.layer.weight", (None, [3, 3]))
    assert resumed == ("model.layer.weight", ([3, 3], pytest.approx([5.7, 5.7])))


def test_an_optimizer_of_the_old_net_moves_nothing_in_the_new_one(told):
    tape = told("save-and-resume")
    assert printed(tape)[3:5] == [
        "moved by an optimizer of the old net: False",
        "moved by its own optimizer: True",
    ]
    steps = [event.tensors for event in kinds(tape, "optimizer_step")]
    names = [{tape.tensors[t].name for t in tensors} for tensors in steps]
    assert names[1] == {"net.layer.weight", "net.layer.bias"}
    assert [name for name, *_ in updates(tape)] == [
        "net.layer.weight",
        "net.layer.bias",
        "model.layer.weight",
        "model.layer.bias",
    ]
    assert printed(told("save-and-resume", {"owner": 1}))[3] == "moved by an optimizer of the old net: True"


def test_a_whole_model_is_not_read_with_weights_only(told):
    lines = printed(told("save-and-resume"))
    assert lines[5] == "UnpicklingError: Weights only load failed."
    assert "GLOBAL __main__.Net was not an allowed global by default" in lines[6]
    trusted = printed(told("save-and-resume", {"trust": 1}))
    assert trusted == lines[:5]
