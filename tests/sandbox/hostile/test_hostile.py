"""No attack does harm, each ends in an honest outcome in time, and the next run is as right as ever."""

import pytest

from tests.sandbox.hostile import disk, floods, kernel, lies, loops, memory, network, processes, reading, signals
from tests.sandbox.hostile.judge import wrongs

FAMILIES = (loops, processes, signals, memory, disk, reading, network, kernel, floods, lies)
ATTACKS = [
    pytest.param(attack, id=f"{family.__name__.rpartition('.')[2]}: {attack.name}")
    for family in FAMILIES
    for attack in family.ATTACKS
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_harm_comes_of_it(attack, sandboxed, scene):
    if attack.destructive and "seccomp" not in sandboxed.sandbox.layers:
        pytest.skip("without seccomp it would harm this machine")
    found = wrongs(attack, sandboxed, scene)
    assert not found, "\n".join(found)


def test_there_are_enough_attacks_and_each_has_a_name_of_its_own():
    names = {param.id for param in ATTACKS}
    assert len(names) == len(ATTACKS) >= 120
    assert all(" — " in name for name in names)
