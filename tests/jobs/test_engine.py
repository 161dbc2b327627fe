"""The contract of every engine, carried out with a sandbox that does as the test says.

A new engine joins by adding itself to ``ENGINES``.
"""

import asyncio

import msgspec
import pytest

from tapedeck.jobs import Job, LocalEngine, QueueFull, UnknownJob
from tapedeck.jobs.local import with_outcome
from tapedeck.sandbox import Finished, Limits, Run, RunOptions
from tapedeck.store import INTERRUPTED, DiskStore, Entry, KeyTaken, StoreFull, new_id
from tapedeck.tape import Header, Tables, Tape

ENGINES = {"local": LocalEngine}
TAPE = Tape(Tables(Header()), [])
FINISHED = Finished("The program ran to its end.")


class Stage:
    """A sandbox whose runs last until the test lets them end, and how its progress is told."""

    def __init__(self):
        self.begun = []
        self.asked = {}
        self.tell = {}
        self._ends = {}

    async def run(self, source, options, limits, on_progress):
        self.begun.append(source)
        self.asked[source] = (options, limits)
        self.tell[source] = on_progress
        outcome = await self._ends.setdefault(source, asyncio.get_running_loop().create_future())
        if isinstance(outcome, Exception):
            raise outcome
        return Run(outcome, TAPE)

    def end(self, source, outcome=None):
        self._ends.setdefault(source, asyncio.get_running_loop().create_future()).set_result(outcome or FINISHED)


def a_job(source="x", client="", **fields):
    entry = Entry(**{"id": new_id(), "created": "now", "source": source, **fields})
    return Job(entry, RunOptions(seed=7, wrt=("x",)), Limits(time_s=3.0), client)


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


async def all_news(engine, id, after=0):
    return [news async for news in engine.events(id, after)]


@pytest.fixture(params=ENGINES)
def play(request, tmp_path):
    """Runs a scene with a stage, a store and an engine for one run and two waiting."""

    def run(scene, **size):
        async def main():
            stage, store = Stage(), DiskStore(tmp_path)
            engine = ENGINES[request.param](stage, store, **{"concurrency": 1, "queue": 2, **size})
            try:
                await scene(stage, store, engine)
            finally:
                await engine.close()
                store.close()

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


def test_closing_leaves_what_runs_and_what_waits_to_the_next_engine_which_runs_it_as_it_was_asked(play):
    jobs = [a_job(name, client=name, created=name) for name in "abc"]

    async def stops(stage, store, engine):
        for job in jobs:
            await engine.submit(job)
        await until(lambda: stage.begun == ["a"])
        await engine.close()
        assert engine.depth == (0, 0)
        assert not any(store.get(job.entry.id).ended for job in jobs)

    async def goes_on(stage, store, engine):
        await engine.resume()
        await engine.resume()
        assert engine.depth == (1, 2)
        for name in "abc":
            stage.end(name)
        await until(lambda: engine.depth == (0, 0))
        assert stage.begun == ["a", "b", "c"]
        assert stage.asked == {name: (RunOptions(seed=7, wrt=("x",)), Limits(time_s=3.0)) for name in "abc"}
        for job in jobs:
            assert store.get(job.entry.id) == with_outcome(job.entry.with_tape(TAPE), FINISHED)

    play(stops)
    play(goes_on)


def test_closing_waits_for_what_runs_as_long_as_it_is_told_and_begins_nothing(play):
    async def scene(stage, store, engine):
        runs, waits = a_job("a"), a_job("b")
        await engine.submit(runs)
        await engine.submit(waits)
        await until(lambda: stage.begun == ["a"])
        closing = asyncio.create_task(engine.close(grace_s=60))
        await asyncio.sleep(0)
        with pytest.raises(QueueFull, match="closing") as refused:
            await engine.submit(a_job("c"))
        assert refused.value.reason == "closing"
        stage.end("a")
        await closing
        assert store.get(runs.entry.id).outcome["status"] == "finished"
        assert store.get(waits.entry.id).waits
        assert stage.begun == ["a"]

    play(scene)


def test_followers_of_a_job_that_is_left_hear_no_end_now_and_everything_from_the_next_engine(play):
    job = a_job("a")

    async def stops(stage, store, engine):
        await engine.submit(job)
        await until(lambda: stage.begun == ["a"])
        following = asyncio.create_task(all_news(engine, job.entry.id))
        await asyncio.sleep(0)
        await engine.close()
        assert [one.kind for one in await following] == ["queued", "recording"]

    async def goes_on(stage, store, engine):
        await engine.resume()
        stage.end("a")
        assert [one.kind for one in await all_news(engine, job.entry.id, after=50)] == ["queued", "recording", "ended"]

    play(stops)
    play(goes_on)


def test_nothing_begins_before_the_sandbox_is_warm_and_all_know_their_position(play):
    async def scene(stage, store, engine):
        warm = asyncio.Event()
        resuming = asyncio.create_task(engine.resume(warm.wait()))
        await asyncio.sleep(0)
        jobs = [a_job("a"), a_job("b")]
        for job in jobs:
            await engine.submit(job)
        assert [engine.latest(job.entry.id).position for job in jobs] == [0, 1]
        assert (engine.depth, stage.begun, store.get(jobs[0].entry.id).waits) == ((0, 2), [], True)
        warm.set()
        await resuming
        await until(lambda: stage.begun == ["a"])

    play(scene)


def test_what_was_left_by_a_version_that_is_gone_is_interrupted(play):
    entry = Entry(id=new_id(), created="now", job={"options": 3})

    async def leaves(stage, store, engine):
        store.put(entry)

    async def goes_on(stage, store, engine):
        await engine.resume()
        assert engine.depth == (0, 0)
        assert store.get(entry.id).outcome["detail"] == INTERRUPTED

    play(leaves)
    play(goes_on)


def test_a_client_with_few_programs_goes_before_one_with_many(play):
    async def scene(stage, store, engine):
        jobs = {name: a_job(name, client=name[0]) for name in ("a1", "a2", "a3", "b1", "b2")}
        for job in jobs.values():
            await engine.submit(job)
        positions = {name: engine.latest(jobs[name].entry.id).position for name in ("a2", "a3", "b1", "b2")}
        assert positions == {"b1": 0, "a2": 1, "b2": 2, "a3": 3}
        for name in jobs:
            stage.end(name)
        await until(lambda: engine.depth == (0, 0))
        assert stage.begun == ["a1", "b1", "a2", "b2", "a3"]

    play(scene, queue=4)


def test_a_client_has_a_share_of_the_queue_and_the_rest_is_for_others(play):
    async def scene(stage, store, engine):
        await engine.submit(a_job("a", client="me"))
        await engine.submit(a_job("b", client="me"))
        with pytest.raises(QueueFull, match="2 programs of yours wait or run already") as refused:
            await engine.submit(a_job("c", client="me"))
        assert (refused.value.reason, refused.value.retry_after_s >= 1) == ("client", True)
        await engine.submit(a_job("d", client="you"))
        with pytest.raises(QueueFull, match="2 programs are waiting") as refused:
            await engine.submit(a_job("e", client="she"))
        assert refused.value.reason == "queue"

    play(scene, per_client=2)


def test_whoever_observes_is_told_every_end_and_how_long_it_took(play):
    seen = []

    async def scene(stage, store, engine):
        first, second = a_job("a"), a_job("b")
        await engine.submit(first)
        await engine.submit(second)
        await until(lambda: stage.begun == ["a"])
        await engine.cancel(second.entry.id)
        stage.end("a")
        await until(lambda: engine.depth == (0, 0))
        (cancelled, status, waited_s, ran_s), (_, last, _, last_ran_s) = seen
        assert (cancelled.id, status, ran_s, last) == (second.entry.id, "cancelled", 0, "finished")
        assert waited_s > 0
        assert last_ran_s > 0

    play(scene, observe=lambda *told: seen.append(told))


def test_a_job_that_the_store_has_no_room_for_is_not_taken(play, monkeypatch):
    async def scene(stage, store, engine):
        def no_room():
            raise StoreFull("full")

        monkeypatch.setattr(store, "check_room", no_room)
        with pytest.raises(StoreFull):
            await engine.submit(a_job())
        assert (engine.depth, store.list(), stage.begun) == ((0, 0), [], [])

    play(scene)


def test_a_second_job_with_a_key_is_not_taken(play):
    async def scene(stage, store, engine):
        first = a_job("a", owner="me", key="k")
        await engine.submit(first)
        with pytest.raises(KeyTaken):
            await engine.submit(a_job("b", owner="me", key="k"))
        assert engine.depth == (1, 0)
        assert store.by_key("me", "k").id == first.entry.id

    play(scene)


def test_a_job_whose_client_gives_up_while_it_is_taken_is_taken(play):
    async def scene(stage, store, engine):
        job = a_job()
        submitting = asyncio.create_task(engine.submit(job))
        await asyncio.sleep(0)
        submitting.cancel()
        await until(lambda: stage.begun == ["x"])
        stage.end("x")
        await until(lambda: engine.depth == (0, 0))
        assert store.get(job.entry.id).outcome["status"] == "finished"

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
