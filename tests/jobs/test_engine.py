"""The contract of every engine, carried out with a sandbox that does as the test says."""

import asyncio

import msgspec
import pytest

from tapedeck.jobs import Job, LocalEngine, QueueFull, UnknownJob
from tapedeck.sandbox import Finished, Limits, Run, RunOptions
from tapedeck.store import INTERRUPTED, DiskStore, Entry, new_id
from tapedeck.tape import Header, Tables, Tape

TAPE = Tape(Tables(Header()), [])


class Stage:
    """A sandbox whose runs last until the test lets them end, and how its progress is told."""

    def __init__(self):
        self.begun = []
        self.tell = {}
        self._ends = {}

    async def run(self, source, options, limits, on_progress):
        self.begun.append(source)
        self.tell[source] = on_progress
        outcome = await self._ends.setdefault(source, asyncio.get_running_loop().create_future())
        if isinstance(outcome, Exception):
            raise outcome
        return Run(outcome, TAPE)

    def end(self, source, outcome=None):
        self._ends.setdefault(source, asyncio.get_running_loop().create_future()).set_result(
            outcome or Finished("The program ran to its end.")
        )


def a_job(source="x"):
    return Job(Entry(id=new_id(), created="now", source=source), RunOptions(), Limits())


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


async def all_news(engine, id, after=0):
    return [news async for news in engine.events(id, after)]


@pytest.fixture
def play(tmp_path):
    """Runs a scene with a stage, a store and an engine for one run and two waiting."""

    def run(scene, **size):
        async def main():
            stage, store = Stage(), DiskStore(tmp_path)
            engine = LocalEngine(stage, store, **{"concurrency": 1, "queue": 2, **size})
            try:
                await scene(stage, store, engine)
            finally:
                await engine.close()

        asyncio.run(main())

    return run


def test_a_job_is_carried_out_and_its_tape_is_in_the_store_when_its_end_is_told(play):
    async def scene(stage, store, engine):
        job = a_job()
        await engine.submit(job)
        assert store.get(job.entry.id).outcome is None
        stage.end("x")
        news = await all_news(engine, job.entry.id)
        assert [one.kind for one in news] == ["queued", "recording", "ended"]
        assert store.get(job.entry.id).outcome["status"] == "finished"
        assert store.get(job.entry.id).has_tape

    play(scene)


def test_only_so_many_run_at_a_time_and_the_others_know_their_position(play):
    async def scene(stage, store, engine):
        jobs = [a_job(name) for name in "abc"]
        for job in jobs:
            await engine.submit(job)
        assert stage.begun == ["a"] or not stage.begun
        assert [engine.latest(job.entry.id).position for job in jobs[1:]] == [0, 1]
        assert engine.depth == (1, 2)
        stage.end("a")
        await until(lambda: stage.begun == ["a", "b"])
        assert engine.latest(jobs[2].entry.id).position == 0

    play(scene)


def test_a_full_queue_refuses_and_says_when_to_come_back(play):
    async def scene(stage, store, engine):
        for name in "abc":
            await engine.submit(a_job(name))
        with pytest.raises(QueueFull) as refused:
            await engine.submit(a_job("d"))
        assert refused.value.retry_after_s >= 1
        assert len(store.list()) == 3
        stage.end("a")
        await until(lambda: engine.depth == (1, 1))
        await engine.submit(a_job("e"))

    play(scene)


def test_progress_is_told_to_those_who_follow_and_again_from_where_they_lost_it(play):
    async def scene(stage, store, engine):
        job = a_job()
        await engine.submit(job)
        await until(lambda: "x" in stage.tell)
        following = asyncio.create_task(all_news(engine, job.entry.id))
        stage.tell["x"](16, 4)
        stage.tell["x"](32, 5)
        await asyncio.sleep(0)
        late = asyncio.create_task(all_news(engine, job.entry.id, after=3))
        await asyncio.sleep(0)
        stage.end("x")
        told = [(one.events, one.line) for one in await following if one.kind == "recording"]
        assert told == [(0, None), (16, 4), (32, 5)]
        assert [one.number for one in await late] == [4, 5]

    play(scene)


def test_nobody_can_follow_a_job_that_is_not_there(play):
    async def scene(stage, store, engine):
        with pytest.raises(UnknownJob):
            await all_news(engine, "nobody")
        assert engine.latest("nobody") is None
        assert await engine.cancel("nobody") is False

    play(scene)


def test_cancelling_a_running_job_ends_it_and_lets_the_next_one_begin(play):
    async def scene(stage, store, engine):
        first, second = a_job("a"), a_job("b")
        await engine.submit(first)
        await engine.submit(second)
        await until(lambda: stage.begun == ["a"])
        assert await engine.cancel(first.entry.id) is True
        assert store.get(first.entry.id).outcome["status"] == "cancelled"
        await until(lambda: stage.begun == ["a", "b"])

    play(scene)


def test_cancelling_a_waiting_job_means_it_never_begins(play):
    async def scene(stage, store, engine):
        first, second = a_job("a"), a_job("b")
        await engine.submit(first)
        await engine.submit(second)
        following = asyncio.create_task(all_news(engine, second.entry.id))
        await asyncio.sleep(0)
        assert await engine.cancel(second.entry.id) is True
        assert (await following)[-1].kind == "ended"
        assert store.get(second.entry.id).outcome["status"] == "cancelled"
        stage.end("a")
        await until(lambda: engine.depth == (0, 0))
        assert stage.begun == ["a"]

    play(scene)


def test_our_own_failure_is_an_outcome_and_the_engine_goes_on(play):
    async def scene(stage, store, engine):
        broken, fine = a_job("a"), a_job("b")
        stage.end("a", RuntimeError("secret"))
        stage.end("b")
        await engine.submit(broken)
        await engine.submit(fine)
        await until(lambda: engine.depth == (0, 0))
        outcome = store.get(broken.entry.id).outcome
        assert outcome["status"] == "failed"
        assert "secret" not in outcome["detail"]
        assert store.get(fine.entry.id).outcome["status"] == "finished"

    play(scene)


def test_a_tape_that_cannot_be_kept_is_our_failure(play, monkeypatch):
    async def scene(stage, store, engine):
        whole = store.put

        def put(entry, tape=None, data=None):
            if tape is not None:
                raise OSError("no space left")
            return whole(entry, tape, data)

        monkeypatch.setattr(store, "put", put)
        job = a_job()
        stage.end("x")
        await engine.submit(job)
        await until(lambda: engine.depth == (0, 0))
        assert "no space left" in store.get(job.entry.id).outcome["detail"]
        assert store.get(job.entry.id).outcome["status"] == "failed"

    play(scene)


def test_closing_ends_what_runs_and_what_waits_as_interrupted(play):
    async def scene(stage, store, engine):
        jobs = [a_job(name) for name in "ab"]
        for job in jobs:
            await engine.submit(job)
        await engine.close()
        assert {store.get(job.entry.id).outcome["detail"] for job in jobs} == {INTERRUPTED}
        with pytest.raises(QueueFull):
            await engine.submit(a_job("c"))

    play(scene)


def test_an_outcome_is_kept_with_its_place(play):
    async def scene(stage, store, engine):
        from tapedeck.sandbox import Raised
        from tapedeck.tape.place import Place

        job = a_job()
        raised = Raised("E: x", Place("program.py", 1, 0, 1, 1, "x"))
        stage.end("x", raised)
        await engine.submit(job)
        await until(lambda: engine.depth == (0, 0))
        assert store.get(job.entry.id).outcome == msgspec.to_builtins(raised)

    play(scene)
