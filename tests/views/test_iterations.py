from __future__ import annotations

import itertools

from tapedeck.tape import Tape
from tapedeck.views.iterations import iterations
from tests.recorder.programs import kinds, tape_of

HEAD = (
    "import torch\nfrom torch import nn\n"
    "net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))\n"
    "opt = torch.optim.SGD(net.parameters(), lr=0.1)\nx = torch.ones(1, 2)\n"
)


def training(source: str) -> Tape:
    tape = tape_of(HEAD + source)
    assert tape.check() == []
    return tape


def parts(tape: Tape) -> list[list[str]]:
    """The kinds of the parts of every iteration."""
    return [[part.kind for part in one.parts] for one in iterations(tape)]


def counts(tape: Tape, tag: str) -> list[int]:
    """How many events of a kind each iteration holds."""
    steps = [step for step, event in enumerate(tape.events) if event.__struct_config__.tag == tag]
    return [sum(one.first <= step <= one.last for step in steps) for one in iterations(tape)]


def test_a_loop_has_one_iteration_for_every_step_of_its_optimizer() -> None:
    tape = training("for _ in range(3):\n    opt.zero_grad()\n    net(x).sum().backward()\n    opt.step()\n")

    assert parts(tape) == [["forward", "backward", "update"]] * 3
    assert [one.optimizers for one in iterations(tape)] == [[0]] * 3


def test_iterations_neither_overlap_nor_leave_their_parts() -> None:
    tape = training("for _ in range(3):\n    opt.zero_grad()\n    net(x).sum().backward()\n    opt.step()\n")
    found = iterations(tape)

    assert all(a.last < b.first for a, b in itertools.pairwise(found))
    assert all(one.first <= part.first <= part.last <= one.last for one in found for part in one.parts)
    assert all(a.last < b.first for one in found for a, b in itertools.pairwise(one.parts))


def test_gradients_cleared_after_the_step_belong_to_the_iteration_of_the_step() -> None:
    after = training("for _ in range(2):\n    net(x).sum().backward()\n    opt.step()\n    opt.zero_grad()\n")
    before = training("for _ in range(2):\n    opt.zero_grad()\n    net(x).sum().backward()\n    opt.step()\n")

    assert counts(after, "grad_zero") == [4, 4]
    assert counts(before, "grad_zero") == [0, 4]


def test_accumulated_gradients_are_several_passes_of_one_iteration() -> None:
    tape = training(
        "for i in range(4):\n    net(x).sum().backward()\n    if i % 2:\n        opt.step()\n        opt.zero_grad()\n"
    )

    assert parts(tape) == [["forward", "backward", "forward", "backward", "update"]] * 2


def test_a_validation_between_epochs_belongs_to_no_iteration() -> None:
    tape = training(
        "def validate():\n    return net(x)\n"
        "for epoch in range(2):\n    for _ in range(2):\n        net(x).sum().backward()\n        opt.step()\n"
        "    validate()\n"
    )

    assert parts(tape) == [["forward", "backward", "update"]] * 4
    assert counts(tape, "call_enter") == [4] * 4
    assert len(kinds(tape, "call_enter")) == 24


def test_what_follows_the_loop_belongs_to_no_iteration() -> None:
    tape = training(
        "for _ in range(2):\n    net(x).sum().backward()\n    opt.step()\nnet.eval()\nnet(x)\nprint('done')\n"
    )

    assert counts(tape, "mode") == [0, 0]
    assert counts(tape, "print") == [0, 0]


def test_what_the_loop_prints_after_its_step_belongs_to_the_iteration() -> None:
    tape = training("for i in range(2):\n    net(x).sum().backward()\n    opt.step()\n    print(i)\n")

    assert counts(tape, "print") == [1, 1]


def test_two_optimizers_in_one_loop_share_an_iteration() -> None:
    tape = training(
        "two = torch.optim.Adam(net.parameters())\n"
        "for _ in range(2):\n    net(x).sum().backward()\n    opt.step()\n    net(x).sum().backward()\n    two.step()\n"
    )

    assert parts(tape) == [["forward", "backward", "update"] * 2] * 2
    assert [one.optimizers for one in iterations(tape)] == [[0, 1]] * 2


def test_two_loops_one_after_another_share_no_iteration() -> None:
    tape = training(
        "two = torch.optim.Adam(net.parameters())\n"
        "for _ in range(2):\n    net(x).sum().backward()\n    opt.step()\n"
        "for _ in range(2):\n    net(x).sum().backward()\n    two.step()\n"
    )

    assert [one.optimizers for one in iterations(tape)] == [[0], [0], [1], [1]]


def test_a_closure_runs_inside_of_the_update() -> None:
    tape = training(
        "opt = torch.optim.LBFGS(net.parameters(), max_iter=2)\n"
        "def closure():\n    opt.zero_grad()\n    loss = net(x).sum()\n    loss.backward()\n    return loss\n"
        "for _ in range(2):\n    opt.step(closure)\n"
    )

    assert parts(tape) == [["update", "forward", "backward", "forward", "backward"]] * 2


def test_a_function_that_trains_once_bounds_its_iteration() -> None:
    tape = training(
        "def train(x):\n    opt.zero_grad()\n    net(x).sum().backward()\n    opt.step()\n"
        "for _ in range(2):\n    train(x * 1)\n"
    )

    assert parts(tape) == [["forward", "backward", "update"]] * 2
    assert counts(tape, "call_enter") == [4, 4]


def test_steps_without_a_loop_are_iterations_too() -> None:
    tape = training("net(x).sum().backward()\nopt.step()\nnet(x).sum().backward()\nopt.step()\n")

    assert parts(tape) == [["forward", "backward", "update"]] * 2


def test_a_step_that_changes_nothing_is_an_iteration() -> None:
    tape = training("for _ in range(2):\n    opt.step()\n")

    assert parts(tape) == [["update"], ["update"]]


def test_a_tape_without_an_optimizer_has_no_iterations() -> None:
    assert iterations(tape_of("import torch\ntorch.ones(1) * 2\n")) == []
