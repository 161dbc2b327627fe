"""The command line, mostly as real processes."""

import os
import re
import signal
import subprocess
import sys
import zipfile

import httpx
import pytest

from tapedeck.tape import Header, Tables, Tape, load
from tapedeck.tape.events import Print

PROGRAM = """import sys
import torch
print("hello", sys.argv[1:], __name__)
x = torch.tensor(2.0, requires_grad=True)
(x * 3).backward()
if "bad" in sys.argv:
    torch.ones(2, 3) @ torch.ones(2, 3)
if "seven" in sys.argv:
    sys.exit(7)
"""


def tapedeck(*args, cwd):
    environment = {**os.environ, "TAPEDECK_DATA_DIR": str(cwd / "data"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "tapedeck.cli", *map(str, args)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def program(tmp_path):
    (tmp_path / "p.py").write_text(PROGRAM)
    return tmp_path


def test_a_program_is_recorded_as_python_would_run_it(program):
    done = tapedeck("record", "-o", "run.tape", "p.py", "a", "--b", cwd=program)
    assert (done.returncode, done.stdout) == (0, "hello ['a', '--b'] __main__\n")
    tape = load(program / "run.tape")
    assert tape.check() == []
    assert (tape.sources[0].text, tape.header.title) == (PROGRAM, "p")


def test_the_output_may_be_named_last(program):
    assert tapedeck("record", "p.py", "-o", "run.tape", cwd=program).stdout == "hello [] __main__\n"
    assert (program / "run.tape").exists()


def test_a_program_that_fails_leaves_its_tape_its_status_and_a_traceback_of_its_own(program):
    done = tapedeck("record", "p.py", "bad", cwd=program)
    assert done.returncode == 1
    assert "line 7" in done.stderr
    assert "tapedeck/" not in done.stderr
    assert load(program / "p.tape").header.ended == "raised"


LOGARITHM = "import torch\nx1, x2 = torch.tensor(2.0), torch.tensor(5.0)\ny = torch.log(x1) + x1 * x2\n"


@pytest.mark.parametrize("options", [("--forward", "x1,x2"), ("--mode", "forward", "--wrt", "x1, x2")])
def test_forward_mode_seeds_the_names_that_are_given(tmp_path, options):
    (tmp_path / "p.py").write_text(LOGARITHM)
    assert tapedeck("record", *options, "p.py", cwd=tmp_path).returncode == 0
    assert load(tmp_path / "p.tape").header.wrt == ["x1", "x2"]


def test_a_name_that_is_not_met_is_told_with_those_that_are(tmp_path):
    (tmp_path / "p.py").write_text(LOGARITHM)
    done = tapedeck("record", "--forward", "zz", "p.py", cwd=tmp_path)
    assert done.returncode == 0
    assert "no tensor of the name zz; names on this tape: x1, x2, y" in done.stderr


def test_the_ops_below_and_fake_tensors_are_recorded_on_request(tmp_path):
    (tmp_path / "p.py").write_text(LOGARITHM)
    tapedeck("record", "--aten", "-o", "aten.tape", "p.py", cwd=tmp_path)
    tapedeck("record", "--fake", "-o", "fake.tape", "p.py", cwd=tmp_path)
    assert load(tmp_path / "aten.tape").aten
    assert load(tmp_path / "fake.tape").header.fake


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mode", "sideways"), "--mode must be one of reverse, forward"),
        (("--wrt", "x1"), "needs --mode forward"),
        (("--forward", " , "), "needs the names of tensors"),
        (("--forward", "x1", "--mode", "forward"), "give one or the other"),
        (("--forward", "x1", "--fake"), "no tangents to follow"),
    ],
)
def test_options_that_contradict_each_other_are_told_in_a_sentence(tmp_path, options, said):
    (tmp_path / "p.py").write_text(LOGARITHM)
    done = tapedeck("record", *options, "p.py", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "p.tape").exists()


def test_a_programs_exit_status_is_handed_on(program):
    assert tapedeck("record", "p.py", "seven", cwd=program).returncode == 7


def test_what_the_doctor_finds_is_said_with_its_line(tmp_path):
    (tmp_path / "nan.py").write_text("import torch\ny = torch.tensor([-1.0]).log()\n")
    tapedeck("record", "nan.py", cwd=tmp_path)
    done = tapedeck("check", "nan.tape", cwd=tmp_path)
    assert done.returncode == 0
    assert "log gives NaN in y" in " ".join(done.stdout.split())


def test_a_sound_tape_is_checked(program):
    tapedeck("record", "p.py", cwd=program)
    done = tapedeck("check", "p.tape", cwd=program)
    assert done.returncode == 0
    assert "sound" in done.stdout


def test_a_tape_that_lies_about_itself_is_not_sound(tmp_path):
    Tape(Tables(Header(events=7)), [Print(text="x", span=3)]).save(tmp_path / "lie.tape")
    done = tapedeck("check", "lie.tape", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.strip()


@pytest.mark.parametrize("what", ["missing", "junk", "zip"])
def test_what_is_no_tape_is_told_in_a_sentence(tmp_path, what):
    if what == "junk":
        (tmp_path / "x.tape").write_bytes(b"junk")
    if what == "zip":
        zipfile.ZipFile(tmp_path / "x.tape", "w").close()
    done = tapedeck("check", "x.tape", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("x.tape: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "args", [("record", "nope.py"), ("record", "p.py", "--values"), ("serve", "--port", "99999"), ("nonsense",)]
)
def test_nonsense_is_refused_with_status_2(tmp_path, args):
    done = tapedeck(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def served(cwd, *args):
    """A server's process and its address."""
    environment = {**os.environ, "TAPEDECK_DATA_DIR": str(cwd / "data")}
    command = [sys.executable, "-m", "tapedeck.cli", *map(str, args)]
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    return process, re.search(r"http://\S+", line)[0]


def ended(process):
    process.send_signal(signal.SIGINT)
    process.stdout.close()
    return process.wait(15)


def test_serve_says_where_it_is_once_it_listens_and_ends_with_ctrl_c(tmp_path):
    process, url = served(tmp_path, "serve", "--port", "0")
    try:
        assert httpx.get(f"{url}healthz").json()["status"] == "ok"
    finally:
        ended(process)


def test_play_keeps_the_tape_and_says_where_its_player_is(program):
    tapedeck("record", "p.py", cwd=program)
    process, url = served(program, "play", "p.tape", "--port", "0", "--no-browser")
    try:
        assert httpx.get(url).status_code == 200
        base, id = url.split("/t/")
        told = httpx.get(f"{base}/api/v1/tapes/{id}").json()
        assert (told["title"], told["status"], told["source"]) == ("p", "finished", PROGRAM)
    finally:
        ended(process)


def test_a_port_in_use_is_told_in_a_sentence(tmp_path):
    process, url = served(tmp_path, "serve", "--port", "0")
    try:
        done = tapedeck("serve", "--port", httpx.URL(url).port, cwd=tmp_path)
        assert done.returncode == 1
        assert "cannot be listened on" in done.stderr
    finally:
        ended(process)


@pytest.mark.parametrize("module", ["tapedeck.cli", "tapedeck.web.app", "tapedeck.jobs", "tapedeck.store"])
def test_importing_brings_no_torch(module):
    source = f"import sys, {module}\nsys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
