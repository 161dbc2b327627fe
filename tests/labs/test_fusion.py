"""The fusion lab's numbers, read off its tapes by its own code, against the notes' cases and against torch."""

from __future__ import annotations

import json
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

ROOT = Path(__file__).parents[2]
NOTES = {case["id"]: case for case in json.loads((ROOT / "tests" / "data" / "notes.json").read_text())["cases"]}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service; its address."""
    with serve(Settings(data_dir=tmp_path_factory.mktemp("data"), time_limit_s=30)) as client:
        yield str(client.base_url).rstrip("/")


def ask(base: str, *choices: dict[str, Any]) -> list[dict[str, Any]]:
    """What the lab shows of each of these choices."""
    return answers("fusion", base, list(choices))


def tensor(shown: dict[str, Any], name: str) -> torch.Tensor:
    """All numbers of a named tensor."""
    return numbers(shown["values"][name])


def within(case: str, name: str, number: float) -> bool:
    """Whether a number keeps the bounds of the notes' case."""
    bounds = NOTES[case]["expected"]["values"][name]
    return bool(bounds["min"] <= number <= bounds["max"])


def value(case: str, name: str) -> Any:
    """A value of the notes' case."""
    return NOTES[case]["expected"]["values"][name]["value"]


@pytest.fixture(scope="module")
def branches(base: str) -> dict[str, Any]:
    """The fusion as the lab begins with it."""
    (shown,) = ask(base, {})
    return shown


def test_three_branches_become_one_within_the_notes_bounds(branches: dict[str, Any]) -> None:
    assert branches["outcome"]["status"] == "finished"
    assert within("S1.3.1", "padded_error", tensor(branches, "pad_error").item())
    assert tensor(branches, "identity_error").item() == 0
    assert within("S1.3.1", "err_ones", tensor(branches, "ones_error").item())
    assert within("S1.3.1", "err_random", tensor(branches, "noise_error").item())


def test_the_kernels_are_the_ones_that_torch_adds(branches: dict[str, Any]) -> None:
    one = tensor(branches, "conv1.weight")
    padded = F.pad(one, [1, 1, 1, 1])
    identity = torch.eye(2)[:, :, None, None] * F.pad(torch.ones(1, 1, 1, 1), [1, 1, 1, 1])

    assert torch.equal(tensor(branches, "padded"), padded)
    assert torch.equal(tensor(branches, "identity"), identity)
    assert torch.equal(tensor(branches, "fused.weight"), tensor(branches, "conv3.weight") + padded + identity)
    assert torch.equal(tensor(branches, "fused.bias"), tensor(branches, "conv3.bias") + tensor(branches, "conv1.bias"))
    assert tensor(branches, "fused.weight").shape == torch.Size(value("S1.3.1", "pad_shape"))


def test_nodes_and_parameters_are_counted_as_in_the_notes(branches: dict[str, Any]) -> None:
    before, after = branches["before"], branches["after"]

    assert [before["parameters"], after["parameters"]] == value("S1.3.1", "params")
    assert before["nodes"] == len(before["backward"]) == value("S1.3.1", "graph_nodes_before")
    assert after["nodes"] == len(after["backward"]) == value("S1.3.1", "graph_nodes_after")
    names = sorted(
        f"{item['label']}({item['detail']})" if item["detail"] else item["label"] for item in before["backward"]
    )
    assert names == sorted(name.partition("#")[0] for name in NOTES["S1.3.1"]["expected"]["backward_nodes"])
    assert [item["label"] for item in before["forward"] if item["kind"] == "op"] == ["conv2d", "add", "conv2d", "add"]
    assert [item["label"] for item in after["forward"] if item["kind"] == "op"] == ["conv2d"]


def test_ones_do_not_notice_a_swapped_identity_and_random_input_does(base: str) -> None:
    (swapped,) = ask(base, {"swap": "yes"})
    on_noise, gap = tensor(swapped, "noise_error").item(), tensor(swapped, "channel_gap").item()

    assert within("S1.3.2", "error_on_ones", tensor(swapped, "ones_error").item())
    assert within("S1.3.2", "error_on_random", on_noise)
    assert on_noise == pytest.approx(NOTES["S1.3.2"]["expected"]["values"]["error_on_random"]["observed"], abs=1e-3)
    assert on_noise == pytest.approx(gap, abs=1e-4)
    assert tensor(swapped, "identity")[0, 1, 1, 1] == tensor(swapped, "identity")[1, 0, 1, 1] == 1
    assert tensor(swapped, "identity").sum() == 2
    assert tensor(swapped, "far_ones").item() == 0
    assert tensor(swapped, "far_noise").item() > 100
    assert "3.627" in swapped["story"][2]


def test_ones_do_notice_a_forgotten_bias(base: str) -> None:
    (shown,) = ask(base, {"bias": "no"})
    forgotten = tensor(shown, "conv1.bias").abs().max().item()

    assert tensor(shown, "ones_error").item() == pytest.approx(forgotten, abs=1e-5)
    assert tensor(shown, "noise_error").item() == pytest.approx(forgotten, abs=1e-5)


def test_a_larger_tolerance_forgives_rounding_and_nothing_else(base: str) -> None:
    strict, lenient, wrong = ask(base, {}, {"atol": "1e-5"}, {"atol": "1e-5", "swap": "yes"})

    assert tensor(lenient, "far_noise").item() == 0 <= tensor(strict, "far_noise").item()
    assert tensor(wrong, "far_noise").item() > 100


@pytest.mark.timeout(120)
def test_the_check_fails_for_as_many_seeds_as_the_notes_bound_and_for_none_with_a_tolerance(base: str) -> None:
    strict, lenient = ask(base, {"seeds": True}, {"seeds": True, "atol": "1e-5"})

    assert within("S1.3.3", "ones_fail", strict["failures"]["ones"])
    assert within("S1.3.3", "random_fail", strict["failures"]["random"])
    assert [lenient["failures"]["ones"], lenient["failures"]["random"]] == value("S1.3.3", "lenient_fail")[:2]


def test_batch_norm_folds_into_the_convolution_in_eval_mode_only(base: str) -> None:
    folded, train = ask(base, {"what": "norm"}, {"what": "norm", "mode": "train"})

    assert folded["outcome"]["status"] == "finished"
    assert within("S1.3.4", "eval_err", tensor(folded, "error").item())
    assert within("S1.3.4", "torch_err", tensor(folded, "torch_error").item())
    assert within("S1.3.4", "train_err", tensor(train, "error").item())
    observed = NOTES["S1.3.4"]["expected"]["values"]["train_err"]["observed"]
    assert tensor(train, "error").item() == pytest.approx(observed, abs=1e-3)
    for shown in (folded, train):
        assert tensor(shown, "scale").tolist() == pytest.approx(value("S1.3.4", "scale"), abs=1e-5)
        assert [shown["before"]["parameters"], shown["after"]["parameters"]] == [120, 112]
        assert [shown["before"]["nodes"], shown["after"]["nodes"]] == [6, 3]


def test_the_table_holds_what_the_fold_was_made_of(base: str) -> None:
    (train,) = ask(base, {"what": "norm", "mode": "train"})
    gamma, beta, mean, variance = (tensor(train, f"bn.{n}") for n in ("weight", "bias", "running_mean", "running_var"))

    torch.testing.assert_close(tensor(train, "scale"), gamma / torch.sqrt(variance + 1e-5))
    torch.testing.assert_close(
        tensor(train, "fused.bias"), (tensor(train, "conv.bias") - mean) * tensor(train, "scale") + beta
    )


def test_torchs_own_fusion_refuses_train_mode_in_the_notes_words(base: str) -> None:
    (train,) = ask(base, {"what": "norm", "mode": "train"})

    assert train["outcome"]["status"] == "raised"
    assert train["outcome"]["detail"].startswith(value("S1.3.4", "refuses_train"))


def test_a_seed_that_is_no_number_is_not_recorded(base: str) -> None:
    (shown,) = ask(base, {"seed": "-1"})

    assert [each["field"] for each in shown["wrong"]] == ["seed"]
