"""Each layer holds by itself what it is there for: where Landlock is missing, seccomp takes all files away."""

from collections.abc import Iterator

import pytest

from tests.sandbox.conftest import Sandboxed
from tests.sandbox.hostile import disk, reading
from tests.sandbox.hostile.judge import printed
from tests.sandbox.hostile.scene import Scene


@pytest.fixture(scope="module")
def without_landlock() -> Iterator[Sandboxed]:
    it = Sandboxed(without=("landlock",))
    yield it
    it.close()


@pytest.fixture(scope="module")
def its_scene(without_landlock, tmp_path_factory) -> Iterator[Scene]:
    it = Scene(tmp_path_factory.mktemp("without"), without_landlock)
    yield it
    it.close()


@pytest.mark.parametrize("attack", disk.ATTACKS + reading.ATTACKS, ids=lambda attack: attack.name)
def test_nothing_is_read_or_written_without_landlock(attack, without_landlock, its_scene):
    assert without_landlock.sandbox.layers == ["rlimits", "seccomp"]
    run = without_landlock.run(its_scene.fill(attack.source), attack.time_s)
    assert its_scene.deeds(run) == []
    assert run.outcome.status in ("finished", "raised"), run.outcome
    assert " -> done" not in printed(run)
    assert without_landlock.still_works()
