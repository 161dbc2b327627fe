"""From evidence to outcome, without any process."""

import pytest

from tapedeck.sandbox.frames import Ending, Progress
from tapedeck.sandbox.limits import Limits
from tapedeck.sandbox.verdict import Evidence, judge
from tapedeck.sandbox.wire import Exited
from tapedeck.tape import Header, Tables, Tape
from tapedeck.tape.place import place, place_of_line

SOURCE = "a = 1\nb = (a +\n     2)\nif a:\n    c = 'é' + 'f'\n"
EMPTY = Tape(Tables(Header()), [])


def status(**given):
    return judge(Evidence(SOURCE, Limits(), **given)).status


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ending": Ending("finished"), "tape": EMPTY}, "finished"),
        ({"ending": Ending("finished")}, "failed"),
        ({"ending": Ending("finished"), "exited": Exited(1, 0, None)}, "died"),
        ({"ending": Ending("raised", "E"), "tape": EMPTY}, "raised"),
        ({"ending": Ending("raised", "E")}, "raised"),
        ({"ending": Ending("memory")}, "out_of_memory"),
        ({"ending": Ending("stopped", reason="timed_out"), "tape": EMPTY}, "timed_out"),
        ({"ending": Ending("stopped", reason="too_many_events"), "tape": EMPTY}, "too_much_output"),
        ({"ending": Ending("stopped", reason="tape_too_large")}, "too_much_output"),
        ({"ending": Ending("exited", code=2), "tape": EMPTY}, "died"),
        ({"ending": Ending("broken", "KeyError")}, "failed"),
        ({"killed": "timed_out"}, "timed_out"),
        ({"killed": "too_much_output"}, "too_much_output"),
        ({"killed": "closing", "ending": Ending("finished")}, "died"),
        ({"broken": "garbage"}, "died"),
        ({"exited": None}, "failed"),
        ({"exited": Exited(1, 1, None)}, "died"),
        ({"exited": Exited(1, None, 11)}, "died"),
        ({"exited": Exited(1, None, 24)}, "timed_out"),
        ({"exited": Exited(1, None, 63)}, "died"),
    ],
)
def test_evidence_supports_one_outcome(given, expected):
    assert status(**given) == expected


def test_every_outcome_is_a_sentence():
    assert judge(Evidence(SOURCE, Limits(), killed="timed_out")).detail.endswith(".")


def test_a_trace_beats_the_last_progress():
    evidence = Evidence(SOURCE, Limits(), progress=Progress(1, ("program.py", 1, 0, 1, 5)), exited=Exited(1, 1, None))
    assert judge(evidence).where.expression == "a = 1"
    evidence.trace = 'Fatal\n  File "other.py", line 9 in f\n  File "program.py", line 3 in <module>\n'
    assert judge(evidence).where.expression == "b = (a +\n     2)"


def test_a_line_alone_gives_the_simple_statement_or_the_line():
    assert place_of_line("p", SOURCE, 2).expression == "b = (a +\n     2)"
    assert place_of_line("p", SOURCE, 4).expression == "if a:"
    assert place_of_line("p", SOURCE, 5).expression == "c = 'é' + 'f'"
    assert place_of_line("p", SOURCE, 99) is None
    assert place_of_line("p", "x = (\n", 1).expression == "x = ("


def test_a_place_outside_the_text_is_none():
    assert place("p", SOURCE, 0, 0, 1, 1) is None
    assert place("p", SOURCE, 5, 0, 9, 1) is None
    assert place("p", SOURCE, 1, 4, 1, 5).expression == "1"
