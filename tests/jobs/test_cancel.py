"""Cancelling, with the real sandbox: the program is killed, not asked."""

import asyncio

from tapedeck.jobs import Job, LocalEngine
from tapedeck.sandbox import Limits, RunOptions, Sandbox
from tapedeck.store import DiskStore, Entry

STUBBORN = """
import torch
x = torch.ones(1)
for _ in range(200):
    x = x + 1
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""


def test_cancelling_kills_within_a_tenth_of_a_second_and_what_it_did_is_in_the_store(tmp_path):
    async def scene():
        sandbox, store, loop = Sandbox(), DiskStore(tmp_path), asyncio.get_running_loop()
        engine = LocalEngine(sandbox, store, concurrency=1, queue=0)
        await sandbox.start()
        took = []
        for number in range(5):
            entry = Entry(id=f"stubborn-{number}", created="2026-01-01", source=STUBBORN)
            await engine.submit(Job(entry, RunOptions(), Limits(time_s=60)))
            async for news in engine.events(entry.id):
                if news.events:
                    break
            before = loop.time()
            assert await engine.cancel(entry.id)
            took.append(loop.time() - before)
            assert store.get(entry.id).outcome["status"] == "cancelled"
        await engine.close()
        await sandbox.close()
        store.close()
        assert sorted(took)[2] < 0.1

    asyncio.run(scene())
