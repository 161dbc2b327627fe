"""Experiments edit a lesson's program as the page does, and say what they take."""

import json
from pathlib import Path

import msgspec
import pytest

from tapedeck.lessons import EditError, Experiment, edited

CASES = json.loads((Path(__file__).parents[1] / "data" / "lesson_edits.json").read_text())
EXPERIMENTS = msgspec.convert(CASES["experiments"], list[Experiment])


@pytest.mark.parametrize(
    "case", [one for one in CASES["cases"] if one["gives"] is not None], ids=lambda one: str(one["edits"])
)
def test_an_edit_changes_its_place_and_nothing_else(case):
    assert edited(CASES["source"], EXPERIMENTS, case["edits"]) == case["gives"]


@pytest.mark.parametrize(
    "case", [one for one in CASES["cases"] if one["gives"] is None], ids=lambda one: str(one["edits"])
)
def test_a_value_that_a_control_cannot_take_is_refused_with_what_it_takes(case):
    with pytest.raises(EditError, match="takes"):
        edited(CASES["source"], EXPERIMENTS, case["edits"])


def test_an_unknown_experiment_is_refused_with_those_there_are():
    with pytest.raises(EditError, match=r"no experiment 'speed'; there is: mode, hook, std, depth, equation\."):
        edited(CASES["source"], EXPERIMENTS, {"speed": 1})


def test_a_program_without_the_place_is_refused():
    with pytest.raises(EditError, match="no place for 'mode'"):
        edited("x = 1\n", EXPERIMENTS, {"mode": 1})
