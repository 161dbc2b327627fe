"""What a program finds in its process."""

import pytest

from tapedeck.sandbox import RunOptions


def test_the_program_runs_as_main_under_its_file_name(sandboxed):
    assert sandboxed.said("import sys\nprint(__name__, __file__, sys.argv)\n") == "__main__ program.py ['program.py']\n"


def test_the_program_can_read_its_own_source(sandboxed):
    source = "import inspect\nclass A:\n    def f(self): return 1\nprint(inspect.getsource(A), end='')\n"
    assert sandboxed.said(source) == "class A:\n    def f(self): return 1\n"


def test_the_program_holds_only_its_own_descriptors(sandboxed):
    source = (
        "import os\n"
        "def is_open(descriptor):\n"
        "    try:\n        return bool(os.fstat(descriptor))\n    except OSError:\n        return False\n"
        "print([descriptor for descriptor in range(4096) if is_open(descriptor)])\n"
    )
    assert sandboxed.said(source) == "[0, 1, 2, 3, 4]\n"


def test_the_environment_is_empty_of_ours(sandboxed, monkeypatch):
    names = set(eval(sandboxed.said("import os\nprint(list(os.environ))\n")))
    assert names <= {
        "LANG",
        "LC_CTYPE",
        "MALLOC_ARENA_MAX",
        "MKL_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OMP_THREAD_LIMIT",
        "PATH",
        "TORCHINDUCTOR_CACHE_DIR",  # torch's own
    }


def test_the_program_leads_a_session_of_its_own(sandboxed):
    assert sandboxed.said("import os\nprint(os.getsid(0) == os.getpgid(0) == os.getpid())\n") == "True\n"


def test_files_cannot_be_written(sandboxed):
    run = sandboxed.run("f = open('/tmp/tapedeck-canary', 'w')\nf.write('x')\nf.flush()\n")
    assert run.outcome.status == "raised"
    assert run.outcome.where.line in (1, 3)


@pytest.mark.parametrize("draw", ["torch.rand(1).item()", "random.random()", "numpy.random.rand()"])
def test_equal_seeds_give_equal_numbers_and_no_seed_gives_others(sandboxed, draw):
    source = f"import random\nimport numpy\nimport torch\nprint({draw})\n"
    said = [sandboxed.said(source, options=RunOptions(seed=seed)) for seed in (0, 0, 1, None, None)]
    assert said[0] == said[1]
    assert len(set(said[1:])) == 4


def test_a_seeded_program_draws_what_plain_torch_draws(sandboxed):
    source = "import torch\na = torch.rand(3)\ntorch.manual_seed(7)\nprint(torch.equal(a, torch.rand(3)))\n"
    assert sandboxed.said(source, options=RunOptions(seed=7)) == "True\n"


def test_torch_computes_with_one_thread_and_a_program_may_ask_for_more(sandboxed):
    source = "import torch\ntorch.set_num_threads(8)\nx = torch.rand(300, 300)\nprint((x @ x).shape)\n"
    assert sandboxed.said(source) == "torch.Size([300, 300])\n"


def test_the_tape_carries_the_title_the_level_and_the_seed(sandboxed):
    header = sandboxed.run("x = 1\n", options=RunOptions("summary", 5, "mine")).tape.header
    assert (header.title, header.values, header.seed) == ("mine", "summary", 5)


def test_the_tape_is_recorded_in_the_mode_and_with_the_layers_that_are_asked_for(sandboxed):
    source = "import torch\nx = torch.tensor(2.0)\ny = x.log()\n"
    forward = sandboxed.run(source, options=RunOptions(mode="forward", wrt=("x",), aten=True)).tape
    assert (forward.header.wrt, forward.header.aten, forward.header.fake) == (["x"], True, False)
    assert sandboxed.run(source, options=RunOptions(fake=True)).tape.header.fake


def test_names_of_the_program_are_the_names_on_the_tape(sandboxed):
    tape = sandboxed.run("import torch\na = torch.ones(2)\nb = a * 2\n").tape
    assert [tensor.name for tensor in tape.tensors] == ["a", "b"]
