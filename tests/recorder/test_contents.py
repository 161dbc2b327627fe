"""What a tape says of a module's tables and of what hangs beside them."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import torch
from torch import nn

from tapedeck.recorder import record
from tapedeck.tape import Tape
from tapedeck.tape.rows import Contents, Entry, Unregistered
from tests.recorder.programs import numbers, tape_of

HEAD = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
"""


def last(tape: Tape, path: str = "net") -> Contents:
    """What the module held at the end."""
    return next(module for module in tape.modules if module.path == path).contents[-1]


def beside(tape: Tape) -> list[tuple[str, str, str]]:
    """The things outside the tables of ``net``."""
    return [(one.path, one.kind, one.type) for one in last(tape).unregistered]


def test_entries_that_are_none_stand_in_their_place() -> None:
    tape = tape_of(
        f"{HEAD}        self.register_parameter('a', None)\n        self.b = nn.Parameter(torch.ones(1))\n"
        "        self.register_buffer('c', None)\n        self.d = nn.Linear(1, 1, bias=False)\n"
        "        self.e = None\n        self.register_module('f', None)\n"
        "    def forward(self, x):\n        return self.d(x * self.b)\nnet = Net()\nnet(torch.ones(1, 1))\n"
    )
    held = last(tape)

    assert [(entry.name, entry.row is None) for entry in held.parameters] == [("a", True), ("b", False)]
    assert held.buffers == [Entry("c", None, None)]
    assert [(entry.name, entry.row is None) for entry in held.modules] == [("d", False), ("f", True)]
    assert [entry.name for entry in last(tape, "net.d").parameters] == ["weight", "bias"]
    assert last(tape, "net.d").parameters[1].row is None
    assert tape.check() == []


def test_a_buffer_that_is_not_persistent_is_told_apart() -> None:
    tape = tape_of(
        f"{HEAD}        self.register_buffer('kept', torch.ones(1))\n"
        "        self.register_buffer('passing', torch.ones(1), persistent=False)\n"
        "    def forward(self, x):\n        return x\nnet = Net()\nnet(torch.ones(1))\n"
    )

    assert [entry.name for entry in last(tape).buffers] == ["kept", "passing"]
    assert last(tape).non_persistent == ["passing"]


def test_what_hangs_in_plain_containers_is_found_with_its_rows() -> None:
    tape = tape_of(
        f"{HEAD}        self.layers = [nn.Linear(1, 1), nn.ReLU()]\n"
        "        self.heads = {'a': (nn.Parameter(torch.ones(1)),), 3: nn.Identity()}\n"
        "        self.deep = [[[nn.Linear(1, 1)]]]\n        self.scale = torch.full((1,), 2.0)\n"
        "        self.size = (3, 4)\n"
        "    def forward(self, x):\n        for one in self.layers:\n            x = one(x)\n"
        "        return x * self.scale * self.heads['a'][0]\nnet = Net()\nnet(torch.ones(1, 1))\n"
    )

    assert beside(tape) == [
        ("layers[0]", "module", "Linear"),
        ("layers[1]", "module", "ReLU"),
        ("heads['a'][0]", "parameter", "Parameter"),
        ("heads[3]", "module", "Identity"),
        ("scale", "tensor", "Tensor"),
    ]
    rows = [one.module if one.kind == "module" else one.tensor for one in last(tape).unregistered]
    assert [row is None for row in rows] == [False, False, False, True, False]  # heads[3] was never called
    paths = [module.path for module in tape.modules]
    assert paths == ["net", "net.layers[0]", "net.layers[1]"]
    assert [tape.tensors[row].name for row in last(tape, "net.layers[0]").parameters and [1, 2]]
    assert tape.check() == []


def test_the_rows_of_hidden_layers_are_known_when_the_module_is_gone_by_the_end() -> None:
    tape = tape_of(
        f"{HEAD}        self.layers = [nn.Linear(1, 1)]\n"
        "    def forward(self, x):\n        return self.layers[0](x)\ndef run():\n    net = Net()\n    net(torch.ones(1, 1))\n"
        "run()\n"
    )

    assert last(tape).unregistered == [Unregistered("layers[0]", "module", "Linear", 1, None)]


def test_values_are_what_had_been_seen_by_then() -> None:
    tape = tape_of(
        "import torch\nfrom torch import nn\nnet = nn.Linear(1, 1)\n"
        "with torch.no_grad():\n    net.weight.fill_(2.5)\nnet(torch.ones(1, 1))\n"
    )

    weight = last(tape).parameters[0]
    assert numbers(tape, weight.value) == [2.5]


def test_a_module_that_changes_is_looked_at_again() -> None:
    tape = tape_of(
        "import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(1, 1))\nnet(torch.ones(1, 1))\n"
        "net[0].bias = None\nnet.extra = torch.ones(3)\n"
    )

    linear = tape.modules[1]
    assert [[entry.row is None for entry in look.parameters] for look in linear.contents] == [
        [False, False],
        [False, True],
    ]
    assert linear.contents[1].step == len(tape.events)
    assert [[one.path for one in look.unregistered] for look in tape.modules[0].contents] == [[], ["extra"]]


def test_a_module_that_stays_as_it_is_has_one_look() -> None:
    tape = tape_of("import torch\nfrom torch import nn\nnet = nn.LSTM(1, 1)\nnet(torch.ones(1, 1))\nnet(torch.ones(1, 1))\n")

    assert len(tape.modules[0].contents) == 1
    assert tape.modules[0].contents[0].unregistered == []  # _flat_weights holds what the tables hold


class Touchy(nn.Module):
    """Nothing of it may be asked for."""

    def __init__(self, touched: list[str]) -> None:
        super().__init__()
        self.items = Container(touched)
        self.plain = [Container(touched), nn.Identity()]
        self.__dict__["touched"] = touched

    @property
    def noisy(self) -> int:
        self.__dict__["touched"].append("property")
        return 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


class Container(list):  # type: ignore[type-arg]
    """A list of the program's own."""

    def __init__(self, touched: list[str]) -> None:
        super().__init__([nn.Identity()])
        self.touched = touched

    def __iter__(self) -> Any:
        self.touched.append("__iter__")
        return super().__iter__()

    def __getattribute__(self, name: str) -> Any:
        if name not in ("touched", "__iter__"):
            object.__getattribute__(self, "touched").append(name)
        return super().__getattribute__(name)


def test_no_code_of_the_programs_runs() -> None:
    touched: list[str] = []
    net = Touchy(touched)
    touched.clear()
    with record() as recording:
        net(torch.ones(1))

    assert touched == []
    assert [one.path for one in recording.tape.modules[0].contents[-1].unregistered] == ["plain[1]"]


def test_nothing_is_kept_alive() -> None:
    class Holder(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layers[0](x) + self.scale  # type: ignore[index, operator, no-any-return]

    with record() as recording:
        net = Holder()
        net.layers = [nn.Identity()]  # type: ignore[assignment]
        net.scale = torch.ones(1)
        net(torch.ones(1))
        gone = [weakref.ref(net), weakref.ref(net.layers[0]), weakref.ref(net.scale)]  # type: ignore[index, arg-type]
        del net
        gc.collect()
        assert [ref() for ref in gone] == [None, None, None]
    assert recording.tape.check() == []


@pytest.mark.parametrize("size", [5000])
def test_a_long_list_is_not_gone_through_to_its_end(size: int) -> None:
    tape = tape_of(
        f"{HEAD}        self.data = [1.0] * {size} + [nn.ReLU()]\n        self.many = [nn.ReLU() for _ in range(500)]\n"
        "    def forward(self, x):\n        return x\nnet = Net()\nnet(torch.ones(1))\n"
    )

    assert len(last(tape).unregistered) == 200
    assert last(tape).unregistered[0].path == "many[0]"


def test_a_name_that_no_row_has_is_found_by_check() -> None:
    tape = tape_of("import torch\nfrom torch import nn\nnet = nn.Linear(1, 1)\nnet(torch.ones(1, 1))\n")
    tape.modules[0].contents[0].parameters[0] = Entry("weight", 99, 98)
    tape.modules[0].contents[0].unregistered.append(Unregistered("a", "module", "A", 97, 96))

    assert tape.check() == [
        "modules 0: parameters names tensors 99, which is not there",
        "modules 0: parameters names values 98, which is not there",
        "modules 0: unregistered names modules 97, which is not there",
        "modules 0: unregistered names tensors 96, which is not there",
    ]
