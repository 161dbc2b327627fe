"""A recording leaves torch and the program as they would be without it, and ends in a whole tape whatever happens."""

from __future__ import annotations

import gc
import io
import sys
import threading
import warnings
import weakref
from contextlib import redirect_stdout
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim.optimizer import _global_optimizer_pre_hooks
from torch.utils.hooks import RemovableHandle

import tapedeck
from tapedeck.recorder import Stopped, capture, record
from tests.recorder.programs import kinds, tape_of, text


def attributes() -> list[Any]:
    """The places of torch and Python that a recording replaces while it runs."""
    return [
        nn.Module.__call__,
        nn.Module.__init__,
        nn.Module.register_forward_hook,
        RemovableHandle.remove,
        torch.autograd.Function._register_hook,
        torch.autograd._engine_run_backward,
        sys.stdout,
        sys.stderr,
        warnings.showwarning,
        list(_global_optimizer_pre_hooks),
        torch._C._len_torch_function_stack(),
    ]


def test_torch_is_as_it_was_after_a_recording() -> None:
    before = attributes()

    with record():
        nn.Linear(1, 1)(torch.ones(1)).backward()

    assert attributes() == before


def test_torch_is_as_it_was_after_an_exception() -> None:
    before = attributes()

    with pytest.raises(ZeroDivisionError), record():
        1 / 0  # noqa: B018

    assert attributes() == before


def test_the_tape_is_complete_when_the_block_ended_in_an_exception() -> None:
    recording = record()
    with pytest.raises(RuntimeError), recording:
        torch.ones(2) @ torch.ones(3)

    assert [event.__struct_config__.tag for event in recording.tape.events] == ["op", "op", "op", "raise"]


def test_no_random_number_is_drawn() -> None:
    torch.manual_seed(1)
    with record():
        nn.Dropout(0.5)(torch.ones(10))
    after = torch.rand(1)

    torch.manual_seed(1)
    nn.Dropout(0.5)(torch.ones(10))
    assert torch.equal(after, torch.rand(1))


def test_a_tensor_freed_by_the_program_is_freed_under_recording() -> None:
    with record():

        def work() -> list[weakref.ref[torch.Tensor]]:
            x = torch.ones(3, requires_grad=True)
            y = x.exp()
            z = y * 2
            z.sum().backward()
            return [weakref.ref(t) for t in (x, y, z)]

        references = work()
        gc.collect()
        assert [reference() for reference in references] == [None, None, None]


def test_a_finished_recording_holds_nothing_of_the_program() -> None:
    namespace: dict[str, Any] = {"x": torch.ones(3, requires_grad=True), "net": nn.Linear(1, 1)}
    with record(namespace=namespace) as recording:
        recording.name(weight=namespace["x"])
        namespace["net"](namespace["x"][:1]).backward()
    references = [weakref.ref(thing) for thing in namespace.values()]

    namespace.clear()
    gc.collect()

    assert [reference() for reference in references] == [None, None]
    assert recording.tape.check() == []


def test_versions_and_hook_numbers_are_the_programs() -> None:
    before = RemovableHandle.next_id
    with record():
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y.add_(1)
        y.sum().backward()
        assert y._version == 1

    assert RemovableHandle.next_id == before


def test_a_second_recording_in_the_same_thread_is_refused() -> None:
    with record(), pytest.raises(RuntimeError, match="this thread is already being recorded"), record():
        pass


def test_a_thread_that_the_program_starts_can_record_itself_instead() -> None:
    counts = []

    def work() -> None:
        with record() as inner:
            torch.ones(1) * 2
        counts.append(len(inner.tape.ops))

    with record() as outer:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        torch.ones(1)

    assert (counts, len(outer.tape.ops)) == ([2], 1)


def test_prints_pass_through_and_stand_on_the_tape() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        tape = tape_of("print('a', 1)\nprint('b')\n")

    assert out.getvalue() == "a 1\nb\n"
    assert [(event.text, text(tape, event.span)) for event in kinds(tape, "print")] == [
        ("a 1\n", "print('a', 1)"),
        ("b\n", "print('b')"),
    ]


def test_output_beyond_the_limit_is_not_kept_and_says_so() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        tape = tape_of("for _ in range(100):\n    print('x' * 99)\n", max_print=1000)

    kept = "".join(event.text for event in kinds(tape, "print"))
    assert len(out.getvalue()) == 10_000
    assert len(kept) < 1100
    assert "not kept" in kept


def test_warnings_stand_on_the_tape_with_their_line() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda *args, **kwargs: None
        tape = tape_of("import warnings\nwarnings.warn('careful')\n")

    (event,) = kinds(tape, "warning")
    assert (event.text, event.category, text(tape, event.span)) == (
        "careful",
        "UserWarning",
        "warnings.warn('careful')",
    )


def test_a_syntax_error_is_on_the_tape_with_its_place() -> None:
    tape = tape_of("import torch\nx = = 3\n")

    end = tape.events[-1]
    assert (end.type, tape.spans[end.span].line, text(tape, end.span)) == ("SyntaxError", 2, "=")


def test_the_traceback_holds_the_users_frames_only() -> None:
    tape = tape_of("import torch\ndef f(t):\n    return t.view(7)\nf(torch.ones(2))\n")

    end = tape.events[-1]
    assert [text(tape, span) for span in end.frames] == ["f(torch.ones(2))", "t.view(7)"]


def test_too_many_events_stop_the_program_where_it_is() -> None:
    tape = tape_of("import torch\nx = torch.ones(1)\nwhile True:\n    x = x + 1\n", max_events=100, at_limit="raise")

    assert (tape.header.ended, tape.events[-1].type, text(tape, tape.events[-1].span)) == (
        "cut",
        "too_many_events",
        "x + 1",
    )
    assert tape.check() == []


def test_a_programs_except_exception_does_not_swallow_a_limit() -> None:
    assert not issubclass(Stopped, Exception)


def test_progress_says_how_far_the_program_is_and_where() -> None:
    seen: list[Any] = []
    tape_of(
        "import torch\nx = torch.ones(1)\nfor _ in range(200):\n    x = x + 1\n",
        progress=lambda events, where: seen.append((events, where)),
    )

    assert seen
    assert seen[0][1][0] == "program.py"


def test_modules_have_paths_constructors_and_calls() -> None:
    tape = tape_of(
        "import torch\nfrom torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.body = nn.Sequential(nn.Linear(2, 2), nn.ReLU())\n"
        "    def forward(self, x):\n        return self.body(x)\n"
        "net = Net()\nout = net(torch.ones(1, 2))\n"
    )

    assert [m.path for m in tape.modules] == ["net", "net.body", "net.body.0", "net.body.1"]
    assert text(tape, tape.modules[0].constructed) == "Net()"
    assert [(tape.modules[c.module].path, c.parent) for c in tape.calls] == [
        ("net", None),
        ("net.body", 0),
        ("net.body.0", 1),
        ("net.body.1", 1),
    ]
    assert {"net.body.0.weight", "net.body.0.bias", "out"} <= {t.name for t in tape.tensors}


def test_a_module_that_is_called_before_its_owner_gets_its_path() -> None:
    tape = tape_of(
        "import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(1, 1))\n"
        "net[0](torch.ones(1))\nnet(torch.ones(1))\n"
    )

    assert {m.path for m in tape.modules} == {"net", "net.0"}


def test_tied_modules_are_marked() -> None:
    tape = tape_of(
        "import torch\nfrom torch import nn\na, b = nn.Linear(2, 2), nn.Linear(2, 2)\nb.weight = a.weight\n"
        "net = nn.Sequential(a, b)\nnet(torch.ones(2))\n"
    )

    assert [m.tied_with for m in tape.modules] == [[], [2], [1]]


def test_grad_mode_is_on_the_tape_where_the_program_changes_it() -> None:
    tape = tape_of("import torch\nwith torch.no_grad():\n    x = torch.ones(1)\n")

    assert [(event.name, event.enabled) for event in kinds(tape, "mode")] == [("grad", False), ("grad", True)]


def test_names_given_by_hand_win() -> None:
    holder = {"secret": torch.ones(1, requires_grad=True)}
    with record() as recording:
        recording.name(weight=holder["secret"])
        holder["secret"] * 2

    assert "weight" in {t.name for t in recording.tape.tensors}


def test_importing_tapedeck_does_not_import_torch() -> None:
    import subprocess

    code = "import sys, tapedeck; assert 'torch' not in sys.modules; tapedeck.record; assert 'torch' in sys.modules"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert tapedeck.record is record


def test_a_fault_of_the_recorder_is_not_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    original = capture.unseeable

    def unseeable(tensor: torch.Tensor) -> str | None:
        calls.append(1)
        if len(calls) > 4:
            raise LookupError("a fault of ours")
        return original(tensor)

    monkeypatch.setattr(capture, "unseeable", unseeable)
    net = nn.Linear(2, 1)
    x = torch.ones(2, requires_grad=True)
    before = attributes()
    with record() as recording:
        net(x * 2).backward()

    assert x.grad is not None
    assert torch.equal(x.grad, 2 * net.weight[0])
    assert attributes() == before
    assert recording.tape.header.ended == "cut"
    (warning,) = kinds(recording.tape, "warning")
    assert "LookupError: a fault of ours" in warning.text


def test_a_module_call_that_another_program_has_replaced_is_still_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    original, calls = nn.Module.__call__, []

    def __call__(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        calls.append(self)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(nn.Module, "__call__", __call__)
    net = nn.Linear(2, 1)
    with record() as recording:
        net(torch.ones(2))

    assert nn.Module.__call__ is __call__
    assert calls == [net]
    assert [call.module for call in recording.tape.calls] == [0]


def test_a_thread_that_calls_a_module_as_the_last_recording_ends_is_not_harmed() -> None:
    net, stop, errors = nn.Linear(2, 1), threading.Event(), []

    def call() -> None:
        try:
            while not stop.is_set():
                net(torch.ones(2))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours
            errors.append(error)

    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=call)
    thread.start()
    try:
        for _ in range(100):
            with record("structure"):
                torch.ones(1)
    finally:
        stop.set()
        thread.join()
        sys.setswitchinterval(switching)

    assert errors == []
