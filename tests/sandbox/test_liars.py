"""The program owns its process, so the worst it may get by lying is its own run called died."""

import time
from pathlib import Path

import pytest

FRAME = "import os, struct\ndef frame(kind, body): os.write(3, struct.pack('!cI', kind, len(body)) + body)\n"


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "lie",
    [
        "import os\nos.write(3, b'garbage' * 100)\n",
        FRAME + "os.write(3, struct.pack('!cI', b't', 2**32 - 1))\n",
        FRAME + "os.write(3, struct.pack('!cI', b't', 100))\nos.close(3)\nwhile True: pass\n",
        FRAME + "frame(b'p', b'{}')\n",
        FRAME + "frame(b'p', b'{\"events\": \"many\"}')\n",
        FRAME + "frame(b'p', b'\\xff' * 100)\n",
        FRAME + "frame(b'e', b'{\"kind\": \"won\"}')\n",
        FRAME + "frame(b'e', b'[' * 10000)\n",
        FRAME + 'frame(b\'e\', b\'{"kind":"finished","message":"\\\\ud800"}\')\n',
        FRAME + "frame(b't', b'PK')\nframe(b'd', b'')\nos.kill(os.getpid(), 9)\n",
        FRAME + "frame(b'd', b'')\nos.kill(os.getpid(), 9)\n",
        FRAME + "frame(b'e', b'{\"kind\":\"finished\"}')\nframe(b'd', b'')\nos.kill(os.getpid(), 9)\n",
        FRAME + "while True: frame(b'p', b'{\"events\":1}')\n",
        "import os\nos.close(3)\nwhile True: pass\n",
    ],
)
def test_a_lie_on_the_result_pipe_is_found_out(sandboxed, lie):
    run = sandboxed.run(lie, time_s=2.0)
    assert run.outcome.status == "died"
    assert run.tape is None
    assert sandboxed.took < 3.0
    assert sandboxed.still_works()


def test_a_forged_place_outside_the_program_is_no_place(sandboxed):
    forged = b'{"events":1,"span":["program.py",99,0,99,1]}'
    run = sandboxed.run(FRAME + f"frame(b'p', {forged!r})\nos.kill(os.getpid(), 9)\n")
    assert run.outcome.status == "died"
    assert run.outcome.where is None or run.outcome.where.line <= 4


def test_a_trace_that_names_another_line_can_only_name_lines_of_the_program(sandboxed):
    source = "import os\nos.write(4, b'File \"program.py\", line 99999999999999')\nos.kill(os.getpid(), 9)\n"
    run = sandboxed.run(source)
    assert (run.outcome.status, run.outcome.where) == ("died", None)


def test_a_copy_made_by_fork_does_not_speak_for_the_program(sandboxed):
    source = "import os\ntry: pid = os.fork()\nexcept OSError: pid = 1\nprint('parent' if pid else 'copy')\n"
    assert sandboxed.said(source) == "parent\n"


def test_a_process_left_behind_by_the_program_is_killed_with_it(sandboxed):
    source = (
        "import os, time\ntry: pid = os.fork()\nexcept OSError: pid = -1\nif pid == 0: time.sleep(60)\nprint(pid)\n"
    )
    pid = int(sandboxed.said(source))
    assert sandboxed.took < 2
    deadline = time.monotonic() + 1
    while pid > 0 and alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)
