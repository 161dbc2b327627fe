"""The convolution lab's numbers, read off its tapes by its own code, against torch; its errors against the notes'."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from tapedeck.settings import Settings
from tests.labs.node import numbers
from tests.labs.node import shown as answers
from tests.web.conftest import serve

HERE = Path(__file__).parent
NOTES = {case["id"]: case for case in json.loads((HERE.parent / "data" / "notes.json").read_text())["cases"]}
SHARPEN = ";".join(["-1/9,-1/9,-1/9", "-1/9,1,-1/9", "-1/9,-1/9,-1/9"])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service; its address."""
    with serve(Settings(data_dir=tmp_path_factory.mktemp("data"))) as client:
        yield str(client.base_url).rstrip("/")


def ask(base: str, *choices: dict[str, str], own: str = "", explained: bool = False) -> list[dict[str, Any]]:
    """What the lab shows of each of these choices."""
    return answers("convolution", base, [{"choices": each, "own": own, "explained": explained} for each in choices])


def tensor(shown: dict[str, Any], board: str) -> torch.Tensor:
    """All numbers of a board, every channel."""
    return numbers(shown["whole"][board])


def expected(case: str, name: str) -> Any:
    """A value of the notes' case."""
    return NOTES[case]["expected"]["values"][name]["value"]


def message(case: str, variant: str) -> str:
    """The error of a variant of the notes' case."""
    (found,) = [each for each in NOTES[case]["variants"] if each["id"] == variant]
    error = found["expected"]["error"]
    return f"{error['type']}: {error['message']}"


GEOMETRIES = [
    {"picture": "letter", "size": "16"},
    {"picture": "landscape", "size": "32", "stride": "2", "padding": "0"},
    {"picture": "stripes", "size": "16", "dilation": "2", "padding": "3"},
    {"picture": "landscape", "size": "16", "kernel": "1/3,-2,0.5", "stride": "3", "padding": "1"},
    {"picture": "edge", "kernel": "0.25,0.5;-1,2", "padding": "2", "loss": "sum"},
    {"picture": "landscape", "size": "16", "channels": "3", "groups": "3", "channel": "2"},
    {"picture": "letter", "size": "64", "loss": "one", "cell": "20,31"},
]


@pytest.mark.parametrize("choices", GEOMETRIES, ids=lambda choices: "-".join(choices.values()))
def test_a_convolution_and_its_gradients_are_torchs(base: str, choices: dict[str, str]) -> None:
    (shown,) = ask(base, choices)
    picture = tensor(shown, "picture").requires_grad_()
    kernel = tensor(shown, "kernel").requires_grad_()

    by = {name: int(choices.get(name, "1")) for name in ("stride", "padding", "dilation", "groups")}
    output = F.conv2d(picture, kernel, **by)
    loss = {
        "sum": lambda: output.sum(),
        "squares": lambda: output.pow(2).sum() / 2,
        "one": lambda: output[0, 0, 20, 31],
    }[choices.get("loss", "squares")]()
    gradient, *others = torch.autograd.grad(loss, [output, picture, kernel])

    torch.testing.assert_close(tensor(shown, "output"), output.detach())
    torch.testing.assert_close(tensor(shown, "output_grad"), gradient)
    torch.testing.assert_close(tensor(shown, "picture_grad"), others[0])
    torch.testing.assert_close(tensor(shown, "kernel_grad"), others[1])
    assert list(output.shape[2:]) == [shown["boards"]["output"][side] for side in ("rows", "columns")]


def total(said: str) -> float:
    """What a sum of products comes to that the lab has written out."""
    plain = said.replace("−", "-").replace("·", "*")
    assert re.fullmatch(r"[\d.e+*()\- ]+", plain)
    return float(eval(plain))


@pytest.mark.parametrize(
    "choices",
    [
        {"picture": "edge", "stride": "2", "kernel": "1,-2,3;0.5,0,1;-1,1,2"},
        {"picture": "count", "padding": "2", "dilation": "2", "kernel": "1,2;3,-4"},
        {"picture": "count", "op": "avg", "stride": "2", "padding": "0"},
    ],
    ids=["stride", "dilation", "average"],
)
def test_every_sum_that_is_written_out_is_the_number_on_the_tape(base: str, choices: dict[str, str]) -> None:
    (shown,) = ask(base, choices, explained=True)
    sums = [each for each in shown["said"] if each["sum"] and "…" not in each["sum"]]

    assert {each["board"] for each in sums} >= {"output", "picture_grad"}
    for each in sums:
        assert total(each["sum"]) == pytest.approx(each["value"], rel=0.02, abs=0.02), each


def test_the_notes_kernel_gives_the_notes_numbers(base: str) -> None:
    (shown,) = ask(base, {"picture": "edge", "kernel": SHARPEN, "padding": "0", "loss": "sum"})

    assert shown["boards"]["output"]["data"][:4] == pytest.approx(expected("S4.1", "row"), abs=1e-5)
    assert sum(shown["boards"]["kernel"]["data"]) == pytest.approx(expected("S4.1", "kernel_sum"), abs=1e-5)
    assert shown["boards"]["kernel_grad"]["data"][0] == pytest.approx(expected("S4.1", "weight_grad_corner"), abs=1e-5)
    assert shown["nodes"][1] == "ConvolutionBackward0"
    assert "AccumulateGrad kernel" in shown["nodes"]


def test_average_pooling_is_a_convolution_and_max_pooling_is_none(base: str) -> None:
    count = {"picture": "count", "stride": "2", "padding": "0", "loss": "sum"}
    average, largest = ask(base, {**count, "op": "avg"}, {**count, "op": "max"}, explained=True)

    assert tensor(average, "output").tolist() == expected("S4.2", "y")
    assert average["difference"] == pytest.approx(0, abs=1e-6)
    assert average["gap"] == pytest.approx(0, abs=1e-5)
    assert set(average["boards"]["picture_grad"]["data"]) == {expected("S4.2", "avg_grad")}
    assert average["printed"].strip() == "parameters: []"
    assert average["nodes"] == ["SumBackward0", "AvgPool2DBackward0", "AccumulateGrad picture"]

    assert largest["boards"]["output"]["data"] == [5, 7, 13, 15]
    assert tensor(largest, "picture_grad")[0, 0].tolist() == expected("S4.2", "max_grad")
    assert largest["gap"] > 1
    first = next(each for each in largest["said"] if each["board"] == "output")
    assert (first["sum"], first["value"]) == ("max(0, 1, 4, 5)", 5)


def test_a_relu_in_place_may_follow_what_does_not_save_its_result(base: str) -> None:
    edge = {"picture": "edge", "kernel": SHARPEN, "padding": "0"}
    new, over = ask(base, {**edge, "before": "mul", "relu": "new"}, {**edge, "before": "mul", "relu": "inplace"})

    assert over["versions"] == expected("S4.4", "version")
    assert over["boards"] == new["boards"]
    assert over["boards"]["activated"]["data"][:4] == pytest.approx([0, 0, 0.8, 0.2], abs=1e-5)
    assert over["boards"]["output"]["data"][1] == pytest.approx(-0.3)


MODIFIED = (
    "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation"
)
ERRORS = [
    ({"picture": "edge", "before": "exp", "relu": "inplace"}, MODIFIED, "let the ReLU make a new tensor"),
    ({"picture": "edge", "before": "sigmoid", "relu": "inplace"}, MODIFIED, "Sigmoid saved its result"),
    ({"relu": "leaf"}, message("S2.3.4", "leaf_input"), "apply the ReLU to the result of an op"),
    (
        {"channels": "3", "size": "16"},
        message("S4.1", "printed_rgb").replace("[1, 3, 8, 8]", "[1, 3, 16, 16]"),
        "choose a grey picture, or groups=3",
    ),
    ({"groups": "3"}, "RuntimeError: Given groups=3, weight of size [3, 1, 3, 3]", "choose a colour picture"),
    (
        {"picture": "count", "kernel": "1,1,1,1,1", "padding": "0"},
        "RuntimeError: Calculated padded input size per channel: (4 x 4). Kernel size: (1 x 5). "
        "Kernel size can't be greater than actual input size",
        "1 × 5 cells and the padded picture has only 4 × 4",
    ),
    ({"op": "max", "padding": "2"}, "RuntimeError: pad should be at most half", "write 1 or less"),
    (
        {"op": "avg", "picture": "count", "window": "6", "padding": "0"},
        "RuntimeError: Given input size",
        "smaller window",
    ),
    ({"loss": "one", "cell": "99,0"}, "IndexError: index 99 is out of bounds", "choose a cell that is there"),
]


@pytest.mark.parametrize(("choices", "words", "advice"), ERRORS, ids=[", ".join(each[0].values()) for each in ERRORS])
def test_where_torch_refuses_its_words_stand_beside_what_to_change(
    base: str, choices: dict[str, str], words: str, advice: str
) -> None:
    (shown,) = ask(base, choices)

    assert shown["outcome"]["status"] == "raised"
    assert shown["outcome"]["detail"].startswith(words)
    assert advice in shown["advice"]


def test_the_learners_own_pixels_are_what_torch_gets(base: str) -> None:
    pixels = bytes(range(256))
    (shown,) = ask(base, {"picture": "own", "size": "16"}, own=base64.b64encode(pixels).decode())

    torch.testing.assert_close(tensor(shown, "picture").flatten(), torch.tensor(list(pixels)).float() / 255)


def test_what_is_wrong_before_anything_runs_is_said_and_not_recorded(base: str) -> None:
    stride, kernel = ask(base, {"stride": "0"}, {"kernel": "1,a,1"})

    assert stride["wrong"][0]["field"] == "stride"
    assert kernel["wrong"][0]["cell"] == [0, 1]
