"""Real processes, killed with SIGKILL while they write: what was told to be finished is there afterwards, and sound."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tapedeck.store import DiskStore
from tapedeck.tape import Header, Tables, Tape, load, to_bytes
from tapedeck.tape.events import Print

ROUNDS = 6
PUTS_FOR_EVER = """
import itertools, os, sys
from pathlib import Path
from tapedeck.store import DiskStore, Entry
from tapedeck.tape import load
data = Path(sys.argv[2]).read_bytes()
tape, store = load(data), DiskStore(Path(sys.argv[1]))
for number in itertools.count():
    entry = Entry(id=f"{os.getpid()}-{number}", created="2026-01-01", owner="me", key=f"{os.getpid()}-{number}")
    store.put(entry)
    store.put(entry.ended_as({"status": "finished"}), tape, data)
    os.write(1, f"{entry.id}\\n".encode())
"""
DIES_AT_EACH_STEP = """
import itertools, os, signal, sys
from pathlib import Path
from sqlalchemy import Connection
from sqlalchemy.engine import Transaction
from tapedeck.store import DiskStore, Entry
from tapedeck.tape import load
data = Path(sys.argv[2]).read_bytes()
tape = load(data)

def put_and_die(at):
    steps = itertools.count()
    def dying(step):
        def one(*arguments, **given):
            if next(steps) == at: os.kill(os.getpid(), signal.SIGKILL)
            done = step(*arguments, **given)
            if next(steps) == at: os.kill(os.getpid(), signal.SIGKILL)
            return done
        return one
    store = DiskStore(Path(sys.argv[1]))
    store.put(Entry(id=f"at-{at}", created="2026-01-01"))
    for owner, name in ((os, "mkdir"), (os, "fsync"), (os, "rename"), (Connection, "execute"), (Transaction, "commit")):
        setattr(owner, name, dying(getattr(owner, name)))
    store.put(Entry(id=f"at-{at}", created="2026-01-01", outcome={"status": "finished"}), tape, data)
    os.write(1, f"at-{at}\\n".encode())
    os._exit(0)

for at in itertools.count():
    child = os.fork()
    if not child:
        put_and_die(at)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
    print("died", at, flush=True)
"""


@pytest.fixture
def tape_file(tmp_path):
    file = tmp_path / "x.tape"
    file.write_bytes(to_bytes(Tape(Tables(Header(events=500)), [Print(text="x" * 50) for _ in range(500)])))
    return file


def the_store_is_sound(data_dir: Path, told: set[str]) -> None:
    store = DiskStore(data_dir)
    try:
        entries = {entry.id: entry for entry in store.list(100_000)}
        assert told <= entries.keys()
        assert all(entry.ended for entry in entries.values())
        assert all(entries[id].outcome["status"] == "finished" for id in told)
        whole = {id for id, entry in entries.items() if entry.has_tape}
        assert (
            told
            <= whole
            == set(os.listdir(data_dir / "tapes"))
            - {name for name in os.listdir(data_dir / "tapes") if name.endswith(".tmp")}
        )
        for id in whole:
            assert load(store.part(id, "run.tape")).check() == []
    finally:
        store.close()


def test_a_store_killed_again_and_again_while_it_puts_loses_no_finished_tape(tmp_path, tape_file):
    told: set[str] = set()
    for round in range(ROUNDS):
        command = [sys.executable, "-c", PUTS_FOR_EVER, str(tmp_path), str(tape_file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            lines = [writer.stdout.readline() for _ in range(3 + 5 * round)]
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.readlines()
        assert writer.returncode == -signal.SIGKILL
        told |= {line.decode().strip() for line in lines if line.endswith(b"\n")}
        the_store_is_sound(tmp_path, told)
    assert len(told) > ROUNDS * 3


def test_a_store_killed_before_and_after_each_step_of_a_put_loses_no_finished_tape(tmp_path, tape_file):
    command = [sys.executable, "-c", DIES_AT_EACH_STEP, str(tmp_path), str(tape_file)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    died = [line for line in said if line.startswith("died")]
    assert len(died) >= 2 * (1 + 6 + 1 + 2)  # mkdir, six flushes, rename, the row and its commit
    the_store_is_sound(tmp_path, {said[-1]})
