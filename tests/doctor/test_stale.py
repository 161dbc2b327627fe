"""The doctor finds a saved tensor that was written after it was saved, before backward does."""

from __future__ import annotations

import pytest

from tapedeck.doctor import Finding, examine
from tests.recorder.programs import kinds, tape_of

START = "import torch\nx = torch.ones(4, requires_grad=True)\n"


def findings(source: str, **options: str) -> list[Finding]:
    tape = tape_of(source, **options)
    assert tape.check() == []
    return [finding for finding in examine(tape) if finding.rule == "stale-saved-tensor"]


def torch_raises(source: str) -> bool:
    """Whether torch itself objects, without us."""
    try:
        exec(source, {"__name__": "__main__"})
    except RuntimeError as error:
        return "modified by an inplace operation" in str(error)
    return False


def test_a_write_after_the_save_is_found_before_backward_is_called() -> None:
    (finding,) = findings(START + "y = x.exp()\ny.mul_(3)\n", values="structure")

    assert finding.sentence == (
        "ExpBackward0 saved result (y) at version 0, and mul_ moved it to version 1: "
        "backward will raise when it comes here."
    )
    assert finding.where is not None
    assert (finding.where.line, finding.where.expression, finding.severity) == (4, "y.mul_(3)", "warning")


def test_when_backward_has_raised_the_finding_names_the_write() -> None:
    (finding,) = findings(START + "y = x.exp()\ny.mul_(3)\ny.add_(1)\ny.sum().backward()\n")

    assert "at version 0, and mul_ moved it to version 2: backward raised here." in finding.sentence
    assert (finding.severity, finding.where is not None and finding.where.line) == ("error", 4)


RAISES = {
    "a view": "y = x.exp()\ny[:2].mul_(3)\n",
    "a view of a view": "y = x.exp()\ny.view(2, 2)[0].mul_(3)\n",
    "the base of a view": "y = x * 1\nz = y[:2].exp() * y[:2]\ny.add_(1)\ny = z\n",
    "a detached tensor": "y = x.exp()\ny.detach().mul_(3)\n",
    "a view of a detached tensor": "y = x.exp()\ny.detach()[:1].mul_(3)\n",
    "detach_ of a copy": "y = x.exp()\nz = y.detach()\nz.detach_()\nz.zero_()\n",
    "no_grad": "w = torch.ones(4, requires_grad=True)\ny = x * w\nwith torch.no_grad():\n    w.add_(1)\n",
    "item assignment": "y = x.exp()\ny[0] = 1\n",
    "out": "y = x.exp()\nwith torch.no_grad():\n    torch.add(x, 1, out=y.detach())\n",
    "in-place activation": "y = x.sigmoid()\nz = torch.relu_(y)\ny = z\n",
}


@pytest.mark.parametrize("body", RAISES.values(), ids=RAISES)
def test_every_way_to_write_is_found_where_torch_raises(body: str) -> None:
    source = START + body + "y.sum().backward()\n"

    assert torch_raises(source)
    (finding,) = findings(source)
    assert "backward raised here" in finding.sentence


SILENT = {
    "a write before the save": "y = x * 1\ny.mul_(2)\ny = y.exp()\n",
    "an op in place that saves its own result": "y = x * 1\ny.exp_()\n",
    "a write to what nobody saved": "y = x * 2\ny.add_(1)\n",
    "a write to a copy": "y = x.exp()\ny.clone().detach().mul_(3)\n",
    "a write through .data": "y = x.exp()\ny.data.mul_(3)\n",
    "a write after backward": "y = x.exp()\ny.sum().backward()\nwith torch.no_grad():\n    y.mul_(3)\ny = x * 2\n",
    "running statistics": "y = torch.nn.BatchNorm1d(4)(x.view(2, 2).repeat(2, 2))\n",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT)
def test_nothing_is_found_where_torch_is_content(body: str) -> None:
    source = START + body + "y.sum().backward()\n"

    assert not torch_raises(source)
    assert findings(source) == []


LOOP = """
import torch
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU(), torch.nn.Linear(4, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.ones(2, 4)
for _ in range(2):
    loss = net(x).sum()
    loss.backward()
    optimizer.step()
"""


def test_a_training_loop_has_no_finding() -> None:
    assert findings(LOOP) == []


def test_a_forward_whose_graph_died_is_no_finding() -> None:
    source = LOOP.replace("    loss = net", "    seen = net(x).sum().item()\n    loss = net")

    assert findings(source) == []


def test_an_optimizer_step_between_forward_and_backward_is_one_finding() -> None:
    source = LOOP.replace("    loss.backward()\n    optimizer.step()", "    loss.backward(retain_graph=True)\n"
                          "    optimizer.step()\n    loss.backward()")  # fmt: skip

    (finding,) = findings(source)
    assert "AddmmBackward0 saved mat2" in finding.sentence
    assert "at version 1, and the step of SGD moved it to version 2: backward raised here." in finding.sentence


def test_an_optimizer_step_is_found_before_backward_too() -> None:
    source = LOOP.replace("    loss.backward()\n", "    loss.sum()\n    net[2].weight.grad = torch.ones(4, 4)\n")

    assert ["the step of SGD" in finding.sentence for finding in findings(source)][:1] == [True]


def test_a_stale_node_that_backward_did_not_reach_is_a_warning() -> None:
    tape = tape_of(START + "y = x.exp()\nz = x.sin()\ny.mul_(3)\nz.sum().backward()\n")

    (finding,) = examine(tape)
    assert (finding.severity, "will raise when it comes here" in finding.sentence) == ("warning", True)
    assert [event.failed for event in kinds(tape, "backward_end")] == [False]


def test_a_checkpointed_segment_that_hides_its_saved_tensors_is_no_finding() -> None:
    source = (
        "import torch\nfrom torch.utils.checkpoint import checkpoint\nx = torch.ones(4, requires_grad=True)\n"
        "y = checkpoint(lambda t: t.exp().sin(), x, use_reentrant=False)\n"
        "with torch.no_grad():\n    y.mul_(3)\ny.sum().backward()\n"
    )

    assert not torch_raises(source)
    assert findings(source) == []


def test_what_a_reentrant_checkpoint_saved_can_go_stale() -> None:
    source = (
        "import torch\nfrom torch.utils.checkpoint import checkpoint\nx = torch.ones(4, requires_grad=True)\n"
        "h = x * 1\ny = checkpoint(lambda t: t.exp().sin(), h, use_reentrant=True)\n"
        "with torch.no_grad():\n    h.mul_(3)\ny.sum().backward()\n"
    )

    assert torch_raises(source)
    (finding,) = findings(source)
    assert "CheckpointFunctionBackward saved tensors" in finding.sentence.replace("saved_tensors", "tensors")


def test_a_custom_function_s_saved_tensor_can_go_stale() -> None:
    source = START + (
        "class Square(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, t):\n        ctx.save_for_backward(t)\n        return t * t\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return 2 * ctx.saved_tensors[0] * g\n"
        "h = x * 1\ny = Square.apply(h)\nh.add_(1)\ny.sum().backward()\n"
    )

    assert torch_raises(source)
    (finding,) = findings(source)
    assert "add_ moved it to version 1: backward raised here" in finding.sentence


def test_a_second_run_through_a_retained_graph_meets_what_went_stale_since() -> None:
    source = START + "y = x.exp()\nl = y.sum()\nl.backward(retain_graph=True)\ny.detach().mul_(2)\nl.backward()\n"

    assert torch_raises(source)
    (finding,) = findings(source)
    assert "backward raised here" in finding.sentence
