"""What a hostile program does to those that run beside it, and to the one that comes next."""

import asyncio

import pytest

from tapedeck.sandbox import Limits
from tests.sandbox.conftest import ORDINARY
from tests.sandbox.hostile.judge import printed
from tests.sandbox.hostile.victim import descendants, end

BOMBS = {
    "spin": "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
    "memory": "x = []\nwhile True:\n    try: x.append(bytearray(10**7))\n    except MemoryError: x.clear()\n",
    "forks": "import os\nwhile True:\n    try:\n        if os.fork() == 0: os._exit(0)\n    except OSError: pass\n",
    "output": "import os\nx = b'x' * 4000\nwhile True: os.write(1, x)\n",
    "frames": "import os\nx = b'p' + (4000).to_bytes(4, 'big') + b'{\"events\":1}'.ljust(4000)\n"
    "while True: os.write(3, x)\n",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_honest_programs_beside_it_are_recorded_as_ever(bomb, sandboxed):
    if "seccomp" not in sandboxed.sandbox.layers:
        pytest.skip("without seccomp it would harm this machine")

    async def scene():
        hostile = asyncio.create_task(sandboxed.sandbox.run(BOMBS[bomb], limits=Limits(time_s=1.0)))
        honest = [await sandboxed.sandbox.run(ORDINARY) for _ in range(5)]
        return (await hostile).outcome.status, [printed(run) for run in honest]

    status, said = sandboxed.do(scene())
    assert status in ("timed_out", "too_much_output", "died")
    assert said == ["4.0\n"] * 5


def test_a_child_that_is_killed_while_it_waits_is_replaced_unnoticed(sandboxed):
    """The kernel does that when the machine's memory is short: our children are the first to go."""
    for _ in range(3):
        assert sandboxed.still_works()
        end(list(descendants(sandboxed.sandbox.zygote_pid)))
        assert sandboxed.still_works()


def test_programs_one_after_the_other_share_nothing(sandboxed):
    leave = (
        "import builtins, sys, torch\nbuiltins.left = sys.left = torch.left = torch.Tensor.left = 'left'\n"
        "torch.set_default_dtype(torch.float64)\ntorch.manual_seed(99)\nsys.path.insert(0, 'left')\n"
    )
    find = (
        "import builtins, sys, torch\nprint([hasattr(o, 'left') for o in (builtins, sys, torch, torch.Tensor)],"
        " torch.get_default_dtype(), 'left' in sys.path)\n"
    )
    for _ in range(3):
        assert sandboxed.run(leave).outcome.status == "finished"
        assert sandboxed.said(find) == "[False, False, False, False] torch.float32 False\n"
