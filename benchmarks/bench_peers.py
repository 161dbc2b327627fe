"""Tapedeck beside TorchLens, torchview and torchviz, forward only, because that is what all four of them do.

Each tool works in a process of its own and the plain forward pass in another, one at a time and in turn: TorchLens
leaves torch's functions wrapped after its first call, so that in one process every other row would pay for it. What
counts is everything up to the finished object (tape, trace, graph); nothing is drawn or rendered.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import torch
from models import LARGE, MODELS, Step
from rich.console import Console
from rich.table import Table
from rounds import Contestant, in_turn, seconds

from tapedeck.recorder import record
from tapedeck.tape.tape import Level

Way = Callable[[Step], object]
"""Runs a step's forward pass under a tool and returns what the tool made of it."""


def tapedeck(level: Level) -> Way:
    """Our own recorder: the block and the finished tape."""

    def run(step: Step) -> object:
        with record(values=level) as recording:
            step.forward()
        return recording.tape

    return run


def torchlens(structure_only: bool) -> Way:
    """``torchlens.trace``: a copy of every activation as is its default, or no values at all."""
    module = importlib.import_module("torchlens")
    options = module.options.CaptureOptions(structure_only=True) if structure_only else None
    return lambda step: module.trace(step.model, step.inputs, capture=options)


def torchview() -> Way:
    """``torchview.draw_graph`` down to every op, in training mode as the others."""
    module = importlib.import_module("torchview")
    return lambda step: module.draw_graph(step.model, input_data=step.inputs, depth=100, mode="train")


def torchviz() -> Way:
    """``torchviz.make_dot`` of the finished forward pass."""
    module = importlib.import_module("torchviz")
    return lambda step: module.make_dot(step.forward(), params=dict(step.model.named_parameters()))


TOOLS: dict[str, dict[str, Callable[[], Way]]] = {
    "tapedeck": {
        "Tapedeck structure": lambda: tapedeck("structure"),
        "Tapedeck summary": lambda: tapedeck("summary"),
        "Tapedeck full": lambda: tapedeck("full"),
    },
    "torchlens": {
        "TorchLens structure only": lambda: torchlens(structure_only=True),
        "TorchLens activations": lambda: torchlens(structure_only=False),
    },
    "torchview": {"torchview": torchview},
    "torchviz": {"torchviz": torchviz},
}


def child(package: str, model: str) -> None:
    """Say what each way of a tool cannot do, then run the way named on each line of input and say its seconds."""
    warnings.simplefilter("ignore")
    step = MODELS[model]()
    ways: dict[str, Way] = {}
    troubles: dict[str, str | None] = {}
    for name, make in TOOLS[package].items():
        try:
            ways[name] = make()
            ways[name](step)
            troubles[name] = None
        except Exception as error:  # noqa: BLE001 - what a peer cannot do is a result of this benchmark
            troubles[name] = f"{type(error).__name__}: {error}".split("\n")[0][:60]
    say(troubles)
    for line in sys.stdin:
        way = ways[line.rstrip("\n")]
        say(each(lambda: way(step), model))  # noqa: B023 - called at once


def each(run: Callable[[], object], model: str) -> float:
    """Seconds of one run, garbage collected before; the small model runs often, so that no run of it is a cold one."""
    gc.collect()
    repeats = 1 if model in LARGE else 30
    return sum(seconds(run) for _ in range(repeats)) / repeats


def say(thing: object) -> None:
    """A line of JSON to the parent."""
    sys.stdout.write(json.dumps(thing) + "\n")
    sys.stdout.flush()


class Tool:
    """A process in which one tool has one model before it."""

    def __init__(self, package: str, model: str) -> None:
        command = [sys.executable, __file__, package, model]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.troubles: dict[str, str | None] = self._hear()

    def seconds(self, way: str) -> float:
        """One run. Raises ``EOFError`` when the process has died."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{way}\n")
        self._process.stdin.flush()
        return self._hear()  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _hear(self) -> Any:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            with contextlib.suppress(json.JSONDecodeError):  # a tool's own prints
                return json.loads(line)
        raise EOFError(f"{self._process.args} ended with {self._process.wait()}")


def measure(model: str, packages: list[str]) -> dict[str, str]:
    """A cell for every way."""
    torch.manual_seed(0)
    step = MODELS[model]()
    tools = [Tool(package, model) for package in packages]
    contestants: dict[str, Contestant] = {"plain": lambda: each(step.forward, model)}
    cells: dict[str, str] = {}
    for tool in tools:
        for way, trouble in tool.troubles.items():
            cells[way] = trouble or ""
            if trouble is None:
                contestants[way] = lambda tool=tool, way=way: tool.seconds(way)  # type: ignore[misc]
    times = in_turn(contestants, rounds=11, budget=20, warm=1)
    for tool in tools:
        tool.close()
    plain = times.pop("plain")
    cells["plain"] = f"{plain.median * 1e3:.1f} ms"
    return {**cells, **{way: f"{t.over(plain)}  {t.median * 1e3:,.0f} ms" for way, t in times.items()}}


def main() -> None:
    """Print the table."""
    console = Console(width=140)
    packages = [package for package in TOOLS if importlib.util.find_spec(package) is not None]
    for package in TOOLS:
        if package not in packages:
            console.print(f"{package} is not installed, so it is not measured: pip install -e '.\\[bench]'")
    cells = {model: measure(model, packages) for model in MODELS}
    table = Table(
        title=f"forward only, torch {torch.__version__}, {torch.get_num_threads()} threads: × the plain forward pass, "
        "medians (least)",
        caption="Every figure counts up to the tool's finished object. Only Tapedeck goes on into backward: "
        "see bench_recording.py for forward + backward.",
    )
    for column in ("tool", *MODELS):
        table.add_column(column)
    table.add_row("plain", *(cells[model]["plain"] for model in MODELS), end_section=True)
    for package in packages:
        for way in TOOLS[package]:
            table.add_row(f"{way} {version(package)}", *(cells[model][way] for model in MODELS))
        table.add_section()
    console.print(table)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        child(*sys.argv[1:])
    else:
        main()
