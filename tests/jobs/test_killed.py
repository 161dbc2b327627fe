"""A real engine in a real process, killed: the next one has its finished tapes, runs what waited, and says the rest."""

import asyncio
import signal
import subprocess
import sys

from tapedeck.jobs import LocalEngine
from tapedeck.sandbox import Finished, Run
from tapedeck.store import INTERRUPTED, DiskStore
from tapedeck.tape import Header, Tables, Tape, load

TAPE = Tape(Tables(Header()), [])
SERVER = """
import asyncio, os, sys
from pathlib import Path
from tapedeck.jobs import Job, LocalEngine
from tapedeck.sandbox import Finished, Limits, Run, RunOptions
from tapedeck.store import DiskStore, Entry
from tapedeck.tape import Header, Tables, Tape

class Stage:
    async def run(self, source, options, limits, on_progress):
        if source.startswith("quick"):
            return Run(Finished(), Tape(Tables(Header()), []))
        await asyncio.Event().wait()

async def main():
    store = DiskStore(Path(sys.argv[1]))
    begun = store.put
    def put(entry, *tape):
        kept = begun(entry, *tape)
        if entry.ended or entry.started:
            os.write(1, f"{'ended' if entry.ended else 'started'} {entry.id}\\n".encode())
        return kept
    store.put = put
    engine = LocalEngine(Stage(), store, concurrency=1, queue=9)
    for name in ("quick-1", "quick-2", "slow", "waits-1", "waits-2"):
        await engine.submit(Job(Entry(id=name, created="2026-01-01", source=name), RunOptions(), Limits()))
    os.write(1, b"all are taken\\n")
    await asyncio.Event().wait()

asyncio.run(main())
"""


class Stage:
    """A sandbox in which everything is finished at once."""

    def __init__(self):
        self.begun = []

    async def run(self, source, options, limits, on_progress):
        self.begun.append(source)
        return Run(Finished(), TAPE)


def killed_when(lines, data_dir):
    """Start a server, and kill it once it has said all of that."""
    with subprocess.Popen([sys.executable, "-c", SERVER, str(data_dir)], stdout=subprocess.PIPE, text=True) as server:
        while lines:
            lines.discard(server.stdout.readline().strip())
        server.send_signal(signal.SIGKILL)
    assert server.returncode == -signal.SIGKILL


async def go_on(store):
    """The next server's engine, until it has nothing left to do; what it ran."""
    stage, ended = Stage(), asyncio.Queue()
    engine = LocalEngine(stage, store, concurrency=1, queue=0, observe=lambda *told: ended.put_nowait(told))
    await engine.resume()
    for _ in range(sum(engine.depth)):
        await ended.get()
    await engine.close()
    return stage.begun


def test_after_a_kill_finished_tapes_are_there_what_ran_is_interrupted_and_what_waited_is_run(tmp_path):
    killed_when({"started slow", "all are taken"}, tmp_path)
    store = DiskStore(tmp_path)
    for name in ("quick-1", "quick-2"):
        assert store.get(name).outcome["status"] == "finished"
        assert load(store.part(name, "run.tape")).check() == []
    assert store.get("slow").outcome["detail"] == INTERRUPTED
    assert asyncio.run(go_on(store)) == ["waits-1", "waits-2"]
    assert {entry.outcome["status"] for entry in store.list() if entry.id != "slow"} == {"finished"}
    store.close()
