"""Statistics in one pass, in C, against those of torch in double precision; and what one pass must leave alone."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch

from tapedeck.recorder import statistics
from tapedeck.recorder.statistics import measure, quickly

compiled = pytest.mark.skipif(statistics._fused is None, reason="the recorder is not compiled here")

TENSORS: dict[str, Callable[[], torch.Tensor]] = {
    "one element": lambda: torch.tensor([3.0]),
    "a prime number of them": lambda: torch.randn(65_537),
    "enough for several threads": lambda: torch.randn(3_000_001) * 5 + 1,
    "double precision": lambda: torch.randn(1000, dtype=torch.float64),
    "transposed": lambda: torch.randn(300, 200).t(),
    "channels last": lambda: torch.randn(2, 3, 20, 20).to(memory_format=torch.channels_last),
    "in the middle of its memory": lambda: torch.randn(1000)[100:900],
    "half zeros, of both signs": lambda: torch.cat([torch.randn(500).relu(), torch.full((500,), -0.0)]),
    "all the same": lambda: torch.full((1000,), 0.1),
    "a mean much larger than the deviation": lambda: torch.randn(10_000) + 1e4,
    "squares that vanish": lambda: torch.randn(1000) * 1e-25,
    "squares that overflow": lambda: torch.randn(1000) * 1e25,
    "denormal": lambda: torch.full((100,), 1e-42) * torch.arange(100),
    "doubles whose squares overflow": lambda: torch.randn(1000, dtype=torch.float64) * 1e200,
    "gaps between the elements": lambda: torch.randn(1000)[::3],
    "expanded": lambda: torch.randn(1, 40).expand(30, 40),
    "negated lazily": lambda: torch.randn(100, dtype=torch.complex64).conj().imag,
    "half precision": lambda: torch.randn(1000).half(),
    "whole numbers": lambda: torch.arange(-50, 50),
    "complex": lambda: torch.randn(100, dtype=torch.complex64),
}


@pytest.mark.parametrize("name", TENSORS)
def test_statistics_are_those_of_double_precision(name: str) -> None:
    torch.manual_seed(0)
    tensor = TENSORS[name]()
    exact = (tensor.abs() if tensor.is_complex() else tensor).double()

    found = measure(tensor, threads=2)

    assert (found.count, found.finite, found.nan) == (tensor.numel(), tensor.numel(), 0)
    assert (found.low, found.high) == (exact.min().item(), exact.max().item())
    scale = exact.abs().max().item()
    norm = torch.linalg.vector_norm(exact / scale).item() * scale
    assert found.mean == pytest.approx(exact.mean().item(), rel=1e-6, abs=1e-6 * scale)
    assert found.std == pytest.approx((exact / scale).std(unbiased=False).item() * scale, rel=1e-4)
    assert found.norm == pytest.approx(norm, rel=1e-5)
    assert found.zeros == pytest.approx((exact == 0).double().mean().item())


@compiled
@pytest.mark.parametrize(
    "name", [name for name in TENSORS if not name.startswith(("gaps", "exp", "neg", "half p", "w", "c"))]
)
def test_floats_without_gaps_are_gone_over_once(name: str) -> None:
    assert quickly(TENSORS[name](), 2) is not None


@compiled
@pytest.mark.parametrize("special", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_left_to_the_slower_way(special: float) -> None:
    tensor = torch.randn(500_000)
    tensor[123_456] = special

    assert quickly(tensor, 2) is None
    assert measure(tensor, 2).finite == 499_999


@compiled
def test_nothing_to_go_over_is_refused() -> None:
    assert quickly(torch.empty(0), 1) is None
    assert quickly(torch.empty(3, device="meta"), 1) is None
    assert quickly(torch.randn(3).to_sparse(), 1) is None


def test_the_compiled_code_leaves_denormal_numbers_as_they_are() -> None:
    code = "import torch\nfrom tapedeck.recorder import statistics\nassert (torch.tensor([1e-42]) * 1.0).item() > 0\n"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="forks")
def test_a_forked_process_does_without_the_threads_of_its_parent() -> None:
    code = (
        "import os, torch\n"
        "from tapedeck.recorder import record\n"
        "x = torch.randn(2_000_000)\n"
        "with record('summary'):\n"
        "    (x + 1)\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    torch.set_num_threads(1)\n"
        "    with record('summary') as recording:\n"
        "        (x + 1)\n"
        "    os._exit(0 if recording.tape.values else 1)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
