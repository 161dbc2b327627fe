"""What must be true of every attack, whatever it does: no deed, an honest outcome in time, and a next run as ever."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

from tapedeck.sandbox import Limits, Run
from tests.sandbox.hostile.attack import Attack
from tests.sandbox.hostile.scene import Scene

PLACED = ("raised", "timed_out", "out_of_memory", "too_much_output")
LAG_S = 0.5
"""How long the server's event loop may stand still; on an idle machine it is a few milliseconds."""

STARVED_S = 0.3
"""A child that waited so long for a processor may not have come to say in time where it was."""


def wrongs(attack: Attack, sandboxed: Any, scene: Scene) -> list[str]:
    """Run an attack: everything about it that is not as it should be."""
    pulse, waited = Pulse(sandboxed), _waited_s()
    run = sandboxed.run(scene.fill(attack.source), attack.time_s, **attack.limits)
    took, outcome, lag_s = sandboxed.took, run.outcome, pulse.stop()
    waited = _waited_s() - waited
    found = scene.deeds(run) + handed_on(attack, run)
    if lag_s > LAG_S + waited:
        found.append(f"the server's event loop stood still for {lag_s:.2f} s")
    if outcome.status not in attack.expects:
        found.append(f"its author was told {outcome}")
    elif outcome.status in PLACED and attack.placed:
        line = outcome.where.line if outcome.where else None
        if (line is None and waited < STARVED_S) or (attack.lines and line and line not in attack.lines):
            found.append(f"it was placed on line {line}: {outcome.detail}")
    if took > attack.within_s + waited:
        found.append(f"it took {took:.2f} s: {outcome}")
    found += said_wrong(attack, run)
    if not sandboxed.still_works():
        found.append("the next run was harmed")
    return found


def handed_on(attack: Attack, run: Run) -> list[str]:
    """What is wrong with the tape that the server would keep and show."""
    if run.tape is None:
        return []
    limits = Limits(**attack.limits)
    found = [f"its tape is broken: {broken}" for broken in run.tape.check()[:3]]
    if len(run.tape.events) > limits.max_events + 10:
        found.append(f"its tape has {len(run.tape.events):,} events")
    if len(printed(run).encode("utf-8", "replace")) > limits.print_bytes + 1000:
        found.append(f"its tape has {len(printed(run)):,} characters of output")
    return found


def said_wrong(attack: Attack, run: Run) -> list[str]:
    """What it should have printed and did not; of a list of deeds, those that were not refused."""
    said = printed(run)
    found = []
    if attack.says and not re.search(attack.says, f"{said}\n{run.outcome.detail}"):
        found.append(f"it did not say {attack.says!r}: {said[:500]!r} {run.outcome.detail!r}")
    results = dict(line.split(" -> ", 1) for line in said.splitlines() if " -> " in line)
    for index, deed in enumerate(attack.tried):
        result = results.get(str(index), "nothing")
        if result.split()[0] not in attack.refusals:
            found.append(f"{deed}: {result}")
    return found


def printed(run: Run) -> str:
    """All that a program printed, as its tape has it."""
    events = run.tape.events if run.tape is not None else []
    return "".join(event.text for event in events if event.__struct_config__.tag == "print")


def _waited_s() -> float:
    """For how long somebody on this machine has had to wait for a processor: no fault of the sandbox's."""
    try:
        return int(Path("/proc/pressure/cpu").read_text().split()[4].removeprefix("total=")) / 1e6
    except OSError:
        return 0.0


class Pulse:
    """The longest time for which the server's event loop answered nobody."""

    def __init__(self, sandboxed: Any) -> None:
        self._worst_s = 0.0
        self._task = asyncio.run_coroutine_threadsafe(self._beat(), sandboxed.loop)

    def stop(self) -> float:
        """How long it was."""
        self._task.cancel()
        return self._worst_s

    async def _beat(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.01)
            self._worst_s = max(self._worst_s, time.perf_counter() - began)
