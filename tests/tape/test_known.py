"""Types that threads decode are known beforehand: msgspec must not meet one first in two threads at once."""

import re
import subprocess
import sys
from pathlib import Path

SERVER = Path(__file__).parents[2] / "server" / "tapedeck"
RACE = """
import sys, threading
import msgspec
from tapedeck.tape.known import known

sys.setswitchinterval(1e-6)
for number in range(300):
    names = {}
    exec('''
import msgspec
from typing import Any, Literal
class A(msgspec.Struct, tag="a"):
    id: str
    options: list[str]
class B(msgspec.Struct, tag="b"):
    id: str
    low: int | float
class C(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    kind: str | list[str] | None = None
    phase: Literal["x", "y"] | None = None
class Whole(msgspec.Struct):
    moments: list[C]
    experiments: list[A | B] = []
    options: dict[str, Any] = {}
''', names)
    if sys.argv[1] == "known":
        known(names["Whole"])
    barrier = threading.Barrier(6)
    def decode():
        barrier.wait()
        msgspec.json.decode(b'{"moments": [{"id": "m"}]}', type=names["Whole"])
    threads = [threading.Thread(target=decode) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def race(how):
    return subprocess.run([sys.executable, "-c", RACE, how], capture_output=True, text=True, check=False, timeout=120)


def test_a_type_that_is_known_is_decoded_by_many_threads_at_once():
    done = race("known")
    assert done.returncode == 0, done.stderr


def test_whoever_decodes_a_type_has_made_it_known():
    decodes = re.compile(r"\.decode\(.*type=|msgspec\.convert\(")
    decoding = [path for path in SERVER.rglob("*.py") if decodes.search(path.read_text())]
    # The child and the fork server have one thread.
    threaded = [path for path in decoding if "child" not in path.parts and path.name != "zygote.py"]
    assert len(threaded) >= 5
    for path in threaded:
        assert any("known(" in other.read_text() for other in path.parent.glob("*.py")), path
