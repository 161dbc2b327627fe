"""A sandbox behind a socket does what a sandbox does, and its web process survives it."""

import asyncio
import os
import stat

import pytest

from tapedeck.sandbox import Limits, RemoteSandbox, Runner, Sandbox, SandboxError
from tapedeck.sandbox.talk import HEADER
from tests.sandbox.conftest import ORDINARY
from tests.sandbox.test_supervisor import LOOP, busy_children_of


@pytest.fixture
def scene(sandboxed, tmp_path):
    """Runs a coroutine function with a runner over the shared sandbox, its remote end, and its socket."""

    def play(act):
        async def whole():
            runner = Runner(sandboxed.sandbox, tmp_path / "s")
            await runner.start()
            remote = RemoteSandbox(tmp_path / "s", within_s=20)
            try:
                await remote.start()
                return await act(remote, tmp_path / "s")
            finally:
                await remote.close()
                await let_go(runner)

        return sandboxed.do(whole())

    return play


async def let_go(runner):
    """End a runner, but not the sandbox that the other tests share."""
    runner._sandbox = Sandbox()
    await runner.close()


def test_a_program_is_run_and_its_tape_comes_back(scene):
    heard = []

    async def act(remote, _):
        return await remote.run(ORDINARY, on_progress=lambda events, line: heard.append(events))

    run = scene(act)
    assert run.outcome.status == "finished"
    assert run.tape is not None
    assert run.tape.check() == []
    assert run.data
    assert heard


def test_what_the_sandbox_is_like_is_known_at_the_other_end(scene, sandboxed):
    async def act(remote, _):
        return remote.ready, remote.layers, remote.standing

    assert scene(act) == (True, sandboxed.sandbox.layers, sandboxed.sandbox.standing)


def test_an_outcome_with_a_place_comes_back_whole(scene):
    async def act(remote, _):
        return await remote.run("x = 1\n1 / 0\n")

    outcome = scene(act).outcome
    assert outcome.status == "raised"
    assert outcome.where.line == 2


def test_cancelling_here_kills_the_program_there(scene, sandboxed):
    async def act(remote, _):
        task = asyncio.create_task(remote.run(LOOP))
        while not busy_children_of(sandboxed.sandbox.zygote_pid):
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(1):
            while busy_children_of(sandboxed.sandbox.zygote_pid):
                await asyncio.sleep(0.005)
        return task.cancelled()

    assert scene(act)


def test_only_the_runners_own_user_may_use_the_socket(scene):
    async def act(_, path):
        return stat.S_IMODE(os.stat(path).st_mode)

    assert scene(act) == 0o600


@pytest.mark.parametrize("said", [b"", b"\0\0\0\5hello", HEADER.pack(2**32 - 1), b"GET / HTTP/1.1\r\n\r\n"])
def test_nonsense_on_the_socket_harms_nobody_else(scene, said):
    async def act(remote, path):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(said)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        return await remote.run(ORDINARY)

    assert scene(act).outcome.status == "finished"


def test_a_runner_that_is_not_there_is_said_to_be(tmp_path):
    async def act():
        remote = RemoteSandbox(tmp_path / "nobody", within_s=0.3)
        try:
            with pytest.raises(SandboxError, match="does not answer"):
                await remote.start()
            return remote.ready, (await remote.run(ORDINARY)).outcome
        finally:
            await remote.close()

    ready, outcome = asyncio.run(act())
    assert not ready
    assert outcome.status == "failed"


async def answering(path, *said):
    """A runner that says this to whoever asks, and goes."""

    async def answer(reader, writer):
        await reader.read(10)
        writer.write(b"".join(said))
        writer.close()

    return await asyncio.start_unix_server(answer, path)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ((), "ended while"),
        ((HEADER.pack(3), b"abc"), "not in the protocol"),
        ((HEADER.pack(2**31),), "not in the protocol"),
    ],
)
def test_a_runner_that_breaks_off_or_lies_is_our_failure(tmp_path, said, sentence):
    async def act():
        async with await answering(tmp_path / "s", *said):
            return await RemoteSandbox(tmp_path / "s", 1).run(ORDINARY, limits=Limits())

    outcome = asyncio.run(act()).outcome
    assert outcome.status == "failed"
    assert sentence in outcome.detail
