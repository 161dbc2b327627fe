"""Runs a program in a fresh namespace, recorded or not, and says what can be observed of it, to the last bit.

Two runs are compared as plain data. What Python makes impossible to hide is taken out by `reduced`: while a program
runs, our frames stand between its own and torch's, so they stand in its tracebacks too, and a Python function of
torch's stands there twice, once as called and once as called by the function mode
(``torch.overrides.handle_torch_function``).
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import linecache
import os
import random
import re
import sys
import threading
import types
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch._dynamo  # which torch imports when first needed, and which replaces attributes of torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.hooks import RemovableHandle

import tapedeck
from tapedeck.recorder import record
from tapedeck.recorder.log import FAILURE
from tapedeck.tape import Tape
from tests.recorder.differential.observe import Observer
from tests.recorder.differential.surroundings import attributes, changed, generators, states

NAME = "program.py"
PRELUDE = (Path(__file__).parent / "prelude.txt").read_text()
WAYS: dict[str, dict[str, Any]] = {
    "structure": {"values": "structure"},
    "summary": {"values": "summary"},
    "full": {"values": "full"},
    "aten": {"values": "structure", "aten": True},
    "forward": {"values": "structure", "mode": "forward"},
}
"""Every way to record that the program could tell apart."""

INERT = "inert"
"""Unrecorded, under a dispatch mode that does nothing, which alone changes a program: see `compared`."""


class Inert(TorchDispatchMode):
    """Does nothing."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


OURS = os.path.dirname(os.path.abspath(tapedeck.__file__)) + os.sep
HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
TORCH = os.path.dirname(torch.__file__) + os.sep


@dataclasses.dataclass(frozen=True)
class Program:
    """A named text; ``before`` runs in the same namespace (of a module of that name) before the recording begins."""

    name: str
    text: str
    before: str = ""
    seed: int = 0
    module: str = "program"


def sections(path: Path) -> Iterator[tuple[str, str]]:
    """The named texts of a file, each after a line ``=== name``; the lines before the first say what they are."""
    for section in path.read_text().split("\n=== ")[1:]:
        name, _, text = section.partition("\n")
        yield name.strip(), text


def programs(folder: Path) -> Iterator[Program]:
    """Every program of a folder's files; a line ``--- recorded`` ends what runs before the recording begins."""
    for path in sorted(folder.glob("*.txt")):
        for name, text in sections(path):
            before, _, recorded = text.rpartition("--- recorded\n")
            yield Program(f"{path.stem}: {name}", recorded, before)


class Written:
    """A stream that keeps every write, with which of the two streams it went to."""

    def __init__(self, name: str, pieces: list[tuple[str, str]]) -> None:
        self._name = name
        self._pieces = pieces

    def write(self, text: str) -> int:
        """Keep a piece."""
        self._pieces.append((self._name, text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Keep each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing waits."""


class Run:
    """One run of one program: ``seen`` is everything observed, ``tape`` what was recorded of it."""

    def __init__(self, program: Program, way: str | None) -> None:
        self.module = types.ModuleType(program.module)
        self.seen: dict[str, Any] = {}
        self.tape: Tape | None = None
        self._pieces: list[tuple[str, str]] = []
        self._warned: list[warnings.WarningMessage] = []
        self._kept: Any = None
        self._run(program, way)

    def _run(self, program: Program, way: str | None) -> None:
        reset()
        linecache.cache[NAME] = (len(program.text), None, program.text.splitlines(keepends=True), NAME)
        sys.modules[program.module] = self.module
        streams, threads = (sys.stdout, sys.stderr), threading.active_count()
        sys.stdout, sys.stderr = Written("out", self._pieces), Written("err", self._pieces)  # type: ignore[assignment]
        try:
            with warnings.catch_warnings(record=True) as self._warned:
                warnings.simplefilter("default")
                exec(compile(PRELUDE + program.before, "before.py", "exec"), self.module.__dict__)
                self._observe(program, way)
            self.seen["threads"] = threading.active_count() - threads
        finally:
            sys.stdout, sys.stderr = streams
            del sys.modules[program.module]

    def _observe(self, program: Program, way: str | None) -> None:
        """Run the program's text, then look: what looking itself changes is looked at first."""
        handle, sequence, live = RemovableHandle.next_id, next_sequence(), population()
        found, modes = attributes(), states()
        self.seen["exception"] = self._execute(program, way)
        self.seen["attributes"] = changed(found, attributes())
        self.seen["modes"] = changed(modes, states())
        self.seen["generators"] = generators()
        self.seen["handles"] = RemovableHandle.next_id - handle
        self.seen["nodes made"] = next_sequence() - sequence
        self.seen["warnings"] = [warned(warning) for warning in self._warned]
        self.seen["written"] = list(self._pieces)
        observer = Observer(sequence, handle)
        self.seen["results"] = {
            name: observer.describe(value) for name, value in vars(self.module).items() if not name.startswith("_")
        }
        self.seen["graph"] = observer.graph()
        del observer
        for name in [name for name in vars(self.module) if not name.startswith("__")]:
            delattr(self.module, name)
        gc.collect()
        self.seen["alive"] = {kind: n - live.get(kind, 0) for kind, n in population().items() if n > live.get(kind, 0)}

    def _execute(self, program: Program, way: str | None) -> Any:
        """The exception the program ends in, as plain data."""
        torch.manual_seed(program.seed)
        random.seed(program.seed)
        np.random.seed(program.seed)
        recording = around = None
        if way == INERT:
            around = Inert()
        elif way is not None:
            around = recording = record(sources={NAME: program.text}, namespace=self.module.__dict__, **WAYS[way])
        gc.collect()
        gc.disable()
        try:
            with around or contextlib.nullcontext():
                exec(compile(program.text, NAME, "exec"), self.module.__dict__)
        except BaseException as error:  # noqa: BLE001 - what it is, is what is observed
            self._keep(recording)
            return raised(error)
        finally:
            gc.enable()
        self._keep(recording)
        return None

    def _keep(self, recording: Any) -> None:
        """The tape, and the recording, which must keep nothing of the program's alive."""
        self._kept = recording
        self.tape = None if recording is None else recording.tape


def reset() -> None:
    """The next program meets nothing of the last one's, and no object that was there before it is looked at again."""
    torch.set_num_threads(1)
    torch.set_warn_always(True)
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    for name, table in vars(nn.modules.module).items():
        if name.startswith("_global_") and isinstance(table, dict):
            table.clear()
    if "torch._dynamo" in sys.modules:
        sys.modules["torch._dynamo"].reset()
    gc.collect()
    gc.freeze()


def next_sequence() -> int:
    """The number the next autograd node of this thread gets, which one node uses up."""
    with torch.enable_grad():
        return int((torch.ones((), requires_grad=True) + 0).grad_fn._sequence_nr())  # type: ignore[union-attr]


_counted: dict[type, str | None] = {}


def population() -> dict[str, int]:
    """Living tensors, nodes, modules and instances of the program's classes, by type, of those made since `reset`."""
    counts: dict[str, int] = {}
    for thing in gc.get_objects():
        kind = type(thing)
        if kind.__module__ in ("program", "seedcase"):  # a class of one run, which the table must not keep
            name: str | None = kind.__qualname__
        elif kind in _counted:
            name = _counted[kind]
        else:
            ours = issubclass(kind, (Tensor, torch.autograd.graph.Node, nn.Module))
            name = _counted[kind] = kind.__qualname__ if ours else None
        if name is not None:
            counts[name] = counts.get(name, 0) + 1
    return counts


def warned(warning: warnings.WarningMessage) -> dict[str, Any]:
    """A warning as it reached the program's reader."""
    return {
        "category": warning.category.__name__,
        "text": spoken(str(warning.message)),
        "place": (place(warning.filename), warning.lineno),
        "line": warning.line,
        "source": type(warning.source).__name__,
    }


def place(filename: str) -> str:
    """A file's name, without where torch happens to be installed."""
    return filename.replace(TORCH, "torch/").replace(OURS, "tapedeck/")


def raised(error: BaseException | None, depth: int = 0) -> Any:
    """An exception with what stands behind it."""
    if error is None or depth > 5:
        return None
    return {
        "type": type(error).__qualname__,
        "message": spoken(str(error)),
        "notes": getattr(error, "__notes__", []),
        "attributes": sorted(vars(error)),
        "cause": raised(error.__cause__, depth + 1),
        "context": raised(error.__context__, depth + 1),
        "suppressed": error.__suppress_context__,
        "traceback": reduced(error.__traceback__),
    }


Frame = tuple[str, int, str]


def reduced(traceback: types.TracebackType | None) -> list[Frame]:
    """The frames of a traceback that are the program's and torch's."""
    frames: list[Frame] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return without_us(frames)


def without_us(frames: list[Frame]) -> list[Frame]:
    """Frames from the program's first on, without Tapedeck's and torch's way to Tapedeck."""
    kept: list[Frame] = []
    ours = False
    for filename, line, function in frames:
        if filename.startswith(HERE):
            kept.clear()
        elif filename.startswith(OURS):
            while kept and kept[-1][0] == "torch/overrides.py":
                kept.pop()
            ours = True
        else:
            if ours and kept and kept[-1][0] == place(filename) and kept[-1][2] == function:
                kept.pop()
            kept.append((place(filename), line, function))
            ours = False
    return kept


STACK = re.compile(r'((?:  File "[^"]*", line \d+, in .*\n(?:    .*\n)*)+)')
ENTRY = re.compile(r'  File "([^"]*)", line (\d+), in (.*)\n')


def spoken(text: str) -> str:
    """A message; a stack that torch spells out in it (anomaly mode) is reduced like a traceback."""
    entries = [(name, int(line), function) for name, line, function in ENTRY.findall(text)]
    return STACK.sub(lambda _: f"{without_us(entries)}\n", text) if entries else text


def compared(plain: dict[str, Any], recorded: dict[str, Any], inert: dict[str, Any] | None = None) -> list[str]:
    """Where two runs differ.

    A program may leave tensors in a cycle that torch cannot collect, recorded or not. torch makes the Python object of
    what only C++ holds when it is first looked at, so of such garbage the objects cannot be counted.

    ATen ops can be seen from Python by a dispatch mode only, and while any is on, torch accumulates gradients out of
    place (``can_accumulate_inplace``, ``accumulate_grad.h``), so that their versions stay 0 and sparse ones are
    coalesced, and ``reshape`` makes a ``ViewBackward0`` instead of a ``ReshapeAliasBackward0``. With ``inert``, what
    is seen under a mode that does nothing, only that which differs from both is told.
    """
    if plain["alive"]:
        plain, recorded = ({key: seen for key, seen in run.items() if key != "alive"} for run in (plain, recorded))
    found = differences(plain, recorded)
    if inert is None:
        return found
    places = {line.partition(": ")[0] for line in differences(inert, recorded)}
    return [line for line in found if line.partition(": ")[0] in places]


def differences(plain: Any, recorded: Any, path: str = "") -> list[str]:
    """Where two observations differ, by the path to the difference."""
    if isinstance(plain, dict) and isinstance(recorded, dict):
        keys = [*plain, *(key for key in recorded if key not in plain)]
        return [
            found
            for key in keys
            for found in differences(plain.get(key, "nothing"), recorded.get(key, "nothing"), f"{path}/{key}")
        ]
    if isinstance(plain, (list, tuple)) and isinstance(recorded, (list, tuple)):
        pairs = enumerate(zip(plain, recorded, strict=False))
        found = [one for i, (a, b) in pairs for one in differences(a, b, f"{path}/{i}")]
        if len(plain) != len(recorded):
            more = plain[len(recorded) :] if len(plain) > len(recorded) else recorded[len(plain) :]
            found.insert(0, f"{path}: {len(plain)} became {len(recorded)}, as {more!r}")
        return found
    return [] if type(plain) is type(recorded) and plain == recorded else [f"{path}: {plain!r} became {recorded!r}"]


def faults(tape: Tape) -> list[str]:
    """What the recorder says went wrong in itself, and what the tape's own check finds."""
    failed = [event.text for event in tape.events if getattr(event, "category", "") == FAILURE]
    return failed + tape.check()
