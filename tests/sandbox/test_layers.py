"""What the layers leave an honest program, what it is like without one of them, and who stands ready to be confined."""

import asyncio
import os
import signal

import pytest

from tapedeck.sandbox import TRUSTED, Limits, Sandbox, SandboxError
from tapedeck.sandbox.confine import CannotConfine, Confinement
from tapedeck.sandbox.supervisor import standing
from tests.sandbox.conftest import ORDINARY
from tests.sandbox.test_supervisor import busy_children_of, children_of

HONEST = {
    "a data loader": "from torch.utils.data import DataLoader\nprint(list(DataLoader(list(range(5)), 2)))\n",
    "jit": "import torch\n@torch.jit.script\ndef f(x):\n    return x * 2\nprint(f(torch.ones(1)))\n",
    "checkpoint": (
        "import torch\nfrom torch.utils.checkpoint import checkpoint\nx = torch.ones(2, requires_grad=True)\n"
        "checkpoint(torch.sin, x, use_reentrant=False).sum().backward()\nprint(x.grad)\n"
    ),
    "saving to memory": "import io, torch\ntorch.save({'a': torch.ones(1)}, io.BytesIO())\n",
    "vmap of grad": (
        "import torch\nfrom torch.func import grad, vmap\nprint(vmap(grad(lambda x: x.sin()))(torch.ones(3)))\n"
    ),
    "a transformer": (
        "import torch\nm = torch.nn.TransformerEncoderLayer(16, 2)\nm(torch.rand(1, 4, 16)).sum().backward()\n"
    ),
    "an lstm": "import torch\ntorch.nn.LSTM(4, 4)(torch.rand(3, 1, 4))[0].sum().backward()\n",
    "a sparse gradient": (
        "import torch\ne = torch.nn.Embedding(4, 2, sparse=True)\ne(torch.tensor([1])).sum().backward()\n"
    ),
    "an fft": "import torch\ntorch.fft.fft(torch.rand(8, requires_grad=True)).abs().sum().backward()\n",
    "linear algebra": "import torch\ntorch.linalg.svd(torch.rand(4, 4, requires_grad=True)).S.sum().backward()\n",
    "numpy": "import numpy\nprint(numpy.linalg.inv(numpy.eye(3)) @ numpy.random.rand(3, 3))\n",
    "a late import of torch": "import torch._dynamo\nimport torch.ao.quantization\n",
    "a late import of Python": "import xml.dom.minidom, email.mime.text, fractions, tomllib\n",
    "more threads asked for": "import torch\ntorch.set_num_threads(8)\ntorch.rand(256, 256) @ torch.rand(256, 256)\n",
    "fake tensors": (
        "import torch\nfrom torch._subclasses.fake_tensor import FakeTensorMode\nwith FakeTensorMode():\n"
        "    print((torch.rand(9, 9) @ torch.rand(9, 9)).shape)\n"
    ),
    "a distribution": "import torch\nprint(torch.distributions.Normal(0., 1.).sample((2,)).shape)\n",
    "a log with the time": "import logging\nlogging.basicConfig(format='%(asctime)s')\nlogging.warning('here')\n",
    "a uuid and the clock": "import uuid, datetime, time\nprint(uuid.uuid4(), datetime.datetime.now())\n",
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_program_runs_behind_every_layer(sandboxed, name):
    assert sandboxed.run(HONEST[name], memory_mb=1024).outcome.status == "finished", sandboxed.run(HONEST[name])


def using(act, **given):
    """What comes of a sandbox of its own."""

    async def scene():
        sandbox = Sandbox(**given)
        try:
            await sandbox.start()
            return await act(sandbox)
        finally:
            await sandbox.close()

    return asyncio.run(scene())


def printed(run):
    assert run.outcome.status == "finished", run.outcome
    return "".join(event.text for event in run.tape.events if event.__struct_config__.tag == "print")


def test_without_landlock_programs_run_and_open_no_file():
    async def act(sandbox):
        tried = "try:\n    open('/usr/lib/os-release')\nexcept PermissionError as error:\n    print(error.strerror)\n"
        return sandbox.standing, printed(await sandbox.run(ORDINARY)), printed(await sandbox.run(tried))

    said, ordinary, tried = using(act, without=("landlock",))
    assert said == "sandbox: full, programs cannot open files"
    assert ordinary == "4.0\n"
    assert tried == "Permission denied\n"


def test_without_seccomp_nothing_is_run(monkeypatch):
    monkeypatch.setattr("tapedeck.sandbox.seccomp.available", lambda: False)
    with pytest.raises(CannotConfine, match="--trust"):
        Confinement()


def test_a_machine_that_cannot_confine_is_told_by_its_fork_server(monkeypatch):
    boot = "import tapedeck.sandbox.seccomp as s; s.available = lambda: False; "
    monkeypatch.setattr("tapedeck.sandbox.forkserver.BOOT", _booting(boot))
    with pytest.raises(SandboxError, match="seccomp"):
        using(lambda sandbox: sandbox.run(ORDINARY))


def _booting(first):
    from tapedeck.sandbox.forkserver import BOOT

    begin, path, rest = BOOT.partition("sys.path.append(sys.argv[2]); ")
    return f"{begin}{path}{first}{rest}"


def test_a_trusted_program_has_the_users_files_and_packages(tmp_path, monkeypatch):
    (tmp_path / "of_my_own.py").write_text("ANSWER = 42\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("WORD", "said")
    source = "import os, of_my_own\nopen('made', 'w').write('x')\nprint(of_my_own.ANSWER, os.environ['WORD'])\n"

    async def act(sandbox):
        return sandbox.standing, sandbox.layers, printed(await sandbox.run(source, limits=TRUSTED))

    assert using(act, trust=True) == ("sandbox: none, programs are trusted", [], "42 said\n")
    assert (tmp_path / "made").read_text() == "x"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (["rlimits", "landlock", "seccomp"], "sandbox: full"),
        (["rlimits", "seccomp"], "sandbox: full, programs cannot open files"),
        (["rlimits"], "sandbox: rlimits only"),
    ],
)
def test_the_layers_are_said_in_words(layers, said):
    assert standing(layers, trust=False, ready=True) == said


async def parked(sandbox, number):
    """Wait until so many children wait for a job."""
    async with asyncio.timeout(10):
        while len(children_of(sandbox.zygote_pid)) < number or busy_children_of(sandbox.zygote_pid):
            await asyncio.sleep(0.01)
    return set(children_of(sandbox.zygote_pid))


def test_a_job_is_given_to_a_child_that_waits_and_another_takes_its_place():
    async def act(sandbox):
        before = await parked(sandbox, 2)
        ran = printed(await sandbox.run("import os\nprint(os.getpid())\n")).strip()
        return before, ran, await parked(sandbox, 2)

    before, ran, after = using(act, parked=2)
    assert ran in before
    assert ran not in after
    assert len(after) == 2


def test_a_job_with_less_memory_than_usual_gets_a_child_of_its_own():
    async def act(sandbox):
        before = await parked(sandbox, 1)
        run = await sandbox.run("import os\nprint(os.getpid())\n", limits=Limits(memory_mb=100))
        return before, printed(run).strip()

    before, ran = using(act)
    assert ran not in before


def test_a_parked_child_that_was_killed_is_not_asked():
    async def act(sandbox):
        (pid,) = await parked(sandbox, 1)
        os.kill(int(pid), signal.SIGKILL)
        while pid in children_of(sandbox.zygote_pid):
            await asyncio.sleep(0.005)
        return (await sandbox.run(ORDINARY)).outcome.status

    assert using(act) == "finished"


def test_an_old_fork_server_is_replaced_while_programs_run():
    async def act(sandbox):
        before = sandbox.zygote_pid
        slow = asyncio.create_task(sandbox.run("import time\ntime.sleep(3)\n"))
        statuses = []
        async with asyncio.timeout(30):
            while sandbox.recycled == 0:
                statuses.append((await sandbox.run(ORDINARY)).outcome.status)
        statuses.append((await slow).outcome.status)
        while os.path.exists(f"/proc/{before}"):
            await asyncio.sleep(0.05)
        return set(statuses), sandbox.zygote_pid != before, sandbox.restarts

    assert using(act, most_runs=3) == ({"finished"}, True, 0)
