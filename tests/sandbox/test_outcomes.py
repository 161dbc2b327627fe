"""What a program does wrong, and the outcome its author gets."""

import pytest

TIME_S = 1.0
SLACK_S = 1.0


def at(run):
    where = run.outcome.where
    return None if where is None else (where.line, where.expression)


def last(run):
    return run.tape.events[-1]


def test_a_program_that_ends_by_itself_has_finished(sandboxed):
    run = sandboxed.run("import torch\ny = torch.ones(2) * 3\n")
    assert run.outcome.status == "finished"
    assert run.outcome.where is None
    assert run.tape.check() == []


def test_a_syntax_error_is_raised_where_it_stands_and_the_tape_holds_the_source(sandboxed):
    source = "x = 1\ny = (2 +\n"
    run = sandboxed.run(source)
    assert run.outcome.status == "raised"
    assert at(run) == (2, "(")
    assert "never closed" in run.outcome.detail
    assert (run.tape.sources[0].text, last(run).type) == (source, "SyntaxError")


def test_a_wrong_shape_names_the_whole_expression(sandboxed):
    run = sandboxed.run("import torch\nx = torch.ones(2, 3)\nw = torch.ones(4, 5)\ny = 1 + (x\n     @ w)\n")
    assert run.outcome.status == "raised"
    assert at(run) == (4, "x\n     @ w")
    assert "2x3 and 4x5" in run.outcome.detail
    assert last(run).type == "RuntimeError"


def test_a_nan_is_a_number_like_any_other_and_stands_on_the_tape(sandboxed):
    run = sandboxed.run("import torch\ny = torch.log(torch.tensor(-1.0))\n")
    assert run.outcome.status == "finished"
    assert ["NaN"] in [value.data for value in run.tape.values]


@pytest.mark.parametrize(
    ("loop", "line"),
    [
        ("x = 1\nwhile True:\n    x += 1\n", (2, 3)),
        ("while True:\n    try:\n        x = 1\n    except Exception:\n        pass\n", (1, 5)),
        ("def f():\n    while True:\n        pass\nf()\n", (2, 3)),
        ("import torch\nx = torch.eye(300)\nwhile True:\n    x = x @ x\n", (3, 4)),
        ("import time\ntime.sleep(100)\n", (2, 2)),
    ],
    ids=["plain", "except", "function", "torch", "sleep"],
)
def test_an_endless_loop_is_stopped_at_its_line_and_keeps_its_tape(sandboxed, loop, line):
    run = sandboxed.run(loop, TIME_S)
    assert run.outcome.status == "timed_out"
    assert sandboxed.took < TIME_S + SLACK_S
    assert line[0] <= run.outcome.where.line <= line[1]
    assert run.outcome.where.expression
    assert (run.tape.header.ended, last(run).type) == ("cut", "timed_out")
    assert sandboxed.still_works()


@pytest.mark.parametrize(
    ("program", "line"),
    [
        (
            "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n",
            (3, 6),
        ),
        ("y = 2\nx = sum(range(10**12))\n", (2, 2)),
        ("import re\nre.match(r'(a|a)*$', 'a' * 64 + 'b')\n", (2, 2)),
        ("import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass\n", (3, 4)),
    ],
    ids=["swallows everything", "in C", "in a regex", "ignores the signal"],
)
def test_what_cannot_be_stopped_is_killed_and_its_line_is_known(sandboxed, program, line):
    run = sandboxed.run(program, TIME_S)
    assert run.outcome.status == "timed_out"
    assert sandboxed.took < TIME_S + SLACK_S
    assert line[0] <= run.outcome.where.line <= line[1]
    assert sandboxed.still_works()


@pytest.mark.parametrize(
    "program",
    [
        "x = 'x' * 10**6\nfor _ in range(10**4):\n    print(x)\n",
        "import sys\nx = b'x' * 10**6\nwhile True: sys.stderr.buffer.write(x)\n",
        "import os\nx = b'x' * 10**6\nfor _ in range(10**4): os.write(1, x)\n",
        "import os\nx = b'x' * 10**6\nwhile True:\n  try: os.write(1, x)\n  except BaseException: pass\n",
    ],
    ids=["print", "buffer", "descriptor", "descriptor, swallowing"],
)
def test_ten_gigabytes_of_output_are_stopped_at_once_at_their_line(sandboxed, program):
    run = sandboxed.run(program)
    assert run.outcome.status == "too_much_output"
    assert sandboxed.took < 1.5
    assert 3 <= run.outcome.where.line <= 5
    assert "write" in run.outcome.where.expression or "print" in run.outcome.where.expression or run.tape is None
    assert sandboxed.still_works()


def test_output_in_one_piece_of_ten_gigabytes_is_more_memory_than_there_is(sandboxed):
    run = sandboxed.run("n = 10**10\nprint('x' * n)\n")
    assert run.outcome.status == "out_of_memory"
    assert at(run) == (2, "'x' * n")


def test_a_little_output_is_kept_and_harms_nobody(sandboxed):
    assert sandboxed.said("print('a')\nprint('b', end='')\n") == "a\nb"


def test_a_tape_of_too_many_events_is_cut_there(sandboxed):
    run = sandboxed.run("import torch\nx = torch.ones(())\nfor _ in range(999):\n    x = x + 1\n", max_events=50)
    assert run.outcome.status == "too_much_output"
    assert "50 events" in run.outcome.detail
    assert run.outcome.where.line in (3, 4)
    assert len(run.tape.events) <= 52


@pytest.mark.parametrize(
    "program",
    [
        "import os\nx = 1\nos._exit(1)\n",
        "import posix\nx = 1\nposix._exit(1)\n",
        "import os\nx = 1\ntry: os._exit(1)\nexcept Exception: pass\n",
    ],
    ids=["os", "posix", "try"],
)
def test_a_program_that_ends_its_process_says_the_code_and_the_line(sandboxed, program):
    run = sandboxed.run(program)
    assert (run.outcome.status, run.outcome.code) == ("died", 1)
    assert at(run)[0] == 3
    assert "_exit(1)" in at(run)[1]
    assert run.tape.header.ended == "cut"
    assert sandboxed.still_works()


def test_an_exit_behind_our_back_is_still_told_by_its_code(sandboxed):
    run = sandboxed.run("import ctypes\nctypes.CDLL(None)._exit(3)\n")
    assert (run.outcome.status, run.outcome.code) == ("died", 3)


def test_an_exit_from_another_thread_ends_the_program_too(sandboxed):
    source = "import os, threading\nthreading.Thread(target=lambda: os._exit(4)).start()\nwhile True: pass\n"
    run = sandboxed.run(source)
    assert run.outcome.status in ("died", "raised")  # an ordinary user may start no thread
    assert run.outcome.status == "raised" or run.outcome.code == 4


def test_a_segmentation_fault_names_its_signal_and_line(sandboxed):
    run = sandboxed.run("import ctypes\nx = 1\nctypes.string_at(0)\n")
    assert (run.outcome.status, run.outcome.signal) == ("died", "SIGSEGV")
    assert at(run) == (3, "ctypes.string_at(0)")
    assert sandboxed.still_works()


def test_a_program_that_kills_itself_has_died(sandboxed):
    run = sandboxed.run("import os\nos.kill(os.getpid(), 9)\n")
    assert (run.outcome.status, run.outcome.signal) == ("died", "SIGKILL")


@pytest.mark.parametrize(
    "bomb",
    [
        "x = []\nwhile True: x.append(bytearray(10**7))\n",
        "x = []\nwhile True: x.append([None] * 10**6)\n",
        "import torch\nx = torch.zeros(10**10)\n",
        "import torch\nx = torch.zeros(1, 1)\nwhile True: x = torch.cat([x, x])\n",
        "import numpy\nx = numpy.ones(10**10)\n",
        "import mmap\nx = mmap.mmap(-1, 10**10)\n",
    ],
    ids=["bytes", "lists", "one tensor", "growing tensor", "numpy", "map"],
)
def test_a_memory_bomb_is_out_of_memory_at_its_line_and_keeps_its_tape(sandboxed, bomb):
    run = sandboxed.run(bomb)
    assert run.outcome.status == "out_of_memory"
    assert run.outcome.where.line == 2 + bomb.startswith("import torch\nx = torch.zeros(1,")
    assert last(run).span is not None
    assert sandboxed.still_works()


def test_sys_exit_with_a_code_is_raised_and_without_is_an_end(sandboxed):
    assert sandboxed.run("import sys\nsys.exit(3)\n").outcome.detail.startswith("SystemExit: 3")
    assert sandboxed.run("import sys\nsys.exit()\n").outcome.status == "finished"


def test_an_exception_that_cannot_be_told_is_told_by_its_name(sandboxed):
    run = sandboxed.run("class E(Exception):\n    def __str__(self): return 1 / 0\nraise E\n")
    assert (run.outcome.status, at(run)[0]) == ("raised", 3)
    assert run.outcome.detail.startswith("E")


def test_text_that_is_not_unicode_is_escaped(sandboxed):
    run = sandboxed.run("print('\\ud800')\nraise ValueError('\\udfff' + 'x' * 10**6)\n")
    assert run.outcome.status == "raised"
    assert "\\udfff" in run.outcome.detail
    assert len(run.outcome.detail) < 5_000


def test_a_deeply_nested_program_is_an_outcome(sandboxed):
    run = sandboxed.run("x = " + "(" * 5_000 + ")" * 5_000 + "\n")
    assert run.outcome.status in ("raised", "out_of_memory", "died")
    assert sandboxed.still_works()
