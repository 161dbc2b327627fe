"""Names, numbers and containers that no honest program has, and that a recording must survive."""

import sys

import pytest
import torch

import tapedeck
from tapedeck.recorder.log import tensors_in


def taped(act, **given):
    """The tape of a block, which must survive being written and read."""
    with tapedeck.record(**given) as recording:
        act()
    tape = recording.tape
    assert tape.header.ended == "finished"
    assert tapedeck.load(tape.to_bytes()).check() == []
    return tape


def test_a_name_that_is_half_a_character_is_spelled_out():
    module = torch.nn.Module()
    module.register_parameter("\ud800", torch.nn.Parameter(torch.ones(1)))
    module.forward = lambda x: x * getattr(module, "\ud800")

    def hook(gradient):
        return gradient

    hook.__qualname__ = "\ud801"
    tape = taped(lambda: module(torch.ones(1, requires_grad=True)).register_hook(hook))

    assert any("\\ud800" in name for row in tape.modules for name in row.parameters)
    assert [row.name for row in tape.hooks] == ["\\ud801"]


def test_a_variable_whose_name_is_half_a_character_is_spelled_out():
    namespace = {"\ud800": torch.ones(1, requires_grad=True)}

    tape = taped(lambda: namespace["\ud800"] * 2, namespace=namespace)

    assert len(tape.ops) == 1


def test_a_name_of_a_megabyte_is_cut():
    module = torch.nn.Sequential()
    module.add_module("x" * 1_000_000, torch.nn.Linear(1, 1))

    tape = taped(lambda: module(torch.ones(1, 1)))

    assert len(tape.to_bytes()) < 100_000
    assert max(len(row.path) for row in tape.modules) <= 500


@pytest.mark.skipif(not hasattr(sys, "set_int_max_str_digits"), reason="this Python writes every integer out")
def test_an_integer_that_python_refuses_to_write_out_is_told_by_its_size():
    def refused():
        with pytest.raises((RuntimeError, OverflowError)):
            torch.ones(1) * 10**5000

    constants = [constant.text for row in taped(refused).ops for constant in row.constants]
    assert "<int of 16,610 bits>" in constants


def test_a_list_that_holds_itself_is_looked_through_once():
    ring = [torch.ones(1)]
    ring.append(ring)
    ring.append({"again": ring})

    assert tensors_in(ring) == [ring[0]]


def test_a_tree_that_is_doubled_at_every_level_is_looked_through_once():
    tree = [torch.ones(1)]
    for _ in range(60):
        tree = [tree, tree]

    assert len(tensors_in(tree)) == 1
