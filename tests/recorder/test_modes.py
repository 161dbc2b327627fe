"""Mode changes on the tape: the program's own, each where it is made, and no others."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import pytest
import torch
from torch import nn

from tapedeck.recorder import record
from tapedeck.tape import Tape
from tests.recorder.programs import kinds, tape_of, text

HEAD = "import torch\nfrom torch import nn\nx = torch.ones(1)\n"
NET = HEAD + "net = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5))\n"


def program(source: str) -> Tape:
    tape = tape_of(source)
    assert tape.check() == []
    return tape


def changes(tape: Tape) -> list[tuple[str, bool, str | None]]:
    """Every change: its name, whether it switched on, and the text of its place."""
    return [(m.name, m.enabled, None if m.span is None else text(tape, m.span)) for m in kinds(tape, "mode")]


def switched(tape: Tape) -> list[tuple[str, bool]]:
    """Every change of a module's flag: its path, and whether it trains now."""
    return [(tape.modules[m.module].path, m.enabled) for m in kinds(tape, "mode") if m.name == "training"]


# ── grad, inference, autocast, anomaly ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "manager"),
    [
        ("grad", "torch.no_grad()"),
        ("grad", "torch.set_grad_enabled(False)"),
        ("inference", "torch.inference_mode()"),
        ("autocast", "torch.autocast('cpu', dtype=torch.bfloat16)"),
        ("autocast", "torch.amp.autocast('cpu')"),
        ("anomaly", "torch.autograd.set_detect_anomaly(True)"),
    ],
)
def test_a_context_is_on_the_tape_where_it_is_entered_and_left(name: str, manager: str) -> None:
    tape = program(HEAD + f"with {manager}:\n    y = x * 2\n    z = y + 1\n")

    on = name != "grad"
    assert [(n, enabled) for n, enabled, _ in changes(tape)] == [(name, on), (name, not on)]
    assert changes(tape)[1][2] == f"with {manager}"


def test_the_head_of_a_with_statement_is_its_place_however_long_it_is() -> None:
    tape = program(HEAD + "with torch.no_grad():\n    y = x * 2\n")

    assert changes(tape) == [("grad", False, "with torch.no_grad()"), ("grad", True, "with torch.no_grad()")]


def test_detect_anomaly_is_a_change_of_anomaly_mode() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns that the mode is slow
        tape = program(HEAD + "with torch.autograd.detect_anomaly():\n    x * 2\n")

    place = "with torch.autograd.detect_anomaly()"
    assert changes(tape) == [("anomaly", True, place), ("anomaly", False, place)]


@pytest.mark.parametrize(
    ("name", "decorator"),
    [
        ("grad", "@torch.no_grad()"),
        ("grad", "@torch.no_grad"),
        ("grad", "@torch.set_grad_enabled(False)"),
        ("inference", "@torch.inference_mode()"),
        ("autocast", "@torch.autocast('cpu')"),
    ],
)
def test_a_decorator_is_the_place_of_what_it_switches(name: str, decorator: str) -> None:
    tape = program(HEAD + f"{decorator}\ndef f(x):\n    return x * 2\nf(x)\n")

    on = name != "grad"
    assert changes(tape)[-2:] == [(name, on, decorator), (name, not on, decorator)]


def test_a_decorated_forward_is_the_programs_although_torch_calls_it() -> None:
    tape = program(
        HEAD + "class N(nn.Module):\n    @torch.no_grad()\n    def forward(self, x):\n        return x * 2\nN()(x)\n"
    )

    assert changes(tape) == [("grad", False, "@torch.no_grad()"), ("grad", True, "@torch.no_grad()")]


def test_the_decorator_that_switches_is_the_place_among_several() -> None:
    tape = program(HEAD + "import functools\n@functools.lru_cache\n@torch.no_grad()\ndef f():\n    return x * 2\nf()\n")

    assert changes(tape) == [("grad", False, "@torch.no_grad()"), ("grad", True, "@torch.no_grad()")]


def test_a_function_that_is_decorated_by_hand_switches_where_it_is_called() -> None:
    tape = program(HEAD + "def f(x):\n    return x * 2\ng = torch.no_grad()(f)\ng(x)\n")

    assert changes(tape) == [("grad", False, "g(x)"), ("grad", True, "g(x)")]


def test_a_function_call_switches_until_the_next_one() -> None:
    tape = program(HEAD + "torch.set_grad_enabled(False)\nx * 2\ntorch.set_grad_enabled(True)\n")

    assert changes(tape) == [
        ("grad", False, "torch.set_grad_enabled(False)"),
        ("grad", True, "torch.set_grad_enabled(True)"),
    ]


def test_enable_grad_inside_of_no_grad_changes_it_twice() -> None:
    tape = program(HEAD + "with torch.no_grad():\n    with torch.enable_grad():\n        x * 2\n")

    assert [enabled for _, enabled, _ in changes(tape)] == [False, True, False, True]


def test_a_context_entered_through_an_exit_stack_is_the_programs() -> None:
    tape = program(
        HEAD + "from contextlib import ExitStack\nwith ExitStack() as stack:\n"
        "    stack.enter_context(torch.no_grad())\n    x * 2\n"
    )

    assert changes(tape)[0] == ("grad", False, "stack.enter_context(torch.no_grad())")
    assert [enabled for _, enabled, _ in changes(tape)] == [False, True]


@pytest.mark.parametrize(
    "manager", ["torch.enable_grad()", "torch.inference_mode(False)", "torch.autocast('cpu', enabled=False)"]
)
def test_a_context_that_changes_nothing_is_no_event(manager: str) -> None:
    assert changes(program(HEAD + f"with {manager}:\n    x * 2\n")) == []


@pytest.mark.parametrize(
    "source",
    [
        "nn.init.ones_(nn.Parameter(x))",
        "nn.utils.clip_grad_norm_([w], 1.0)",
        "torch.optim.Adam([w]).step()",
        "torch.optim.LBFGS([w]).step(lambda: (w * w).sum())",
    ],
)
def test_what_torch_switches_inside_is_none_of_the_programs_doing(source: str) -> None:
    tape = program(HEAD + f"w = nn.Parameter(torch.ones(1))\nw.sum().backward()\n{source}\n")

    assert changes(tape) == []


def test_a_context_that_an_exception_leaves_is_left_on_the_tape() -> None:
    tape = program(HEAD + "try:\n    with torch.no_grad():\n        x.view(7)\nexcept RuntimeError:\n    pass\n")

    assert [enabled for _, enabled, _ in changes(tape)] == [False, True]


def test_a_with_statement_in_the_recorded_block_itself_has_its_place() -> None:
    with record() as recording, torch.no_grad():
        torch.ones(1)

    place = "with record() as recording, torch.no_grad()"
    assert changes(recording.tape) == [("grad", False, place), ("grad", True, place)]


# ── training and evaluation ────────────────────────────────────────────────────────────────────────────────────────


def test_eval_and_train_are_one_event_for_the_module_they_are_called_on() -> None:
    tape = program(NET + "net.eval()\nnet.train()\n")

    assert switched(tape) == [("net", False), ("net", True)]
    assert [place for _, _, place in changes(tape)] == ["net.eval()", "net.train()"]
    assert [module.training for module in tape.modules] == [True, True, True]


def test_a_switch_that_changes_no_flag_is_no_event() -> None:
    assert switched(program(NET + "net.train()\nnet[1].train()\n")) == []


def test_a_switch_that_changes_a_child_only_is_an_event() -> None:
    tape = program(NET + "net[1].eval()\nnet.train()\nnet(x)\n")

    assert switched(tape) == [("net.1", False), ("net", True)]


FROZEN = HEAD + (
    "class Frozen(nn.Module):\n"
    "    def __init__(self):\n        super().__init__()\n        self.norm = nn.BatchNorm1d(1)\n"
    "    def train(self, mode=True):\n        super().train(mode)\n        self.norm.eval()\n        return self\n"
    "net = nn.Sequential(Frozen())\n"
)


def test_a_module_that_keeps_a_part_in_evaluation_says_so_after_the_whole() -> None:
    tape = program(FROZEN + "net.eval()\nnet.train()\n")

    assert switched(tape) == [("net", False), ("net", True), ("net.0.norm", False)]


def test_a_flag_that_is_switched_and_switched_back_in_one_call_is_no_event() -> None:
    tape = program(FROZEN + "net.train()\nnet.train()\n")

    assert switched(tape) == [("net.0.norm", False)]


def test_a_flag_that_is_set_directly_is_seen_when_the_module_is_called() -> None:
    tape = program(NET + "net[1].training = False\nx * 2\nnet(x)\nnet(x)\n")

    assert switched(tape) == []
    tape = program(NET + "net(x)\nnet[1].training = False\nnet(x)\nnet(x)\n")
    assert switched(tape) == [("net.1", False)]
    assert changes(tape) == [("training", False, None)]


def test_a_switch_is_not_seen_again_when_the_module_is_called() -> None:
    tape = program(NET + "net(x)\nnet.eval()\nnet(x)\nnet.train()\nnet(x)\n")

    assert switched(tape) == [("net", False), ("net", True)]


def test_train_with_something_else_than_a_flag_raises_as_ever() -> None:
    with record(), pytest.raises(ValueError, match="training mode is expected to be boolean"):
        nn.Linear(1, 1).train("yes")  # type: ignore[arg-type]


# ── nothing changes ────────────────────────────────────────────────────────────────────────────────────────────────


def surroundings() -> list[Any]:
    """What a recording of mode changes replaces while it runs, and the modes themselves."""
    return [
        torch.inference_mode.__enter__,
        torch.inference_mode.__exit__,
        torch.autocast.__enter__,
        torch.autocast.__exit__,
        torch.set_anomaly_enabled,
        nn.Module.train,
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_anomaly_enabled(),
        torch.is_autocast_enabled("cpu"),
    ]


def test_torch_is_left_as_it_was_after_every_mode() -> None:
    before = surroundings()
    with record(), torch.no_grad(), torch.inference_mode(), torch.autocast("cpu"):
        nn.Linear(1, 1).eval()

    assert surroundings() == before


def test_torch_is_left_as_it_was_after_an_exception_in_every_mode() -> None:
    before = surroundings()
    with pytest.raises(ZeroDivisionError), record(), torch.no_grad(), torch.inference_mode(), torch.autocast("cpu"):
        1 / 0  # noqa: B018

    assert surroundings() == before


def test_a_mode_that_outlives_the_recording_stays_the_programs() -> None:
    context = torch.inference_mode()
    with record():
        context.__enter__()
    inside = torch.is_inference_mode_enabled()
    context.__exit__(None, None, None)

    assert (inside, torch.is_inference_mode_enabled()) == (True, False)


def test_flags_of_modules_are_the_programs() -> None:
    def flags(net: nn.Module) -> list[bool]:
        net.eval()
        net[1].train()  # type: ignore[index]
        return [module.training for module in net.modules()]

    plain = flags(nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5)))
    with record():
        recorded = flags(nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5)))

    assert plain == recorded == [False, False, True]


def test_the_signature_of_what_is_replaced_is_torchs() -> None:
    before = inspect.signature(nn.Module.train)
    with record():
        during = inspect.signature(nn.Module.train)

    assert during == before
